package ingest

import (
	"github.com/toancanh/toancanh/ingest/sheet"
	"github.com/toancanh/toancanh/query/catalog"
)

// Rejection explains why one row was refused, or what is doubtful about one that was taken (a warning). It never carries the
// value of a text field, nor anything that could be a personal number.
type Rejection struct {
	Warning bool         // the row was taken
	Line    int          // NDJSON, CSV: line; JSON: element; workbook: row of its sheet; from 1; 0 when it concerns the whole submission
	Column  int          // NDJSON, JSON: byte of the row, from 1; CSV, workbook: column, from 1; 0 when it concerns the whole row
	Sheet   int          // workbook: number of the sheet, from 1; else 0
	Tab     string       // workbook: name of the sheet where templates name it so, else "#2": what people call sheets is theirs
	Field   string       // name in the contract ("unit", "dims.sex"), "" for the whole line
	Code    Code         // stable, for programs
	Message catalog.Text // what, where, why, and what would be accepted
}

// Code names a reason of rejection. The list is closed: it is also a metric label.
type Code string

// Reasons why a line cannot be read as a row.
const (
	LineTooLong      Code = "line_too_long"
	InvalidUTF8      Code = "invalid_utf8"
	InvalidJSON      Code = "invalid_json"
	InvalidCSV       Code = "invalid_csv"
	TooDeep          Code = "too_deep"
	TooManyFields    Code = "too_many_fields"
	UnknownField     Code = "unknown_field"
	DuplicateField   Code = "duplicate_field"
	MissingField     Code = "missing_field"
	UnexpectedField  Code = "unexpected_field"
	WrongType        Code = "wrong_type"
	ControlCharacter Code = "control_character"
	TextTooLong      Code = "text_too_long"
	PersonalData     Code = "personal_data"
)

// Reasons why a row disagrees with the catalogue or the calendar.
const (
	UnknownMeasure   Code = "unknown_measure"
	WrongDataset     Code = "wrong_dataset"
	UnknownUnit      Code = "unknown_unit"
	UnitNotInForce   Code = "unit_not_in_force"
	WrongLevel       Code = "wrong_level"
	UnknownDimension Code = "unknown_dimension"
	MissingDimension Code = "missing_dimension"
	UnknownMember    Code = "unknown_member"
	UnknownAgency    Code = "unknown_agency"
	InvalidDate      Code = "invalid_date"
	InvalidPeriod    Code = "invalid_period"
	WrongPeriodKind  Code = "wrong_period_kind"
	FutureDate       Code = "future_date"
	TooEarly         Code = "too_early"
	NotInteger       Code = "not_integer"
	Negative         Code = "negative"
	TooLargeValue    Code = "value_too_large"
	DuplicateRow     Code = "duplicate_row"
	UnknownTask      Code = "unknown_task"
	UnknownAssignee  Code = "unknown_assignee"
	NotAssigned      Code = "not_assigned"
	InvalidStatus    Code = "invalid_status"
	InvalidPercent   Code = "invalid_percent"
	InvalidObstacle  Code = "invalid_obstacle"
)

// Reasons why a row is not this sender's to send.
const (
	NotOwner     Code = "not_owner"
	OutsideArea  Code = "outside_area"
	NotPermitted Code = "not_permitted"
)

// Reasons of rules: by the catalogue, some of them are warnings and others refuse the row.
const (
	PeriodClosed  Code = "period_closed"
	OutOfRange    Code = "out_of_range"
	Jump          Code = "jump"
	PartOverWhole Code = "part_over_whole"
	OtherAgency   Code = "other_agency"
)

// Reasons of workbooks.
const (
	MergedCell   Code = "merged_cell"
	CellError    Code = "cell_error"
	FormulaEmpty Code = "formula_without_value"
)

// Reasons that only ever warn.
const (
	RepeatedRow Code = "repeated_row"
	ReadAs      Code = "read_as"
	NotCompared Code = "not_compared"
	OldTemplate Code = "old_template"
	LateReport  Code = "late_report"
)

// Cell names a cell of a workbook as spreadsheets do, "" elsewhere.
func (j *Rejection) Cell() string {
	if j.Sheet == 0 || j.Line == 0 {
		return ""
	}
	return sheet.Ref(max(j.Column, 1), j.Line)
}

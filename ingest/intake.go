// Package ingest takes figures in: decode, check, journal, batch, warehouse.
// What is acknowledged is durable, is written once in effect, and every row that
// is refused is counted, kept and explained.
//
// What was chosen where the contract leaves it open:
//
//   - A value is a whole number in plain digits. 1234.0 is taken as 1234 (data frames write
//     whole numbers so); 1.000 is refused (half of its writers mean a thousand), exponents and texts too.
//   - A row given twice in one submission counts as unchanged and gets a warning; given with other content, the later
//     one is refused, because nothing tells which was meant.
//   - A row is unchanged when value, retraction, agency, note and origin (demonstration or not) are what the cell holds. Retracting
//     what is not there is unchanged too.
//   - A period is taken from its last day on, never before.
//   - A row that breaks a rule of the catalogue (range, jump, part of a whole) gets off more lightly when its note gives a reason.
//   - Formulas of a workbook count by the value that was there when the file was saved; one without a value is refused.
//   - CSV may be separated by commas, semicolons or tabs; a row is one line, so quoted line breaks are refused.
//   - One rejection per row: the first thing that is wrong with it.
//   - The rows of a submission that breaks off stay; sending all of it again completes them.
package ingest

import (
	"io"

	"github.com/golang-sql/civil"
)

// Dataset is a push interface: which rows a submission holds.
type Dataset string

// Observations holds rows of any measure but those of another dataset. Population
// holds rows of the one measure whose catalogue dataset is "population".
// TaskProgress holds reports on assignments.
const (
	Observations Dataset = "observations"
	Population   Dataset = "population"
	TaskProgress Dataset = "task-progress"
)

// Format is how a submission is written.
type Format string

// NDJSON is one JSON object a line, CSV one header line and one row a line, JSON one list of objects, XLSX a workbook.
const (
	NDJSON Format = "ndjson"
	CSV    Format = "csv"
	JSON   Format = "json"
	XLSX   Format = "xlsx"
)

// Intake is one submission to be read. Body is read once and to its end, in
// bounded memory; the caller closes it.
type Intake struct {
	Dataset        Dataset
	Format         Format
	Encoding       Encoding // how Body is packed
	Body           io.Reader
	Submission     string  // id of the submission, a ULID; "" has Submit draw one
	Caller         string  // id of who sends, for the record; "" when not known
	Permit         *Permit // what the sender may send; nil: everything
	Agency         string  // id of the reporting agency for rows that name none; "" when not told
	IdempotencyKey string  // the sender's own name of this submission, "" without; see Service.Submit
	Demonstration  bool    // the figures are invented
	Wait           bool    // return when the rows can be queried, not when they are durable
	DryRun         bool    // check everything, keep nothing; IdempotencyKey and Wait count for nothing then
	Everything     bool    // the receipt lists all rejections and warnings that are kept, not the first hundred of each
}

// Receipt is what the sender gets for a submission that was read to its end.
// Accepted + Rejected is the number of rows. Unchanged counts those of the accepted
// that said what the cell already held; it is known only once Queryable.
type Receipt struct {
	Submission  string      // ULID; of a dry run nobody will know it
	Accepted    int         // rows kept; of a dry run, those that would be
	Unchanged   int         // of the accepted: nothing new; 0 until Queryable
	Rejected    int         // rows refused
	Rejections  []Rejection // the first 100, in order of lines; all kept ones are in the warehouse
	Warned      int         // warnings, about rows taken
	Warnings    []Rejection // the first 100
	DataVersion uint64      // version from which on the rows are visible
	Queryable   bool        // DataVersion has been reached
	Replayed    bool        // an earlier receipt, given again for the same Idempotency-Key
	DryRun      bool        // nothing was kept
}

// Change tells what a new data version touched. Measures and Units are sorted; From and To span
// the civil days of the figures, both inclusive, and are zero when there were none.
type Change struct {
	DataVersion uint64
	Measures    []string
	Units       []string // unit codes of figures, and of assignments bound to a unit
	From, To    civil.Date
	Tasks       bool // task progress changed
	Submissions bool // a submission was recorded
}

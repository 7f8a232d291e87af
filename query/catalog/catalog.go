// Package catalog is the semantic layer as data: the measures, indicators,
// targets, agencies, tasks, periods and calendars of one programme in one place.
// Nothing in the code knows a particular plan; another province writes another catalogue.
package catalog

import (
	"slices"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/geo"
)

// Catalog is one loaded and validated catalogue. It is immutable after Load
// and safe for concurrent use.
type Catalog struct {
	ID            string
	Name          Text
	Version       string         // content hash of the files, hex
	Location      *time.Location // civil days are days here
	Demonstration *Demonstration // nil for a catalogue of real figures
	LevelNames    map[string]Text
	Calendar      Calendar
	BoundarySets  []BoundarySet    // by in-force date, ascending
	Crosswalks    []*geo.Crosswalk // from one boundary set to a later one
	Dimensions    []Dimension
	Measures      []Measure
	Indicators    []Indicator // in the order of their groups
	Agencies      []Agency
	Roles         []Role // of the steering body
	Tasks         []Task
	Conditions    []Condition // what tasks wait for

	IndicatorGroups []Group // headings of menus, in their order
	TaskGroups      []Group // parts of the plan, in its order
	Reporting       Reporting
	Scenes          []SceneSet
	Disclosure      Disclosure
	Rules           Rules // what figures are judged by; nothing without rules.yaml
	Tolerance       Tolerance
	Coverage        Coverage
	Demo            *DemoModel // how the demonstration figures are made; nil unless Demonstration is set

	files map[string][]byte // as read, by name
}

// Demonstration marks a catalogue whose figures are invented; it alone may run
// under a programme clock.
type Demonstration struct {
	Label    Text      // shown on every page
	Now      time.Time // where the programme clock starts
	DataFrom civil.Date
	Seed     uint64
}

// BoundarySet is a dated list of units with facts; its geometry is schematic
// (tessellated from these facts inside Outline) unless real boundaries are given.
type BoundarySet struct {
	Info    geo.SetInfo
	Name    Text
	Units   []UnitFact
	Outline [][2]float64 // lon, lat ring, hand-made
}

// UnitFact is a unit with the census facts written down in the catalogue.
type UnitFact struct {
	geo.Unit
	Population2009          int // census of 1 April 2009, persons, added up from the lowest level; 0 where unknown
	Population2009Published int // the same as published for the unit itself, which may differ; 0 where not published
	Population2019          int // census of 1 April 2019, persons, preliminary; 0 where not published
	Population2025          int // as stated for the reform of 1 July 2025, persons; 0 where not stated
}

// Dimension is an axis of a measure. Its members are listed, or the integers From..To
// (single years of age 0..100, the last one open-ended).
type Dimension struct {
	ID      string
	Name    Text
	Members []Member // in display order; filled by Load for integer ranges too
	Integer bool     // members are integers, so ranges may be asked
	OpenEnd bool     // the last integer member means "and over"
}

// Member is one value of a dimension.
type Member struct {
	ID   string
	Name Text
}

// TimeRule says how a measure behaves over time.
type TimeRule string

// Flow figures belong to a period and add up. Stock figures hold on a day, the last
// one in the period counts, and may fall. Cumulative figures are running totals
// since a start; a fall is a correction.
const (
	Flow       TimeRule = "flow"
	Stock      TimeRule = "stock"
	Cumulative TimeRule = "cumulative"
)

// Measure is what is reported: a count with a unit, dimensions, a time rule and a
// level it is collected at. A row carries every dimension of its measure, so that
// parts and totals are never counted together.
type Measure struct {
	ID             string
	Name           Text
	Description    Text // what is counted, when and where, and what is not; empty where the catalogue does not say
	UnitName       Text // "người" / "persons"
	TimeRule       TimeRule
	Dimensions     []string   // ids, sorted
	Level          string     // level it is collected at
	PeriodKind     PeriodKind // flows: the kind of period it is reported by; else Day
	CarryForward   int        // days a stock or cumulative value may be carried; 0 = not limited
	Agency         string     // who reports it
	Dataset        string     // "observations" or "population": the push dataset that takes it
	SensitiveBelow string     // level below which breakdowns by SensitiveDims are refused, "" = not sensitive
	SensitiveDims  []string
	ExpectedTypes  []string // types of units that are expected to report it; empty: all of the level
	Max            int64    // largest believable value of one row, 0 = none
	LegalSource    Text     // decree, decision or plan it is reported by; empty where none is stated
}

// Direction says which way is good.
type Direction string

// HigherIsBetter: at or above the path is on track; LowerIsBetter: at or below.
// Neutral indicators have no status.
const (
	HigherIsBetter Direction = "higher"
	LowerIsBetter  Direction = "lower"
	Neutral        Direction = "neutral"
)

// TargetPath says how the target moves between two dated targets.
type TargetPath string

// Linear interpolates between dated targets; Stepped holds the value until the next date.
const (
	Linear  TargetPath = "linear"
	Stepped TargetPath = "stepped"
)

// Target is a value to be reached by a day, in the indicator's own unit (per cent of
// a percentage). The first target of a path may be its starting point.
type Target struct {
	Date  civil.Date
	Value float64
}

// Legend gives the inner class breaks of a choropleth, ascending, in the indicator's
// unit: n breaks make n+1 classes; a value equal to a break belongs to the class above.
type Legend struct {
	Breaks []float64
}

// Indicator is a formula over measures with direction, legend, targets and owner.
type Indicator struct {
	ID          string
	Name        Text
	ShortName   Text
	Description Text
	Formula     Formula
	UnitName    Text // "%" ...
	Direction   Direction
	Decimals    int
	Legend      Legend
	Targets     []Target // by date, ascending
	Path        TargetPath
	Tolerance   float64      // points below the path that still count as "at risk"; 0 = the catalogue's default
	Coverage    float64      // least share of expected figures for a status; 0 = the catalogue's rule
	PeriodKinds []PeriodKind // kinds it may be asked by, the default first
	LeadAgency  string
	LegalSource Text
	Group       string // id of one of the catalogue's IndicatorGroups
}

// Agency owes reports and leads tasks.
type Agency struct {
	ID        string // "stttt"
	Name      Text
	ShortName Text
	Kind      string   // "department", "central_branch", ...: what a task may bind together
	Aliases   []string // other names people search for
	Area      string   // code of the unit it serves, "" for the root
}

// Reporting says which way reports on tasks go.
type Reporting struct {
	To    string // agency that gathers them
	Level string // units below this level report through the unit above them at it; "" = everybody for itself
}

// Task is one task of the plan.
type Task struct {
	Ref          string   // reference into the plan, "B.I.1"
	Title        Text     // short, in our own words
	Group        string   // id of one of the catalogue's TaskGroups, "B.I"
	Lead         []string // agencies; they accept what the assignees report done
	EachLeads    bool     // every assignee leads its own part; Lead follows up and accepts
	Coordinating []string // agencies
	Deadline     Deadline
	Assignees    []string // expanded by Load: "agency:stttt", "unit:246", "unit:08707"; sorted
	Boundaries   string   // id of the boundary set that its units are of
	Indicators   []string
	NoIndicator  Text // why no indicator measures it; empty where one does, or the catalogue does not say
}

// SceneSet is a named list of wall scenes; one named "default" always exists.
type SceneSet struct {
	ID     string
	Name   Text
	Scenes []Scene
}

// Scene is one full-screen view of a wall.
type Scene struct {
	Kind      string // "map", "ranking", "pyramid", "tasks", "reports", "clock"
	Indicator string // of a map or ranking
	Level     string // of the units shown; none of a pyramid, which is of the whole, and of a clock
	Seconds   int
}

// Disclosure holds the rules for small cells.
type Disclosure struct {
	Threshold int // counts of people from 1 to Threshold-1 are suppressed
}

// Tolerance is the default reach of "at risk" below the target path.
type Tolerance struct {
	Points float64 // of a percentage
	Share  float64 // of the path, for anything else
}

// Coverage says how much must have been reported before a value is judged.
type Coverage struct {
	LeastShare float64 // of the expected figures, 0 to 1; below it a value is shown without a status
}

// Enough tells whether so large a share of the expected figures makes a status.
func (c *Catalog) Enough(ind Indicator, share float64) bool {
	if ind.Coverage > 0 {
		return share >= ind.Coverage
	}
	return share >= c.Coverage.LeastShare
}

// Expects tells whether units of a type are expected to report a measure.
func (m Measure) Expects(unitType string) bool {
	return len(m.ExpectedTypes) == 0 || slices.Contains(m.ExpectedTypes, unitType)
}

package query

import (
	"context"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// ProvenanceQuestion asks where the value of an indicator in a unit (the root when
// empty) comes from.
type ProvenanceQuestion struct {
	Asked
	Unit  string
	Limit int // inputs listed, the latest first; 200 when zero, at most 2,000
}

// ProvenanceAnswer is a value with its inputs.
type ProvenanceAnswer struct {
	Data Provenance `json:"data"`
	Meta Meta       `json:"meta"`
}

// Provenance of one value.
type Provenance struct {
	UnitRef
	Figure
	Formula FormulaRow `json:"formula"`
	Inputs  []Input    `json:"inputs"`
	More    bool       `json:"more"` // there are more inputs than listed
}

// FormulaRow is an indicator's formula as the catalogue has it. An index and a difference
// of indicators have parts, everything else but rates over tasks has terms.
type FormulaRow struct {
	Kind        string    `json:"kind"`
	Text        string    `json:"text"`
	Numerator   []TermRow `json:"numerator"`
	Denominator []TermRow `json:"denominator"`
	Parts       []PartRow `json:"parts"`
	Scale       float64   `json:"scale"`
}

// PartRow is an indicator that a value is made of, with its value in the same unit and
// period. Weight is its share of an index, in which From counts as 0 and To as 100; it is 1
// or -1 in a difference.
type PartRow struct {
	Indicator string   `json:"indicator"`
	Weight    float64  `json:"weight"`
	From      *float64 `json:"from,omitempty"`
	To        *float64 `json:"to,omitempty"`
	Figure
}

// TermRow is a sum over a measure. Where gives the members of each narrowed
// dimension in words: "male", "14..".
type TermRow struct {
	Measure string            `json:"measure"`
	Minus   bool              `json:"minus,omitempty"`
	Where   map[string]string `json:"where,omitempty"`
}

// Input is one figure that entered the value, or without a value one that was reported
// but does not count yet, with everything that was ever said about it. Figures of a measure under disclosure control are shown summed over all
// dimensions, and their revisions without values.
type Input struct {
	Measure   string     `json:"measure,omitempty"`
	Task      string     `json:"task,omitempty"`
	Unit      string     `json:"unit,omitempty"`
	Assignee  string     `json:"assignee,omitempty"`
	Dims      string     `json:"dims"`
	Period    string     `json:"period"`
	Date      civil.Date `json:"date"`
	Value     *int64     `json:"value"`
	Status    string     `json:"status,omitempty"`
	Protected bool       `json:"protected,omitempty"`
	Revisions []Revision `json:"revisions"`
}

// Revision is one statement about a figure, the latest first.
type Revision struct {
	Value       *int64    `json:"value"`
	Status      string    `json:"status,omitempty"`
	KnownAt     time.Time `json:"known_at"`
	Submission  string    `json:"submission"`
	Caller      string    `json:"caller"`       // id of the token it was sent with, "" where none was needed
	CallerLabel string    `json:"caller_label"` // what that token is for
	Line        uint32    `json:"line"`
	DataVersion uint64    `json:"data_version"`
	Agency      string    `json:"agency,omitempty"`
	Note        string    `json:"note,omitempty"`
	Retracted   bool      `json:"retracted"`
}

// Provenance answers where a number comes from.
func (s *Service) Provenance(ctx context.Context, q ProvenanceQuestion) (ProvenanceAnswer, error) {
	s, err := s.askedOn(ctx, q.AsOf, q.Boundaries)
	if err != nil {
		return ProvenanceAnswer{}, err
	}
	p, period, at, err := s.ask(q.Asked)
	if err != nil {
		return ProvenanceAnswer{}, err
	}
	unit, err := s.layout.unit(q.Unit)
	if err != nil {
		return ProvenanceAnswer{}, err
	}
	limit, err := pageSize(q.Limit, 200, 2000)
	if err != nil {
		return ProvenanceAnswer{}, err
	}
	meta := s.carriedOn(s.meta(at).of(p, period, at), at.last(period))
	b, err := s.board(ctx, p, period, at)
	if err != nil {
		return ProvenanceAnswer{}, err
	}
	origin := Provenance{UnitRef: unit, Figure: b.of(unit.Unit), Formula: formulaRow(p.indicator.Formula), Inputs: []Input{}}
	if origin.Formula.Parts, err = s.partRows(ctx, p, unit.Unit, period, at); err != nil {
		return ProvenanceAnswer{}, err
	}
	if !origin.hidden() { // the inputs would tell what is hidden
		origin.Inputs, err = s.inputs(ctx, p, unit.Unit, period, at, limit+1)
	}
	if len(origin.Inputs) > limit {
		origin.Inputs, origin.More = origin.Inputs[:limit], true
	}
	if err == nil {
		err = s.warehouse.nameSenders(ctx, origin.Inputs)
	}
	return ProvenanceAnswer{Data: origin, Meta: meta}, err
}

func formulaRow(f catalog.Formula) FormulaRow {
	return FormulaRow{
		Kind: string(f.Kind), Text: f.String(), Numerator: termRows(f.Numerator), Denominator: termRows(f.Denominator), Scale: f.Scale,
	}
}

// partRows gives the figures of the indicators a value is made of.
func (s *Service) partRows(ctx context.Context, p *plan, unit string, period catalog.Period, at instant) ([]PartRow, error) {
	rows := make([]PartRow, len(p.parts))
	for i, part := range p.parts {
		b, err := s.board(ctx, part, period, at)
		if err != nil {
			return nil, err
		}
		of := p.indicator.Formula.Parts[i]
		rows[i] = PartRow{Indicator: of.Indicator, Weight: of.Weight, Figure: b.of(unit)}
		if p.indicator.Formula.Kind == catalog.Index {
			rows[i].From, rows[i].To = &of.From, &of.To
		}
	}
	return rows, nil
}

func termRows(terms []catalog.Term) []TermRow {
	rows := []TermRow{}
	for _, t := range terms {
		row := TermRow{Measure: t.Measure, Minus: t.Minus}
		for dim, filter := range t.Where {
			if row.Where == nil {
				row.Where = map[string]string{}
			}
			row.Where[dim] = describeFilter(filter)
		}
		rows = append(rows, row)
	}
	return rows
}

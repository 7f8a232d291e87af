package query

import (
	"context"
	"slices"
	"strings"

	"github.com/toancanh/toancanh/query/catalog"
)

// BreakdownQuestion asks for the parts of a unit's value along a dimension.
type BreakdownQuestion struct {
	Asked
	Unit string // the root when empty
	By   string // id of a dimension that every measure of the indicator has
}

// BreakdownAnswer has a row for every member of the dimension, in catalogue order.
type BreakdownAnswer struct {
	Data []BreakdownRow `json:"data"`
	Meta Meta           `json:"meta"`
}

// BreakdownRow is the value of one member.
type BreakdownRow struct {
	Member string       `json:"member"`
	Name   catalog.Text `json:"name"`
	Figure
}

// Breakdown answers of whom a value is made up.
func (s *Service) Breakdown(ctx context.Context, q BreakdownQuestion) (BreakdownAnswer, error) {
	s, err := s.askedOn(ctx, q.AsOf, q.Boundaries)
	if err != nil {
		return BreakdownAnswer{}, err
	}
	p, period, at, err := s.ask(q.Asked)
	if err != nil {
		return BreakdownAnswer{}, err
	}
	unit, err := s.layout.unit(q.Unit)
	if err != nil {
		return BreakdownAnswer{}, err
	}
	dim, err := s.dimension(p, q.By, unit.Level)
	if err != nil {
		return BreakdownAnswer{}, err
	}
	meta := s.carriedOn(s.meta(at).of(p, period, at), at.last(period))
	figures, err := s.figuresBy(ctx, p, dim, unit.Unit, period, at)
	if err != nil {
		return BreakdownAnswer{}, err
	}
	rows := make([]BreakdownRow, len(dim.Members))
	for i, m := range dim.Members {
		rows[i] = BreakdownRow{Member: m.ID, Name: m.Name, Figure: figures[i]}
	}
	return BreakdownAnswer{Data: rows, Meta: meta}, nil
}

// figuresBy gives the figure of every member of a dimension.
func (s *Service) figuresBy(ctx context.Context, p *plan, dim catalog.Dimension, unit string, period catalog.Period, at instant) ([]Figure, error) {
	if !p.combined() {
		split, err := s.evaluate(ctx, s.split(p, dim), []catalog.Period{period}, at)
		if err != nil {
			return nil, err
		}
		return s.membersOf(split[0], dim, unit, at)
	}
	parts := make([][]Figure, len(p.parts))
	for i, part := range p.parts {
		var err error
		if parts[i], err = s.figuresBy(ctx, part, dim, unit, period, at); err != nil {
			return nil, err
		}
	}
	figures := make([]Figure, len(dim.Members))
	for i := range figures {
		ofMember := make([]Figure, len(parts))
		for k := range parts {
			ofMember[k] = parts[k][i]
		}
		figures[i] = withoutTarget(s.combine(p, ofMember, period, at))
	}
	return figures, nil
}

// withoutTarget is for a part of the whole that targets are for.
func withoutTarget(f Figure) Figure {
	f.Target = nil
	if f.Value != nil && f.Status != catalog.NotApplicable {
		f.Status = catalog.NoTarget
	}
	return f
}

// dimension checks that an indicator may be broken down by a dimension at a level: each
// of its measures must have it, or numerator and denominator would be of different people.
func (s *Service) dimension(p *plan, by, level string) (catalog.Dimension, error) {
	if by == "" {
		return catalog.Dimension{}, invalid("missing_parameter", "by", "Cần cho biết chiều phân tổ", "a dimension to break down by is needed").
			withHint(list(p.dimensions()))
	}
	dim, ok := s.deps.Catalog.Dimension(by)
	if !ok || slices.ContainsFunc(p.leaves(), (*plan).ofTasks) {
		return dim, invalid("unknown_dimension", "by", "Chỉ tiêu không phân tổ theo chiều này", "the indicator is not broken down by this dimension").
			withHint(list(p.dimensions()))
	}
	for _, t := range p.allTerms() {
		if !slices.Contains(t.slice.measure.Dimensions, by) {
			return dim, invalid("unknown_dimension", "by", "Không phải mọi số liệu của chỉ tiêu đều phân tổ theo chiều này", "not every measure of the indicator has this dimension").
				withHint(list(p.dimensions()))
		}
		if s.disclosure.refuses(t.slice.measure, by, level) {
			return dim, s.tooSmall(t.slice.measure.SensitiveBelow)
		}
	}
	return dim, nil
}

// tooSmall refuses a breakdown below a level, which it names.
func (s *Service) tooSmall(level string) *Error {
	name, named := s.deps.Catalog.LevelNames[level]
	if !named {
		name = catalog.Text{Vi: level, En: level}
	}
	return refused("disclosure", "by", "Không công bố phân tổ này ở cấp dưới vì ô số liệu quá nhỏ", "this breakdown is not given below a level, as cells of few people could be told").
		withHints("từ cấp "+strings.ToLower(name.In("vi"))+" trở lên", strings.ToLower(name.In("en"))+" level and above")
}

// dimensions lists those that every measure has.
func (p *plan) dimensions() []string {
	var shared []string
	for i, t := range p.allTerms() {
		if i == 0 {
			shared = slices.Clone(t.slice.measure.Dimensions)
		}
		shared = slices.DeleteFunc(shared, func(id string) bool { return !slices.Contains(t.slice.measure.Dimensions, id) })
	}
	return shared
}

func (s *Service) split(p *plan, dim catalog.Dimension) *plan {
	parts := p.with(func(whole *slice) *slice { return whole.by(s.deps.Catalog, dim.ID, memberIDs(dim)) })
	for _, b := range p.beside {
		split := *b
		split.plan = b.by(s.deps.Catalog, dim.ID, memberIDs(dim))
		parts.beside = append(parts.beside, &split)
	}
	return parts
}

// membersOf gives the figures of a breakdown, small ones hidden together with their cover.
func (s *Service) membersOf(e *evaluated, dim catalog.Dimension, unit string, at instant) ([]Figure, error) {
	pieces := e.pieces(unit)
	if below := e.refused(pieces, dim.ID); below != "" {
		return nil, s.tooSmall(below)
	}
	figures := make([]Figure, len(dim.Members))
	hidden := s.disclosure.hiddenParts(e, unit, len(figures))
	for i := range figures {
		figures[i] = withoutTarget(s.figure(e.plan, e.sum(i, pieces), e.collected(pieces), e.period, at))
		if hidden[i] {
			figures[i].suppress()
		}
	}
	return figures, nil
}

// refused names the level below which a breakdown is not given, where units of an earlier
// boundary set are broken down that had none there: together with one of a unit around
// them theirs could be told. It is "" where nothing is refused.
func (e *evaluated) refused(pieces []piece, dim string) string {
	for _, p := range pieces {
		if !e.isCarried(p.number) {
			continue
		}
		l, unit := e.unit(p.number)
		if same, ok := e.sameGround(pieces, e.layerOf(p.number)); ok {
			unit, _ = l.layout.set.Unit(same)
		}
		for _, t := range e.plan.terms {
			if m := t.slice.measure; l.disclosure.refuses(m, dim, unit.Level) {
				return m.SensitiveBelow
			}
		}
	}
	return ""
}

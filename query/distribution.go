package query

import (
	"context"
	"math"
	"slices"

	"github.com/toancanh/toancanh/query/catalog"
)

// DistributionQuestion asks how the values of units spread, and into which classes a map
// should put them.
type DistributionQuestion struct {
	Asked
	Scope
	Method  ClassMethod // empty: the legend where the catalogue has one, else quantiles
	Classes int         // wanted, 2 to 9; 5 when zero; not of legend, manual and the bins of percentages
	Breaks  []float64   // of manual: ascending inner bounds
}

// DistributionAnswer is a distribution.
type DistributionAnswer struct {
	Data Distribution `json:"data"`
	Meta Meta         `json:"meta"`
}

// Distribution has the classes and the spread of the values shown in one period. Quartiles
// are over units, each once, whatever its size; nil where no unit has a value.
type Distribution struct {
	Method  ClassMethod       `json:"method"`
	Breaks  []float64         `json:"breaks"`  // inner bounds, ascending, in the indicator's unit
	Classes []DistributionBin `json:"classes"` // one more than breaks
	Without map[string]int    `json:"without"` // units in no class, by reason: no_data, not_applicable, suppressed
	Units   int               `json:"units"`
	Min     *float64          `json:"min"`
	Q1      *float64          `json:"q1"`
	Median  *float64          `json:"median"`
	Q3      *float64          `json:"q3"`
	Max     *float64          `json:"max"`
	Pool    Pool              `json:"pool"`
}

// DistributionBin is a class: values from From up to but not including To.
type DistributionBin struct {
	From  *float64 `json:"from"` // nil: no lower bound
	To    *float64 `json:"to"`   // nil: no upper bound
	Count int      `json:"count"`
}

// Pool tells which values the breaks were found from: those of all the periods a slider
// moves over, so that colours do not jump while it moves. Without periods the breaks rest
// on no values.
type Pool struct {
	From   string `json:"from,omitempty"`
	To     string `json:"to,omitempty"`
	Values int    `json:"values"`
}

const (
	fewestClasses = 2
	mostClasses   = 9
	usualClasses  = 5
	poolPeriods   = 24 // periods that breaks are found from, at most
	mostManual    = mostClasses - 1
)

// Distribution answers how values spread.
func (s *Service) Distribution(ctx context.Context, q DistributionQuestion) (DistributionAnswer, error) {
	s, err := s.askedOn(ctx, q.AsOf, q.Boundaries)
	if err != nil {
		return DistributionAnswer{}, err
	}
	p, period, at, err := s.ask(q.Asked)
	if err != nil {
		return DistributionAnswer{}, err
	}
	codes, err := s.layout.codes(q.Scope)
	if err != nil {
		return DistributionAnswer{}, err
	}
	if err := q.check(p.indicator); err != nil {
		return DistributionAnswer{}, err
	}
	meta := s.carriedOn(s.meta(at).of(p, period, at), at.last(period))
	periods, err := s.poolOf(ctx, p, q, period, at)
	if err != nil {
		return DistributionAnswer{}, err
	}
	boards, err := s.boards(ctx, p, append(periods, period), at)
	if err != nil {
		return DistributionAnswer{}, err
	}
	last := len(boards) - 1
	d := s.classes(p.indicator, q, boards[:last], codes)
	d.fill(s.rows(boards[last], codes))
	return DistributionAnswer{Data: d, Meta: meta}, nil
}

// check completes the question and refuses what makes no classes.
func (q *DistributionQuestion) check(ind catalog.Indicator) error {
	if q.Method == "" {
		q.Method = ClassQuantile
		if len(ind.Legend.Breaks) > 0 {
			q.Method = ClassLegend
		}
		if len(q.Breaks) > 0 {
			q.Method = ClassManual
		}
	}
	if q.Classes == 0 {
		q.Classes = usualClasses
	}
	switch {
	case !slices.Contains(ClassMethods(), q.Method):
		return invalid("unknown_method", "method", "Không có cách chia lớp này", "there is no such way to make classes").withHint(list(ClassMethods()))
	case q.Classes < fewestClasses || q.Classes > mostClasses:
		return invalid("class_count", "classes", "Số lớp phải từ 2 đến 9", "there may be 2 to 9 classes").withHint("2…9")
	case q.Method == ClassLegend && len(ind.Legend.Breaks) == 0:
		return invalid("no_legend", "method", "Chỉ tiêu không có chú giải định sẵn", "the indicator has no legend of its own").withHint(string(ClassQuantile))
	case (q.Method == ClassManual) != (len(q.Breaks) > 0):
		return invalid("manual_breaks", "breaks", "Ngưỡng lớp đi cùng method=manual", "breaks go with method=manual, and only with it").withHint("method=manual&breaks=10,20,30")
	case len(q.Breaks) > mostManual || !ascending(q.Breaks):
		return invalid("manual_breaks", "breaks", "Ngưỡng lớp là tối đa 8 số tăng dần", "breaks are at most 8 ascending numbers").withHint("10,20,30")
	}
	return nil
}

func ascending(breaks []float64) bool {
	for i, b := range breaks {
		if math.IsNaN(b) || math.IsInf(b, 0) || i > 0 && b <= breaks[i-1] {
			return false
		}
	}
	return true
}

// poolOf lists the periods breaks are found from: the last ones there are of the asked
// kind, whichever of them is asked. Methods that look at no values need none.
func (s *Service) poolOf(ctx context.Context, p *plan, q DistributionQuestion, period catalog.Period, at instant) ([]catalog.Period, error) {
	if q.Method == ClassLegend || q.Method == ClassManual || q.Method == ClassEqual && p.indicator.Percentage() {
		return nil, nil
	}
	first, err := s.firstDay(ctx, p, at)
	if err != nil {
		return nil, err
	}
	periods := s.reached(catalog.PeriodsBetween(period.Kind, first, p.latest(period.Kind, at).Start), at)
	return periods[max(0, len(periods)-poolPeriods):], nil
}

// classes finds the breaks of a question from the values of the pool.
func (s *Service) classes(ind catalog.Indicator, q DistributionQuestion, pool []board, codes []string) Distribution {
	d := Distribution{Method: q.Method, Without: map[string]int{}}
	var values []float64
	for _, b := range pool {
		for _, row := range s.rows(b, codes) {
			if row.Value != nil {
				values = append(values, *row.Value)
			}
		}
	}
	if len(pool) > 0 {
		d.Pool = Pool{From: pool[0].period.String(), To: pool[len(pool)-1].period.String(), Values: len(values)}
	}
	slices.Sort(values)
	d.Breaks = breaksOf(ind, q, values)
	d.Classes = make([]DistributionBin, len(d.Breaks)+1)
	for i, b := range d.Breaks {
		d.Classes[i].To, d.Classes[i+1].From = &b, &b
	}
	return d
}

func breaksOf(ind catalog.Indicator, q DistributionQuestion, values []float64) []float64 {
	var breaks []float64
	switch {
	case q.Method == ClassLegend:
		return slices.Clone(ind.Legend.Breaks)
	case q.Method == ClassManual:
		return q.Breaks
	case q.Method == ClassEqual && ind.Percentage():
		return decileBreaks()
	case len(values) == 0:
		return []float64{}
	case q.Method == ClassQuantile:
		breaks = quantileBreaks(values, q.Classes)
	case q.Method == ClassEqual:
		breaks = equalBreaks(values, q.Classes)
	case q.Method == ClassCkmeans:
		breaks = ckmeansBreaks(values, q.Classes)
	}
	return readable(breaks, values, ind.Decimals)
}

// fill counts the units of one period.
func (d *Distribution) fill(rows []ValueRow) {
	d.Units = len(rows)
	var values []float64
	for _, row := range rows {
		switch {
		case row.Value != nil:
			d.Classes[classOf(d.Breaks, *row.Value)].Count++
			values = append(values, *row.Value)
		case row.Figure.hidden():
			d.Without[string(catalog.Suppressed)]++
		case row.Status == catalog.NotApplicable:
			d.Without[string(catalog.NotApplicable)]++
		default:
			d.Without[string(catalog.NoData)]++
		}
	}
	if len(values) == 0 {
		return
	}
	slices.Sort(values)
	for share, into := range map[float64]**float64{0: &d.Min, 0.25: &d.Q1, 0.5: &d.Median, 0.75: &d.Q3, 1: &d.Max} {
		v := quantile(values, share)
		*into = &v
	}
}

package query

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/toancanh/toancanh/query/catalog"
)

// askMore answers "distribution|profile|comparison|outlook key=value ...".
func (s *script) askMore(words []string, o options, asked Asked, scope Scope) []string {
	ctx := s.t.Context()
	switch words[0] {
	case "distribution":
		q := DistributionQuestion{Asked: asked, Scope: scope, Method: ClassMethod(o["method"]), Breaks: o.floats("breaks")}
		q.Classes, _ = strconv.Atoi(o["classes"])
		a, err := s.Distribution(ctx, q)
		return lines(err, []Distribution{a.Data}, describeDistribution)
	case "profile":
		q := ProfileQuestion{Unit: o["unit"], Period: o.period(), AsOf: o.asOf(), Boundaries: o["on"]}
		if o["of"] != "" {
			q.Indicators = strings.Split(o["of"], ",")
		}
		a, err := s.Profile(ctx, q)
		return lines(err, a.Data, func(r ProfileRow) string {
			return fmt.Sprintf("%s %s %s %s", r.Indicator, r.Unit, r.Period, describe(r.Figure))
		})
	case "comparison":
		a, err := s.Comparison(ctx, ComparisonQuestion{Asked: asked, Unit: o["unit"]})
		if err != nil {
			return lines(err, []int{}, nil)
		}
		return describeComparison(a.Data)
	case "outlook":
		a, err := s.Outlook(ctx, OutlookQuestion{Indicator: o["of"], Unit: o["unit"], Kind: catalog.PeriodKind(o["kind"]), AsOf: o.asOf()})
		if err != nil {
			return lines(err, []int{}, nil)
		}
		return describeOutlook(a.Data)
	default:
		s.t.Fatalf("%s:%d: no such command", s.file, s.line)
		return nil
	}
}

func (o options) floats(key string) []float64 {
	var list []float64
	for word := range strings.SplitSeq(o[key], ",") {
		if n, err := strconv.ParseFloat(word, 64); err == nil {
			list = append(list, n)
		}
	}
	return list
}

// describeDistribution writes "method breaks counts min q1 median q3 max pool".
func describeDistribution(d Distribution) string {
	var counts []int
	for _, c := range d.Classes {
		counts = append(counts, c.Count)
	}
	return fmt.Sprintf("%s %v %v of %d without %v spread %s %s %s %s %s pool %s…%s %d", d.Method, d.Breaks, counts, d.Units, d.Without,
		number(d.Min), number(d.Q1), number(d.Median), number(d.Q3), number(d.Max), d.Pool.From, d.Pool.To, d.Pool.Values)
}

func describeComparison(c Comparison) []string {
	out := []string{fmt.Sprintf("%s %s", c.Unit, number(c.Value))}
	for _, r := range c.Against {
		out = append(out, fmt.Sprintf("%s %s %s %s difference %s relative %s", r.With, r.Unit, r.Period, number(r.Value), number(r.Difference), number(r.Relative)))
	}
	if f := c.Similar; f != nil {
		line := fmt.Sprintf("similar %d in %d…%d on %s median %s difference %s rank %s/%d:", f.Population, f.BandFrom, f.BandTo, f.Date, number(f.Median), number(f.Difference), integer(f.Rank), f.RankOf)
		for _, r := range f.Rows {
			line += fmt.Sprintf(" %s %d %s", r.Unit, r.Population, number(r.Value))
		}
		out = append(out, line)
	}
	return out
}

func describeOutlook(o Outlook) []string {
	goal, left := "-", integer(o.PeriodsLeft)
	if o.Goal != nil {
		goal = fmt.Sprintf("%v on %s", o.Goal.Value, o.Goal.Date)
	}
	out := []string{fmt.Sprintf("%s %s path %s goal %s left %s required %s recent %s reached %q silent %q", cmp.Or(o.Period, "-"), number(o.Value),
		number(o.Path), goal, left, number(o.RequiredPace), number(o.RecentPace), o.ReachedIn, o.Silent)}
	for _, p := range o.Projection {
		out = append(out, fmt.Sprintf("%s %.4g in %.4g…%.4g after %d", p.Period, p.Value, p.Low, p.High, p.Attempts))
	}
	if o.AtGoal != nil {
		out = append(out, fmt.Sprintf("at the goal %s %.4g", o.AtGoal.Period, o.AtGoal.Value))
	}
	return out
}

package ingest

import (
	"slices"
	"strings"
	"time"
)

// counts is what the rows of a submission did to their cells, decided by the writer in the order of the journal.
type counts struct {
	unchanged, first, corrected, retracted int
}

// add counts a row and tells whether it has to be written.
func (n *counts) add(what news) bool {
	switch what {
	case firstSaid:
		n.first++
	case corrected:
		n.corrected++
	case retracted:
		n.retracted++
	}
	return what != nothingNew
}

// about is what the accepted rows of a submission speak of: every unit by its code, ascending, and every period by its last day,
// as it was sent. Assignments of agencies have no unit; a report's period is its day.
type about struct {
	units, periods []string
	starts, ends   []time.Time // of the periods
}

// sentPeriod is a period as it was sent, with its civil days.
type sentPeriod struct {
	start, end day
	text       string
}

func aboutOf(parts []*readPart) about {
	units, periods := map[string]bool{}, map[sentPeriod]bool{}
	for _, p := range parts {
		for i := range p.figures {
			f := &p.figures[i]
			if i > 0 && f.unit == p.figures[i-1].unit && f.end == p.figures[i-1].end && f.period == p.figures[i-1].period {
				continue // most rows are of the unit and period of the row before
			}
			units[f.unit], periods[sentPeriod{f.start, f.end, f.period}] = true, true
		}
		for i := range p.progress {
			r := &p.progress[i]
			if code, ok := cutUnit(r.assignee); ok {
				units[code] = true
			}
			periods[sentPeriod{r.date, r.date, r.date.String()}] = true
		}
	}
	list := make([]sentPeriod, 0, len(periods))
	for p := range periods {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b sentPeriod) int {
		if a.end != b.end {
			return int(a.end - b.end)
		}
		if a.start != b.start {
			return int(a.start - b.start)
		}
		return strings.Compare(a.text, b.text)
	})
	a := about{units: sorted(units), periods: []string{}, starts: []time.Time{}, ends: []time.Time{}}
	for _, p := range list {
		a.periods, a.starts, a.ends = append(a.periods, p.text), append(a.starts, p.start.utc()), append(a.ends, p.end.utc())
	}
	return a
}

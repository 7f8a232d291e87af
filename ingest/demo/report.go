package demo

import (
	"strconv"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// How figures come in: most on their day, some days late, some never, some wrong at first. Corrections are later revisions.

// Days from the end of a statutory month to the report of agencies (the 14th to the 16th), and the span in
// which an error is found.
const (
	reportAfter   = 2
	correctAfter  = 2
	correctWithin = 15
)

const correctionNote = "Số liệu đính chính sau rà soát"

// fate is what becomes of one figure of one unit: the days from when it is due until it comes, and until it is corrected.
type fate struct {
	never     bool
	late      int
	wrong     bool
	corrected int // days from when it is due; only when wrong
}

func (d *measure) fate(unit string, of civil.Date) fate {
	draw := d.sending.of(unit, "report").at(dayNumber(of))
	f := fate{never: draw.at(1).share() < d.Report.Gap, wrong: draw.at(2).share() < d.Report.Correction}
	if d.Report.LateDays > 0 && draw.at(3).share() < d.Report.Late {
		f.late = 1 + draw.at(4).below(d.Report.LateDays)
	}
	f.corrected = f.late + correctAfter + draw.at(5).below(correctWithin)
	return f
}

// longest is the most days after it was due that anything comes about a figure.
func (d *measure) longest() int { return d.Report.LateDays + correctAfter + correctWithin }

// figureOf is a figure that may be due.
type figureOf struct {
	period catalog.Period
	due    civil.Date
}

// about gives the figures of a measure that a report on the given day can be about.
func (d *measure) about(day civil.Date) []figureOf {
	if d.Report.EveryDays == 0 {
		return d.periodsAbout(day)
	}
	var list []figureOf
	for k := range d.longest() + 1 {
		on := day.AddDays(-k)
		if on.Before(d.From) || on.DaysSince(d.From)%d.Report.EveryDays != 0 {
			continue
		}
		list = append(list, figureOf{catalog.PeriodOf(catalog.Day, on), on})
	}
	return list
}

func (d *measure) periodsAbout(day civil.Date) []figureOf {
	var list []figureOf
	first := catalog.PeriodOf(d.def.PeriodKind, d.From)
	for p := catalog.PeriodOf(d.def.PeriodKind, day).Prev(); !p.Start.Before(first.Start); p = p.Prev() {
		due := p.End.AddDays(reportAfter)
		if day.DaysSince(due) > d.longest() {
			break
		}
		if !due.After(day) {
			list = append(list, figureOf{p, due})
		}
	}
	return list
}

// raised gives a value with what live figures have added to it.
type raised func(measure int, u catalog.UnitFact, on civil.Date, combo int, value int64) int64

// report writes the rows of measure i that arrive on a day, and gives their number.
func (m *model) report(b []byte, i int, day civil.Date, raised raised) ([]byte, int) {
	d := &m.measures[i]
	rows := 0
	for _, f := range d.about(day) {
		passed := day.DaysSince(f.due)
		for _, u := range m.units(d.def.Level, f.period.End) {
			fate := d.fate(u.Code, f.period.End)
			first := passed == fate.late
			if m.spared[u.Code] || fate.never || !first && !(fate.wrong && passed == fate.corrected) {
				continue
			}
			for c, value := range m.values(i, u, f.period.End) {
				value = raised(i, u, f.period.End, c, value)
				note := correctionNote
				if first {
					note = ""
				}
				if first && fate.wrong {
					value = d.mistaken(value, u.Code, f.period.End)
				}
				b = appendFigure(b, d, u.Code, f.period, c, value, note)
				rows++
			}
		}
	}
	return b, rows
}

// mistaken is a wrong value, some per cent off: too low, or too high where others are shares of it, so that
// parts stay below their wholes until the correction comes.
func (d *measure) mistaken(value int64, unit string, of civil.Date) int64 {
	off := value/100*int64(1+d.draw.of(unit, "mistake").at(dayNumber(of)).below(5)) + 1
	if d.isBase {
		return value + off
	}
	return max(value-off, 0)
}

// appendFigure writes one line of observations. Ids are plain ASCII and need no escapes.
func appendFigure(b []byte, d *measure, unit string, p catalog.Period, c int, value int64, note string) []byte {
	b = append(b, `{"measure":"`...)
	b = append(b, d.Measure...)
	b = append(b, `","unit":"`...)
	b = append(b, unit...)
	if p.Kind == catalog.Day {
		b = append(b, `","date":"`...)
	} else {
		b = append(b, `","period":"`...)
	}
	b = append(b, p.String()...)
	b = append(b, '"')
	if dims := d.combos[c].dims; dims != "" {
		b = append(b, `,"dims":{`...)
		b = append(b, dims...)
		b = append(b, '}')
	}
	if note != "" {
		b = append(b, `,"note":"`...)
		b = append(b, note...)
		b = append(b, '"')
	}
	b = append(b, `,"value":`...)
	b = strconv.AppendInt(b, value, 10)
	return append(b, "}\n"...)
}

// census writes the population snapshot of a day.
func (m *model) census(b []byte, day civil.Date) ([]byte, int) {
	rows := 0
	date := day.String()
	s := m.population(day)
	for _, u := range m.units(m.level(m.demo.Population.Measure), day) {
		for _, cell := range s.cells[u.Code] {
			b = append(b, `{"unit":"`...)
			b = append(b, u.Code...)
			b = append(b, `","date":"`...)
			b = append(b, date...)
			b = append(b, `","sex":"`...)
			b = append(b, cell.Sex...)
			b = append(b, `","age":`...)
			b = strconv.AppendInt(b, int64(cell.Age), 10)
			b = append(b, `,"residence":"`...)
			b = append(b, cell.Residence...)
			b = append(b, `","value":`...)
			b = strconv.AppendInt(b, int64(cell.Count), 10)
			b = append(b, "}\n"...)
			rows++
		}
	}
	return b, rows
}

package query

import (
	"slices"

	"github.com/toancanh/toancanh/query/catalog"
)

// reportTally counts duties by agency, unit and measure.
type reportTally struct {
	catalog  *catalog.Catalog
	layout   *layout
	rows     []string                // codes of the units listed
	above    map[string]string       // of a unit, the listed one it lies in
	total    ReportCount             // of all
	units    map[string]*ReportCount // by the code of a listed unit
	agencies map[string]*agencyReportTally
	measures []MeasureReports
}

// agencyReportTally is the count of an agency, and what every unit lacks of what it owes.
type agencyReportTally struct {
	ReportCount
	lacking map[string]int
}

func newReportTally(c *catalog.Catalog, l *layout, rows []string) *reportTally {
	t := &reportTally{catalog: c, layout: l, rows: rows, above: map[string]string{}, units: map[string]*ReportCount{}, agencies: map[string]*agencyReportTally{}, measures: []MeasureReports{}}
	for _, code := range rows {
		t.units[code] = &ReportCount{}
	}
	for _, code := range l.all {
		t.above[code] = t.listed(code)
	}
	return t
}

// listed is the row a unit counts in, "" for one above them all.
func (t *reportTally) listed(code string) string {
	if t.units[code] != nil {
		return code
	}
	for _, above := range t.layout.set.Ancestors(code) {
		if t.units[above.Code] != nil {
			return above.Code
		}
	}
	return ""
}

// add counts what is owed of a measure.
func (t *reportTally) add(o owing, at instant) {
	if len(o.duties) == 0 {
		return
	}
	agency := t.agencies[o.measure.Agency]
	if agency == nil {
		agency = &agencyReportTally{lacking: map[string]int{}}
		t.agencies[o.measure.Agency] = agency
	}
	row := MeasureReports{Measure: o.measure.ID, Name: o.measure.Name, Agency: o.measure.Agency, Level: o.measure.Level, Due: o.due}
	for i := range o.duties {
		d := &o.duties[i]
		row.ReportCount.count(d, at)
		agency.count(d, at)
		t.total.count(d, at)
		if unit := t.units[t.above[d.unit.Unit]]; unit != nil {
			unit.count(d, at)
		}
		lacks := 0
		if d.state < inTime {
			lacks = 1
		}
		agency.lacking[d.unit.Unit] += lacks
	}
	t.measures = append(t.measures, row)
}

// count adds one duty.
func (c *ReportCount) count(d *duty, at instant) {
	c.Expected++
	switch d.state {
	case inTime:
		c.InTime++
	case tooLate:
		c.Late++
	case incomplete:
		c.Incomplete++
	}
	if d.state < inTime && !d.due.IsZero() && d.due.Before(at.today) {
		c.Overdue++
	}
	c.Received = c.InTime + c.Late
	c.Missing = c.Expected - c.Received
	if !d.last.IsZero() && (c.LastReceived == nil || d.last.After(*c.LastReceived)) {
		c.LastReceived = &d.last
	}
}

// reports puts the counts in order, with what was sent.
func (t *reportTally) reports(senders []SenderRow) Reports {
	r := Reports{Total: t.total, Agencies: []AgencyReports{}, Units: make([]UnitReports, len(t.rows)), Measures: t.measures}
	for i, code := range t.rows {
		r.Units[i] = UnitReports{t.layout.names[code], *t.units[code]}
	}
	for _, agency := range append(slices.Clone(t.catalog.Agencies), catalog.Agency{}) {
		sum := t.agencies[agency.ID]
		if sum == nil {
			continue
		}
		row := AgencyReports{Agency: agency.ID, Name: agency.Name, ReportCount: sum.ReportCount, Units: len(sum.lacking)}
		for _, lacks := range sum.lacking {
			if lacks == 0 {
				row.Complete++
			}
		}
		if i := slices.IndexFunc(senders, func(sent SenderRow) bool { return sent.Agency == agency.ID }); i >= 0 {
			sent := senders[i]
			row.Submissions, row.Accepted, row.Rejected, row.Warnings = sent.Submissions, sent.Accepted, sent.Rejected, sent.Warnings
		}
		r.Agencies = append(r.Agencies, row)
	}
	return r
}

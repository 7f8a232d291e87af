package ingest

import (
	"errors"

	"github.com/toancanh/toancanh/query/catalog"
)

// figure is one checked observation. Its texts are the catalogue's own or the row's private copies.
type figure struct {
	measure    string
	start, end day
	unit       string
	dims       string
	value      int64 // 0 when retracted
	retracted  bool
	period     string
	agency     string
	note       string
	line       int
	key        uint64 // of the cell, exact
}

// figure understands a record as an observation.
func (c *checker) figure(rec *record) (fig figure, why *fault) {
	if why = c.sort(rec); why != nil {
		return fig, why
	}
	m, why := c.measureOf()
	if why != nil {
		return fig, why
	}
	fig.measure, fig.agency = m.ID, c.agency
	if why = c.when(m, &fig); why != nil {
		return fig, why
	}
	unit, why := c.unitOf(m, fig.end)
	if why != nil {
		return fig, why
	}
	fig.unit = unit.code
	if why = c.permit.figure(&c.fields, m, fig.unit, fig.end); why != nil {
		return fig, why
	}
	rank, why := m.rank(c.fields.dims)
	if why != nil {
		return fig, why
	}
	fig.dims = m.canonical[rank]
	fig.key = cellKey(m.number, unit.number, rank, fig.end)
	if why = c.valueOf(m, &fig); why != nil {
		return fig, why
	}
	if why = c.texts(&fig); why != nil {
		return fig, why
	}
	return fig, c.rules(rec, m, &fig)
}

func (c *checker) measureOf() (*measureIndex, *fault) {
	if c.dataset == Population {
		return c.population, nil
	}
	f := c.fields.measure
	if f == nil {
		return nil, missingField("measure")
	}
	id, why := f.code()
	if why != nil {
		return nil, why
	}
	m := c.measures[string(id)]
	if m == nil {
		return nil, f.wrong(unknownMeasure(id, c.nearest(id, c.measureIDs)))
	}
	if m.Dataset != "" && m.Dataset != string(Observations) {
		return nil, f.wrong(wrongDataset(m.ID, m.Dataset))
	}
	return m, nil
}

// when sets the period by the measure's time rule.
func (c *checker) when(m *measureIndex, fig *figure) *fault {
	if m.TimeRule == catalog.Flow {
		return c.flowPeriod(m, fig)
	}
	if f := c.fields.period; f != nil {
		return f.wrong(unexpectedField(
			"“"+m.ID+"” là số liệu tại một ngày; dùng “date”, không dùng “period”.",
			"“"+m.ID+"” holds on a day; use “date”, not “period”."))
	}
	f := c.fields.date
	if f == nil {
		return missingField("date")
	}
	d, why := c.day(f)
	if why != nil {
		return why
	}
	fig.start, fig.end, fig.period = d, d, c.lastText
	return nil
}

// day reads a date that is neither in the future nor before the catalogue; lastText is how it is written.
func (c *checker) day(f *field) (day, *fault) {
	b, why := f.code()
	if why != nil {
		return 0, why
	}
	if c.lastDay != noDay && string(b) == c.lastText {
		return c.lastDay, nil
	}
	d, ok := parseDay(b)
	switch {
	case !ok:
		return 0, f.wrong(invalidDate(b))
	case d > c.today:
		return 0, f.wrong(futureDate(d.String(), c.today.String()))
	case d < c.earliest:
		return 0, f.wrong(tooEarly(d.String(), c.earliest.String()))
	}
	c.lastDay, c.lastText = d, string(b)
	return d, nil
}

func (c *checker) flowPeriod(m *measureIndex, fig *figure) *fault {
	if f := c.fields.date; f != nil {
		return f.wrong(unexpectedField(
			"“"+m.ID+"” thuộc về một kỳ; dùng “period” như "+m.example+", không dùng “date”.",
			"“"+m.ID+"” belongs to a period; use “period” such as "+m.example+", not “date”."))
	}
	f := c.fields.period
	if f == nil {
		return missingField("period")
	}
	id, why := f.code()
	if why != nil {
		return why
	}
	p, err := c.period(id)
	if err != nil {
		return f.wrong(invalidPeriod(id, m.example))
	}
	fig.start, fig.end, fig.period = dayOf(p.Start), dayOf(p.End), p.String()
	switch {
	case p.Kind != m.PeriodKind:
		return f.wrong(wrongPeriodKind(m.ID, string(m.PeriodKind), m.example))
	case fig.end > c.today:
		return f.wrong(futurePeriod(fig.end.String(), c.today.String()))
	case fig.start < c.earliest:
		return f.wrong(tooEarly(fig.start.String(), c.earliest.String()))
	}
	return nil
}

// period reads a period id; there are few in a submission.
func (c *checker) period(id []byte) (catalog.Period, error) {
	if p, ok := c.periods[string(id)]; ok {
		return p, nil
	}
	const longest, most = 16, 4096
	if len(id) > longest {
		return catalog.Period{}, errors.New("ingest: too long for a period")
	}
	p, err := catalog.ParsePeriod(string(id))
	if err == nil && len(c.periods) < most {
		c.periods[string(id)] = p
	}
	return p, err
}

// unitOf finds the unit in force on the day and of the measure's level.
func (c *checker) unitOf(m *measureIndex, on day) (*unitIndex, *fault) {
	f := c.fields.unit
	if f == nil {
		return nil, missingField("unit")
	}
	code, why := f.code()
	if why != nil {
		return nil, why
	}
	u := c.units[string(code)]
	if u == nil {
		return nil, f.wrong(unknownUnit(code, c.nearest(code, c.unitCodes), c.setNames))
	}
	level, ok := u.at(on)
	if !ok {
		return nil, f.wrong(unitNotInForce(u, on, c.heirs(u.code, on)))
	}
	if level != m.Level {
		return nil, f.wrong(wrongLevel(m.ID, m.Level, level))
	}
	return u, nil
}

func (m *measureIndex) dimension(id []byte) *dimensionIndex {
	for i := range m.dimensions {
		if m.dimensions[i].id == string(id) {
			return &m.dimensions[i]
		}
	}
	return nil
}

// rank finds the canonical dimensions of a row: every dimension once, no other.
func (m *measureIndex) rank(sent []*field) (int, *fault) {
	for _, f := range sent {
		if m.dimension(f.name) == nil {
			return 0, unknownDimension(m.ID, m.names).at("dims", f.column)
		}
	}
	rank := 0
	for i := range m.dimensions {
		d := &m.dimensions[i]
		f := named(sent, d.id)
		if f == nil {
			return 0, missingDimension(m.ID, d.id, d.listed).at("dims."+d.id, 0)
		}
		id, why := f.member()
		if why != nil {
			return 0, why
		}
		n, ok := d.members[string(id)]
		if !ok {
			return 0, f.wrong(unknownMember(id, d.id, d.listed))
		}
		rank = rank*len(d.members) + n
	}
	return rank, nil
}

func named(fields []*field, name string) *field {
	for _, f := range fields {
		if string(f.name) == name {
			return f
		}
	}
	return nil
}

// valueOf takes the value, or the retraction of the cell, never both.
func (c *checker) valueOf(m *measureIndex, fig *figure) (why *fault) {
	if f := c.fields.retract; f != nil {
		if fig.retracted, why = f.truth(); why != nil {
			return why
		}
	}
	f := c.fields.value
	switch {
	case fig.retracted && f != nil:
		return f.wrong(unexpectedField(
			"Dòng rút số liệu (retract) không kèm value.",
			"A row that retracts a figure carries no value."))
	case fig.retracted:
		return nil
	case f == nil:
		return missingField("value")
	}
	if fig.value, why = f.integer(); why != nil {
		return why
	}
	if m.Max > 0 && fig.value > m.Max {
		return f.wrong(tooLargeValue(m.Max))
	}
	return nil
}

func (c *checker) texts(fig *figure) (why *fault) {
	if f := c.fields.agency; f != nil {
		if fig.agency, why = c.agencyOf(f); why != nil {
			return why
		}
	}
	if f := c.fields.note; f != nil {
		fig.note, why = f.prose(maxNote)
	}
	return why
}

func (c *checker) agencyOf(f *field) (string, *fault) {
	id, why := f.code()
	if why != nil {
		return "", why
	}
	known, ok := c.agencies[string(id)]
	if !ok {
		return "", f.wrong(unknownAgency())
	}
	if !c.permit.speaksFor(known) {
		return "", f.wrong(refuse(NotOwner, "Không được gửi thay cơ quan này.", "Not permitted to send for this agency."))
	}
	return known, nil
}

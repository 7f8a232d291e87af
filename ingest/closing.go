package ingest

// closed keeps a closed period to corrections with a reason, and who may make them to approvers: everybody else reports while it
// is open. A sender without a permit works on the machine itself and needs only the reason.
func (c *checker) closed(m *measureIndex, fig *figure, explained bool) *fault {
	last, closed := c.lastOpen(m, fig.end)
	approves := c.permit != nil && c.permit.Approves
	switch {
	case approves && !closed:
		return c.dateField().wrong(periodOpen())
	case !closed || explained && (approves || c.permit == nil):
		return nil
	case c.permit != nil && !approves:
		return c.dateField().wrong(periodClosedToReporters(fig.end, last))
	}
	return c.dateField().wrong(periodClosed(fig.end, last))
}

func (c *checker) dateField() *field {
	if c.fields.date != nil {
		return c.fields.date
	}
	return c.fields.period
}

// lastOpen is the last day on which a period takes figures from everybody, and whether it has passed.
func (c *checker) lastOpen(m *measureIndex, end day) (last day, closed bool) {
	r := &m.rules
	if !r.closes || c.today <= end+day(r.closing.DueDays+r.closing.CloseDays) {
		return 0, false
	}
	key := closingKey{m.number, end}
	last, known := c.closings[key]
	if !known {
		last = dayOf(r.closing.LastOpen(end.date(), c.catalogue.Calendar.Holidays))
		c.closings[key] = last
	}
	return last, c.today > last
}

// closingKey names a period of a measure by its last day.
type closingKey struct {
	measure uint64
	end     day
}

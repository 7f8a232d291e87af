package ingest

// A closed period takes corrections with a reason, and who may make them are approvers: everybody else reports while it is open. A sender
// without a permit works on the machine itself and needs only the reason.
//
// What nobody has reported yet is no correction: who is late hands it in without a reason, as it would have in time, and is
// warned that it is late. Whether a cell holds something the warehouse knows (comparison); where it does not answer the row is refused, as a
// correction could pass for a first report. Retracting is always correcting.

// lateness is what is known of a figure of a closed period before its cell has been looked at.
type lateness struct {
	ifHeld    *fault // why it is refused where its cell holds something else
	end, last day    // of the period, and on which it was open
}

// closed gives why a figure may not be sent at all, or leaves in c.late what remains to be looked at.
func (c *checker) closed(m *measureIndex, fig *figure, explained bool) *fault {
	c.late = nil
	last, closed := c.lastOpen(m, fig.end)
	approves := c.permit != nil && c.permit.Approves
	switch {
	case approves && !closed:
		return c.dateField().wrong(periodOpen())
	case !closed || explained && (approves || c.permit == nil):
		return nil
	}
	why := periodClosed(fig.end, last)
	if c.permit != nil && !approves {
		why = periodClosedToReporters(fig.end, last)
	}
	why = c.dateField().wrong(why)
	if approves || fig.retracted {
		return why
	}
	c.late = &lateness{why, fig.end, last}
	return nil
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

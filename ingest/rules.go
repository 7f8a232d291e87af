package ingest

import (
	"github.com/toancanh/toancanh/query/catalog"
)

// ruleIndex is what the catalogue's rules say of one measure.
type ruleIndex struct {
	closes     bool
	closing    catalog.Closing
	ranges     []catalog.Range
	jump       *catalog.Jump
	wholes     []relative // measures this one is a part of
	parts      []relative // measures that are a part of this one
	otherOwner catalog.Severity
}

// relative is a measure that is compared with another in the same cell.
type relative struct {
	*measureIndex
	severity catalog.Severity
}

func (x *index) addRules(rules *catalog.Rules) {
	for _, m := range x.measures {
		r := &m.rules
		if c, ok := rules.Closing(m.ID); ok {
			r.closes, r.closing = true, c
		}
		for _, one := range rules.Ranges {
			if one.Measure == m.ID {
				r.ranges = append(r.ranges, one)
			}
		}
		for i := range rules.Jumps {
			if rules.Jumps[i].Measure == m.ID {
				r.jump = &rules.Jumps[i]
			}
		}
		r.otherOwner = rules.OtherAgency
	}
	for _, p := range rules.Parts {
		part, whole := x.measures[p.Part], x.measures[p.Whole]
		if part == nil || whole == nil {
			continue
		}
		part.rules.wholes = append(part.rules.wholes, relative{whole, p.Severity})
		whole.rules.parts = append(whole.rules.parts, relative{part, p.Severity})
	}
}

// judge applies the severity of a rule to a row: the fault refuses it, or becomes a remark, or is nothing.
func judge(rec *record, s catalog.Severity, explained bool, why *fault) *fault {
	if explained {
		s = s.Explained()
	}
	switch s {
	case catalog.SeverityError:
		return why
	case catalog.SeverityWarning:
		rec.remark(why)
	}
	return nil
}

// rules judges a figure by itself; what it is compared with comes later (comparison).
func (c *checker) rules(rec *record, m *measureIndex, fig *figure) *fault {
	r, explained := &m.rules, fig.note != ""
	if why := c.closed(m, fig, explained); why != nil {
		return why
	}
	if fig.agency != "" && m.Agency != "" && fig.agency != m.Agency {
		// A note explains figures, not who may send them.
		if why := judge(rec, r.otherOwner, false, otherAgency(m.ID, m.Agency).at("agency", 0)); why != nil {
			return why
		}
	}
	if fig.retracted {
		return nil
	}
	for _, one := range r.ranges {
		if one.Holds(fig.value) {
			continue
		}
		if why := judge(rec, one.Severity, explained, c.fields.value.wrong(outOfRange(fig.value, one))); why != nil {
			return why
		}
	}
	return nil
}

package ingest

import (
	"context"
	"slices"
	"time"
)

// comparison judges figures by others: the value before (jumps), the parts and wholes of the same cell, and what the cell of a closed period
// holds. It holds back the figures that have to be compared, a window at a time, and asks the warehouse once for a window. What the submission says itself
// counts before what the warehouse has. A warehouse that does not answer holds nobody up: the rows are taken, with a warning.
type comparison struct {
	of     *session
	look   lookups
	held   []heldBack
	series map[uint64][]dated // by cell without its day: what the submission said, by day
	blind  bool               // the warehouse did not answer; it is not asked again
}

// heldBack is a checked figure that waits for its comparison.
type heldBack struct {
	figure
	at      place
	remarks []*fault
	late    *lateness // nil in an open period
}

// dated is a value on a day.
type dated struct {
	on    day
	value int64
}

// lookups ask the warehouse; s.before is one.
type lookups func(ctx context.Context, w *window) error

// heldRows is how many figures wait for one question: more than a day's report of a province has, so that a whole is
// read before its parts are judged.
const heldRows = 4 * partRows

// comparePatience is how long a window waits for the warehouse.
const comparePatience = 5 * time.Second

func newComparison(s *session, look lookups) *comparison {
	return &comparison{of: s, look: look, series: map[uint64][]dated{}}
}

func (c *comparison) rulesOf(f *figure) *ruleIndex { return &c.of.check.measures[f.measure].rules }

// wants tells whether a figure has to be compared. A retraction has nothing that could be wrong.
func (c *comparison) wants(f *figure) bool {
	r := c.rulesOf(f)
	return !f.retracted && (r.jump != nil || len(r.wholes)+len(r.parts) > 0)
}

// hold keeps a figure until the window is full.
func (c *comparison) hold(ctx context.Context, h heldBack) error {
	c.held = append(c.held, h)
	if len(c.held) < heldRows {
		return nil
	}
	return c.flush(ctx)
}

// flush compares what is held and takes or refuses it.
func (c *comparison) flush(ctx context.Context) error {
	if len(c.held) == 0 {
		return nil
	}
	w := c.ask(ctx)
	for i := range c.held {
		h := &c.held[i]
		if why := c.judge(h, w, i); why != nil {
			c.of.refuseAt(h.at, why)
			delete(c.of.seen, h.key) // it says nothing about its cell
			continue
		}
		c.note(h)
		if err := c.of.keepFigure(&h.figure, h.at, h.remarks); err != nil {
			return err
		}
	}
	c.held = c.held[:0]
	return nil
}

// ask brings what the warehouse knows about the window.
func (c *comparison) ask(ctx context.Context) *window {
	w := newWindow(c)
	if c.blind || c.look == nil {
		c.blind = true
		return w
	}
	ctx, cancel := context.WithTimeout(ctx, comparePatience)
	defer cancel()
	if err := c.look(ctx, w); err != nil {
		c.blind = true
		if c.comparesOthers() {
			c.of.warn(place{}, notCompared())
		}
	}
	return w
}

// comparesOthers tells whether any figure is held back for more than its period's being closed.
func (c *comparison) comparesOthers() bool {
	return slices.ContainsFunc(c.held, func(h heldBack) bool { return c.wants(&h.figure) })
}

// judge compares one figure.
func (c *comparison) judge(h *heldBack, w *window, i int) *fault {
	if h.late != nil {
		if why := c.judgeLate(h, w); why != nil {
			return why
		}
	}
	rec := &record{remarks: h.remarks}
	defer func() { h.remarks = rec.remarks }()
	r, explained := c.rulesOf(&h.figure), h.note != ""
	if r.jump != nil {
		before, known := c.before(h, w.before[i])
		if known && h.end-before.on <= day(r.jump.LookBack) && r.jump.Jumped(before.value, h.value) {
			if why := judge(rec, r.jump.Severity, explained, jumped(h.value, before.value, before.on).at("value", 0)); why != nil {
				return why
			}
		}
	}
	for _, whole := range r.wholes {
		value, known := c.beside(h, whole, w)
		if known && h.value > value {
			if why := judge(rec, whole.severity, explained, partOverWhole(h.measure, h.value, whole.ID, value).at("value", 0)); why != nil {
				return why
			}
		}
	}
	for _, part := range r.parts {
		value, known := c.beside(h, part, w)
		if known && value > h.value {
			if why := judge(rec, part.severity, explained, partOverWhole(part.ID, value, h.measure, h.value).at("value", 0)); why != nil {
				return why
			}
		}
	}
	return nil
}

// judgeLate takes a figure of a closed period that is the first of its cell, or says what the cell says already; anything else is a
// correction that its sender may not make.
func (c *comparison) judgeLate(h *heldBack, w *window) *fault {
	before, known := w.said[cellNameOf(&h.figure)]
	switch {
	case c.blind:
		return notLookedUp(h.late).at(h.late.ifHeld.field, h.late.ifHeld.column)
	case !known:
		h.remarks = append(h.remarks, lateReport(h.late).at(h.late.ifHeld.field, h.late.ifHeld.column))
		return nil
	case !before.retracted && before.value == h.value && before.agency == h.agency && before.note == h.note:
		return nil
	}
	return h.late.ifHeld
}

const dayMask = 1<<dayBits - 1

// note remembers what the submission says for the days after.
func (c *comparison) note(h *heldBack) {
	if c.rulesOf(&h.figure).jump == nil {
		return
	}
	key := h.key &^ dayMask
	list := c.series[key]
	i, _ := slices.BinarySearchFunc(list, h.end, func(d dated, on day) int { return int(d.on - on) })
	c.series[key] = slices.Insert(list, i, dated{h.end, h.value})
}

// before gives the value before a figure: the later of what the submission said and what the warehouse has.
func (c *comparison) before(h *heldBack, stored dated) (dated, bool) {
	list := c.series[h.key&^dayMask]
	i, _ := slices.BinarySearchFunc(list, h.end, func(d dated, on day) int { return int(d.on - on) })
	if i > 0 && (stored.on == noDay || list[i-1].on >= stored.on) {
		return list[i-1], true
	}
	return stored, stored.on != noDay
}

// beside is the key of the cell that another measure has beside a figure's.
func (r relative) beside(f *figure) uint64 {
	return r.number<<(unitBits+dimsBits+dayBits) | f.key&(1<<(unitBits+dimsBits+dayBits)-1)
}

// beside gives the value of another measure in the same cell.
func (c *comparison) beside(h *heldBack, other relative, w *window) (int64, bool) {
	if said, ok := c.of.seen[other.beside(&h.figure)]; ok {
		return said.value, said.value != noValue
	}
	state, known := w.said[cellName{other.ID, h.unit, h.dims, h.start, h.end}]
	return state.value, known && !state.retracted
}

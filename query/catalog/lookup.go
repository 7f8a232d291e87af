package catalog

import (
	"slices"

	"github.com/golang-sql/civil"
)

// The lists are short, so lookups walk them; a Catalog put together by hand works too.

// Indicator gives the indicator with the id.
func (c *Catalog) Indicator(id string) (Indicator, bool) {
	return find(c.Indicators, func(v *Indicator) bool { return v.ID == id })
}

// Measure gives the measure with the id.
func (c *Catalog) Measure(id string) (Measure, bool) {
	return find(c.Measures, func(v *Measure) bool { return v.ID == id })
}

// Dimension gives the dimension with the id.
func (c *Catalog) Dimension(id string) (Dimension, bool) {
	return find(c.Dimensions, func(v *Dimension) bool { return v.ID == id })
}

// Agency gives the agency with the id.
func (c *Catalog) Agency(id string) (Agency, bool) {
	return find(c.Agencies, func(v *Agency) bool { return v.ID == id })
}

// Task gives the task with the reference into the plan.
func (c *Catalog) Task(ref string) (Task, bool) {
	return find(c.Tasks, func(v *Task) bool { return v.Ref == ref })
}

// SceneSet gives the named scenes of a wall.
func (c *Catalog) SceneSet(id string) (SceneSet, bool) {
	return find(c.Scenes, func(v *SceneSet) bool { return v.ID == id })
}

// BoundarySet gives the boundary set with the id.
func (c *Catalog) BoundarySet(id string) (BoundarySet, bool) {
	return find(c.BoundarySets, func(v *BoundarySet) bool { return v.Info.ID == id })
}

// BoundarySetAt gives the boundary set in force on a day.
func (c *Catalog) BoundarySetAt(date civil.Date) (BoundarySet, bool) {
	return find(c.BoundarySets, func(v *BoundarySet) bool { return v.InForce(date) })
}

// InForce tells whether the units of s exist on a day.
func (s *BoundarySet) InForce(date civil.Date) bool {
	return !date.Before(s.Info.InForceFrom) && (s.Info.InForceTo.IsZero() || !date.After(s.Info.InForceTo))
}

// Unit gives the unit with the code.
func (s *BoundarySet) Unit(code string) (UnitFact, bool) {
	return find(s.Units, func(v *UnitFact) bool { return v.Code == code })
}

// MeasureUse gives the measures an indicator is computed from, those of its parts too,
// each once, in the order of the formula.
func (c *Catalog) MeasureUse(ind Indicator) []string {
	var ids []string
	c.walk(ind, nil, func(i Indicator) {
		for _, t := range slices.Concat(i.Formula.Numerator, i.Formula.Denominator) {
			if !slices.Contains(ids, t.Measure) {
				ids = append(ids, t.Measure)
			}
		}
	})
	return ids
}

// UsesTasks tells whether an indicator is, or has a part that is, a rate over assignments.
func (c *Catalog) UsesTasks(ind Indicator) bool {
	uses := false
	c.walk(ind, nil, func(i Indicator) {
		uses = uses || i.Formula.Kind == Completion || i.Formula.Kind == OnTime
	})
	return uses
}

// walk visits an indicator and all its parts; one that is made of itself only once.
func (c *Catalog) walk(ind Indicator, above []string, visit func(Indicator)) {
	visit(ind)
	above = append(above, ind.ID)
	for _, part := range ind.Formula.Parts {
		if inner, ok := c.Indicator(part.Indicator); ok && !slices.Contains(above, inner.ID) {
			c.walk(inner, above, visit)
		}
	}
}

func find[T any](list []T, match func(*T) bool) (T, bool) {
	for i := range list {
		if match(&list[i]) {
			return list[i], true
		}
	}
	var none T
	return none, false
}

// WithoutIndicator says why no indicator measures the task; nil where one does, or nothing is said.
func (t *Task) WithoutIndicator() *Text {
	if t.NoIndicator == (Text{}) {
		return nil
	}
	return &t.NoIndicator
}

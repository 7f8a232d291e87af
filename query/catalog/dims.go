package catalog

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// DimsError says why the dimensions of a row do not fit its measure. Dimension is one of
// the catalogue's own ids or empty; the sender's text is never repeated.
type DimsError struct {
	Code      string // "unknown_dimension", "missing_dimension", "unknown_member"
	Dimension string
	Message   Text
}

// Error gives the English message.
func (e *DimsError) Error() string { return e.Message.En }

// CanonicalDims writes the dimensions of a row as its one canonical string,
// "age=34;residence=permanent;sex=female": keys sorted, every dimension of the measure
// present, every member known. Without dimensions it is "". The error is a *DimsError.
func (c *Catalog) CanonicalDims(m Measure, dims map[string]string) (string, error) {
	var out strings.Builder
	for _, id := range m.Dimensions {
		member, there := dims[id]
		if !there {
			return "", missingDimension(id)
		}
		d, _ := c.Dimension(id)
		if !d.has(member) {
			return "", unknownMember(d)
		}
		if out.Len() > 0 {
			out.WriteByte(';')
		}
		out.WriteString(id + "=" + member)
	}
	if len(dims) > len(m.Dimensions) {
		return "", unknownDimension(m)
	}
	return out.String(), nil
}

// ParseDims takes a canonical string apart again.
func ParseDims(canonical string) map[string]string {
	dims := map[string]string{}
	for pair := range strings.SplitSeq(canonical, ";") {
		if key, value, ok := strings.Cut(pair, "="); ok {
			dims[key] = value
		}
	}
	return dims
}

// DimsMatching gives the canonical strings of all rows of m that pass every filter: the
// product of the members each dimension allows. Without a filter all is true and keys are
// not listed. A dimension m does not have, or a filter no member passes, leaves nothing.
func (c *Catalog) DimsMatching(m Measure, where map[string]Filter) (keys []string, all bool) {
	if len(where) == 0 {
		return nil, true
	}
	for id := range where {
		if !slices.Contains(m.Dimensions, id) {
			return nil, false
		}
	}
	keys = []string{""}
	for _, id := range m.Dimensions {
		d, _ := c.Dimension(id)
		members := d.memberIDs()
		if f, filtered := where[id]; filtered {
			members = d.matching(f)
		}
		keys = product(keys, id, members)
	}
	return keys, false
}

func product(keys []string, id string, members []string) []string {
	out := make([]string, 0, len(keys)*len(members))
	for _, key := range keys {
		if key != "" {
			key += ";"
		}
		for _, member := range members {
			out = append(out, key+id+"="+member)
		}
	}
	return out
}

// has tells whether a member exists; "034" and "+34" are not 34.
func (d Dimension) has(member string) bool {
	if d.Integer && len(d.Members) > 0 {
		n, ok := digits(member)
		first, _ := digits(d.Members[0].ID)
		i := n - first
		return ok && len(member) < 5 && i >= 0 && i < len(d.Members) && d.Members[i].ID == member
	}
	return slices.ContainsFunc(d.Members, func(m Member) bool { return m.ID == member })
}

func (d Dimension) memberIDs() []string {
	ids := make([]string, len(d.Members))
	for i, m := range d.Members {
		ids[i] = m.ID
	}
	return ids
}

func (d Dimension) matching(f Filter) []string {
	return slices.DeleteFunc(d.memberIDs(), func(id string) bool { return !d.passes(id, f) })
}

func (d Dimension) passes(id string, f Filter) bool {
	if len(f.Members) > 0 && !slices.Contains(f.Members, id) {
		return false
	}
	if f.From == nil && f.To == nil {
		return true
	}
	n, err := strconv.Atoi(id)
	return err == nil && d.Integer && (f.From == nil || n >= *f.From) && (f.To == nil || n <= *f.To)
}

func missingDimension(id string) error {
	return &DimsError{"missing_dimension", id, Text{
		Vi: fmt.Sprintf("thiếu chiều %s", id),
		En: fmt.Sprintf("dimension %s is missing", id),
	}}
}

func unknownMember(d Dimension) error {
	var of string
	if d.Integer && len(d.Members) > 0 {
		of = d.Members[0].ID + ".." + d.Members[len(d.Members)-1].ID
	} else {
		of = strings.Join(d.memberIDs(), ", ")
	}
	return &DimsError{"unknown_member", d.ID, Text{
		Vi: fmt.Sprintf("giá trị của chiều %s phải là một trong: %s", d.ID, of),
		En: fmt.Sprintf("dimension %s must be one of: %s", d.ID, of),
	}}
}

func unknownDimension(m Measure) error {
	if len(m.Dimensions) == 0 {
		return &DimsError{"unknown_dimension", "", Text{
			Vi: fmt.Sprintf("số đo %s không có chiều nào", m.ID),
			En: fmt.Sprintf("measure %s has no dimensions", m.ID),
		}}
	}
	of := strings.Join(m.Dimensions, ", ")
	return &DimsError{"unknown_dimension", "", Text{
		Vi: fmt.Sprintf("số đo %s chỉ có các chiều: %s", m.ID, of),
		En: fmt.Sprintf("measure %s only has the dimensions: %s", m.ID, of),
	}}
}

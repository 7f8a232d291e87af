package ingest

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/toancanh/toancanh/query/catalog"
)

// header reads the header line of a CSV. Whatever is wrong with it concerns every row, so it fails the submission.
func (s *session) header() error {
	line, tooLong, err := s.lines.next()
	for err == nil && !tooLong && blank(line) {
		line, tooLong, err = s.lines.next()
	}
	switch {
	case errors.Is(err, io.EOF):
		return s.whole()
	case err != nil:
		return s.cutOff(err)
	case tooLong:
		return s.unreadableHeader("", catalog.Text{
			Vi: fmt.Sprintf("Dòng tiêu đề dài quá %d byte.", s.cfg.MaxLine),
			En: fmt.Sprintf("The header is longer than %d bytes.", s.cfg.MaxLine),
		})
	}
	table, names, why := splitHeader(line, maxFields)
	if why != nil {
		return s.unreadableHeader("", why.text)
	}
	for i, name := range names {
		f, err := s.column(i+1, string(name), table.columns)
		if err != nil {
			return err
		}
		table.columns = append(table.columns, f)
	}
	s.table = &table
	return s.required(table.columns)
}

// column understands the name of one column.
func (s *session) column(number int, name string, before []field) (field, error) {
	f := field{name: []byte(name), column: number}
	if group, member, nested := strings.Cut(name, "."); nested {
		if group == "dim" {
			group = "dims"
		}
		f.group, f.name = []byte(group), []byte(member)
	}
	if !s.check.knowsColumn(&f) {
		return f, s.unknownColumn(number, name)
	}
	for i := range before {
		if before[i].label() == f.label() {
			return f, s.unreadableHeader(f.label(), catalog.Text{
				Vi: fmt.Sprintf("Cột %d lặp lại cột “%s”.", number, name),
				En: fmt.Sprintf("Column %d repeats the column “%s”.", number, name),
			})
		}
	}
	return f, nil
}

// knowsColumn tells whether rows of the dataset have such a field.
func (c *checker) knowsColumn(f *field) bool {
	if c.dataset == TaskProgress {
		return (&progressFields{}).place(f) != nil
	}
	if (&figureFields{}).place(f, c.dataset) != nil {
		return true
	}
	if c.dataset == Population {
		return c.isDimension(f)
	}
	return string(f.group) == "dims" && c.dimensions[string(f.name)]
}

// required refuses a header that no row could be complete under.
func (s *session) required(columns []field) error {
	groups := [][]string{{"unit"}, {"value", "retract"}, {"date"}}
	switch s.in.Dataset {
	case Observations:
		groups = [][]string{{"measure"}, {"unit"}, {"date", "period"}, {"value", "retract"}}
	case TaskProgress:
		groups = [][]string{{"task"}, {"assignee"}, {"date"}, {"status", "retract"}}
	}
	has := map[string]bool{}
	for i := range columns {
		has[columns[i].label()] = true
	}
	for _, g := range groups {
		if !has[g[0]] && !has[g[len(g)-1]] {
			return s.unreadableHeader(g[0], catalog.Text{
				Vi: "Dòng tiêu đề thiếu cột “" + strings.Join(g, "” hoặc “") + "”.",
				En: "The header lacks the column “" + strings.Join(g, "” or “") + "”.",
			})
		}
	}
	return nil
}

func (s *session) unknownColumn(number int, name string) error {
	all := s.check.columnNames()
	near := s.check.nearest([]byte(name), all)
	said := echo([]byte(name), near)
	vi := fmt.Sprintf("Cột %d%s không có trong quy định.", number, said)
	en := fmt.Sprintf("Column %d%s is not part of the contract.", number, said)
	if near != "" {
		vi += " Có phải là “" + near + "”?"
		en += " Did you mean “" + near + "”?"
	}
	listed := strings.Join(all, ", ")
	return s.unreadableHeader(strings.Trim(said, " “”"), catalog.Text{
		Vi: vi + " Các cột được nhận: " + listed + ".",
		En: en + " Accepted columns: " + listed + ".",
	})
}

// columnNames lists the columns of the dataset as a header writes them.
func (c *checker) columnNames() []string {
	switch c.dataset {
	case TaskProgress:
		return []string{"task", "assignee", "date", "status", "percent", "note", "obstacle.kind", "obstacle.since", "obstacle.owner", "retract"}
	case Population:
		return append([]string{"unit", "date", "value", "note", "agency", "retract"}, c.population.Dimensions...)
	}
	names := []string{"measure", "unit", "date", "period", "value", "note", "agency", "retract"}
	for _, id := range c.dimensionIDs {
		names = append(names, "dim."+id)
	}
	return names
}

func (s *session) unreadableHeader(field string, text catalog.Text) error {
	return &Error{Kind: Unreadable, Field: field, Line: s.lines.line, Text: text}
}

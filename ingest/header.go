package ingest

import (
	"fmt"
	"strings"

	"github.com/toancanh/toancanh/query/catalog"
)

// header reads the header line of a CSV. Whatever is wrong with it concerns every row, so it fails the submission.
func (l *lines) header() error {
	line, tooLong, err := l.reader.next()
	for err == nil && !tooLong && blank(line) {
		line, tooLong, err = l.reader.next()
	}
	switch {
	case err != nil:
		return err
	case tooLong:
		return l.unreadableHeader("", catalog.Text{
			Vi: fmt.Sprintf("Dòng tiêu đề dài quá %d byte.", l.limit),
			En: fmt.Sprintf("The header is longer than %d bytes.", l.limit),
		})
	}
	table, names, why := splitHeader(line, maxFields)
	if why != nil {
		return l.unreadableHeader("", why.text)
	}
	for i, name := range names {
		f, err := l.column(i+1, string(name), table.columns)
		if err != nil {
			return err
		}
		table.columns = append(table.columns, f)
	}
	l.table = &table
	return l.required(table.columns)
}

// column understands the name of one column.
func (l *lines) column(number int, name string, before []field) (field, error) {
	f := field{name: []byte(name), column: number}
	if group, member, nested := strings.Cut(name, "."); nested {
		if group == "dim" {
			group = "dims"
		}
		f.group, f.name = []byte(group), []byte(member)
	}
	if !l.check.knowsColumn(&f) {
		return f, l.unknownColumn(number, name)
	}
	for i := range before {
		if before[i].label() == f.label() {
			return f, l.unreadableHeader(f.label(), catalog.Text{
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
func (l *lines) required(columns []field) error {
	groups := [][]string{{"unit"}, {"value", "retract"}, {"date"}}
	switch l.check.dataset {
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
			return l.unreadableHeader(g[0], catalog.Text{
				Vi: "Dòng tiêu đề thiếu cột “" + strings.Join(g, "” hoặc “") + "”.",
				En: "The header lacks the column “" + strings.Join(g, "” or “") + "”.",
			})
		}
	}
	return nil
}

func (l *lines) unknownColumn(number int, name string) error {
	all := l.check.columnNames()
	near := l.check.nearest([]byte(name), all)
	said := echo([]byte(name), near)
	vi := fmt.Sprintf("Cột %d%s không có trong quy định.", number, said)
	en := fmt.Sprintf("Column %d%s is not part of the contract.", number, said)
	if near != "" {
		vi += " Có phải là “" + near + "”?"
		en += " Did you mean “" + near + "”?"
	}
	listed := strings.Join(all, ", ")
	return l.unreadableHeader(strings.Trim(said, " “”"), catalog.Text{
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

func (l *lines) unreadableHeader(field string, text catalog.Text) error {
	return &Error{Kind: Unreadable, Field: field, Line: l.reader.line, Text: text}
}

package export

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// Flatten makes tables of the data of an answer: a list of rows is a table, and so is every
// list of rows in it, whose first column then says to which row they belong. What stands
// alone in an answer that is no list goes into a table of one row. Names of fields are
// those of the JSON answer; a structure in a field becomes columns of its own. Instants are given in a zone.
func Flatten(data any, lang string, zone *time.Location) []Table {
	f := &flattener{lang: lang, zone: zone, tables: map[string]*builder{}}
	v := reflect.ValueOf(data)
	if v.Kind() == reflect.Slice {
		f.rows("", v, 0)
	} else {
		f.row("", v, 0)
	}
	var tables []Table
	for _, name := range f.order {
		if b := f.tables[name]; len(b.table.Columns) > 0 || name == "" {
			tables = append(tables, b.done())
		}
	}
	if v.Kind() != reflect.Slice && len(tables) > 1 { // the list is what was asked for
		tables = append(tables[1:], tables[0])
	}
	return tables
}

// Facts are names and values that differ from row to row: they fill one cell, not columns of their own.
type Facts map[string]string

// String lists the facts by name, those without a value left out.
func (f Facts) String() string {
	var said []string
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if f[name] != "" {
			said = append(said, name+"="+f[name])
		}
	}
	return strings.Join(said, "; ")
}

type flattener struct {
	lang   string
	zone   *time.Location
	tables map[string]*builder
	order  []string
}

// builder collects rows whose columns turn up one by one.
type builder struct {
	table  Table
	number map[string]int
}

func (f *flattener) builder(name string) *builder {
	b, ok := f.tables[name]
	if !ok {
		b = &builder{table: Table{Name: name}, number: map[string]int{}}
		f.tables[name] = b
		f.order = append(f.order, name)
	}
	return b
}

// rows adds a list; above is the number of the row it stands in, 0 for none.
func (f *flattener) rows(name string, list reflect.Value, above int) {
	b := f.builder(name)
	if list.Len() == 0 && name == "" && list.Type().Elem().Kind() == reflect.Struct { // an empty table has its headings
		f.row(name, reflect.Zero(list.Type().Elem()), 0)
		b.table.Rows = [][]any{}
	}
	for i := range list.Len() {
		f.row(name, list.Index(i), above)
	}
}

func (f *flattener) row(name string, v reflect.Value, above int) {
	b := f.builder(name)
	b.table.Rows = append(b.table.Rows, nil)
	at := len(b.table.Rows) // a list in the row is of another table
	if above > 0 {
		b.set(at, "row", int64(above))
	}
	f.walk(b, at, name, "", v)
}

// set writes a cell, in a new column where there was none of that id.
func (b *builder) set(row int, id string, value any) {
	n, ok := b.number[id]
	if !ok {
		n = len(b.table.Columns)
		b.number[id] = n
		b.table.Columns = append(b.table.Columns, Column{ID: id})
	}
	cells := b.table.Rows[row-1]
	for len(cells) <= n {
		cells = append(cells, nil)
	}
	cells[n] = value
	b.table.Rows[row-1] = cells
}

func (b *builder) done() Table {
	for i, cells := range b.table.Rows {
		b.table.Rows[i] = append(cells, make([]any, len(b.table.Columns)-len(cells))...)
	}
	return b.table
}

// walk writes a value at a path of a row.
func (f *flattener) walk(b *builder, row int, table, path string, v reflect.Value) {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			if path != "" && scalar(v.Type()) {
				b.set(row, path, nil)
			}
			return
		}
		v = v.Elem()
	}
	if cell, ok := f.cell(v, path); ok {
		b.set(row, path, cell)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		f.walkFields(b, row, table, path, v)
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, key := range keys {
			f.walk(b, row, table, join(path, key.String()), v.MapIndex(key))
		}
	case reflect.Slice:
		f.rows(strings.TrimPrefix(table+"."+path, "."), v, row)
	}
}

func (f *flattener) walkFields(b *builder, row int, table, path string, v reflect.Value) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Anonymous && name == "":
			f.walk(b, row, table, path, v.Field(i))
		case !field.IsExported() || name == "-":
		case strings.Contains(options, "omit") && v.Field(i).IsZero():
			if scalar(field.Type) {
				b.set(row, join(path, name), nil)
			}
		default:
			f.walk(b, row, table, join(path, name), v.Field(i))
		}
	}
}

func join(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }

// scalar tells whether values of a type fill one cell.
func scalar(t reflect.Type) bool {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[Facts](), reflect.TypeFor[civil.Date](), reflect.TypeFor[time.Time](), reflect.TypeFor[catalog.Text](), reflect.TypeFor[catalog.Period]():
		return true
	}
	switch t.Kind() {
	case reflect.Struct, reflect.Map, reflect.Interface:
		return false
	case reflect.Slice:
		return scalar(t.Elem())
	}
	return true
}

// cell gives the value of one cell; ok is false for what fills several.
func (f *flattener) cell(v reflect.Value, path string) (cell any, ok bool) {
	if !v.CanInterface() { // an embedded structure of another package: its fields can be read
		return nil, false
	}
	switch x := v.Interface().(type) {
	case civil.Date:
		return text(x.String(), x.IsZero()), true
	case time.Time:
		return text(x.In(f.zone).Format(time.RFC3339), x.IsZero()), true
	case catalog.Text:
		return x.In(f.lang), true
	case catalog.Period:
		return text(x.String(), x.IsZero()), true
	case Facts:
		return x.String(), true
	}
	switch v.Kind() {
	case reflect.String:
		return word(path, v.String(), f.lang), true
	case reflect.Bool:
		if v.Bool() {
			return yes.In(f.lang), true
		}
		return no.In(f.lang), true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int(), true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return v.Uint(), true
	case reflect.Float32, reflect.Float64:
		return v.Float(), true
	case reflect.Slice:
		if !scalar(v.Type().Elem()) {
			return nil, false
		}
		parts := make([]string, v.Len())
		for i := range parts {
			part, _ := f.cell(v.Index(i), path)
			parts[i] = fmt.Sprint(part)
		}
		return strings.Join(parts, "; "), true
	}
	return nil, false
}

func text(s string, none bool) any {
	if none {
		return nil
	}
	return s
}

// Head gives every column of every table its heading and every table its name.
func Head(tables []Table, lang string) []Table {
	for i := range tables {
		tables[i].Name = heading(tables[i].Name, lang)
		for k := range tables[i].Columns {
			c := &tables[i].Columns[k]
			c.Heading = heading(c.ID, lang)
		}
	}
	return tables
}

// Unnamed lists the columns that have no heading in a language, for a test.
func Unnamed(tables []Table) []string {
	missing := map[string]bool{}
	for _, t := range tables {
		for _, c := range t.Columns {
			if _, ok := headings[last(c.ID)]; !ok && headings[c.ID] == (catalog.Text{}) && !strings.HasPrefix(c.ID, "by_status.") {
				missing[c.ID] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(missing))
}

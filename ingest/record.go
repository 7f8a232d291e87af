package ingest

import (
	"bytes"

	"github.com/toancanh/toancanh/query/catalog"
)

// maxFields limits the fields of one row, so that finding duplicates stays cheap.
const maxFields = 64

// valueKind is what a field holds.
type valueKind uint8

// A cell is a non-empty value of CSV: text, number or truth value, as its column asks. An object
// marks the place of a nested object, whose members follow as fields of that group.
const (
	nullValue valueKind = iota
	textValue
	numberValue
	trueValue
	falseValue
	cellValue
	objectValue
)

// field is one named value of a row. Its bytes belong to the line and its record: valid until the next row.
type field struct {
	group  []byte // name of the nested object it stands in, nil at the top
	name   []byte
	text   []byte // text without quotes and escapes, or the number as written
	kind   valueKind
	column int // NDJSON: byte of the line, from 1; CSV: column, from 1
}

// record is one row as read, flat: {"dims":{"sex":"female"}} and the CSV column dim.sex
// are both the field sex of group dims. It is used again for every row.
type record struct {
	fields  []field
	scratch []byte   // texts that had escapes
	remarks []*fault // warnings about the row, in case it is taken
}

func (r *record) reset() {
	r.fields = r.fields[:0]
	r.scratch = r.scratch[:0]
	r.remarks = nil // what is held back keeps its own
}

// remark keeps a warning.
func (r *record) remark(why *fault) { r.remarks = append(r.remarks, why) }

// field finds a field by its name, nil when it is not there.
func (r *record) field(group, name string) *field {
	for i := range r.fields {
		if string(r.fields[i].name) == name && string(r.fields[i].group) == group {
			return &r.fields[i]
		}
	}
	return nil
}

// add appends a field unless its name is there already or there are too many.
func (r *record) add(f field) *fault {
	for i := range r.fields {
		if bytes.Equal(r.fields[i].name, f.name) && bytes.Equal(r.fields[i].group, f.group) {
			return duplicateField(f.column)
		}
	}
	if len(r.fields) == maxFields {
		return tooManyFields()
	}
	r.fields = append(r.fields, f)
	return nil
}

// fault is why a row is refused, before its line is known. nil is no fault.
type fault struct {
	code   Code
	field  string
	column int
	text   catalog.Text
}

// at sets where the fault lies.
func (f *fault) at(name string, column int) *fault {
	f.field, f.column = name, column
	return f
}

// label is the name of the field in the contract. Only call it for a field the contract knows: other
// names are the sender's text and may hold anything.
func (f *field) label() string {
	if len(f.group) > 0 {
		return string(f.group) + "." + string(f.name)
	}
	return string(f.name)
}

// wrong refuses the field with the given fault.
func (f *field) wrong(why *fault) *fault { return why.at(f.label(), f.column) }

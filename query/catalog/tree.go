package catalog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/golang-sql/civil"
)

// Fields are a definition as people read it: what it is called and what it says, in the
// order of the definition. Values are text, numbers, truth, nil, Fields, or lists of these.
// Texts in two languages, dates, periods and formulas are text or {vi, en}.
type Fields []Field

// Field is one of them.
type Field struct {
	Name  string // as files and answers write it: time_rule
	Value any
}

// MarshalJSON writes an object with the names in order.
func (f Fields) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, field := range f {
		if i > 0 {
			out.WriteByte(',')
		}
		value, err := json.Marshal(field.Value)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&out, "%q:%s", field.Name, value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// Describe gives the fields of a measure, an indicator, a task or whatever else of a
// catalogue; what says nothing is left out.
func Describe(definition any) Fields {
	fields, _ := plain(reflect.ValueOf(definition)).(Fields)
	return fields
}

func plain(v reflect.Value) any {
	switch known := v.Interface().(type) {
	case Text:
		return Fields{{"vi", known.Vi}, {"en", known.En}}
	case civil.Date:
		return known.String()
	case Formula:
		return known.String()
	case fmt.Stringer:
		return known.String()
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return plain(v.Elem())
	case reflect.Struct:
		return fieldsOfStruct(v)
	case reflect.Slice, reflect.Array:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = plain(v.Index(i))
		}
		return list
	case reflect.Map:
		var fields Fields
		for _, key := range sortedMapKeys(v) {
			fields = append(fields, Field{key.String(), plain(v.MapIndex(key))})
		}
		return fields
	case reflect.String:
		return v.String()
	default:
		return v.Interface()
	}
}

// fieldsOfStruct leaves out fields that are zero; embedded structs are part of theirs.
func fieldsOfStruct(v reflect.Value) Fields {
	var fields Fields
	for i := range v.NumField() {
		field := v.Type().Field(i)
		switch {
		case !field.IsExported() || v.Field(i).IsZero():
		case field.Anonymous:
			inner, _ := plain(v.Field(i)).(Fields)
			fields = append(fields, inner...)
		default:
			fields = append(fields, Field{snakeName(field.Name), plain(v.Field(i))})
		}
	}
	return fields
}

// snakeName turns CarryForward into carry_forward and AreaKm2 into area_km2.
func snakeName(name string) string {
	var out strings.Builder
	letters := []rune(name)
	for i, r := range letters {
		starts := unicode.IsUpper(r) && i > 0 && (!unicode.IsUpper(letters[i-1]) || i+1 < len(letters) && unicode.IsLower(letters[i+1]))
		if starts {
			out.WriteByte('_')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}

func sortedMapKeys(v reflect.Value) []reflect.Value {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	return keys
}

package catalog

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
	"github.com/golang-sql/civil"
	"golang.org/x/text/unicode/norm"
)

// decoder fills Go values from a YAML tree and keeps every finding with its place. The
// library's own strict decoding stops at the first one and forgets where a good value
// stood; whoever writes a catalogue wants them all.
//
// A struct field is named by its yaml tag and must be there unless tagged "optional".
// Scalars are read by the type wanted, not by how they look, so that a unit code needs no
// quotes to keep its zeros. Anchors, tags and merge keys are not taken.
type decoder struct {
	file   string
	report func(position, string)
}

// decodeYAML reads one document into the struct that out points to. It tells whether the
// text was YAML at all; findings about its content go to report.
func decodeYAML(file string, text []byte, out any, report func(position, string)) bool {
	d := decoder{file: file, report: report}
	tree, err := parser.ParseBytes(text, 0)
	if err != nil {
		report(syntaxError(file, err))
		return false
	}
	if len(tree.Docs) != 1 || tree.Docs[0].Body == nil {
		report(position{file: file}, "want one YAML document")
		return false
	}
	d.value(tree.Docs[0].Body, reflect.ValueOf(out).Elem())
	return true
}

func syntaxError(file string, err error) (position, string) {
	var at yaml.Error
	if errors.As(err, &at) && at.GetToken() != nil {
		p := at.GetToken().Position
		return position{file, p.Line, p.Column}, at.GetMessage()
	}
	return position{file: file}, err.Error()
}

// locate gives the place of a node; of a block mapping that is its first key.
func (d *decoder) locate(node ast.Node) position {
	if m, ok := node.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		node = m.Values[0].Key
	}
	p := node.GetToken().Position
	return position{d.file, p.Line, p.Column}
}

func (d *decoder) failf(node ast.Node, format string, args ...any) {
	d.report(d.locate(node), fmt.Sprintf(format, args...))
}

// place lets located[T] be filled without knowing T.
type place interface {
	placed(position) reflect.Value
}

func (l *located[T]) placed(at position) reflect.Value {
	l.At = at
	return reflect.ValueOf(&l.Value).Elem()
}

// value fills out and tells whether the node had its form; when not, that is reported
// and a located value keeps no place, so that later checks leave it alone.
func (d *decoder) value(node ast.Node, out reflect.Value) bool {
	if p, ok := out.Addr().Interface().(place); ok {
		ok := d.value(node, p.placed(d.locate(node)))
		if !ok {
			p.placed(position{})
		}
		return ok
	}
	switch v := out.Addr().Interface().(type) {
	case *civil.Date, *time.Time:
		return d.scalar(node, out)
	case *expression:
		return d.expression(node, v)
	}
	switch out.Kind() {
	case reflect.Struct:
		return d.structure(node, out)
	case reflect.Map:
		return d.mapping(node, out)
	case reflect.Slice:
		return d.sequence(node, out)
	case reflect.Pointer:
		out.Set(reflect.New(out.Type().Elem()))
		return d.value(node, out.Elem())
	default:
		return d.scalar(node, out)
	}
}

// expression is text in a language of its own, whose parser counts characters.
type expression struct {
	text  string
	at    position // of the text, zero when there is none
	lines bool     // it goes over several lines, so that only its beginning has a known place
}

func (d *decoder) expression(node ast.Node, out *expression) bool {
	var text string
	if !d.scalar(node, reflect.ValueOf(&text).Elem()) {
		return false
	}
	written := node.GetToken()
	*out = expression{text: text, at: d.locate(node), lines: strings.Contains(strings.TrimSpace(written.Origin), "\n")}
	switch written.Type {
	case token.SingleQuoteType, token.DoubleQuoteType:
		out.at.column++
	case token.LiteralType, token.FoldedType:
		out.lines = true
	}
	return true
}

// place gives the position of a character of the text, counted from 0.
func (e expression) place(offset int) position {
	at := e.at
	if !e.lines && at != (position{}) {
		at.column += offset
	}
	return at
}

// field is a struct field as its tag describes it.
type field struct {
	index    int
	optional bool
}

func fieldsOf(t reflect.Type) (map[string]field, []string) {
	fields, names := map[string]field{}, []string{}
	for i := range t.NumField() {
		name, rest, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if name == "" {
			continue
		}
		fields[name] = field{i, rest == "optional"}
		names = append(names, name)
	}
	return fields, names
}

func (d *decoder) structure(node ast.Node, out reflect.Value) bool {
	pairs, ok := d.pairs(node)
	if !ok {
		return false
	}
	fields, names := fieldsOf(out.Type())
	seen := map[string]bool{}
	for _, pair := range pairs {
		seen[pair.Key.GetToken().Value] = true
	}
	for _, pair := range pairs {
		key := pair.Key.GetToken().Value
		f, known := fields[key]
		if !known {
			meant := Nearest(key, names)
			d.failf(pair.Key, "unknown key %q%s", key, didYouMean(key, names))
			if f, known = fields[meant]; !known || seen[meant] {
				continue
			}
			seen[meant] = true // a mistyped key still fills the one that was meant
		}
		d.value(pair.Value, out.Field(f.index))
	}
	for _, name := range names {
		if !seen[name] && !fields[name].optional {
			d.failf(node, "key %q is missing", name)
		}
	}
	return true
}

func (d *decoder) mapping(node ast.Node, out reflect.Value) bool {
	pairs, ok := d.pairs(node)
	if !ok {
		return false
	}
	out.Set(reflect.MakeMap(out.Type()))
	for _, pair := range pairs {
		element := reflect.New(out.Type().Elem()).Elem()
		d.value(pair.Value, element)
		out.SetMapIndex(reflect.ValueOf(pair.Key.GetToken().Value), element)
	}
	return true
}

// pairs gives the keys and values of a mapping, or reports that node is none.
func (d *decoder) pairs(node ast.Node) ([]*ast.MappingValueNode, bool) {
	m, ok := node.(*ast.MappingNode)
	if !ok {
		d.failf(node, "want keys with values, found %s", describe(node))
		return nil, false
	}
	return m.Values, true
}

func (d *decoder) sequence(node ast.Node, out reflect.Value) bool {
	s, ok := node.(*ast.SequenceNode)
	if !ok {
		d.failf(node, "want a list, found %s", describe(node))
		return false
	}
	out.Set(reflect.MakeSlice(out.Type(), len(s.Values), len(s.Values)))
	for i, item := range s.Values {
		d.value(item, out.Index(i))
	}
	return true
}

func (d *decoder) scalar(node ast.Node, out reflect.Value) bool {
	text, ok := scalarText(node)
	if !ok {
		d.failf(node, "want %s, found %s", wanted(out), describe(node))
		return false
	}
	if err := setScalar(out, text); err != nil {
		d.failf(node, "want %s, found %q", wanted(out), text)
		return false
	}
	if !norm.NFC.IsNormalString(text) {
		d.failf(node, "text is not in Unicode normal form C")
	}
	return true
}

// scalarText gives a scalar as it was written, without quotes.
func scalarText(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return strings.TrimSpace(n.Value.Value), true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	default:
		return "", false
	}
}

var errEmpty = errors.New("empty")

func setScalar(out reflect.Value, text string) (err error) {
	switch v := out.Addr().Interface().(type) {
	case *civil.Date:
		*v, err = civil.ParseDate(text)
		return err
	case *time.Time:
		*v, err = time.Parse(time.RFC3339, text)
		return err
	}
	switch out.Kind() {
	case reflect.String:
		if text == "" {
			return errEmpty
		}
		out.SetString(text)
		return nil
	case reflect.Bool:
		return setParsed(text, strconv.ParseBool, out.SetBool)
	case reflect.Float64:
		return setParsed(text, parseFinite, out.SetFloat)
	case reflect.Uint64:
		return setParsed(text, func(s string) (uint64, error) { return strconv.ParseUint(s, 10, 64) }, out.SetUint)
	default:
		return setParsed(text, func(s string) (int64, error) { return strconv.ParseInt(s, 10, 64) }, out.SetInt)
	}
}

func setParsed[T any](text string, parse func(string) (T, error), set func(T)) error {
	v, err := parse(text)
	if err == nil {
		set(v)
	}
	return err
}

func parseFinite(s string) (float64, error) {
	f, err := strconv.ParseFloat(s, 64)
	if err == nil && f-f != 0 { // NaN and the infinities
		return 0, strconv.ErrRange
	}
	return f, err
}

func wanted(out reflect.Value) string {
	switch out.Addr().Interface().(type) {
	case *civil.Date:
		return "a date like 2022-06-15"
	case *time.Time:
		return "a time like 2022-06-15T08:00:00+07:00"
	}
	switch out.Kind() {
	case reflect.Int, reflect.Int64, reflect.Uint64:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Bool:
		return "true or false"
	default:
		return "text"
	}
}

func describe(node ast.Node) string {
	switch node.(type) {
	case *ast.MappingNode:
		return "keys with values"
	case *ast.SequenceNode:
		return "a list"
	case *ast.NullNode:
		return "nothing"
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode:
		return "an anchor, alias or tag, which catalogues do not use"
	default:
		return "a single value"
	}
}

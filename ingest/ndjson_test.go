package ingest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// shown writes a record for comparison: name=kind:text.
func shown(rec *record) string {
	var parts []string
	for i := range rec.fields {
		f := &rec.fields[i]
		parts = append(parts, fmt.Sprintf("%s=%s%s", f.label(), [...]string{"null", "", "#", "true", "false", "", "{}"}[f.kind], f.text))
	}
	return strings.Join(parts, " ")
}

func TestParseJSON(t *testing.T) {
	for _, c := range []struct{ name, line, want string }{
		{"flat", `{"a":"x","b":12,"c":true,"d":false,"e":null}`, "a=x b=#12 c=true d=false e=null"},
		{"white space", " \t{ \"a\" : 1 , \"b\" : \"x\" } \t", "a=#1 b=x"},
		{"nested", `{"dims":{"sex":"male","age":34},"v":1}`, "dims={} dims.sex=male dims.age=#34 v=#1"},
		{"empty object", `{}`, ""},
		{"empty nested", `{"dims":{}}`, "dims={}"},
		{"same name at two levels", `{"a":1,"dims":{"a":2}}`, "a=#1 dims={} dims.a=#2"},
		{"escapes", `{"a":"\"\\\/\b\f\n\r\tA\u00e1"}`, "a=\"\\/\b\f\n\r\tAá"},
		{"surrogate pair", `{"a":"\ud83d\uDE00!"}`, "a=😀!"},
		{"escaped name", `{"\u0061":1}`, "a=#1"},
		{"two escaped texts", `{"a":"\u0061","b":"\u0062"}`, "a=a b=b"},
		{"numbers as written", `{"a":-0.5e+3,"b":1e400,"c":0}`, "a=#-0.5e+3 b=#1e400 c=#0"},
		{"vietnamese", `{"a":"Vĩnh Phúc"}`, "a=Vĩnh Phúc"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var rec record
			if why := parseJSON([]byte(c.line), &rec); why != nil {
				t.Fatalf("refused: %s at %d", why.code, why.column)
			}
			if got := shown(&rec); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestParseJSONRefuses(t *testing.T) {
	many := `{"f0":0`
	for i := 1; i <= maxFields; i++ {
		many += fmt.Sprintf(`,"f%d":0`, i)
	}
	for _, c := range []struct {
		name, line string
		code       Code
		column     int
	}{
		{"list", `[{"a":1}]`, InvalidJSON, 1},
		{"text", `"a"`, InvalidJSON, 1},
		{"number", `12`, InvalidJSON, 1},
		{"not closed", `{"a":1`, InvalidJSON, 7},
		{"text not closed", `{"a":"x`, InvalidJSON, 8},
		{"trailing comma", `{"a":1,}`, InvalidJSON, 8},
		{"trailing data", `{"a":1} {"b":2}`, InvalidJSON, 9},
		{"trailing bracket", `{"a":1}}`, InvalidJSON, 8},
		{"single quotes", `{'a':1}`, InvalidJSON, 2},
		{"no colon", `{"a" 1}`, InvalidJSON, 6},
		{"no value", `{"a":}`, InvalidJSON, 6},
		{"NaN", `{"a":NaN}`, InvalidJSON, 6},
		{"Infinity", `{"a":-Infinity}`, InvalidJSON, 7},
		{"leading zero", `{"a":012}`, InvalidJSON, 7},
		{"leading plus", `{"a":+1}`, InvalidJSON, 6},
		{"bare point", `{"a":1.}`, InvalidJSON, 8},
		{"hexadecimal", `{"a":0x1F}`, InvalidJSON, 7},
		{"duplicate name", `{"a":1,"a":2}`, DuplicateField, 8},
		{"duplicate name, escaped", `{"a":1,"\u0061":2}`, DuplicateField, 8},
		{"duplicate name, nested", `{"dims":{"a":1,"a":2}}`, DuplicateField, 16},
		{"duplicate object", `{"dims":{"a":1},"dims":{"b":2}}`, DuplicateField, 17},
		{"list as value", `{"a":[1]}`, TooDeep, 6},
		{"three levels", `{"a":{"b":{"c":1}}}`, TooDeep, 11},
		{"very deep", `{"a":{"b":` + strings.Repeat("[", 30000), TooDeep, 11},
		{"control character", "{\"a\":\"x\ty\"}", ControlCharacter, 8},
		{"unknown escape", `{"a":"\x41"}`, InvalidJSON, 8},
		{"lone surrogate", `{"a":"\ud800"}`, InvalidUTF8, 12},
		{"wrong pair", `{"a":"\ud800\u0041"}`, InvalidUTF8, 18},
		{"low surrogate first", `{"a":"\udc00"}`, InvalidUTF8, 12},
		{"broken UTF-8", "{\"a\":\"\xc3\x28\"}", InvalidUTF8, 7},
		{"UTF-16", "{\x00\"\x00", InvalidJSON, 2},
		{"too many fields", many + "}", TooManyFields, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var rec record
			why := parseJSON([]byte(c.line), &rec)
			if why == nil {
				t.Fatalf("taken: %s", shown(&rec))
			}
			if why.code != c.code || why.column != c.column {
				t.Errorf("got %s at %d, want %s at %d", why.code, why.column, c.code, c.column)
			}
			if why.text.Vi == "" || why.text.En == "" {
				t.Error("unexplained")
			}
		})
	}
}

// What the parser takes, encoding/json takes too and understands the same; what it refuses is either
// no JSON or one of the things it refuses on purpose.
func FuzzParseJSON(f *testing.F) {
	for _, seed := range []string{
		activated, `{"a":"\ud83d\ude00\n","dims":{"x":1.5e3}}`, `{"a":{"b":{}}}`, `{"a":1,"a":2}`, "{\"a\":\"\xff\"}", `{"":null,"b":[]}`, ` { } `,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		var rec record
		why := parseJSON(line, &rec)
		var want map[string]json.RawMessage
		err := json.Unmarshal(line, &want)
		if why == nil && err != nil {
			t.Fatalf("taken, but %v", err)
		}
		if why != nil {
			if why.code == InvalidJSON && err == nil && want != nil {
				t.Fatalf("refused valid JSON: %s", why.text.En)
			}
			return
		}
		for i := range rec.fields {
			compare(t, &rec.fields[i], want)
		}
	})
}

// compare checks a field against what encoding/json made of it.
func compare(t *testing.T, f *field, want map[string]json.RawMessage) {
	t.Helper()
	if f.group != nil {
		var inner map[string]json.RawMessage
		if err := json.Unmarshal(want[string(f.group)], &inner); err != nil {
			t.Fatal(err)
		}
		want = inner
	}
	raw, ok := want[string(f.name)]
	if !ok {
		t.Fatalf("field %q came from nowhere", f.name)
	}
	switch f.kind {
	case textValue:
		var s string
		if err := json.Unmarshal(raw, &s); err != nil || s != string(f.text) {
			t.Fatalf("%q is %q, want %q (%v)", f.name, f.text, s, err)
		}
	case numberValue:
		if string(raw) != string(f.text) {
			t.Fatalf("%q is %s, want %s", f.name, f.text, raw)
		}
	}
}

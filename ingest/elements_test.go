package ingest

import (
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

// elementsOf gives the elements of a body, "…" for an overlong one, and how the reading ended.
func elementsOf(body io.Reader, limit int) (list []string, err error) {
	r := newElementReader(body, limit)
	if err = r.open(); err != nil {
		return nil, err
	}
	for {
		element, tooLong, err := r.next()
		switch {
		case err != nil:
			return list, err
		case tooLong:
			element = []byte("…")
		}
		list = append(list, strings.TrimSpace(string(element)))
	}
}

func TestElements(t *testing.T) {
	long := `{"a":"` + strings.Repeat("x", 100) + `"}`
	for _, c := range []struct {
		name, body string
		want       []string
	}{
		{"none", "[]", nil},
		{"none, spaced", " [ \n ] \n", nil},
		{"byte order mark", "\ufeff[{}]", []string{"{}"}},
		{"one", `[{"a":1}]`, []string{`{"a":1}`}},
		{"written over lines", "[\n  {\n    \"a\": 1\n  },\n  {}\n]\n", []string{"{\n    \"a\": 1\n  }", "{}"}},
		{"brackets and quotes in texts", `[{"a":"],}\"["},{"b":"\\"}]`, []string{`{"a":"],}\"["}`, `{"b":"\\"}`}},
		{"lists and objects inside", `[{"a":{"b":[1,2]}},3]`, []string{`{"a":{"b":[1,2]}}`, "3"}},
		{"malformed inside", `[{"a":},{"b" 1}]`, []string{`{"a":}`, `{"b" 1}`}},
		{"overlong", "[{}," + long + ",{}]", []string{"{}", "…", "{}"}},
		{"overlong at the end", "[" + long + "]", []string{"…"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, body := range []io.Reader{strings.NewReader(c.body), iotest.OneByteReader(strings.NewReader(c.body))} {
				got, err := elementsOf(body, 64)
				if !errors.Is(err, io.EOF) || !reflect.DeepEqual(got, c.want) {
					t.Errorf("got %q, %v", got, err)
				}
			}
		})
	}
}

func TestBrokenLists(t *testing.T) {
	for _, c := range []struct {
		body string
		kind Kind // "" for a body that ends early
	}{
		{"{}", Unreadable}, {`"a"`, Unreadable}, {"[{}] {}", Unreadable}, {"[{},]", Unreadable}, {"[,{}]", Unreadable}, {"[{}},{}]", Unreadable},
		{"[", ""}, {"[{}", ""}, {"[{},", ""}, {`[{"a":"]`, ""}, {"[{]", ""},
	} {
		_, err := elementsOf(strings.NewReader(c.body), 64)
		if KindOf(err) != c.kind || c.kind == "" && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: %v", c.body, err)
		}
	}
}

// However deep, however long: what cannot be an element costs its bytes and nothing else.
func TestHugeElementsInBoundedMemory(t *testing.T) {
	if raced {
		t.Skip("hundreds of megabytes, one goroutine; run without the race detector")
	}
	const bound = 8 << 20
	for text, size := range map[string]int64{"[": 200 << 20, `{"a":`: 16 << 20, "x": 16 << 20, `\"`: 16 << 20} {
		before := allocated()
		body := io.MultiReader(strings.NewReader(`[{},"`), &repeated{text: text, left: size})
		if text != `\"` && text != "x" {
			body = io.MultiReader(strings.NewReader("[{},"), &repeated{text: text, left: size})
		}
		list, err := elementsOf(body, 64<<10)
		if len(list) != 1 || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: %d elements, %v", text, len(list), err)
		}
		if used := allocated() - before; used > bound {
			t.Errorf("%s: took %d MB", text, used>>20)
		}
	}
}

// allocated is how much was ever allocated, the freed included.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// What encoding/json takes for a list comes out as the same elements.
func FuzzElements(f *testing.F) {
	for _, seed := range []string{"[]", "[{}]", `[{"a":"],\""},[1,[2]],"x"]`, "[1,]", "\ufeff[null]", "[[[[", "[]]"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := elementsOf(strings.NewReader(string(body)), 1<<20)
		var want []json.RawMessage
		if json.Unmarshal(body, &want) != nil || want == nil {
			return
		}
		if !errors.Is(err, io.EOF) || len(got) != len(want) {
			t.Fatalf("%d elements of %d, %v", len(got), len(want), err)
		}
		for i := range want {
			if got[i] != string(want[i]) {
				t.Errorf("element %d is %q, want %q", i+1, got[i], want[i])
			}
		}
	})
}

package main

import (
	"strings"
	"testing"

	"github.com/toancanh/toancanh/query/httpapi"
)

// An operator publishes, looks, and makes it again from the rows, beside a running server and
// alone.
func TestPublicationsOnTheCommandLine(t *testing.T) {
	data := t.TempDir()
	p := serve(t, data)
	p.figure("08911", 5)
	run := func(wantOK bool, want string, args ...string) string {
		t.Helper()
		out, ok := toancanh(t, append([]string{"publication"}, append(args, "--data", data)...)...)
		if ok != wantOK || !strings.Contains(out, want) {
			t.Fatalf("publication %q: ended well: %v, want %v with %q\n%s", args, ok, wantOK, want, out)
		}
		return out
	}
	const question = "indicators/vneid_rate/values"
	made := run(true, "first: 2 answers as of ", "make", "first", question, "completion", "--title", "Báo cáo")
	sum := made[strings.Index(made, "SHA-256 ")+len("SHA-256 "):]
	sum = strings.TrimSpace(sum)
	run(false, "There is a publication of this name", "make", "first", question, "--title", "Báo cáo")
	run(false, "There is no question with an as_of at this address", "make", "second", "submissions", "--title", "Báo cáo")
	run(false, "A name has lower-case letters", "make", "Quý 3", question, "--title", "Báo cáo")
	run(false, "there is no such publication", "show", "nothing")
	run(false, "There is no such publication", "rebuild", "nothing")
	if list := run(true, sum, "list"); !strings.Contains(list, "console") {
		t.Errorf("listed without who made it:\n%s", list)
	}
	run(true, question, "show", "first")
	if content := run(true, `"question":"`+question, "show", "first", "--content"); !strings.HasPrefix(content, `{"as_of":`) {
		t.Errorf("content is\n%s", content)
	}
	p.stop()
	run(true, "first: the same, SHA-256 "+sum, "rebuild", "first")
}

// What differs is said, in which questions and because of which pins.
func TestDifferingPublicationsAreExplained(t *testing.T) {
	var out strings.Builder
	same := sayRebuilt(&out, "first", httpapi.Rebuilt{SHA256: "aa", Published: "bb", Differing: []string{"completion"}, Pins: []string{"catalogue"}})
	want := "first: differs: SHA-256 aa, published bb\n  rests on another catalogue\n  another answer to completion\n"
	if same || out.String() != want {
		t.Errorf("same %v, said %q, want %q", same, out.String(), want)
	}
}

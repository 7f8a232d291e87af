package ingest

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/toancanh/toancanh/query/catalog"
)

func TestMessageRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom([]string{"", "a", "Vĩnh Phúc", "08707", "sex=female"})
		anyDay := rapid.Custom(func(t *rapid.T) day { return day(rapid.Int32().Draw(t, "day")) })
		var parts []*part
		want := message{seq: 7, knownAt: time.UnixMilli(rapid.Int64Range(0, 1e13).Draw(t, "known")).UTC()}
		for range rapid.IntRange(1, 4).Draw(t, "parts") {
			p := newPart(rapid.SampledFrom([]partKind{figureRows, progressRows}).Draw(t, "kind"), text.Draw(t, "submission"))
			p.flags = byte(rapid.IntRange(0, 15).Draw(t, "flags"))
			read := readPart{flags: p.flags, submission: p.submission}
			var line int
			for range rapid.IntRange(0, 5).Draw(t, "rows") {
				line = rapid.IntRange(0, 5000).Draw(t, "line") // in any order: some rows wait for a comparison
				if p.kind == figureRows {
					end := anyDay.Draw(t, "end")
					f := figure{measure: text.Draw(t, "measure"), end: end, start: end - day(rapid.IntRange(0, 400).Draw(t, "length")),
						unit: text.Draw(t, "unit"), dims: text.Draw(t, "dims"), value: rapid.Int64().Draw(t, "value"),
						retracted: rapid.Bool().Draw(t, "retracted"), period: text.Draw(t, "period"), note: text.Draw(t, "note"), line: line}
					p.addFigure(&f)
					read.figures = append(read.figures, f)
				} else {
					r := progress{task: text.Draw(t, "task"), assignee: text.Draw(t, "assignee"), date: anyDay.Draw(t, "date"), status: text.Draw(t, "status"),
						percent: rapid.Uint8().Draw(t, "percent"), obstacle: obstacle{text.Draw(t, "kind"), anyDay.Draw(t, "since"), text.Draw(t, "owner")}, line: line}
					p.addProgress(&r)
					read.progress = append(read.progress, r)
				}
			}
			want.rows += len(read.figures) + len(read.progress)
			if p.flags&lastPart != 0 {
				p.end = &end{record: submissionRecord{dataset: "observations", checksum: "c", accepted: 3, rejected: 1, warned: 2, bytes: 1 << 40},
					rejections: []Rejection{{Warning: true, Line: 2, Column: 3, Sheet: 2, Tab: "#2", Field: "unit", Code: UnknownUnit, Message: catalog.Text{Vi: "không", En: "no"}}}}
				read.end = p.end
			}
			parts, want.parts = append(parts, p), append(want.parts, read)
		}
		got, err := decodeMessage(7, encodeMessage(want.knownAt, parts))
		if err != nil {
			t.Fatal(err)
		}
		for i := range got.parts { // an empty list is an empty list
			if len(got.parts[i].figures)+len(got.parts[i].progress) == 0 {
				got.parts[i].figures, got.parts[i].progress = nil, nil
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got  %+v\nwant %+v", got, want)
		}
	})
}

// Damage is an error, never a panic.
func FuzzDecodeMessage(f *testing.F) {
	p := newPart(figureRows, "s")
	p.addFigure(&figure{measure: "m", unit: "u", value: 5, line: 1})
	p.flags = lastPart
	p.end = &end{rejections: []Rejection{{Line: 1, Code: UnknownUnit}}}
	f.Add(encodeMessage(now, []*part{p}))
	q := newPart(progressRows, "s")
	q.addProgress(&progress{task: "t", line: 1})
	f.Add(encodeMessage(now, []*part{q, p}))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := decodeMessage(1, b)
		if err == nil && m.rows > len(b) {
			t.Fatalf("%d rows from %d bytes", m.rows, len(b))
		}
	})
}

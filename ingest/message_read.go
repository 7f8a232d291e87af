package ingest

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"
)

// message is a journal message as the writer reads it.
type message struct {
	seq     uint64
	knownAt time.Time
	at      time.Time // by the journal's clock
	parts   []readPart
	rows    int
}

// readPart holds the rows of one part; only the slice of its kind is filled.
type readPart struct {
	flags      byte
	submission string
	figures    []figure
	progress   []progress
	end        *end
}

// decodeMessage reads what encodeMessage wrote. It never panics, whatever the bytes.
func decodeMessage(seq uint64, b []byte) (message, error) {
	if len(b) > maxPayload {
		return message{}, fmt.Errorf("%w: sequence %d has %d bytes, more than %d", errMessage, seq, len(b), maxPayload)
	}
	r := reader{b: b}
	version := r.byte()
	if version < messageWithoutTab || version > messageVersion {
		return message{}, fmt.Errorf("%w: sequence %d has version %d", errMessage, seq, version)
	}
	m := message{seq: seq, knownAt: time.UnixMilli(r.number()).UTC()}
	for len(r.b) > 0 && !r.bad {
		inner := reader{b: r.bytes(), version: version}
		p := inner.part()
		if inner.bad || len(inner.b) > 0 {
			r.bad = true
		}
		m.rows += len(p.figures) + len(p.progress)
		m.parts = append(m.parts, p)
	}
	if r.bad {
		return message{}, fmt.Errorf("%w: sequence %d is damaged", errMessage, seq)
	}
	return m, nil
}

// reader takes values off a message; after the first that does not fit, bad stays set and all are zero.
type reader struct {
	b       []byte
	version byte
	bad     bool
	list    []string
	line    int
}

func (r *reader) part() (p readPart) {
	kind := partKind(r.byte())
	p.flags, p.submission = r.byte(), r.string()
	r.list = make([]string, 0, r.length())
	for range cap(r.list) {
		r.list = append(r.list, r.string())
	}
	rows := r.lengthOf(leastRow)
	switch kind {
	case figureRows:
		p.figures = make([]figure, rows)
		for i := range p.figures {
			r.figure(&p.figures[i])
		}
	case progressRows:
		p.progress = make([]progress, rows)
		for i := range p.progress {
			r.progress(&p.progress[i])
		}
	default:
		r.bad = true
	}
	if p.flags&lastPart != 0 {
		p.end = r.end()
	}
	return p
}

func (r *reader) figure(f *figure) {
	f.line = r.row()
	f.measure = r.text()
	f.end = day(r.number())
	f.start = f.end - day(r.count())
	f.unit = r.text()
	f.dims = r.text()
	f.value = r.number()
	f.retracted = r.byte() != 0
	f.period = r.text()
	f.agency = r.text()
	f.note = r.text()
}

func (r *reader) progress(p *progress) {
	p.line = r.row()
	p.task = r.text()
	p.assignee = r.text()
	p.date = day(r.number())
	p.status = r.text()
	p.percent = uint8(r.count())
	p.note = r.text()
	p.obstacle.kind = r.text()
	p.obstacle.since = day(r.number())
	p.obstacle.owner = r.text()
	p.retracted = r.byte() != 0
}

func (r *reader) end() *end {
	e := &end{}
	for _, s := range []*string{&e.record.dataset, &e.record.format, &e.record.caller, &e.record.agency, &e.record.checksum, &e.record.idempotencyKey} {
		*s = r.string()
	}
	e.record.accepted, e.record.rejected = int(r.count()), int(r.count())
	if r.version > messageWithoutTab {
		e.record.warned = int(r.count())
	}
	e.record.bytes = int64(r.count())
	if r.version > messageWithoutParts {
		e.parts = int(r.count())
	}
	const leastRejection = 6 // a byte for each field there has always been
	e.rejections = make([]Rejection, r.lengthOf(leastRejection))
	for i := range e.rejections {
		j := &e.rejections[i]
		if r.version > messageWithoutTab {
			j.Warning = r.byte() != 0
		}
		j.Line, j.Column = int(r.count()), int(r.count())
		if r.version > messageWithoutTab {
			j.Sheet, j.Tab = int(r.count()), r.string()
		}
		j.Field, j.Code = r.string(), Code(r.string())
		j.Message.Vi, j.Message.En = r.string(), r.string()
	}
	return e
}

func (r *reader) row() int {
	if r.version == messageWithoutTab { // rows came in the order of their lines
		r.line += int(r.count())
	} else {
		r.line += int(r.number())
	}
	return r.line
}

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.bad = true
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

func (r *reader) count() uint64 {
	n, size := binary.Uvarint(r.b)
	if size <= 0 || n > math.MaxInt64 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[size:]
	return n
}

func (r *reader) number() int64 {
	n, size := binary.Varint(r.b)
	if size <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[size:]
	return n
}

// leastRow is what any row takes at least: a byte for each of its ten or eleven fields.
const leastRow = 10

// length is a count of things that take at least a byte each.
func (r *reader) length() int { return r.lengthOf(1) }

// lengthOf is a count of things that take at least so many bytes each: a damaged count asks for no more memory than
// the message could fill.
func (r *reader) lengthOf(least int) int {
	n := r.count()
	if n > uint64(len(r.b)/least) {
		r.bad = true
		return 0
	}
	return int(n)
}

func (r *reader) bytes() []byte {
	n := r.length()
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) string() string { return string(r.bytes()) }

// text is a text of the part by its number.
func (r *reader) text() string {
	n := r.count()
	if n >= uint64(len(r.list)) {
		r.bad = true
		return ""
	}
	return r.list[n]
}

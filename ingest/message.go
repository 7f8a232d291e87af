package ingest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"
)

// A message is what the journal keeps: the rows of one or several submissions, accepted at one instant.
//
//	version 2 · known at (ms) · parts…
//	part: length · kind · flags · submission · texts · rows · [end: the submission's record and rejections]
//
// Rows name their texts by number within the part, so that a message of 2,000 figures takes some 20 kB.
//
// Version 1 knew no warnings, no sheets, and no rows that stand behind a later line; it is still read.
const (
	messageVersion    = 2
	messageWithoutTab = 1
)

// partKind says what rows a part has.
type partKind uint8

const (
	figureRows   partKind = 1
	progressRows partKind = 2
)

// Flags of a part.
const (
	demonstrationPart = 1 << iota
	firstPart         // of its submission
	lastPart          // of its submission: the end follows the rows
	abandonedPart     // the sender went away: there is no end
)

var errMessage = errors.New("ingest: journal message cannot be read")

// end closes a submission.
type end struct {
	record     submissionRecord
	rejections []Rejection
}

// submissionRecord is the row of the table submissions, but for what the writer counts. Of the key it has the hash.
type submissionRecord struct {
	dataset, format, caller, agency, checksum, idempotencyKey string
	accepted, rejected, warned                                int
	bytes                                                     int64
}

// part is some rows of one submission on their way into the journal.
type part struct {
	kind       partKind
	flags      byte
	submission string
	rows       int
	texts      map[string]uint64
	order      []byte // the texts one after the other, each after its length
	body       []byte // the rows
	end        *end
	line       int
}

func newPart(kind partKind, submission string) *part {
	return &part{kind: kind, submission: submission, texts: make(map[string]uint64, 256)}
}

// partOverhead covers what a part takes beside its texts, rows and end: lengths, kind and flags.
const partOverhead = 48

// size is at least what the part takes in a message, and not much more. The end counts: a thousand rejections
// are larger than the rows of any part.
func (p *part) size() int {
	size := partOverhead + len(p.submission) + len(p.order) + len(p.body)
	if p.flags&lastPart != 0 {
		size += p.end.size()
	}
	return size
}

// text numbers a text within the part.
func (p *part) text(s string) {
	n, known := p.texts[s]
	if !known {
		n = uint64(len(p.texts))
		p.texts[s] = n
		p.order = appendText(p.order, s)
	}
	p.body = binary.AppendUvarint(p.body, n)
}

func (p *part) number(n int64) { p.body = binary.AppendVarint(p.body, n) }
func (p *part) count(n uint64) { p.body = binary.AppendUvarint(p.body, n) }
func (p *part) truth(yes bool) { p.body = append(p.body, flag(yes)) }
func (p *part) startRow(line int) {
	p.rows++
	p.number(int64(line - p.line)) // backwards too: rows that were held back for a comparison come after later ones
	p.line = line
}

func flag(yes bool) byte {
	if yes {
		return 1
	}
	return 0
}

func (p *part) addFigure(f *figure) {
	p.startRow(f.line)
	p.text(f.measure)
	p.number(int64(f.end))
	p.count(uint64(f.end - f.start))
	p.text(f.unit)
	p.text(f.dims)
	p.number(f.value)
	p.truth(f.retracted)
	p.text(f.period)
	p.text(f.agency)
	p.text(f.note)
}

func (p *part) addProgress(r *progress) {
	p.startRow(r.line)
	p.text(r.task)
	p.text(r.assignee)
	p.number(int64(r.date))
	p.text(r.status)
	p.count(uint64(r.percent))
	p.text(r.note)
	p.text(r.obstacle.kind)
	p.number(int64(r.obstacle.since))
	p.text(r.obstacle.owner)
	p.truth(r.retracted)
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// encodeMessage writes parts as one message.
func encodeMessage(knownAt time.Time, parts []*part) []byte {
	size := 16
	for _, p := range parts {
		size += p.size()
	}
	b := append(make([]byte, 0, size), messageVersion)
	b = binary.AppendVarint(b, knownAt.UnixMilli())
	var one []byte
	for _, p := range parts {
		one = p.append(one[:0])
		b = append(binary.AppendUvarint(b, uint64(len(one))), one...)
	}
	return b
}

func (p *part) append(b []byte) []byte {
	b = append(b, byte(p.kind), p.flags)
	b = appendText(b, p.submission)
	b = binary.AppendUvarint(b, uint64(len(p.texts)))
	b = append(b, p.order...)
	b = binary.AppendUvarint(b, uint64(p.rows))
	b = append(b, p.body...)
	if p.flags&lastPart != 0 {
		b = p.end.append(b)
	}
	return b
}

// size is at least what the end takes in a message.
func (e *end) size() int {
	const numbers = 6*binary.MaxVarintLen16 + 5*binary.MaxVarintLen64
	r := &e.record
	size := numbers + len(r.dataset) + len(r.format) + len(r.caller) + len(r.agency) + len(r.checksum) + len(r.idempotencyKey)
	for i := range e.rejections {
		size += e.rejections[i].size()
	}
	return size
}

// size is at least what the rejection takes in a message: its texts, their lengths, line and column.
func (j *Rejection) size() int {
	const numbers = 1 + 5*binary.MaxVarintLen16 + 3*binary.MaxVarintLen32
	return numbers + len(j.Tab) + len(j.Field) + len(j.Code) + len(j.Message.Vi) + len(j.Message.En)
}

func (e *end) append(b []byte) []byte {
	r := &e.record
	for _, s := range []string{r.dataset, r.format, r.caller, r.agency, r.checksum, r.idempotencyKey} {
		b = appendText(b, s)
	}
	for _, n := range []int{r.accepted, r.rejected, r.warned, int(r.bytes), len(e.rejections)} {
		b = binary.AppendUvarint(b, uint64(n))
	}
	for _, j := range e.rejections {
		b = append(b, flag(j.Warning))
		for _, n := range []int{j.Line, j.Column, j.Sheet} {
			b = binary.AppendUvarint(b, uint64(n))
		}
		for _, s := range []string{j.Tab, j.Field, string(j.Code), j.Message.Vi, j.Message.En} {
			b = appendText(b, s)
		}
	}
	return b
}

// message is a journal message as the writer reads it.
type message struct {
	seq     uint64
	knownAt time.Time
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
	if version != messageVersion && version != messageWithoutTab {
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

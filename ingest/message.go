package ingest

import (
	"encoding/binary"
	"errors"
	"time"
)

// A message is what the journal keeps: the rows of one or several submissions, accepted at one instant.
//
//	version 3 · known at (ms) · parts…
//	part: length · kind · flags · submission · texts · rows · [end: the submission's record, number of parts and rejections]
//
// Rows name their texts by number within the part, so that a message of 2,000 figures takes some 20 kB.
//
// Version 2 did not number the parts; version 1 knew no warnings, no sheets, and no rows that stand behind a later line.
// Both are still read.
const (
	messageVersion      = 3
	messageWithoutParts = 2
	messageWithoutTab   = 1
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
	abandonedPart     // the submission failed while its parts were journalled: there is no end
)

var errMessage = errors.New("ingest: journal message cannot be read")

// end closes a submission.
type end struct {
	record     submissionRecord
	parts      int // of the submission, this one too; 0 where nobody counted them
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
	encoded    []byte // all of it, once it is full
}

func newPart(kind partKind, submission string) *part {
	return &part{kind: kind, submission: submission, texts: map[string]uint64{}}
}

// partOverhead covers what a part takes beside its texts, rows and end: lengths, kind and flags.
const partOverhead = 48

// size is at least what the part takes in a message, and not much more. The end counts: a thousand rejections
// are larger than the rows of any part.
func (p *part) size() int {
	if p.encoded != nil {
		return partOverhead + len(p.encoded)
	}
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
	if p.encoded != nil {
		return append(b, p.encoded...)
	}
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
	const numbers = 6*binary.MaxVarintLen16 + 6*binary.MaxVarintLen64
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
	for _, n := range []int{r.accepted, r.rejected, r.warned, int(r.bytes), e.parts, len(e.rejections)} {
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

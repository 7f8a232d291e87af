package ingest

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/toancanh/toancanh/query/catalog"
)

// session reads one submission: rows, checks, parts. Its memory is bounded by a row, two
// parts and the keys of the rows it has seen.
//
// A part goes to the journal as soon as it is full, so rows are durable before the submission has ended. To make
// a submission all or nothing for its readers, the writer would hold parts back until the last one; they are flagged for that.
type session struct {
	cfg       Config
	in        Intake
	id        string
	body      *meter
	rows      source
	check     *checker
	committer *committer

	rec        record
	seen       map[uint64]cell
	part       *part
	sent       []sentPart
	first      bool // no part has been sent yet
	taken      int  // rows known to be durable
	read       int  // rows
	accepted   int
	rejected   map[Code]int
	rejections []Rejection
	kept       int        // bytes of them
	seq        uint64     // of the last durable part
	outcome    <-chan int // brings the unchanged rows, for a sender that waits
}

// cell is what a submission has said about a cell.
type cell struct {
	line    int32
	content uint32 // short hash of the texts, with value enough to tell equal rows
	value   int64
}

// sentPart is a part on its way into the journal.
type sentPart struct {
	rows int
	done <-chan committed
}

func newSession(cfg Config, in Intake, id string, check *checker, c *committer) *session {
	body := newMeter(in.Body, cfg.MaxBody)
	return &session{
		cfg: cfg, in: in, id: id, check: check, committer: c, first: true,
		body: body, rows: newSource(cfg, in, body, check),
		seen: map[uint64]cell{}, rejected: map[Code]int{},
	}
}

// take reads the submission to its end; the last part stays open for the record.
func (s *session) take(ctx context.Context) error {
	if err := s.rows.start(); err != nil {
		return s.ended(err)
	}
	for {
		why, err := s.rows.next(&s.rec)
		if err != nil {
			return s.ended(err)
		}
		if err := s.row(ctx, why); err != nil {
			return err
		}
	}
}

// ended judges how the rows ended: nil for a submission that is whole.
func (s *session) ended(err error) error {
	if !errors.Is(err, io.EOF) {
		return cutOff(err, s.line())
	}
	if s.read > 0 {
		return nil
	}
	return &Error{Kind: Unreadable, Text: catalog.Text{
		Vi: "Lần gửi không có dòng số liệu nào.",
		En: "The submission has no rows.",
	}}
}

// line is where the reading stands.
func (s *session) line() int { return int(s.rows.at().line) }

// cutOff explains why a body ended early, at a line.
func cutOff(err error, line int) error {
	var known *Error
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, errBomb):
		return bomb(line)
	case errors.Is(err, errBodyTooLarge):
		return tooLarge(line, "Lần gửi lớn quá mức cho phép; hãy chia nhỏ.", "The submission is larger than allowed; split it.")
	}
	return &Error{Kind: Interrupted, Line: line, Err: err, Text: catalog.Text{
		Vi: "Nội dung gửi bị ngắt giữa chừng. Các dòng đã nhận vẫn được giữ; gửi lại toàn bộ là an toàn.",
		En: "The body ended early. The rows taken are kept; sending all of it again is safe.",
	}}
}

func tooLarge(line int, vi, en string) *Error {
	return &Error{Kind: TooLarge, Line: line, Text: catalog.Text{Vi: vi, En: en}}
}

// row checks and keeps or refuses one row; why is set when it could not even be read.
func (s *session) row(ctx context.Context, why *fault) error {
	if s.read++; s.read > s.cfg.MaxRows {
		return tooLarge(s.line(), "Lần gửi có quá nhiều dòng; hãy chia nhỏ.", "The submission has too many rows; split it.")
	}
	switch {
	case why != nil:
	case s.in.Dataset == TaskProgress:
		why = s.takeProgress()
	default:
		why = s.takeFigure()
	}
	if why != nil {
		s.refuse(why)
		return nil
	}
	s.accepted++
	if s.part != nil && (s.part.rows >= partRows || s.part.size() >= partBytes) {
		return s.send(ctx)
	}
	return nil
}

// refuse counts a row and keeps the explanation while there is room.
func (s *session) refuse(why *fault) {
	s.rejected[why.code]++
	if len(s.rejections) >= s.cfg.MaxRejections || s.kept >= keptBytes {
		s.check.mute = true
		return
	}
	j := Rejection{Line: s.line(), Column: why.column, Field: why.field, Code: why.code, Message: why.text}
	s.rejections = append(s.rejections, j)
	s.kept += j.size()
}

func (s *session) takeFigure() *fault {
	f, why := s.check.figure(&s.rec)
	if why != nil {
		return why
	}
	f.line = s.line()
	said := cell{line: int32(f.line), value: f.value, content: contentOf(f.retracted, f.agency, f.note)}
	if known, why := s.repeated(f.key, said); known {
		return why
	}
	if !s.in.DryRun {
		s.open(figureRows).addFigure(&f)
	}
	return nil
}

func (s *session) takeProgress() *fault {
	p, why := s.check.progress(&s.rec)
	if why != nil {
		return why
	}
	p.line = s.line()
	said := cell{line: int32(p.line), value: int64(p.percent), content: contentOf(p.retracted,
		p.status, p.note, p.obstacle.kind, p.obstacle.owner, p.obstacle.since.String())}
	if known, why := s.repeated(p.key, said); known {
		return why
	}
	if !s.in.DryRun {
		s.open(progressRows).addProgress(&p)
	}
	return nil
}

// repeated tells whether the submission has said something about the cell before. Saying the same again is
// accepted and adds nothing; saying something else is refused, because nothing tells which of the two was meant.
func (s *session) repeated(key uint64, said cell) (known bool, why *fault) {
	before, known := s.seen[key]
	if !known {
		s.seen[key] = said
		return false, nil
	}
	if before.value == said.value && before.content == said.content {
		return true, nil
	}
	return true, duplicateRow(int(before.line))
}

// open gives the part that rows go into.
func (s *session) open(kind partKind) *part {
	if s.part == nil {
		s.part = newPart(kind, s.id)
		if s.in.Demonstration {
			s.part.flags |= demonstrationPart
		}
		if s.first {
			s.part.flags |= firstPart
			s.first = false
		}
	}
	return s.part
}

// send hands the open part to the journal and waits while two are under way.
func (s *session) send(ctx context.Context) error {
	done, err := s.committer.send(ctx, s.part)
	if err != nil {
		return s.unavailable(err)
	}
	s.sent = append(s.sent, sentPart{rows: s.part.rows, done: done})
	s.part = nil
	for len(s.sent) > inFlight {
		if err := s.settle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// settle waits until the oldest part under way is durable.
func (s *session) settle(ctx context.Context) error {
	oldest := s.sent[0]
	select {
	case result := <-oldest.done:
		s.sent = s.sent[1:]
		if result.err != nil {
			return s.unavailable(result.err)
		}
		s.taken += oldest.rows
		s.seq = max(s.seq, result.seq)
		return nil
	case <-ctx.Done():
		return s.unavailable(context.Cause(ctx))
	}
}

// finish sends the last part with the record of the submission and waits until all is durable.
func (s *session) finish(ctx context.Context) error {
	p := s.open(kindOf(s.in.Dataset))
	p.flags |= lastPart
	p.end = &end{record: s.record(), rejections: s.rejections}
	if err := s.send(ctx); err != nil {
		return err
	}
	for len(s.sent) > 0 {
		if err := s.settle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// abandon makes durable what was accepted before the submission broke off, and says that there is no end to it.
// The sender may be gone by then, so its context does not count.
func (s *session) abandon(ctx context.Context) {
	if s.part == nil && s.first {
		return
	}
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	p := s.open(kindOf(s.in.Dataset))
	p.flags |= abandonedPart
	if s.send(ctx) != nil {
		return
	}
	for len(s.sent) > 0 && s.settle(ctx) == nil {
	}
}

// unavailable explains why a part did not become durable.
func (s *session) unavailable(err error) error {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return cutOff(err, s.line())
	case isFull(err):
		return journalFull(err)
	default:
		return unavailable(err)
	}
}

func kindOf(d Dataset) partKind {
	if d == TaskProgress {
		return progressRows
	}
	return figureRows
}

func (s *session) record() submissionRecord {
	return submissionRecord{
		dataset: string(s.in.Dataset), format: string(s.in.Format), caller: s.in.Caller, agency: s.in.Agency,
		checksum: s.body.checksum(), idempotencyKey: hashedKey(s.in),
		accepted: s.accepted, rejected: s.rejectedRows(), bytes: s.body.read,
	}
}

// receipt of a submission whose end is durable.
func (s *session) receipt() Receipt {
	const shown = 100
	return Receipt{
		Submission: s.id, Accepted: s.accepted, Rejected: s.rejectedRows(),
		Rejections: s.rejections[:min(shown, len(s.rejections))], DataVersion: s.seq, DryRun: s.in.DryRun,
	}
}

func (s *session) rejectedRows() (n int) {
	for _, rows := range s.rejected {
		n += rows
	}
	return n
}

// contentOf is a short hash (FNV-1a) of what a row says beside its value, to find a repeated row that differs.
func contentOf(retracted bool, texts ...string) uint32 {
	const offset, prime = 2166136261, 16777619
	h := (uint32(offset) ^ uint32(flag(retracted))) * prime
	for _, t := range texts {
		for i := range len(t) {
			h = (h ^ uint32(t[i])) * prime
		}
		h *= prime // so that "ab" and "c" differ from "a" and "bc"
	}
	return h
}

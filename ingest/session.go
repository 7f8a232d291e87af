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
	warned     int
	rejections []Rejection // and warnings, as they came
	refused    int         // of those: rejections
	kept       int         // bytes of them
	compare    *comparison
	seq        uint64     // of the last durable part
	outcome    <-chan int // brings the unchanged rows, for a sender that waits
}

// cell is what a submission has said about a cell.
type cell struct {
	place
	content uint32 // short hash of the texts, with value enough to tell equal rows
	value   int64  // noValue when retracted
}

// noValue is below every value.
const noValue = -1

// sentPart is a part on its way into the journal.
type sentPart struct {
	rows int
	done <-chan committed
}

func newSession(cfg Config, in Intake, id string, check *checker, c *committer, look lookups) *session {
	body := newMeter(in.Body, cfg.MaxBody)
	s := &session{
		cfg: cfg, in: in, id: id, check: check, committer: c, first: true,
		body: body, rows: newSource(cfg, in, body, check),
		seen: map[uint64]cell{}, rejected: map[Code]int{},
	}
	s.compare = newComparison(s, look)
	return s
}

// take reads the submission to its end; the last part stays open for the record.
func (s *session) take(ctx context.Context) error {
	if err := s.rows.start(); err != nil {
		return s.ended(err)
	}
	for {
		why, err := s.rows.next(&s.rec)
		if errors.Is(err, io.EOF) {
			if err := s.compare.flush(ctx); err != nil {
				return err
			}
		}
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
		s.refuse(s.private(why))
		return nil
	case s.in.Dataset == TaskProgress:
		return s.takeProgress(ctx)
	}
	return s.takeFigure(ctx)
}

// private makes the personal data of a refused row its reason, whatever else is wrong with it: that is what its sender has to
// know first.
func (s *session) private(why *fault) *fault {
	if why.code == PersonalData || s.check.mute {
		return why
	}
	for i := range s.rec.fields {
		f := &s.rec.fields[i]
		if f.kind != textValue && f.kind != cellValue || f.group == nil && string(f.name) == "value" {
			continue
		}
		const longest = 4096 // of a text that is looked through for the sake of a message
		if what, position, found := findPersonal(string(f.text[:min(len(f.text), longest)])); found {
			return personalData(what, position).at("", f.column)
		}
	}
	return why
}

// refuse counts the present row as refused.
func (s *session) refuse(why *fault) { s.refuseAt(s.rows.at(), why) }

// refuseAt keeps the explanation while there is room.
func (s *session) refuseAt(at place, why *fault) {
	s.rejected[why.code]++
	if s.refused >= s.cfg.MaxRejections || s.kept >= keptBytes {
		s.check.mute = true
		return
	}
	s.refused++
	s.keep(at, why, false)
}

// warn keeps a warning while there is room.
func (s *session) warn(at place, why *fault) {
	s.warned++
	if s.warned <= s.cfg.MaxRejections && s.kept < keptBytes {
		s.keep(at, why, true)
	}
}

func (s *session) keep(at place, why *fault, warning bool) {
	j := Rejection{
		Warning: warning, Line: int(at.line), Column: why.column, Sheet: int(at.sheet), Tab: s.rows.tab(at.sheet),
		Field: why.field, Code: why.code, Message: why.text,
	}
	if j.Column == 0 {
		j.Column = int(at.column)
	}
	s.rejections = append(s.rejections, j)
	s.kept += j.size()
}

// count counts a row that was taken, and its warnings.
func (s *session) count(at place, remarks []*fault) {
	s.accepted++
	for _, why := range remarks {
		s.warn(at, why)
	}
}

func (s *session) takeFigure(ctx context.Context) error {
	f, why := s.check.figure(&s.rec)
	if why != nil {
		s.refuse(s.private(why))
		return nil
	}
	at := s.rows.at()
	f.line = int(at.line)
	said := cell{place: at, value: f.value, content: contentOf(f.retracted, f.agency, f.note)}
	if f.retracted {
		said.value = noValue
	}
	if known, why := s.repeated(f.key, said); known {
		s.settleRepeated(at, why)
		return nil
	}
	if s.compare.wants(&f) {
		return s.compare.hold(ctx, heldBack{figure: f, at: at, remarks: s.rec.remarks})
	}
	return s.keepFigure(ctx, &f, at, s.rec.remarks)
}

// keepFigure takes a figure that nothing speaks against.
func (s *session) keepFigure(ctx context.Context, f *figure, at place, remarks []*fault) error {
	s.count(at, remarks)
	if s.in.DryRun {
		return nil
	}
	s.open(figureRows).addFigure(f)
	return s.sendFull(ctx)
}

func (s *session) takeProgress(ctx context.Context) error {
	p, why := s.check.progress(&s.rec)
	if why != nil {
		s.refuse(s.private(why))
		return nil
	}
	at := s.rows.at()
	p.line = int(at.line)
	said := cell{place: at, value: int64(p.percent), content: contentOf(p.retracted,
		p.status, p.note, p.obstacle.kind, p.obstacle.owner, p.obstacle.since.String())}
	if known, why := s.repeated(p.key, said); known {
		s.settleRepeated(at, why)
		return nil
	}
	s.count(at, s.rec.remarks)
	if s.in.DryRun {
		return nil
	}
	s.open(progressRows).addProgress(&p)
	return s.sendFull(ctx)
}

// settleRepeated refuses a repeated row that says something else, or warns of one that says the same.
func (s *session) settleRepeated(at place, why *fault) {
	if why.code == RepeatedRow {
		s.count(at, append(s.rec.remarks, why))
		return
	}
	s.refuse(why)
}

// sendFull sends the open part when it is full.
func (s *session) sendFull(ctx context.Context) error {
	if s.part != nil && (s.part.rows >= partRows || s.part.size() >= partBytes) {
		return s.send(ctx)
	}
	return nil
}

// repeated tells whether the submission has said something about the cell before, and what to say of that. Saying the same again
// is accepted, with a warning, and adds nothing; saying something else is refused, because nothing tells which of the two was meant.
func (s *session) repeated(key uint64, said cell) (known bool, why *fault) {
	before, known := s.seen[key]
	if !known {
		s.seen[key] = said
		return false, nil
	}
	if before.value == said.value && before.content == said.content {
		return true, repeatedRow(before.name())
	}
	return true, duplicateRow(before.name())
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
		accepted: s.accepted, rejected: s.rejectedRows(), warned: s.warned, bytes: s.body.read,
	}
}

// receipt of a submission whose end is durable.
func (s *session) receipt() Receipt {
	r := Receipt{
		Submission: s.id, Accepted: s.accepted, Rejected: s.rejectedRows(), Warned: s.warned, DataVersion: s.seq, DryRun: s.in.DryRun,
	}
	r.Rejections, r.Warnings = s.shown(false), s.shown(true)
	return r
}

// shown gives the first rejections or warnings: a hundred, or all that are kept for a sender who marks its workbook with them.
func (s *session) shown(warnings bool) []Rejection {
	most := 100
	if s.in.Everything {
		most = len(s.rejections)
	}
	var list []Rejection
	for i := range s.rejections {
		if j := &s.rejections[i]; j.Warning == warnings && len(list) < most {
			list = append(list, *j)
		}
	}
	return list
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

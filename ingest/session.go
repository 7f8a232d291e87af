package ingest

import (
	"context"
	"errors"
	"io"

	"github.com/toancanh/toancanh/query/catalog"
)

// session reads one submission: rows, checks, parts. Its memory is bounded by a row, a
// part, the spool and the keys of the rows it has seen.
//
// A submission is all or nothing. Its parts are spooled while it is read and go to the journal one after the other when all of it has been
// (journalling.go); the writer holds them back until the last one (assembly.go).
type session struct {
	cfg       Config
	in        Intake
	id        string
	body      *meter
	rows      source
	release   func() // of rows
	check     *checker
	committer *committer

	rec        record
	seen       map[uint64]cell
	part       *part
	spool      *spool
	sent       []<-chan committed // parts under way into the journal
	first      bool               // no part has been opened yet
	read       int                // rows
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

func newSession(cfg Config, in Intake, id string, check *checker, c *committer, look lookups) *session {
	body := newMeter(in.Body, cfg.MaxBody)
	s := &session{
		cfg: cfg, in: in, id: id, check: check, committer: c, first: true,
		body: body, spool: newSpool(cfg), seen: map[uint64]cell{}, rejected: map[Code]int{},
	}
	s.rows, s.release = newSource(cfg, in, body, check)
	s.compare = newComparison(s, look)
	return s
}

// close gives back what reading took.
func (s *session) close() {
	s.release()
	s.spool.close()
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
		return s.takeProgress()
	}
	return s.takeFigure(ctx)
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
	if late := s.check.late; late != nil || s.compare.wants(&f) {
		return s.compare.hold(ctx, heldBack{figure: f, at: at, remarks: s.rec.remarks, late: late})
	}
	return s.keepFigure(&f, at, s.rec.remarks)
}

// keepFigure takes a figure that nothing speaks against.
func (s *session) keepFigure(f *figure, at place, remarks []*fault) error {
	s.count(at, remarks)
	if s.in.DryRun {
		return nil
	}
	s.open(figureRows).addFigure(f)
	return s.keepFull()
}

func (s *session) takeProgress() error {
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
	return s.keepFull()
}

// settleRepeated refuses a repeated row that says something else, or warns of one that says the same.
func (s *session) settleRepeated(at place, why *fault) {
	if why.code == RepeatedRow {
		s.count(at, append(s.rec.remarks, why))
		return
	}
	s.refuse(why)
}

// keepFull spools the open part when it is full.
func (s *session) keepFull() error {
	if s.part == nil || s.part.rows < partRows && s.part.size() < partBytes {
		return nil
	}
	err := s.spool.add(s.part)
	s.part = nil
	if err != nil {
		return journalFull(err) // the disk takes no more
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

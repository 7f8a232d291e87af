package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/golang-sql/civil"
	"github.com/oklog/ulid/v2"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/toancanh/toancanh/query/catalog"
)

// Deps is what the pipeline stands on.
type Deps struct {
	Catalog    *catalog.Catalog // a Worker needs none
	Warehouse  driver.Conn      // closed by the caller, after Run has returned
	Now        func() time.Time
	Log        *slog.Logger
	Registerer prometheus.Registerer // may be nil
	OnApplied  func(Change)          // called in order, after the rows can be queried and before Applied says so; may be nil
	OnAside    func(Aside)           // told of a message that was set aside, in the way of those behind it; may be nil
}

// Service is the pipeline. New is inert; Run works, once.
type Service struct {
	cfg      Config
	deps     Deps
	index    atomic.Pointer[index] // of the catalogue in use
	metrics  *metrics
	version  *version
	outcomes *outcomes
	aside    *AsideStore
	claims   *claims
	newest   *newest
	slots    chan struct{} // submissions being read
	books    chan struct{} // workbooks among them
	waiting  chan struct{} // senders that wait for the warehouse
	allowed  allowances    // of the writer
	ready    chan struct{}
	pipe     atomic.Pointer[pipeline] // nil before the journal accepts and after it stopped
	blocked  atomic.Pointer[Error]    // what holds the start up
	limit    atomic.Int64             // bytes the journal may hold
	entering sync.RWMutex             // held shared by Submit, so that Run can wait for all of them
}

// New checks the configuration and the catalogue; nothing is opened before Run.
func New(cfg Config, d Deps) (*Service, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	x, err := newIndex(d.Catalog)
	if err != nil {
		return nil, err
	}
	s := newService(cfg, d)
	s.index.Store(x)
	return s, nil
}

func newService(cfg Config, d Deps) *Service {
	s := &Service{
		cfg: cfg, deps: d, version: newVersion(), outcomes: newOutcomes(), claims: newClaims(), aside: NewAsideStore(cfg.Dir), newest: newNewest(newestLines),
		slots: make(chan struct{}, cfg.MaxConcurrent), books: make(chan struct{}, cfg.MaxWorkbooks),
		waiting: make(chan struct{}, cfg.MaxWaiting), allowed: allowances{}, ready: make(chan struct{}),
	}
	s.limit.Store(cfg.JournalBytes)
	s.metrics = newMetrics(d.Registerer, s)
	return s
}

// Use checks every submission that begins from now on by another catalogue; those under way
// end with the one they began with. The time zone must be the same. On an error nothing has changed.
func (s *Service) Use(c *catalog.Catalog) error {
	x, err := newIndex(c)
	if err == nil {
		s.index.Store(x)
	}
	return err
}

// Ready is closed when the journal accepts.
func (s *Service) Ready() <-chan struct{} { return s.ready }

// Blocked says why the journal does not take figures yet; nil when it does, or when that is a matter of moments.
func (s *Service) Blocked() *Error { return s.blocked.Load() }

// notOpen is what a sender is told while there is no journal.
func (s *Service) notOpen() *Error {
	if why := s.Blocked(); why != nil {
		return why
	}
	return unavailable(errStopping)
}

// Applied is the data version: the highest journal sequence whose rows can be queried.
func (s *Service) Applied() uint64 { return s.version.get() }

// WaitApplied returns when the data version has reached v, or with the error of ctx.
func (s *Service) WaitApplied(ctx context.Context, v uint64) error { return s.version.wait(ctx, v) }

// Submit reads a submission to its end and returns when its figures are durable, or with
// Intake.Wait when they can be queried. It fails with an *Error only.
//
// Rows refused by a check do not fail a submission; the receipt explains them. Submitting the same content again changes
// nothing. With an IdempotencyKey the same content gets the same receipt again, and other content a Conflict. When ctx
// ends while Submit waits for the warehouse, or Config.MaxWaiting wait already, the figures are durable all the same and the receipt
// says Queryable: false.
func (s *Service) Submit(ctx context.Context, in Intake) (Receipt, error) {
	if err := s.acceptable(in); err != nil {
		return Receipt{}, err
	}
	leave, ok := s.enter(in.Format)
	if !ok {
		return Receipt{}, busy()
	}
	defer leave()
	// Never wait here: once letEnd wants the lock, RLock would hold new senders until the slowest submission has ended.
	if !s.entering.TryRLock() {
		return Receipt{}, unavailable(errStopping)
	}
	defer s.entering.RUnlock()
	p := s.pipe.Load()
	if p == nil {
		return Receipt{}, s.notOpen()
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(p.closing, func() { cancel(errStopping) })()
	unpacked := unpack(in.Encoding, in.Body, s.cfg.MaxBody)
	defer unpacked.Close() // nothing was written
	in.Body = unpacked
	if in.DryRun {
		return s.rehearse(ctx, p, in)
	}
	r, outcome, err := s.receiveAny(ctx, p, in)
	if err != nil || !in.Wait {
		return r, err
	}
	leave() // who waits for the warehouse keeps nobody from sending
	return s.await(ctx, p, r, outcome), nil
}

// enter takes a place among the submissions being read. A workbook, which is held in memory, takes one among the few of its kind too.
// leave may be called again and does nothing then.
func (s *Service) enter(f Format) (leave func(), ok bool) {
	taken := []chan struct{}{}
	leave = func() {
		for _, c := range taken {
			<-c
		}
		taken = nil
	}
	wanted := []chan struct{}{s.slots}
	if f == XLSX {
		wanted = append(wanted, s.books)
	}
	for _, c := range wanted {
		select {
		case c <- struct{}{}:
			taken = append(taken, c)
		default:
			leave()
			return nil, false
		}
	}
	return leave, true
}

// acceptable refuses an intake that no body could make right.
func (s *Service) acceptable(in Intake) error {
	switch {
	case in.Dataset != Observations && in.Dataset != Population && in.Dataset != TaskProgress:
		return unreadable("dataset", "Không có bộ dữ liệu này.", "There is no such dataset.")
	case !slices.Contains([]Format{NDJSON, CSV, JSON, XLSX}, in.Format):
		return unreadable("format", "Chỉ nhận NDJSON, CSV, danh sách JSON và Excel (.xlsx).", "NDJSON, CSV, a JSON list and Excel (.xlsx) are accepted.")
	case in.Encoding != Plain && in.Encoding != Gzip && in.Encoding != Zstd:
		return unreadable("Content-Encoding", "Chỉ nhận gzip và zstd.", "gzip and zstd are accepted.")
	case in.Dataset == Population && s.index.Load().population == nil:
		return unreadable("dataset", "Danh mục không có số liệu dân số.", "The catalogue has no population measure.")
	case in.Agency != "" && s.index.Load().agencies[in.Agency] == "":
		return unreadable("agency", "Không có cơ quan này trong danh mục.", "There is no such agency in the catalogue.")
	case len(in.IdempotencyKey) > maxKey:
		return unreadable("Idempotency-Key", "Khóa dài quá 255 byte.", "The key is longer than 255 bytes.")
	}
	return in.Permit.submission(in)
}

// receiveAny takes a submission, under its key if it has one.
func (s *Service) receiveAny(ctx context.Context, p *pipeline, in Intake) (Receipt, <-chan int, error) {
	if in.IdempotencyKey == "" {
		return s.receive(ctx, p, in, keyed{})
	}
	return s.receiveOnce(ctx, p, in)
}

// receive takes a submission that is not known yet. It is durable then; the channel, nil of an outside journal, tells when it can be
// queried, and how much of it was unchanged.
func (s *Service) receive(ctx context.Context, p *pipeline, in Intake, k keyed) (Receipt, <-chan int, error) {
	ses := s.session(p, in)
	defer ses.close()
	err := ses.take(ctx)
	if err == nil {
		err = s.conclude(ctx, p, ses, k)
	}
	if err != nil {
		return Receipt{}, nil, failed(err, ses)
	}
	s.metrics.received(in.Dataset, ses.accepted, ses.rejected)
	return ses.receipt(), ses.outcome, nil
}

func (s *Service) session(p *pipeline, in Intake) *session {
	now := s.deps.Now()
	today := dayOf(civil.DateOf(now.In(s.deps.Catalog.Location)))
	id := cmp.Or(in.Submission, newSubmission(now))
	return newSession(s.cfg, in, id, newChecker(s.index.Load(), in, today), p.committer, s.before)
}

// rehearse reads and checks a submission and keeps nothing of it.
func (s *Service) rehearse(ctx context.Context, p *pipeline, in Intake) (Receipt, error) {
	ses := s.session(p, in)
	defer ses.close()
	ses.seq = s.Applied()
	if err := ses.take(ctx); err != nil {
		return Receipt{}, failed(err, ses)
	}
	return ses.receipt(), nil
}

// conclude makes the end of a submission durable and remembers its receipt.
func (s *Service) conclude(ctx context.Context, p *pipeline, ses *session, k keyed) error {
	if err := k.sure(ctx); err != nil {
		return journalAway(err)
	}
	if ses.in.Wait && !p.journal.outside() {
		ses.outcome = s.outcomes.expect(ses.id)
	}
	if err := ses.finish(ctx); err != nil {
		s.outcomes.forget(ses.id)
		ses.abandon(ctx)
		return err
	}
	step("durable, key not kept")
	if err := k.remember(ctx, p.journal, remembered{Checksum: ses.body.checksum(), Receipt: ses.receipt()}); err != nil {
		// The same submission would be read again, and change nothing.
		s.deps.Log.Warn("idempotency key not kept", "submission", ses.id, "error", err)
	}
	step("key kept, not answered")
	return nil
}

// failed completes the error of a submission. It is logged where it is handled, so it names the submission.
func failed(err error, ses *session) *Error {
	var e *Error
	if !errors.As(err, &e) {
		e = unavailable(err)
	}
	if e.Err != nil {
		e.Err = fmt.Errorf("submission %s: %w", ses.id, e.Err)
	}
	return e
}

// await waits for the warehouse. Nothing of the submission but its receipt is held meanwhile; what another process wrote, and what was
// sent before, tells how much of it was unchanged by its record.
func (s *Service) await(ctx context.Context, p *pipeline, r Receipt, outcome <-chan int) Receipt {
	select {
	case s.waiting <- struct{}{}:
		defer func() { <-s.waiting }()
	default:
		if outcome != nil {
			s.outcomes.forget(r.Submission)
		}
		return r
	}
	if outcome == nil {
		if s.WaitApplied(ctx, r.DataVersion) == nil {
			r.Unchanged, r.Queryable = s.recordedUnchanged(ctx, r), true
		}
		return r
	}
	select {
	case r.Unchanged = <-outcome:
		r.Queryable = true
	case <-ctx.Done():
		s.outcomes.forget(r.Submission)
	}
	return r
}

func newSubmission(now time.Time) string {
	return ulid.MustNew(ulid.Timestamp(now), ulid.DefaultEntropy()).String()
}

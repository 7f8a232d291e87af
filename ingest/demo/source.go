// Package demo is the demonstration source: figures made up from catalogue facts and a stated, seeded model, sent
// through the same door as anybody's, under the programme clock.
package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/ingest"
	"github.com/toancanh/toancanh/query/catalog"
)

// Config of the source.
type Config struct {
	Dir      string        // where it keeps how far it is, DATA/demo
	Interval time.Duration // between live figures
}

// DefaultConfig sends a figure every four seconds; Dir is the caller's to set.
func DefaultConfig() Config { return Config{Interval: 4 * time.Second} }

// Source sends demonstration figures.
type Source struct {
	cfg     Config
	cat     *catalog.Catalog
	clock   *Clock
	service *ingest.Service
	log     *slog.Logger
	model   *model
	tasks   map[civil.Date][]progressReport
	state   sourceState
	live    []int // measures that rise by the minute: daily stocks
	version uint64
	buffer  []byte
}

// sourceState is what the source keeps over restarts once the history is loaded.
type sourceState struct {
	Reported civil.Date       // last day whose reports have been sent
	Above    map[string]int64 // measure/unit/combo > what live figures rose above the model
}

// Progress of loading the history.
type Progress struct {
	Day   civil.Date // reports of this day have been sent
	Days  int        // days so far
	Total int        // days in all
	Rows  int        // rows so far
}

// caller is who sends, in the records of submissions.
const caller = "demonstration"

// New makes a source that sends to a service which runs under the given clock.
func New(cfg Config, c *catalog.Catalog, clock *Clock, service *ingest.Service, log *slog.Logger) (*Source, error) {
	m, err := newModel(c)
	if err != nil {
		return nil, err
	}
	s := &Source{cfg: cfg, cat: c, clock: clock, service: service, log: log, model: m, tasks: m.assignments()}
	s.state.Above = map[string]int64{}
	if err := readState(s.file(), &s.state); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	for i, d := range m.measures {
		if d.def.TimeRule == catalog.Stock && d.Report.EveryDays == 1 {
			s.live = append(s.live, i)
		}
	}
	return s, nil
}

func (s *Source) file() string { return filepath.Join(s.cfg.Dir, "source.json") }

// reportTime is when a day's reports are in.
func reportTime(d civil.Date, location *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 17, 0, 0, 0, location)
}

// Load sends the history, day by day, and returns when it can be queried and the clock runs. What an
// earlier run has sent is not sent again: the clock tells the day to go on with, and a day sent twice changes nothing.
func (s *Source) Load(ctx context.Context, progress func(Progress)) error {
	if s.clock.Running() {
		return nil
	}
	first, start := s.cat.Demonstration.DataFrom, s.cat.Demonstration.Now
	last := civil.DateOf(start.In(s.cat.Location))
	for reportTime(last, s.cat.Location).After(start) {
		last = last.AddDays(-1)
	}
	p := Progress{Total: last.DaysSince(first) + 1}
	for day := civil.DateOf(s.clock.Now().In(s.cat.Location)); !day.After(last); day = day.AddDays(1) {
		if err := s.clock.set(reportTime(day, s.cat.Location)); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
		rows, err := s.day(ctx, day)
		if err != nil {
			return fmt.Errorf("demo: history of %s: %w", day, err)
		}
		p.Day, p.Days, p.Rows = day, day.DaysSince(first)+1, p.Rows+rows
		if progress != nil {
			progress(p)
		}
	}
	return s.begin(ctx, last)
}

// begin lets the clock run once all of the history can be queried.
func (s *Source) begin(ctx context.Context, last civil.Date) error {
	if err := s.service.WaitApplied(ctx, s.version); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	s.state.Reported = last
	if err := s.keep(); err != nil {
		return err
	}
	if err := s.clock.run(); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return nil
}

func (s *Source) keep() error {
	if err := writeState(s.file(), s.state); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return nil
}

// day sends everything that is reported on a day, one submission per agency and dataset.
func (s *Source) day(ctx context.Context, day civil.Date) (rows int, err error) {
	if day == s.model.snapshotDay(day) {
		var n int
		s.buffer, n = s.model.census(s.buffer[:0], day)
		rows += n
		def, _ := s.cat.Measure(s.model.demo.Population.Measure)
		if err := s.send(ctx, day, ingest.Population, def.Agency, n); err != nil {
			return rows, err
		}
	}
	for _, agency := range s.agencies() {
		n := 0
		s.buffer = s.buffer[:0]
		for i := range s.model.measures {
			if s.model.measures[i].def.Agency == agency {
				var more int
				s.buffer, more = s.model.report(s.buffer, i, day, s.raised)
				n += more
			}
		}
		rows += n
		if err := s.send(ctx, day, ingest.Observations, agency, n); err != nil {
			return rows, err
		}
	}
	reports := s.tasks[day]
	if s.buffer, err = appendProgress(s.buffer[:0], reports); err != nil {
		return rows, err
	}
	return rows + len(reports), s.send(ctx, day, ingest.TaskProgress, "", len(reports))
}

// agencies that report measures, in order.
func (s *Source) agencies() []string {
	var list []string
	for i := range s.model.measures {
		if a := s.model.measures[i].def.Agency; !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	return list
}

// send submits the buffer under a key of its own, so that a day begun before a crash can be sent again.
func (s *Source) send(ctx context.Context, day civil.Date, d ingest.Dataset, agency string, rows int) error {
	if rows == 0 {
		return nil
	}
	return s.submit(ctx, ingest.Intake{
		Dataset: d, Agency: agency,
		IdempotencyKey: fmt.Sprintf("%s %s %s %.12s", day, d, agency, s.cat.Version),
	})
}

// submit sends the buffer, again while the service is busy. Figures of ours that are refused are a mistake of ours.
func (s *Source) submit(ctx context.Context, in ingest.Intake) error {
	in.Format, in.Caller, in.Demonstration = ingest.NDJSON, caller, true
	for {
		in.Body = bytes.NewReader(s.buffer)
		receipt, err := s.service.Submit(ctx, in)
		var e *ingest.Error
		if errors.As(err, &e) && e.RetryAfter > 0 {
			if e.Err != nil {
				s.log.Warn("figures not taken yet", "kind", e.Kind, "retry_after", e.RetryAfter, "error", e.Err)
			}
			select {
			case <-time.After(e.RetryAfter):
				continue
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if err != nil {
			return err
		}
		if receipt.Rejected > 0 {
			r := receipt.Rejections[0]
			return fmt.Errorf("%d rows refused, line %d: %s: %s", receipt.Rejected, r.Line, r.Code, r.Message.En)
		}
		s.version = max(s.version, receipt.DataVersion)
		return nil
	}
}

package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/ingest"
	"github.com/toancanh/toancanh/query/catalog"
)

// Live sends a new figure every interval, and the reports of each day when the clock reaches them, until ctx ends. A figure
// that cannot be sent is left out and said in the log: the next one comes soon.
func (s *Source) Live(ctx context.Context) error {
	if !s.clock.Running() {
		return errors.New("demo: the history is not loaded")
	}
	ticker := time.NewTicker(s.cfg.Interval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if err := s.tick(ctx, s.clock.Now()); err != nil && ctx.Err() == nil {
				s.log.Warn("demonstration figure not sent", "error", err)
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// tick sends what is due at an instant. Units that somebody else has sent figures about are left
// alone from then on: whoever tries the demonstration wants to see what was sent.
func (s *Source) tick(ctx context.Context, now time.Time) error {
	others, err := s.service.UnitsOfOthers(ctx, caller, s.cat.Demonstration.Now)
	if err != nil {
		return err
	}
	s.model.spared = others
	for {
		next := s.state.Reported.AddDays(1)
		if reportTime(next, s.cat.Location).After(now) {
			break
		}
		if _, err := s.day(ctx, next); err != nil {
			return err
		}
		s.state.Reported = next
		if err := s.keep(); err != nil {
			return err
		}
	}
	return s.rise(ctx, now)
}

// rise lets today's stock of some unit rise by a few persons and sends it.
func (s *Source) rise(ctx context.Context, now time.Time) error {
	if len(s.live) == 0 {
		return nil
	}
	draw := s.model.draw.of("live").at(int(now.UnixMilli()))
	i := s.live[draw.at(1).below(len(s.live))]
	d := &s.model.measures[i]
	today := civil.DateOf(now.In(s.cat.Location))
	units := s.model.units(d.def.Level, today)
	if len(units) == 0 {
		return nil
	}
	u := units[draw.at(2).below(len(units))]
	if s.model.spared[u.Code] {
		return nil
	}
	c := draw.at(3).below(len(d.combos))
	s.state.Above[liveKey(d.Measure, u.Code, c)] += int64(1 + draw.at(4).below(2))
	s.buffer = s.buffer[:0]
	for c, value := range s.model.values(i, u, today) {
		s.buffer = appendFigure(s.buffer, d, u.Code, catalog.PeriodOf(catalog.Day, today), c, s.raised(i, u, today, c, value), "")
	}
	if err := s.submit(ctx, ingest.Intake{Dataset: ingest.Observations, Agency: d.def.Agency}); err != nil {
		return err
	}
	return s.keep()
}

// raised adds what live figures have risen above the model, as long as there are people left. The history is not touched.
func (s *Source) raised(i int, u catalog.UnitFact, on civil.Date, c int, value int64) int64 {
	above := s.state.Above[liveKey(s.model.measures[i].Measure, u.Code, c)]
	if above == 0 || on.Before(civil.DateOf(s.cat.Demonstration.Now.In(s.cat.Location))) {
		return value
	}
	const most = 0.99
	people := s.model.persons(i, u.Code, s.model.snapshotDay(on))[c]
	return min(value+above, max(value, int64(most*float64(people))))
}

func liveKey(measure, unit string, combo int) string {
	return fmt.Sprintf("%s/%s/%d", measure, unit, combo)
}

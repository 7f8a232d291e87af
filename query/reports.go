package query

import (
	"context"
	"time"

	"github.com/golang-sql/civil"
	"golang.org/x/sync/errgroup"

	"github.com/toancanh/toancanh/query/catalog"
)

// ReportsQuestion asks who has reported for a period. Zero fields mean the last period of the reporting chain that
// has ended, every agency, the whole territory and units of its lowest level.
type ReportsQuestion struct {
	Period catalog.Period
	Agency string // only what this agency reports
	Unit   string // only this unit and what lies in it
	Level  string // of the units listed
	AsOf   time.Time
	Area   *catalog.Area // only units inside; nil: all
	SentBy *Sender       // submissions of these only; nil: of all
}

// ReportsAnswer is about the units in force on the last day of the period.
type ReportsAnswer struct {
	Data Reports `json:"data"`
	Meta Meta    `json:"meta"`
}

// Reports counts what was owed for a period and what came, by the three that can be looked at: who reports, about
// where, and what. Each of the three adds up to the total, but for units of a level below the one a measure is
// collected at.
type Reports struct {
	Due      civil.Date       `json:"due,omitzero"` // of the first step of the reporting chain, if the period is one of its
	Total    ReportCount      `json:"total"`
	Agencies []AgencyReports  `json:"agencies"` // those that owe something, in the order of the catalogue; "" is nobody named
	Units    []UnitReports    `json:"units"`    // every unit of the level, by code
	Measures []MeasureReports `json:"measures"` // in the order of the catalogue
}

// ReportCount counts reports: one is what one unit tells of one measure for one of its reporting periods, with all
// parts that make up its total. Received are InTime and Late; Expected are Received and Missing.
type ReportCount struct {
	Expected     int        `json:"expected"`
	Received     int        `json:"received"`
	InTime       int        `json:"in_time"` // or without a due day
	Late         int        `json:"late"`
	Missing      int        `json:"missing"`
	Incomplete   int        `json:"incomplete"`    // of the missing: a part was told
	Overdue      int        `json:"overdue"`       // of the missing: the due day has passed
	LastReceived *time.Time `json:"last_received"` // when the latest figure that holds came; nil: none has
}

// AgencyReports is what an agency owes: of its Units, Complete have told all of it. What it sent is counted from
// the first day of the period on, whatever period it was about.
type AgencyReports struct {
	Agency string       `json:"agency"`
	Name   catalog.Text `json:"name"`
	ReportCount
	Units       int    `json:"units"`
	Complete    int    `json:"complete_units"`
	Submissions uint64 `json:"submissions"`
	Accepted    uint64 `json:"rows_accepted"`
	Rejected    uint64 `json:"rows_rejected"`
	Warnings    uint64 `json:"warnings"`
}

// UnitReports is what is owed about a unit and all that lies in it.
type UnitReports struct {
	UnitRef
	ReportCount
}

// MeasureReports is what is owed of a measure, and by when.
type MeasureReports struct {
	Measure string       `json:"measure"`
	Name    catalog.Text `json:"name"`
	Agency  string       `json:"agency"`
	Level   string       `json:"level"`
	Due     civil.Date   `json:"due,omitzero"`
	ReportCount
}

// Reports answers who has reported, in time or late, and who has not.
func (s *Service) Reports(ctx context.Context, q ReportsQuestion) (ReportsAnswer, error) {
	s, err := s.knownAt(ctx, q.AsOf)
	if err != nil {
		return ReportsAnswer{}, err
	}
	at, err := s.at(q.AsOf)
	if err != nil {
		return ReportsAnswer{}, err
	}
	period, err := s.qualityPeriod(q.Period, at)
	if err != nil {
		return ReportsAnswer{}, err
	}
	measures, err := s.measuresOf(QualityQuestion{Agency: q.Agency})
	if err != nil {
		return ReportsAnswer{}, err
	}
	layer := s.layerIn(period, at)
	rows, err := layer.layout.codes(Scope{Within: q.Unit, Level: q.Level, Area: q.Area})
	if err != nil {
		return ReportsAnswer{}, asUnit(err)
	}
	answer := ReportsAnswer{Meta: s.metaOfReports(period, layer, at)}
	var owed []owing
	var senders []SenderRow
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		owed, err = s.owingOf(ctx, measures, period, layer, q.Area, at)
		return err
	})
	group.Go(func() (err error) {
		senders, err = s.qualityOfSenders(ctx, QualityQuestion{Agency: q.Agency, SentBy: q.SentBy}, period, at)
		return err
	})
	if err := group.Wait(); err != nil {
		return ReportsAnswer{}, err
	}
	t := newReportTally(s.deps.Catalog, layer.layout, rows)
	for _, o := range owed {
		t.add(o.within(layer.layout, q.Unit), at)
	}
	answer.Data = t.reports(senders)
	answer.Data.Due, _ = s.deps.Catalog.Calendar.FirstStepDue(period)
	return answer, nil
}

// metaOfReports says on which units and of which period what was reported is counted.
func (s *Service) metaOfReports(period catalog.Period, in *layer, at instant) Meta {
	meta, complete := s.meta(at), at.complete(period)
	meta.Boundaries, meta.Period, meta.PeriodStart, meta.PeriodEnd = in.layout.set.Info().ID, period.String(), period.Start, period.End
	meta.PeriodComplete = &complete
	return meta
}

// asUnit names the parameter by its name in this question.
func asUnit(err error) error {
	if e, ok := err.(*Error); ok && e.Field == "within" {
		e.Field = "unit"
	}
	return err
}

// within keeps what is owed about a unit and what lies in it; "" is the whole territory.
func (o owing) within(l *layout, unit string) owing {
	if unit == "" {
		return o
	}
	kept := o
	kept.duties = nil
	for _, d := range o.duties {
		if l.set.Contains(unit, d.unit.Unit) {
			kept.duties = append(kept.duties, d)
		}
	}
	return kept
}

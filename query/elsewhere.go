package query

import (
	"context"
	"sync"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/query/catalog"
)

// elsewhere are the services of other boundary sets under the same catalogue.
type elsewhere struct {
	mu       sync.Mutex
	services map[string]*Service // by id of the set
	timeline *geo.Timeline
}

// Carried says from which boundary sets figures of an answer were carried over, and of
// which of their units something lies outside the root of the set asked: that share of
// their figures is in no number of the answer.
type Carried struct {
	From    []string  `json:"from"`
	Outside []Outside `json:"outside"`
}

// Outside is a unit of which a share, above 0 and at most 1, left the root.
type Outside struct {
	Boundaries string  `json:"boundaries"`
	Unit       string  `json:"unit"`
	Name       string  `json:"name"`
	Share      float64 `json:"share"`
}

// stand makes a service answer on a set: the one drawn, which takes the place of the
// catalogue's of that id.
func (s *Service) stand(set *geo.Set) error {
	timeline, err := geo.NewTimeline([]*geo.Set{set}, nil)
	if _, known := s.deps.Catalog.BoundarySet(set.Info().ID); known {
		timeline, err = s.deps.Catalog.Timeline(set)
	}
	if err != nil {
		return err
	}
	s.elsewhere = &elsewhere{services: map[string]*Service{}, timeline: timeline}
	s.standOn(set)
	return nil
}

func (s *Service) standOn(set *geo.Set) {
	s.ground = newGround(s.deps.Catalog, s.elsewhere.timeline, set)
	s.layout, s.disclosure = s.ground.last().layout, s.ground.last().disclosure
}

// askedOn gives the service with the catalogue known at an instant and the boundary set a
// question names.
func (s *Service) askedOn(ctx context.Context, asOf time.Time, boundaries string) (*Service, error) {
	s, err := s.knownAt(ctx, asOf)
	if err != nil || boundaries == "" || boundaries == s.layout.set.Info().ID {
		return s, err
	}
	s.elsewhere.mu.Lock()
	defer s.elsewhere.mu.Unlock()
	if known, ok := s.elsewhere.services[boundaries]; ok {
		return known, nil
	}
	set, ok := s.elsewhere.timeline.Set(boundaries)
	if !ok {
		return nil, notFound("unknown_boundaries", "boundaries", "Chương trình không có bộ địa giới này", "the programme has no such boundary set").withHint(s.elsewhere.known())
	}
	there := *s
	there.standOn(set)
	if there.assignments, err = newAssignments(&there, s.assignments); err != nil {
		return nil, err
	}
	s.elsewhere.services[boundaries] = &there
	return &there, nil
}

func (e *elsewhere) known() string {
	var ids []string
	for _, set := range e.timeline.Sets() {
		ids = append(ids, set.Info().ID)
	}
	return list(ids)
}

// reaches refuses a day after a boundary set ended: figures of later units cannot be given
// back to those they were made of.
func (s *Service) reaches(date civil.Date) error {
	if dayOf(date) <= s.ground.last().to {
		return nil
	}
	later := s.layout.set.Info().ID
	if set, ok := s.elsewhere.timeline.At(date); ok {
		later = set.Info().ID
	}
	return refused("boundaries_ended", "boundaries",
		"Bộ ranh giới này hết hiệu lực trước ngày được hỏi; số liệu của đơn vị mới không chia ngược lại được",
		"this boundary set ended before the day asked for, and figures of later units cannot be given back to those they were made of").
		withHints("boundaries="+later, "boundaries="+later)
}

// reached leaves out periods that a boundary set did not see the end of.
func (s *Service) reached(periods []catalog.Period, at instant) []catalog.Period {
	for i, p := range periods {
		if dayOf(at.last(p)) > s.ground.last().to {
			return periods[:i]
		}
	}
	return periods
}

// day checks the day of a question about a day, the last one there is when zero.
func (s *Service) day(date civil.Date, at instant) (civil.Date, error) {
	if date.IsZero() {
		return at.reach, nil
	}
	date, err := at.day(date)
	if err == nil {
		err = s.reaches(date)
	}
	return date, err
}

// carriedOn tells in a meta that figures of a day, or of all days since, are of earlier sets.
func (s *Service) carriedOn(m Meta, date civil.Date) Meta {
	from := s.ground.at(dayOf(date))
	last := len(s.ground.layers) - 1
	if from == last {
		return m
	}
	m.Carried = &Carried{From: []string{}, Outside: []Outside{}}
	for _, l := range s.ground.layers[from:last] {
		id := l.layout.set.Info().ID
		m.Carried.From = append(m.Carried.From, id)
		for _, link := range l.walk.Leakage() {
			share, _ := link.Weight.Float64()
			m.Carried.Outside = append(m.Carried.Outside, Outside{Boundaries: id, Unit: link.Old, Name: l.layout.names[link.Old].Name, Share: share})
		}
	}
	return m
}

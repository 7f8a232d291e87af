package demo

import (
	"encoding/json"
	"slices"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// progressReport is one report on an assignment and the day it is sent.
type progressReport struct {
	sent     civil.Date
	Task     string     `json:"task"`
	Assignee string     `json:"assignee"`
	Date     civil.Date `json:"date"`
	Status   string     `json:"status"`
	Percent  int        `json:"percent"`
	Note     string     `json:"note,omitempty"`
	Obstacle *obstacle  `json:"obstacle,omitempty"`
}

type obstacle struct {
	Kind  string     `json:"kind"`
	Since civil.Date `json:"since"`
	Owner string     `json:"owner,omitempty"`
}

var obstacleKinds = []string{
	"Thiếu nhân lực vận hành", "Chưa bố trí kinh phí", "Chờ hướng dẫn của bộ, ngành",
	"Hạ tầng mạng chưa đáp ứng", "Dữ liệu nguồn chưa đầy đủ",
}

// assignments makes the story of every assignment and files it by the day each report is sent.
func (m *model) assignments() map[civil.Date][]progressReport {
	byDay := map[civil.Date][]progressReport{}
	for _, t := range m.catalogue.Tasks {
		for _, who := range t.Assignees {
			for _, r := range m.story(t, who) {
				byDay[r.sent] = append(byDay[r.sent], r)
			}
		}
	}
	return byDay
}

// The shares of how assignments end cover the whole time up to the due date.
type ending int

const (
	notStarted ending = iota
	inProgress
	reported
	late
	onTime
)

// ending draws how an assignment stands in the end.
func (m *model) ending(draw chance) ending {
	t, at := m.demo.Tasks, draw.share()
	for _, e := range []struct {
		share float64
		ending
	}{{t.OnTime, onTime}, {t.Late, late}, {t.Reported, reported}, {t.InProgress, inProgress}} {
		if at < e.share {
			return e.ending
		}
		at -= e.share
	}
	return notStarted
}

// today is the day the programme clock starts.
func (m *model) today() civil.Date {
	return civil.DateOf(m.catalogue.Demonstration.Now.In(m.catalogue.Location))
}

// far is how many days before its due date nobody has finished yet.
const far = 120

// span is the time an assignment is worked on: from the first day of the year of its task, the month it begins in or the day its
// condition came true to the due date, or to the start of the programme clock where that comes first. overdue tells that it was due
// before.
func (m *model) span(t catalog.Task, who string) (from, to civil.Date, overdue bool) {
	from = civil.Date{Year: m.today().Year, Month: 1, Day: 10}
	to = m.today().AddDays(-1)
	if t.Deadline.From.After(from) {
		from = t.Deadline.From
	}
	if c := t.Deadline.Condition; c != nil && c.MetOn.After(from) {
		from = c.MetOn
	}
	if due, ok := t.Deadline.Due(who); ok && due.Before(to) {
		return from, due, true
	}
	return from, to, false
}

// story is the row of reports on one assignment, in order of time.
func (m *model) story(t catalog.Task, who string) []progressReport {
	draw := m.draw.of("task", t.Ref, who)
	switch t.Deadline.Kind {
	case catalog.DeadlineConditional:
		if met := t.Deadline.Condition.MetOn; met.IsZero() || met.After(m.today()) {
			return nil // it waits
		}
	case catalog.DeadlineRecurring:
		return m.round(t, who, draw)
	}
	from, to, overdue := m.span(t, who)
	end := m.ending(draw.at(1))
	due, dated := t.Deadline.Due(who)
	early := dated && due.DaysSince(m.today()) > far
	if end != notStarted && (!t.Deadline.Kind.Ends() || early) || end == late && !overdue {
		end = inProgress
	}
	if end == notStarted || to.DaysSince(from) < 30 {
		return nil
	}
	s := storyteller{task: t, who: who, draw: draw, model: m}
	begun := from.AddDays(draw.at(2).below(to.DaysSince(from) / 3))
	done := to.AddDays(-1 - draw.at(3).below(25))
	switch end {
	case late:
		done = to.AddDays(5 + draw.at(3).below(60))
	case inProgress:
		done = m.today().AddDays(far)
	}
	s.work(begun, done)
	if end != inProgress {
		s.finish(done, end != reported, end == onTime)
	}
	return s.reports
}

// round is the row of reports on a recurring assignment: in most periods it is accepted by the due date, in some later, in some not.
func (m *model) round(t catalog.Task, who string, draw chance) []progressReport {
	s := storyteller{task: t, who: who, draw: draw, model: m}
	for p := t.Deadline.Cycle.First; !p.IsZero() && p.End.Before(m.today()); p = p.Next() {
		if last := t.Deadline.Cycle.Last; !last.IsZero() && p.Start.After(last.Start) {
			break
		}
		due := p.End.AddDays(t.Deadline.Cycle.DaysAfter)
		switch m.ending(draw.of("round", p.String())) {
		case onTime, reported:
			s.tell(progressReport{Date: due, Status: string(catalog.ProgressAccepted), Percent: 100})
		case late:
			s.tell(progressReport{Date: due.AddDays(1 + draw.of("late", p.String()).below(5)), Status: string(catalog.ProgressAccepted), Percent: 100})
		}
	}
	return s.reports
}

type storyteller struct {
	model   *model
	task    catalog.Task
	who     string
	draw    chance
	reports []progressReport
}

func (s *storyteller) tell(r progressReport) {
	now := s.model.today()
	r.Task, r.Assignee = s.task.Ref, s.who
	r.sent = r.Date.AddDays(s.draw.at(100 + len(s.reports)).below(3))
	if r.sent.Before(now) {
		s.reports = append(s.reports, r)
	}
}

// work reports progress every statutory month, on the 14th.
func (s *storyteller) work(begun, done civil.Date) {
	s.tell(progressReport{Date: begun, Status: string(catalog.ProgressInProgress), Percent: 5})
	troubled := s.draw.at(4).share() < s.model.demo.Tasks.Obstacle
	for p := catalog.PeriodOf(catalog.StatutoryMonth, begun); p.End.Before(done); p = p.Next() {
		passed := float64(p.End.DaysSince(begun)) / float64(done.DaysSince(begun))
		if passed <= 0 {
			continue
		}
		r := progressReport{Date: p.End, Status: string(catalog.ProgressInProgress), Percent: 5 + int(90*passed)}
		if troubled && passed > 0.4 {
			r.Obstacle = &obstacle{Kind: obstacleKinds[s.draw.at(5).below(len(obstacleKinds))], Since: begun, Owner: s.owner()}
		}
		s.tell(r)
	}
}

// finish reports the assignment done and, where it comes to that, accepted: on time means by the due date.
func (s *storyteller) finish(done civil.Date, accepted, onTime bool) {
	s.tell(progressReport{Date: done, Status: string(catalog.ProgressReportedDone), Percent: 100})
	if !accepted {
		return
	}
	on := done.AddDays(1 + s.draw.at(6).below(max(s.model.demo.Tasks.AcceptDays, 1)))
	if due, ok := s.task.Deadline.Due(s.who); onTime && ok && on.After(due) {
		on = due
	}
	s.tell(progressReport{Date: on, Status: string(catalog.ProgressAccepted), Percent: 100, Note: "Cơ quan chủ trì đã nghiệm thu"})
}

// owner is who is asked to remove an obstacle: a lead of the task.
func (s *storyteller) owner() string {
	if len(s.task.Lead) == 0 {
		return ""
	}
	return "agency:" + slices.Min(s.task.Lead)
}

// appendProgress writes reports as lines of task progress.
func appendProgress(b []byte, reports []progressReport) ([]byte, error) {
	for _, r := range reports {
		line, err := json.Marshal(r)
		if err != nil {
			return nil, err
		}
		b = append(append(b, line...), '\n')
	}
	return b, nil
}

package ingest

// progress is one checked report on an assignment.
type progress struct {
	task, assignee string
	date           day
	status         string
	percent        uint8
	note           string
	obstacle       obstacle
	retracted      bool
	line           int
	key            uint64 // of (task, assignee, date), exact
}

// obstacle is what holds an assignment up; the zero value is none.
type obstacle struct {
	kind  string
	since day // noDay when not told
	owner string
}

// progressFields are the fields of a report before they are understood; nil = not sent.
type progressFields struct {
	task, assignee, date, status, percent, note, retract *field
	kind, since, owner                                   *field // of the obstacle
	hasObstacle                                          bool
}

var progressNames = []string{"task", "assignee", "date", "status", "percent", "note", "obstacle", "retract"}

const progressListed = "task, assignee, date, status, percent, note, obstacle {kind, since, owner}, retract"

// statuses of a report and the percent that goes without saying.
var statuses = map[string]struct {
	id      string
	percent uint8
}{
	"not_started": {"not_started", 0}, "in_progress": {"in_progress", 0},
	"reported_done": {"reported_done", 100}, "accepted": {"accepted", 100},
}

// progress understands a record as a report on an assignment.
func (c *checker) progress(rec *record) (p progress, why *fault) {
	f, why := c.sortProgress(rec)
	if why != nil {
		return p, why
	}
	if why = c.assignment(f, &p); why != nil {
		return p, why
	}
	if f.retract != nil {
		if p.retracted, why = f.retract.truth(); why != nil {
			return p, why
		}
	}
	p.obstacle.since = noDay
	if p.retracted {
		why = f.bare()
	} else {
		why = f.state(&p)
	}
	if why == nil {
		why = c.permit.progress(f, c.tasks[p.task], &p)
	}
	if why != nil || p.retracted {
		return p, why
	}
	if f.note != nil {
		if p.note, why = f.note.prose(maxNote); why != nil {
			return p, why
		}
	}
	return p, c.obstacleOf(f, &p.obstacle)
}

func (c *checker) sortProgress(rec *record) (*progressFields, *fault) {
	f := &progressFields{}
	for i := range rec.fields {
		at := &rec.fields[i]
		place := f.place(at)
		switch {
		case place != nil && at.kind != nullValue:
			*place = at
		case place != nil:
		case at.group == nil && string(at.name) == "obstacle":
			if at.kind != objectValue && at.kind != nullValue {
				return nil, at.wrong(wrongType("một đối tượng như {\"kind\":\"…\"}", "an object such as {\"kind\":\"…\"}"))
			}
			f.hasObstacle = at.kind == objectValue
		case string(at.group) == "obstacle":
			return nil, unknownField(c.nearest(at.name, []string{"kind", "since", "owner"}), progressListed).at("obstacle", at.column)
		default:
			return nil, unknownField(c.nearest(at.name, progressNames), progressListed).at("", at.column)
		}
	}
	f.hasObstacle = f.hasObstacle || f.kind != nil || f.since != nil || f.owner != nil
	return f, nil
}

// place tells where a field of the contract belongs, nil for any other.
func (f *progressFields) place(at *field) **field {
	if at.group != nil {
		return f.placeInObstacle(at)
	}
	switch string(at.name) {
	case "task":
		return &f.task
	case "assignee":
		return &f.assignee
	case "date":
		return &f.date
	case "status":
		return &f.status
	case "percent":
		return &f.percent
	case "note":
		return &f.note
	case "retract":
		return &f.retract
	}
	return nil
}

func (f *progressFields) placeInObstacle(at *field) **field {
	if string(at.group) != "obstacle" {
		return nil
	}
	switch string(at.name) {
	case "kind":
		return &f.kind
	case "since":
		return &f.since
	case "owner":
		return &f.owner
	}
	return nil
}

// assignment finds which assignment the report is on, and when.
func (c *checker) assignment(f *progressFields, p *progress) *fault {
	for _, required := range []struct {
		name string
		at   *field
	}{{"task", f.task}, {"assignee", f.assignee}, {"date", f.date}} {
		if required.at == nil {
			return missingField(required.name)
		}
	}
	ref, why := f.task.code()
	if why != nil {
		return why
	}
	t := c.tasks[string(ref)]
	if t == nil {
		return f.task.wrong(unknownTask(ref, c.nearest(ref, c.taskRefs)))
	}
	who, why := f.assignee.code()
	if why != nil {
		return why
	}
	assignee, known := c.references[string(who)]
	if !known {
		return f.assignee.wrong(unknownAssignee())
	}
	n, bound := t.assignees[assignee]
	if !bound {
		return f.assignee.wrong(notAssigned(t.ref))
	}
	p.task, p.assignee = t.ref, assignee
	p.date, why = c.day(f.date)
	p.key = cellKey(t.number, n, 0, p.date)
	return why
}

// state reads status and percent.
func (f *progressFields) state(p *progress) *fault {
	if f.status == nil {
		return missingField("status")
	}
	b, why := f.status.code()
	if why != nil {
		return why
	}
	status, known := statuses[string(b)]
	if !known {
		return f.status.wrong(invalidStatus())
	}
	p.status, p.percent = status.id, status.percent
	if f.percent == nil {
		return nil
	}
	n, why := f.percent.integer()
	if why != nil || n > 100 {
		return f.percent.wrong(invalidPercent())
	}
	p.percent = uint8(n)
	return nil
}

// bare refuses anything beside the key of a retracted report.
func (f *progressFields) bare() *fault {
	if f.status == nil && f.percent == nil && f.note == nil && !f.hasObstacle {
		return nil
	}
	return unexpectedField(
		"Dòng rút báo cáo (retract) chỉ nêu task, assignee và date.",
		"A row that retracts a report names task, assignee and date alone.").at("retract", f.retract.column)
}

func (c *checker) obstacleOf(f *progressFields, o *obstacle) (why *fault) {
	if !f.hasObstacle {
		return nil
	}
	if f.kind == nil || len(f.kind.text) == 0 {
		return invalidObstacle("Khó khăn phải nêu loại (kind).", "An obstacle names its kind.").at("obstacle.kind", 0)
	}
	if o.kind, why = f.kind.prose(maxObstacle); why != nil {
		return why
	}
	if f.since != nil {
		if o.since, why = c.day(f.since); why != nil {
			return why
		}
	}
	if f.owner == nil {
		return nil
	}
	b, why := f.owner.code()
	if why != nil {
		return why
	}
	owner, known := c.references[string(b)]
	if !known {
		return f.owner.wrong(unknownAssignee())
	}
	o.owner = owner
	return nil
}

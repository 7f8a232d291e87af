package catalog

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/toancanh/toancanh/geo"
)

// Readme describes the catalogue for people as Markdown: every task with its reference,
// lead, deadline, assignments and indicators, then every indicator with its definition,
// every measure and every agency. It is made from the loaded catalogue alone, so that it
// can be checked for drift.
func (c *Catalog) Readme() []byte {
	r := readme{cat: c}
	r.printf("# %s\n\n%s\n\n", c.Name.Vi, c.Name.En)
	r.printf("Generated from the files of this directory by `toancanh catalog readme`; a test fails when it is not current.\n")
	if c.Demonstration != nil {
		r.printf("Every figure shown with this catalogue is invented: “%s” (%s).\n", c.Demonstration.Label.Vi, c.Demonstration.Label.En)
	}
	r.contents()
	r.tasks()
	r.indicators()
	r.measures()
	r.agencies()
	r.roles()
	return r.out.Bytes()
}

// readme writes the parts of the description.
type readme struct {
	cat *Catalog
	out bytes.Buffer
}

func (r *readme) printf(format string, args ...any) { fmt.Fprintf(&r.out, format, args...) }

// row writes a row of a table; a bar inside a cell would begin another.
func (r *readme) row(cells ...string) {
	for i, cell := range cells {
		cells[i] = strings.ReplaceAll(cell, "|", "\\|")
	}
	r.printf("| %s |\n", strings.Join(cells, " | "))
}

func (r *readme) head(titles ...string) {
	r.row(titles...)
	r.printf("|%s\n", strings.Repeat(" --- |", len(titles)))
}

func (r *readme) contents() {
	assignments := 0
	for _, t := range r.cat.Tasks {
		assignments += len(t.Assignees)
	}
	r.printf("\n%d [tasks](#tasks) with %d assignments, %d [indicators](#indicators), %d [measures](#measures), %d [agencies](#agencies).\n",
		len(r.cat.Tasks), assignments, len(r.cat.Indicators), len(r.cat.Measures), len(r.cat.Agencies))
}

func (r *readme) tasks() {
	r.printf("\n## Tasks\n")
	for _, g := range r.cat.TaskGroups {
		r.printf("\n### %s %s\n\n%s\n\n", g.ID, g.Name.Vi, g.Name.En)
		r.head("Ref", "Task", "Lead", "Deadline", "Assignments", "Indicators")
		for _, t := range r.cat.Tasks {
			if t.Group == g.ID {
				r.row(t.Ref, t.Title.Vi+"<br>*"+t.Title.En+"*", r.lead(t), r.deadline(t.Deadline), r.bound(t), indicatorsText(t))
			}
		}
	}
	if len(r.cat.Conditions) > 0 {
		r.printf("\n### Conditions tasks wait for\n\n")
		r.head("Condition", "Came true")
		for _, cond := range r.cat.Conditions {
			r.row(cond.Name.Vi+"<br>*"+cond.Name.En+"*", met(cond))
		}
	}
}

// indicatorsText lists what measures a task, or says why nothing does.
func indicatorsText(t Task) string {
	if len(t.Indicators) == 0 && t.NoIndicator.Vi != "" {
		return "none: " + t.NoIndicator.Vi + "<br>*" + t.NoIndicator.En + "*"
	}
	return code(t.Indicators)
}

// measureText is a measure with its definition and where that comes from.
func measureText(m Measure) string {
	text := "**" + m.Name.Vi + "**<br>*" + m.Name.En + "*"
	for _, more := range []Text{m.Description, m.LegalSource} {
		if more.Vi != "" {
			text += "<br>" + more.Vi + "<br>*" + more.En + "*"
		}
	}
	return text
}

func met(cond Condition) string {
	if cond.MetOn.IsZero() {
		return "not recorded"
	}
	return cond.MetOn.String() + ", " + cond.Source.Vi
}

// lead names who accepts, and who helps.
func (r *readme) lead(t Task) string {
	text := r.names(t.Lead)
	if t.EachLeads {
		text = "each leads its own part; followed up by " + text
	}
	if len(t.Coordinating) > 0 {
		text += "<br>with " + r.names(t.Coordinating)
	}
	return text
}

func (r *readme) names(agencies []string) string {
	return join(agencies, ", ", func(id string) string {
		a, _ := r.cat.Agency(id)
		return a.ShortName.Vi
	})
}

// bound counts who is bound: units by level, agencies by name while they are few.
func (r *readme) bound(t Task) string {
	var agencies []string
	units := map[string]int{}
	for _, a := range t.Assignees {
		if id, ok := strings.CutPrefix(a, "agency:"); ok {
			agencies = append(agencies, id)
		} else {
			units[r.levelOf(strings.TrimPrefix(a, "unit:"))]++
		}
	}
	var parts []string
	switch n := len(agencies); {
	case n > 7:
		parts = append(parts, strconv.Itoa(n)+" agencies")
	case n > 0:
		parts = append(parts, r.names(agencies))
	}
	for _, level := range r.cat.levelIDs() {
		if units[level] > 0 {
			parts = append(parts, fmt.Sprintf("%d × %s", units[level], strings.ToLower(r.cat.LevelNames[level].En)))
		}
	}
	return fmt.Sprintf("%d: %s", len(t.Assignees), strings.Join(parts, ", "))
}

// levelOf finds the level of a unit in the first boundary set that has it.
func (r *readme) levelOf(unit string) string {
	for _, set := range r.cat.BoundarySets {
		if u, ok := set.Unit(unit); ok {
			return u.Level
		}
	}
	return ""
}

// levelIDs lists the levels of all boundary sets, the highest first.
func (c *Catalog) levelIDs() []string {
	var ids []string
	for _, set := range c.BoundarySets {
		for _, level := range set.Info.Levels {
			if !has(ids, level.ID) {
				ids = append(ids, level.ID)
			}
		}
	}
	return ids
}

// deadline is a deadline in English, with the last day where one follows from it.
func (r *readme) deadline(d Deadline) string {
	month := d.Date.In(r.cat.Location).Format("January 2006")
	switch d.Kind {
	case DeadlineDate:
		return "by " + d.Date.String()
	case DeadlineMonthEnd:
		return "in " + month + " (" + d.Date.String() + ")"
	case DeadlineBefore:
		return "before " + d.Date.AddDays(1).In(r.cat.Location).Format("January 2006") + " (" + d.Date.String() + ")"
	case DeadlineYearEnd:
		return fmt.Sprintf("in %d (%s)", d.Date.Year, d.Date)
	case DeadlineYearOnward:
		return fmt.Sprintf("in %d and the following years (%s, then kept up)", d.Date.Year, d.Date)
	case DeadlineMonthThenContinuous:
		return "in " + month + " and regularly (" + d.Date.String() + ", then kept up)"
	case DeadlineFromMonth:
		return "from " + month + " (begun by " + d.Date.String() + ")"
	case DeadlineContinuous:
		return "regularly"
	case DeadlineNoneStated:
		return "none stated"
	case DeadlineStaged:
		return "by stage: " + join(d.Stages, "; ", func(s Stage) string {
			return fmt.Sprintf("%s %s (%d)", strings.ToLower(r.cat.LevelNames[s.Level].En), s.Date, len(s.Assignees))
		})
	case DeadlineConditional:
		return "when there is " + d.Condition.Name.En
	case DeadlineRecurring:
		return fmt.Sprintf("every %s from %s, %d days after its end", strings.ReplaceAll(string(d.Cycle.First.Kind), "_", " "), d.Cycle.First, d.Cycle.DaysAfter)
	}
	return string(d.Kind)
}

func (r *readme) indicators() {
	r.printf("\n## Indicators\n")
	for _, g := range r.cat.IndicatorGroups {
		r.printf("\n### %s\n\n%s\n", g.Name.Vi, g.Name.En)
		for _, i := range r.cat.Indicators {
			if i.Group == g.ID {
				r.indicator(i)
			}
		}
	}
}

func (r *readme) indicator(i Indicator) {
	r.printf("\n#### `%s`\n\n**%s** · %s\n\n", i.ID, i.Name.Vi, i.Name.En)
	r.printf("%s\n\n*%s*\n\n", i.Description.Vi, i.Description.En)
	r.printf("- Formula: `%s`, in %s, %d decimals\n", i.Formula, unitText(i.UnitName), i.Decimals)
	if levels := r.collected(i); levels != "" {
		r.printf("- Collected at: %s\n", levels)
	}
	r.printf("- Better: %s; classes at %s\n", directionText(i.Direction), numbers(i.Legend.Breaks))
	r.printf("- Targets: %s\n", targetsText(i))
	r.printf("- Asked by: %s\n", join(i.PeriodKinds, ", ", func(k PeriodKind) string { return strings.ReplaceAll(string(k), "_", " ") }))
	r.printf("- Lead: %s. Source: %s *%s*\n", r.names([]string{i.LeadAgency}), i.LegalSource.Vi, i.LegalSource.En)
	if tasks := r.tasksOf(i.ID); len(tasks) > 0 {
		r.printf("- Tasks: %s\n", strings.Join(tasks, ", "))
	}
}

// collected lists the levels, reporters and time rules of the measures of an indicator.
func (r *readme) collected(i Indicator) string {
	var parts []string
	for _, id := range r.cat.MeasureUse(i) {
		m, _ := r.cat.Measure(id)
		part := fmt.Sprintf("`%s` (%s, %s, reported by %s)", m.ID, strings.ToLower(r.cat.LevelNames[m.Level].En), m.TimeRule, r.names([]string{m.Agency}))
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

func (r *readme) tasksOf(indicator string) []string {
	var refs []string
	for _, t := range r.cat.Tasks {
		if has(t.Indicators, indicator) {
			refs = append(refs, t.Ref)
		}
	}
	return refs
}

func (r *readme) measures() {
	r.printf("\n## Measures\n\nWhat is reported. A row carries every dimension of its measure.\n\n")
	r.head("Measure", "What is counted", "Unit", "Time rule", "Level", "By", "Dimensions", "Reporter")
	for _, m := range r.cat.Measures {
		r.row(code([]string{m.ID}), measureText(m), unitText(m.UnitName), string(m.TimeRule), r.cat.LevelNames[m.Level].En,
			strings.ReplaceAll(string(m.PeriodKind), "_", " "), code(m.Dimensions), r.names([]string{m.Agency}))
	}
	r.printf("\n### Dimensions\n\n")
	r.head("Dimension", "Name", "Members")
	for _, d := range r.cat.Dimensions {
		members := join(d.Members, ", ", func(m Member) string { return "`" + m.ID + "` " + m.Name.Vi })
		if d.Integer {
			members = fmt.Sprintf("%s to %s", d.Members[0].Name.Vi, d.Members[len(d.Members)-1].Name.Vi)
		}
		r.row(code([]string{d.ID}), d.Name.Vi+"<br>*"+d.Name.En+"*", members)
	}
}

func (r *readme) agencies() {
	r.printf("\n## Agencies\n\n")
	r.head("Agency", "Name", "Kind", "Also called", "Leads", "Bound by")
	for _, a := range r.cat.Agencies {
		leads, bound := 0, 0
		for _, t := range r.cat.Tasks {
			if has(t.Lead, a.ID) && !t.EachLeads {
				leads++
			}
			if has(t.Assignees, "agency:"+a.ID) {
				bound++
			}
		}
		r.row(code([]string{a.ID}), a.Name.Vi+"<br>*"+a.Name.En+"*", strings.ReplaceAll(a.Kind, "_", " "), strings.Join(a.Aliases, ", "), strconv.Itoa(leads), strconv.Itoa(bound))
	}
}

// roles lists who owns the steps of the reporting chain and the meetings.
func (r *readme) roles() {
	if len(r.cat.Roles) == 0 {
		return
	}
	r.printf("\n## Steering committee\n\n")
	r.head("Role", "Duty", "Owns", "Source")
	for _, role := range r.cat.Roles {
		name := role.Name.Vi + "<br>*" + role.Name.En + "*"
		if role.Agency != "" {
			name += "<br>held by " + r.names([]string{role.Agency})
		}
		r.row(name, role.Duty.Vi+"<br>*"+role.Duty.En+"*", join(role.Owns, "<br>", r.owned), role.Source.Vi)
	}
}

// owned says what a step or a meeting is, and when it is due.
func (r *readme) owned(id string) string {
	for _, step := range r.cat.Calendar.Chain.Steps {
		if step.ID == id {
			return fmt.Sprintf("%s: %d days after each %s", step.Name.En, step.DaysAfter, strings.ReplaceAll(string(r.cat.Calendar.Chain.Period), "_", " "))
		}
	}
	for _, meeting := range r.cat.Calendar.Meetings {
		if meeting.ID == id {
			return meeting.Name.En
		}
	}
	return id
}

func has(list []string, id string) bool {
	for _, v := range list {
		if v == id {
			return true
		}
	}
	return false
}

func code(ids []string) string {
	return join(ids, ", ", func(id string) string { return "`" + id + "`" })
}

func unitText(unit Text) string {
	if unit.Vi == unit.En {
		return unit.Vi
	}
	return unit.Vi + " (" + unit.En + ")"
}

func numbers(list []float64) string {
	if len(list) == 0 {
		return "none"
	}
	return join(list, ", ", number)
}

func directionText(d Direction) string {
	if d == Neutral {
		return "neither way"
	}
	return string(d)
}

func targetsText(i Indicator) string {
	if len(i.Targets) == 0 {
		return "none"
	}
	return string(i.Path) + ", " + join(i.Targets, ", ", func(t Target) string { return number(t.Value) + " on " + t.Date.String() })
}

// Reporter says who sends the reports on an assignment: the assignee, or for a unit below
// the catalogue's reporting level the unit above it at that level.
func (c *Catalog) Reporter(assignee string, above func(code string) []geo.Unit) string {
	code, isUnit := strings.CutPrefix(assignee, "unit:")
	if !isUnit || c.Reporting.Level == "" {
		return assignee
	}
	for _, unit := range above(code) {
		if unit.Level == c.Reporting.Level {
			return "unit:" + unit.Code
		}
	}
	return assignee
}

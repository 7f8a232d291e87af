package catalog

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/golang-sql/civil"
)

// TestStatusScripts runs testdata/status/*.txt; its README describes the language.
func TestStatusScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/status/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	whole := vinhphuc(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := &statusScript{T: t, file: file, whole: whole, catalog: &Catalog{Tolerance: whole.Tolerance}}
			for i, line := range strings.Split(string(text), "\n") {
				s.line = i + 1
				line, _, _ = strings.Cut(line, "#")
				if words := strings.Fields(line); len(words) > 0 {
					s.do(words, line)
				}
			}
			if s.checks == 0 {
				t.Error("the script expects nothing")
			}
		})
	}
}

// statusScript is what a script has said so far.
type statusScript struct {
	*testing.T
	file    string
	line    int
	checks  int
	whole   *Catalog // for units and holidays
	catalog *Catalog

	conditions []Condition
	task       *Task
	history    map[string][]Progress

	indicator *Indicator
	measures  map[string]Measure // "numerator", "denominator"
	units     []string
	figures   map[string]map[string]map[civil.Date]float64 // measure > unit > last day
}

func (s *statusScript) failf(format string, args ...any) {
	s.Helper()
	s.Errorf("%s:%d: %s", s.file, s.line, fmt.Sprintf(format, args...))
}

func (s *statusScript) do(words []string, line string) {
	switch words[0] {
	case "clear":
		s.conditions, s.task, s.indicator = nil, nil, nil
		s.catalog.Calendar = Calendar{}
	case "calendar":
		s.catalog.Calendar = Calendar{DayOffRule: DayOffRule(words[1]), Holidays: s.whole.Calendar.Holidays}
	case "condition":
		c := Condition{ID: words[1]}
		if met := s.options(words[2:])["met"]; met != "" {
			c.MetOn = date(s, met)
		}
		s.conditions = append(s.conditions, c)
	case "task":
		s.begin(strings.TrimPrefix(strings.TrimSpace(line), "task"))
	case "report":
		who := append(words, "unit:246")[3]
		s.history[who] = append(s.history[who], Progress{date(s, words[1]), ProgressStatus(words[2])})
	case "indicator":
		s.define(words[1:])
	case "measure":
		s.measures[words[1]] = s.measure(words[2:])
	case "units":
		s.units = words[1:]
	case "figure":
		s.figure(words)
	case "falls":
		s.falls(words)
	case "expect":
		s.checks++
		if s.task != nil {
			s.expectTask(words[1:])
		} else {
			s.expectIndicator(words[1:])
		}
	default:
		s.failf("unknown command %q", words[0])
	}
}

// begin reads a deadline with the loader, as a part of tasks.yaml would be read.
func (s *statusScript) begin(deadline string) {
	l := &loader{files: map[string][]byte{}, cat: &Catalog{Conditions: s.conditions, Calendar: s.catalog.Calendar}}
	l.levels, l.conditions = newIDSet("level", true), newIDSet("condition", true)
	set := s.whole.BoundarySets[0]
	for _, level := range set.Info.Levels {
		l.levels.at[level.ID] = position{}
	}
	for _, c := range s.conditions {
		l.conditions.at[c.ID] = position{}
	}
	assignees := []string{"agency:cat"}
	for _, u := range set.Units {
		assignees = append(assignees, "unit:"+u.Code)
	}
	slices.Sort(assignees)
	var raw taskYAML
	var holder struct {
		Deadline deadlineYAML `yaml:"deadline"`
	}
	decodeYAML(s.file, []byte("deadline: "+strings.TrimSpace(deadline)), &holder, l.report)
	raw.Deadline = holder.Deadline
	s.task = &Task{Deadline: l.deadline(raw, set, assignees), Assignees: assignees}
	s.history, s.indicator = map[string][]Progress{}, nil
	if len(l.findings) > 0 {
		s.failf("%v", l.findings)
	}
}

func (s *statusScript) expectTask(words []string) {
	who := "unit:246"
	var rest []string
	for _, w := range words[2:] {
		if strings.Contains(w, ":") {
			who = w
		} else {
			rest = append(rest, w)
		}
	}
	o := s.options(rest)
	from, to, _ := strings.Cut(words[0], "..")
	if to == "" {
		to = from
	}
	for day := date(s, from); !day.After(date(s, to)); day = day.AddDays(1) {
		got := s.catalog.StandingOf(*s.task, who, s.history[who], day)
		due, ends, onTime := "none", "no", "open"
		if !got.Due.IsZero() {
			due = got.Due.String()
		}
		if got.Ends {
			ends = "yes"
		}
		if got.DueSoFar {
			onTime = map[bool]string{true: "yes", false: "no"}[got.OnTime]
		}
		if string(got.State) != words[1] || o.differs("due", due) || o.differs("ends", ends) || o.differs("on_time", onTime) {
			s.failf("on %s %s is %s due=%s ends=%s on_time=%s", day, who, got.State, due, ends, onTime)
			return
		}
	}
}

// define begins an indicator of one numerator and, of a percentage, one denominator.
func (s *statusScript) define(words []string) {
	ind := &Indicator{Formula: Formula{Kind: Sum, Scale: 1}, Path: Linear}
	for _, w := range words {
		key, value, isOption := strings.Cut(w, "=")
		switch {
		case w == "percent":
			ind.Formula = Formula{Kind: Ratio, Scale: 100, PartOfWhole: true}
		case w == "count":
		case w == "linear" || w == "stepped":
			ind.Path = TargetPath(w)
		case key == "tolerance":
			ind.Tolerance = s.number(value)
		case isOption:
			ind.Targets = append(ind.Targets, Target{date(s, key), s.number(value)})
		default:
			ind.Direction = Direction(w)
		}
	}
	s.indicator, s.task = ind, nil
	s.measures, s.figures, s.units = map[string]Measure{}, map[string]map[string]map[civil.Date]float64{}, nil
}

func (s *statusScript) measure(words []string) Measure {
	m := Measure{TimeRule: TimeRule(words[0])}
	if carry := s.options(words[1:])["carry"]; carry != "" {
		m.CarryForward = int(s.number(carry))
	}
	return m
}

func (s *statusScript) figure(words []string) {
	p, err := ParsePeriod(words[2])
	if err != nil {
		s.failf("%v", err)
	}
	for measure, value := range s.options(words[3:]) {
		if s.figures[measure] == nil {
			s.figures[measure] = map[string]map[civil.Date]float64{}
		}
		if s.figures[measure][words[1]] == nil {
			s.figures[measure][words[1]] = map[civil.Date]float64{}
		}
		s.figures[measure][words[1]][p.End] = s.number(value)
	}
}

// counting gives the figure of a measure that counts for a unit in a period: walking the
// days back from the last one.
func (s *statusScript) counting(measure, unit string, p Period, last civil.Date) (value float64, day civil.Date, ok bool) {
	m, figures := s.measures[measure], s.figures[measure][unit]
	if m.TimeRule == Flow {
		value, ok = figures[p.End]
		return value, p.End, ok && !p.End.After(last)
	}
	for day = last; day.Year > 2000; day = day.AddDays(-1) {
		if value, ok = figures[day]; ok {
			return value, day, m.CarriedTo(day, last)
		}
	}
	return 0, day, false
}

// evidence rolls the units up: numerator and denominator over those that have both.
func (s *statusScript) evidence(p Period, last civil.Date) Evidence {
	e := Evidence{Period: p, Last: last, Expected: len(s.units), Collected: len(s.units) > 0}
	for _, unit := range s.units {
		n, on, ok := s.counting("numerator", unit, p, last)
		d, of, both := n, on, ok
		if s.indicator.Formula.Kind == Ratio {
			d, of, both = s.counting("denominator", unit, p, last)
		}
		if !ok || !both {
			continue
		}
		e.Reported++
		e.Numerator += n
		e.Denominator += d
		e.Implausible = e.Implausible || n > d
		for _, day := range []civil.Date{on, of} {
			if e.Oldest.IsZero() || day.Before(e.Oldest) {
				e.Oldest = day
			}
			if day.After(e.Newest) {
				e.Newest = day
			}
		}
		if on.After(e.NewestNumerator) {
			e.NewestNumerator = on
		}
	}
	return e
}

func (s *statusScript) expectIndicator(words []string) {
	p, err := ParsePeriod(words[0])
	if err != nil {
		s.failf("%v", err)
		return
	}
	var status string
	for _, w := range words[1:] {
		if !strings.Contains(w, "=") {
			status = w
		}
	}
	o := s.options(slices.DeleteFunc(slices.Clone(words[1:]), func(w string) bool { return w == status }))
	last := p.End
	if o["on"] != "" {
		last = date(s, o["on"])
	}
	e := s.evidence(p, last)
	got := s.catalog.Judge(*s.indicator, e)
	value, flags := "none", "none"
	if got.Value != nil {
		value = strconv.FormatFloat(*got.Value, 'f', -1, 64)
	}
	if len(got.Flags) > 0 {
		flags = strings.Trim(strings.Join(strings.Fields(fmt.Sprint(got.Flags)), ","), "[]")
	}
	coverage := fmt.Sprintf("%d/%d", e.Reported, e.Expected)
	if string(got.Status) != status || o.differs("value", value) || o.differs("flags", flags) || o.differs("coverage", coverage) {
		s.failf("%s is %s value=%s coverage=%s flags=%s", p, got.Status, value, coverage, flags)
	}
}

func (s *statusScript) falls(words []string) {
	s.checks++
	figures := s.figures["numerator"][words[1]]
	before, after := figures[date(s, words[2])], figures[date(s, words[3])]
	got := "rises"
	switch {
	case s.measures["numerator"].TimeRule.TakesBack(before, after):
		got = "corrected"
	case after < before:
		got = "falls"
	}
	if got != words[4] {
		s.failf("from %v to %v it %s", before, after, got)
	}
}

type scriptOptions map[string]string

func (o scriptOptions) differs(key, got string) bool { return o[key] != "" && o[key] != got }

// options reads key=value words.
func (s *statusScript) options(words []string) scriptOptions {
	o := scriptOptions{}
	for _, w := range words {
		key, value, ok := strings.Cut(w, "=")
		if !ok {
			s.failf("%q is not key=value", w)
		}
		o[key] = value
	}
	return o
}

func (s *statusScript) number(text string) float64 {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		s.failf("%v", err)
	}
	return n
}

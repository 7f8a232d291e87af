package query

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// TestScripts runs testdata/*.txt: what was told and when, what is asked, what must come
// out. The language is described in testdata/README.md.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := &script{house: newHouse(t, tinyCatalog()), file: file}
			s.run(string(text))
		})
	}
}

type script struct {
	*house
	file string
	line int
	told uint64
}

// run reads commands; lines that begin with two spaces are what the command before must
// answer, every other line is a command.
func (s *script) run(text string) {
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); {
		s.line = i + 1
		words := strings.Fields(lines[i])
		i++
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		var want []string
		for i < len(lines) && strings.HasPrefix(lines[i], "  ") {
			want = append(want, strings.Join(strings.Fields(lines[i]), " "))
			i++
		}
		got := s.do(words)
		if !slices.Equal(got, want) {
			s.t.Errorf("%s:%d: %s\n got: %s\nwant: %s", s.file, s.line, strings.Join(words, " "),
				strings.Join(got, "\n      "), strings.Join(want, "\n      "))
		}
	}
}

// run1 asks one question.
func (s *script) run1(command string) []string { return s.do(strings.Fields(command)) }

func (s *script) do(words []string) []string {
	switch words[0] {
	case "now":
		s.now = local(words[1] + " " + words[2])
		return nil
	case "tell", "retract":
		s.tell(words)
		return nil
	case "report":
		s.told++
		s.loadReports(report{task: words[1], assignee: words[2], date: civilDate(words[3]), status: words[4], seq: s.told, known: s.now})
		return nil
	default:
		return s.ask(words)
	}
}

// tell loads "measure period unit[/dims] = value ..." as known at the script's now.
func (s *script) tell(words []string) {
	s.told++
	period := parsePeriod(words[2])
	var rows []row
	for no, figure := range words[3:] {
		cell, value, _ := strings.Cut(figure, "=>")
		unit, dims, _ := strings.Cut(cell, "/")
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil && words[0] == "tell" {
			s.t.Fatalf("%s:%d: %v", s.file, s.line, err)
		}
		rows = append(rows, row{
			measure: words[1], period: words[2], start: period.Start, end: period.End, unit: unit, dims: dims,
			seq: s.told, no: uint32(no), value: n, retracted: words[0] == "retract", known: s.now,
		})
	}
	s.load(rows...)
}

// ask answers "values|series|ranking|breakdown|completion|population key=value ...",
// askMore the rest.
func (s *script) ask(words []string) []string {
	o := options{}
	for _, word := range words[1:] {
		key, value, _ := strings.Cut(word, "=")
		o[key] = value
	}
	asked := Asked{Indicator: o["of"], Period: o.period(), AsOf: o.asOf(), Boundaries: o["on"]}
	scope := Scope{Level: o["level"], Within: o["within"]}
	if o["units"] != "" {
		scope.Units = strings.Split(o["units"], ",")
	}
	ctx := s.t.Context()
	switch words[0] {
	case "values":
		a, err := s.Values(ctx, ValuesQuestion{asked, scope})
		return lines(err, a.Data, func(r ValueRow) string { return r.Unit + " " + describe(r.Figure) })
	case "series":
		a, err := s.Series(ctx, SeriesQuestion{Indicator: o["of"], Unit: o["unit"], Kind: catalog.PeriodKind(o["kind"]), From: o.date("from"), To: o.date("to"), AsOf: o.asOf(), Boundaries: o["on"]})
		return lines(err, a.Data, func(r SeriesRow) string { return r.Period + " " + describe(r.Figure) })
	case "ranking":
		a, err := s.Ranking(ctx, RankingQuestion{asked, scope})
		return lines(err, a.Data, func(r RankingRow) string {
			return fmt.Sprintf("%s %s/%d was %s moved %s change %s", r.Unit, integer(r.Rank), r.RankOf, integer(r.PreviousRank), integer(r.Movement), number(r.Change))
		})
	case "breakdown":
		a, err := s.Breakdown(ctx, BreakdownQuestion{Asked: asked, Unit: o["unit"], By: o["by"]})
		return lines(err, a.Data, func(r BreakdownRow) string { return r.Member + " " + describe(r.Figure) })
	case "completion":
		a, err := s.Completion(ctx, CompletionQuestion{Scope: scope, ByAgency: o["by"] == "agency", Task: o["task"], Group: o["group"], Agency: o["agency"], Date: o.date("date"), AsOf: o.asOf(), Boundaries: o["on"]})
		return lines(err, a.Data, func(r CompletionRow) string {
			return fmt.Sprintf("%s%s %s %d/%d on time %s %d/%d", r.Unit, r.Agency, number(r.Value), r.Numerator, r.Denominator, number(r.OnTime.Value), r.OnTime.Numerator, r.OnTime.Denominator)
		})
	case "population":
		a, err := s.Population(ctx, PopulationQuestion{Unit: o["unit"], Date: o.date("date"), Period: o.period(), AsOf: o.asOf(), Boundaries: o["on"]})
		return lines(err, []Population{a.Data}, func(p Population) string { return p.Unit + " " + persons(p.Total) })
	default:
		return s.askMore(words, o, asked, scope)
	}
}

type options map[string]string

func (o options) period() catalog.Period {
	if o["period"] == "" {
		return catalog.Period{}
	}
	return parsePeriod(o["period"])
}

func (o options) date(key string) civil.Date {
	if o[key] == "" {
		return civil.Date{}
	}
	return civilDate(o[key])
}

func (o options) asOf() time.Time {
	if o["as_of"] == "" {
		return time.Time{}
	}
	return local(strings.Replace(o["as_of"], "T", " ", 1))
}

func lines[T any](err error, rows []T, describe func(T) string) []string {
	if err != nil {
		known, ok := err.(*Error)
		if !ok {
			return []string{err.Error()}
		}
		return []string{strings.TrimSpace(fmt.Sprintf("error %s %s %s: %s", known.Kind, known.Code, known.Field, known.Hint.Vi))}
	}
	var out []string
	for _, row := range rows {
		out = append(out, describe(row))
	}
	return out
}

// describe writes "value numerator/denominator reported/expected status flags".
func describe(f Figure) string {
	text := fmt.Sprintf("%s %s/%s %d/%d %s", number(f.Value), number(f.Numerator), number(f.Denominator), f.Coverage.Reported, f.Coverage.Expected, f.Status)
	for _, flag := range f.Flags {
		text += " " + string(flag)
	}
	return text
}

func number(n *float64) string {
	if n == nil {
		return "-"
	}
	return strconv.FormatFloat(*n, 'f', -1, 64)
}

func persons(n *int64) string {
	if n == nil {
		return "-"
	}
	return strconv.FormatInt(*n, 10)
}

func integer(n *int) string {
	if n == nil {
		return "-"
	}
	return strconv.Itoa(*n)
}

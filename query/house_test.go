package query

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/golang-sql/civil"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/query/catalog"
)

func TestMain(m *testing.M) { os.Exit(warehousetest.Main(m)) }

// row is one revision of one figure, as ingest would have written it.
type row struct {
	measure    string
	start, end civil.Date
	unit, dims string
	seq        uint64
	no         uint32
	value      int64
	retracted  bool
	known      time.Time
	period     string
	note       string
	submission string
}

// andNoWomen adds to figures of men that there are no women, so that both sexes are told.
func andNoWomen(men ...row) []row {
	rows := men
	for _, r := range men {
		r.dims, r.value, r.no = "sex=female", 0, r.no+1000
		rows = append(rows, r)
	}
	return rows
}

// report is one revision of a progress report.
type report struct {
	task, assignee string
	date           civil.Date
	seq            uint64
	status         string
	retracted      bool
	known          time.Time
}

// house is a service over a tiny province: P with the districts D1 (C11, C12) and
// D2 (C21, C22).
type house struct {
	*Service
	t    testing.TB
	conn driver.Conn
	now  time.Time
	seq  uint64
}

func newHouse(t testing.TB, c *catalog.Catalog) *house {
	t.Helper()
	return newHouseOn(t, c, tinySet(t))
}

func newHouseOn(t testing.TB, c *catalog.Catalog, set *geo.Set) *house {
	t.Helper()
	h := &house{t: t, conn: warehousetest.New(t), now: local("2022-06-20 09:00")}
	service, err := New(Deps{
		Warehouse: h.conn, Catalog: c, Set: set, Now: func() time.Time { return h.now },
		Log: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry(),
	})
	if err != nil {
		t.Fatal(err)
	}
	h.Service = service
	if err := h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return h
}

// load writes rows and tells the service, as cmd does when ingest has applied a batch.
func (h *house) load(rows ...row) {
	h.t.Helper()
	batch, err := h.conn.PrepareBatch(context.Background(), `INSERT INTO observations
		(measure, period_start, period_end, unit, dims, stream_seq, row_no, value, retracted, period, note, submission, line, known_at)`)
	if err != nil {
		h.t.Fatal(err)
	}
	defer batch.Close()
	var measures []string
	for _, r := range rows {
		h.seq, measures = max(h.seq, r.seq), append(measures, r.measure)
		if err := batch.Append(r.measure, r.start.In(time.UTC), r.end.In(time.UTC), r.unit, r.dims, r.seq, r.no, r.value,
			r.retracted, r.period, r.note, r.submission, r.no+1, r.known); err != nil {
			h.t.Fatal(err)
		}
	}
	if err := batch.Send(); err != nil {
		h.t.Fatal(err)
	}
	h.Applied(h.seq, measures, false)
}

func (h *house) loadReports(reports ...report) {
	h.t.Helper()
	batch, err := h.conn.PrepareBatch(context.Background(), `INSERT INTO task_progress
		(task, assignee, date, stream_seq, status, retracted, known_at)`)
	if err != nil {
		h.t.Fatal(err)
	}
	defer batch.Close()
	for _, r := range reports {
		h.seq = max(h.seq, r.seq)
		if err := batch.Append(r.task, r.assignee, r.date.In(time.UTC), r.seq, r.status, r.retracted, r.known); err != nil {
			h.t.Fatal(err)
		}
	}
	if err := batch.Send(); err != nil {
		h.t.Fatal(err)
	}
	h.Applied(h.seq, nil, true)
}

func tinySet(t testing.TB) *geo.Set {
	t.Helper()
	info := geo.SetInfo{ID: "tiny-2022", Root: "P", Levels: []geo.Level{{ID: "province", Rank: 0}, {ID: "district", Rank: 1}, {ID: "commune", Rank: 2}}}
	unit := func(code, level, parent string) geo.Unit {
		return geo.Unit{Code: code, Name: "Đơn vị " + code, FullName: level + " " + code, Level: level, Parent: parent, Centre: [2]float64{105, 21}, AreaKm2: 1}
	}
	set, err := geo.NewSet(info, []geo.Unit{
		unit("P", "province", ""), unit("D1", "district", "P"), unit("D2", "district", "P"),
		unit("C11", "commune", "D1"), unit("C12", "commune", "D1"), unit("C21", "commune", "D2"), unit("C22", "commune", "D2"),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// tinyCatalog has a measure of every time rule and an indicator of every kind.
func tinyCatalog() *catalog.Catalog {
	zone, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		panic(err)
	}
	return &catalog.Catalog{
		ID: "tiny", Location: zone, LevelNames: map[string]catalog.Text{"district": {Vi: "Huyện", En: "District"}}, Disclosure: catalog.Disclosure{Threshold: 5},
		Tolerance: catalog.Tolerance{Points: 5, Share: 0.1},
		Dimensions: []catalog.Dimension{
			{ID: "age", Integer: true, OpenEnd: true, Members: ageMembers(100)},
			{ID: "residence", Members: []catalog.Member{{ID: "permanent"}, {ID: "temporary"}}},
			{ID: "sex", Members: []catalog.Member{{ID: "male"}, {ID: "female"}}},
		},
		Measures:   tinyMeasures(),
		Indicators: tinyIndicators(),
		Agencies:   []catalog.Agency{{ID: "police", Name: catalog.Text{Vi: "Công an tỉnh", En: "Provincial police"}}},
		TaskGroups: []catalog.Group{{ID: "B.I"}, {ID: "B.II"}},
		Tasks:      tinyTasks(),
	}
}

func tinyMeasures() []catalog.Measure {
	observed := func(id string, rule catalog.TimeRule, carry int, dims ...string) catalog.Measure {
		return catalog.Measure{ID: id, TimeRule: rule, Level: "commune", PeriodKind: catalog.Day, CarryForward: carry, Dataset: "observations", Dimensions: dims}
	}
	people := observed("people", catalog.Stock, 400, "age", "residence", "sex")
	people.Dataset, people.SensitiveBelow, people.SensitiveDims = "population", "district", []string{"age"}
	visits, online := observed("visits", catalog.Flow, 0), observed("visits_online", catalog.Flow, 0)
	visits.PeriodKind, online.PeriodKind = catalog.StatutoryMonth, catalog.StatutoryMonth
	return []catalog.Measure{
		people, observed("residents", catalog.Stock, 400), observed("cards", catalog.Stock, 60, "sex"),
		visits, online, observed("records", catalog.Stock, 0), observed("cleaned", catalog.Cumulative, 0),
	}
}

func tinyIndicators() []catalog.Indicator {
	civilKinds := []catalog.PeriodKind{catalog.Month, catalog.Day, catalog.Quarter, catalog.Year, catalog.StatutoryMonth}
	statutory := []catalog.PeriodKind{catalog.StatutoryMonth, catalog.StatutoryQuarter, catalog.StatutoryYear}
	targets := []catalog.Target{{Date: civilDate("2022-01-01"), Value: 0}, {Date: civilDate("2022-12-31"), Value: 80}}
	clean := formula("100 * sum(cleaned) / sum(records)")
	clean.PartOfWhole = true
	return []catalog.Indicator{
		{ID: "card_rate", PeriodKinds: civilKinds, Direction: catalog.HigherIsBetter, Path: catalog.Linear, Targets: targets,
			Formula: formula("100 * sum(cards) / sum(residents)")},
		{ID: "adult_share", PeriodKinds: civilKinds, Direction: catalog.Neutral, Formula: formula("100 * sum(people{age >= 14}) / sum(people)")},
		{ID: "people_total", PeriodKinds: civilKinds, Direction: catalog.Neutral, Formula: formula("sum(people)")},
		{ID: "cards_total", PeriodKinds: civilKinds, Direction: catalog.LowerIsBetter, Formula: formula("sum(cards)")},
		{ID: "online_rate", PeriodKinds: statutory, Direction: catalog.HigherIsBetter, Formula: formula("100 * sum(visits_online) / sum(visits)")},
		{ID: "visits_per_1000", PeriodKinds: statutory, Direction: catalog.HigherIsBetter, Formula: formula("1000 * sum(visits) / sum(residents)")},
		{ID: "clean_rate", PeriodKinds: civilKinds, Direction: catalog.HigherIsBetter, Formula: clean},
		{ID: "without_card", PeriodKinds: civilKinds, Direction: catalog.LowerIsBetter, Formula: formula("sum(residents) - sum(cards)")},
		{ID: "open_rate", PeriodKinds: civilKinds, Direction: catalog.LowerIsBetter, Formula: formula("100 * (sum(records) - sum(cleaned)) / sum(records)")},
		{ID: "gap", PeriodKinds: civilKinds, Direction: catalog.Neutral, Formula: formula("card_rate - clean_rate")},
		{ID: "quality", PeriodKinds: civilKinds, Direction: catalog.HigherIsBetter, Path: catalog.Linear, Targets: targets,
			Formula: formula("index(3 * card_rate, 1 * clean_rate, 4 * cards_total from 20 to 4)")},
		{ID: "completion", PeriodKinds: civilKinds, Direction: catalog.HigherIsBetter, Formula: formula("100 * completion()")},
		{ID: "on_time", PeriodKinds: civilKinds, Direction: catalog.HigherIsBetter, Formula: formula("100 * on_time()")},
	}
}

func formula(text string) catalog.Formula {
	f, err := catalog.ParseFormula(text)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", text, err))
	}
	return f
}

func tinyTasks() []catalog.Task {
	due := func(date string) catalog.Deadline {
		return catalog.Deadline{Kind: catalog.DeadlineDate, Date: civilDate(date)}
	}
	return []catalog.Task{
		{Ref: "B.I.1", Title: catalog.Text{Vi: "Cấp căn cước", En: "Issue cards"}, Group: "B.I", Lead: []string{"police"}, Deadline: due("2022-03-31"),
			Assignees: []string{"agency:police", "unit:C11", "unit:C12", "unit:C21", "unit:C22"}},
		{Ref: "B.II.1", Group: "B.II", Deadline: due("2022-09-30"), Assignees: []string{"unit:D1", "unit:D2"}},
		{Ref: "B.II.2", Group: "B.II", Deadline: catalog.Deadline{Kind: catalog.DeadlineContinuous}, Assignees: []string{"unit:D1"}},
	}
}

func ageMembers(last int) []catalog.Member {
	members := make([]catalog.Member, last+1)
	for i := range members {
		members[i].ID = strconv.Itoa(i)
	}
	return members
}

func civilDate(text string) civil.Date {
	d, err := civil.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

func parsePeriod(text string) catalog.Period {
	p, err := catalog.ParsePeriod(text)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", text, err))
	}
	return p
}

// local reads a time of day in the province.
func local(text string) time.Time {
	zone, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		panic(err)
	}
	t, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
	if err != nil {
		panic(err)
	}
	return t
}

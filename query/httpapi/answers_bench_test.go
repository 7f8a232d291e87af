package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/gin-gonic/gin"
	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/ingest"
	"github.com/toancanh/toancanh/query"
	"github.com/toancanh/toancanh/query/catalog"
)

// The country of the benchmark: 24 indicators, 10,000 communes in 100 districts, 42 months;
// 10,080,000 figures, each with one revision.
const (
	bigIndicators = 24
	bigDistricts  = 100
	bigCommunes   = 100 // of each district
	bigMonths     = 42
)

var bigFirst = civil.Date{Year: 2019, Month: time.January, Day: 1}

// BenchmarkAnswers asks the questions of a country over 64 connections: 40 % a map of a
// district by commune, 20 % of the country by district, 20 % a series, 20 % a ranking.
// cached: the same 400 questions again and again; the floor is a bare gin handler that
// serves the same bytes out of a map. first: questions that nobody asked before, on a
// server that has just started; the floor is gin and clickhouse-go with the plainest
// statement on the raw table, for as many of the same questions. Both floors run by turns
// with ours; floor-ratio is our rate divided by theirs, the median of the turns.
func BenchmarkAnswers(b *testing.B) {
	country := newCountry(b)
	b.Run("cached", country.benchCached)
	b.Run("first", country.benchFirst)
}

type country struct {
	conn    driver.Conn
	catalog *catalog.Catalog
	set     *geo.Set
	random  *rand.Rand
}

func newCountry(b *testing.B) *country {
	c := &country{conn: warehousetest.New(b), catalog: bigCatalog(), random: rand.New(rand.NewPCG(6, 2022))}
	units := []geo.Unit{{Code: "0", Name: "Cả nước", Level: "province"}}
	for d := range bigDistricts {
		district := fmt.Sprintf("d%02d", d)
		units = append(units, geo.Unit{Code: district, Name: "Huyện " + district, Level: "district", Parent: "0"})
		for k := range bigCommunes {
			code := fmt.Sprintf("%02d%03d", d, k)
			units = append(units, geo.Unit{Code: code, Name: "Xã " + code, Level: "commune", Parent: district})
		}
	}
	info := geo.SetInfo{ID: "country", Root: "0", Levels: []geo.Level{{ID: "province"}, {ID: "district", Rank: 1}, {ID: "commune", Rank: 2}}}
	var err error
	if c.set, err = geo.NewSet(info, units, nil); err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	for m := range bigIndicators { // one message for each measure
		err := c.conn.Exec(b.Context(), `INSERT INTO observations (measure, period_start, period_end, unit, dims, stream_seq, row_no, value, period, known_at)
			SELECT {measure:String}, day, day, unit, '', {seq:UInt64}, rowNumberInAllBlocks(), cityHash64(unit, day) % 1000, toString(day), now64()
			FROM (SELECT toLastDayOfMonth(addMonths(toDate32('2019-01-01'), number)) AS day FROM numbers({months:UInt32})) AS t,
			     (SELECT concat(leftPad(toString(intDiv(number, 100)), 2, '0'), leftPad(toString(number % 100), 3, '0')) AS unit FROM numbers(10000)) AS u`,
			clickhouse.Named("measure", measureOf(m)), clickhouse.Named("seq", uint64(m+1)), clickhouse.Named("months", uint32(bigMonths)))
		if err != nil {
			b.Fatal(err)
		}
	}
	b.Logf("%d figures written in %v", bigIndicators*bigDistricts*bigCommunes*bigMonths, time.Since(start).Round(time.Second))
	return c
}

func measureOf(i int) string { return fmt.Sprintf("m%02d", i) }

func bigCatalog() *catalog.Catalog {
	zone, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		panic(err)
	}
	c := &catalog.Catalog{ID: "country", Version: "1", Location: zone, Agencies: []catalog.Agency{{ID: "a", Name: catalog.Text{Vi: "A"}}}}
	for i := range bigIndicators {
		formula, err := catalog.ParseFormula("sum(" + measureOf(i) + ")")
		if err != nil {
			panic(err)
		}
		c.Measures = append(c.Measures, catalog.Measure{ID: measureOf(i), TimeRule: catalog.Stock, Level: "commune", PeriodKind: catalog.Day, CarryForward: 20, Agency: "a", Dataset: "observations"})
		c.Indicators = append(c.Indicators, catalog.Indicator{ID: "i" + measureOf(i), Formula: formula, Direction: catalog.HigherIsBetter, PeriodKinds: []catalog.PeriodKind{catalog.Month}})
	}
	return c
}

// serve starts a server that remembers nothing yet.
func (c *country) serve(b *testing.B) string {
	now := func() time.Time { return time.Date(2022, 7, 15, 9, 0, 0, 0, c.catalog.Location) }
	q, err := query.New(query.Deps{Warehouse: c.conn, Catalog: c.catalog, Set: c.set, Now: now, Log: discard(), CacheBytes: 1 << 30})
	if err != nil {
		b.Fatal(err)
	}
	if err := q.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	intake := ingest.DefaultConfig()
	intake.Dir = b.TempDir()
	in, err := ingest.New(intake, ingest.Deps{Catalog: c.catalog, Warehouse: c.conn, Now: now, Log: discard()})
	if err != nil {
		b.Fatal(err)
	}
	cfg := DefaultConfig()
	cfg.QueueTimeout, cfg.QuestionTimeout = time.Minute, time.Minute
	s, err := New(cfg, Deps{Catalog: c.catalog, Set: c.set, Query: q, Ingest: in, Now: now, Frontend: builtPage(), Ready: func(context.Context) error { return nil }, Log: discard()})
	if err != nil {
		b.Fatal(err)
	}
	return serveAt(b, s.Handler())
}

// question is one of the mix: its address, and the same for the floor's statement.
type bigQuestion struct {
	target           string
	kind             string
	measure          int
	month            int
	district, within string
}

func (c *country) questions(n int) []bigQuestion {
	seen := map[string]bool{}
	var list []bigQuestion
	for len(list) < n {
		q := bigQuestion{measure: c.random.IntN(bigIndicators), month: c.random.IntN(bigMonths), district: fmt.Sprintf("d%02d", c.random.IntN(bigDistricts))}
		q.kind = []string{"commune", "commune", "district", "series", "ranking"}[c.random.IntN(5)]
		period := bigFirst.AddDays(0)
		period.Month += time.Month(q.month % 12)
		period.Year += q.month / 12
		month := fmt.Sprintf("%04d-%02d", period.Year, period.Month)
		at := "/api/v1/indicators/i" + measureOf(q.measure)
		switch q.kind {
		case "commune":
			q.target = at + "/values?level=commune&within=" + q.district + "&period=" + month
		case "district":
			q.target = at + "/values?level=district&period=" + month
		case "series":
			q.within = strings.TrimPrefix(q.district, "d") + fmt.Sprintf("%03d", c.random.IntN(bigCommunes))
			q.target = at + "/series?unit=" + q.within
		case "ranking":
			q.target = at + "/ranking?within=" + q.district + "&period=" + month
		}
		if q.kind == "district" && seen[q.target] && len(seen) > bigIndicators*bigMonths/2 { // there are not so many of these
			q.kind = "commune"
			q.target = at + "/values?level=commune&within=" + q.district + "&period=" + month
		}
		if !seen[q.target] {
			seen[q.target] = true
			list = append(list, q)
		}
	}
	return list
}

func asked(questions []bigQuestion) [][]byte {
	requests := make([][]byte, len(questions))
	for i, q := range questions {
		requests[i] = []byte("GET " + q.target + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
	}
	return requests
}

func (c *country) benchCached(b *testing.B) {
	ours := c.serve(b)
	questions := c.questions(400)
	answers := map[string][]byte{}
	for _, q := range questions {
		answers[q.target] = body(b, ours+"", q.target)
	}
	floor := serveAt(b, bareAnswers(answers))
	requests := asked(questions)
	const turn = 20_000
	c.byTurns(b, func() float64 { return rateOf(b, ours, requests, turn) }, func() float64 { return rateOf(b, floor, requests, turn) })
}

func (c *country) benchFirst(b *testing.B) {
	const turn = 4_000
	floor := serveAt(b, c.plain())
	c.byTurns(b, func() float64 {
		ours, questions := c.serve(b), c.questions(turn)
		return rateOf(b, ours, asked(questions), turn)
	}, func() float64 { return rateOf(b, floor, asked(c.questions(turn/8)), turn/8) })
}

// byTurns measures ours and the floor one after the other.
func (c *country) byTurns(b *testing.B, ours, floor func() float64) {
	var rates, floors, ratios []float64
	for b.Loop() {
		f, o := floor(), ours()
		rates, floors, ratios = append(rates, o), append(floors, f), append(ratios, o/f)
	}
	slices.Sort(ratios)
	b.ReportMetric(slices.Max(rates), "answers/s")
	b.ReportMetric(slices.Max(floors), "floor-answers/s")
	b.ReportMetric(ratios[len(ratios)/2], "floor-ratio")
}

func rateOf(b *testing.B, address string, requests [][]byte, n int) float64 {
	b.Helper()
	start := time.Now()
	fetch(b, address, requests, n)
	return float64(n) / time.Since(start).Seconds()
}

func body(b *testing.B, address, target string) []byte {
	b.Helper()
	request, err := http.NewRequestWithContext(b.Context(), http.MethodGet, "http://"+address+target, http.NoBody)
	if err != nil {
		b.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	var raw json.RawMessage
	if err := json.NewDecoder(response.Body).Decode(&raw); err != nil || response.StatusCode != http.StatusOK {
		b.Fatalf("%s: %d %s %v", target, response.StatusCode, raw, err)
	}
	return raw
}

// bareAnswers serves the same bytes out of a map.
func bareAnswers(answers map[string][]byte) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	serve := func(c *gin.Context) {
		answer, ok := answers[c.Request.RequestURI]
		if !ok {
			c.Status(http.StatusNotFound)
			return
		}
		c.Header("Content-Length", fmt.Sprint(len(answer)))
		c.Data(http.StatusOK, "application/json; charset=utf-8", answer)
	}
	for _, kind := range []string{"values", "series", "ranking"} {
		engine.GET("/api/v1/indicators/:id/"+kind, serve)
	}
	return engine
}

// plain answers with gin and clickhouse-go on the raw table: the latest revision of each
// figure, summed, with nothing that makes an answer fit to be trusted.
func (c *country) plain() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	turns := make(chan struct{}, max(1, c.conn.Stats().MaxOpenConns-1)) // the driver gives up waiting for a connection after a second or so
	answer := func(by, where string) gin.HandlerFunc {
		return func(g *gin.Context) {
			turns <- struct{}{}
			defer func() { <-turns }()
			month := g.Query("period")
			if month == "" {
				month = "2022-06"
			}
			rows, err := c.conn.Query(g.Request.Context(), `SELECT toString(`+by+`) AS place, sum(value) AS total FROM
				(SELECT unit, period_end, argMax(value, (stream_seq, row_no)) AS value FROM observations
				 WHERE measure = {measure:String} AND `+where+` GROUP BY unit, period_end) GROUP BY place ORDER BY place`,
				clickhouse.Named("measure", strings.TrimPrefix(g.Param("id"), "i")), clickhouse.Named("month", month+"-01"),
				clickhouse.Named("district", strings.TrimPrefix(g.Query("within"), "d")), clickhouse.Named("unit", g.Query("unit")))
			if err != nil {
				g.String(http.StatusInternalServerError, "the floor: %v", err)
				return
			}
			defer rows.Close()
			type row struct {
				Place string `json:"place"`
				Total int64  `json:"total"`
			}
			var list []row
			for rows.Next() {
				var r row
				if err := rows.Scan(&r.Place, &r.Total); err != nil {
					g.String(http.StatusInternalServerError, "the floor: %v", err)
					return
				}
				list = append(list, r)
			}
			text, err := json.Marshal(list)
			if err = errors.Join(err, rows.Err()); err != nil || len(list) == 0 {
				g.String(http.StatusInternalServerError, "the floor: %d rows, %v", len(list), err)
				return
			}
			g.Header("Content-Length", fmt.Sprint(len(text)))
			g.Data(http.StatusOK, "application/json", text)
		}
	}
	inMonth := "period_end = toLastDayOfMonth(toDate32({month:String}))"
	commune := answer("unit", inMonth+" AND startsWith(unit, {district:String})")
	district := answer("substring(unit, 1, 2)", inMonth)
	engine.GET("/api/v1/indicators/:id/values", func(g *gin.Context) {
		if g.Query("level") == "district" {
			district(g)
			return
		}
		commune(g)
	})
	engine.GET("/api/v1/indicators/:id/ranking", commune)
	engine.GET("/api/v1/indicators/:id/series", answer("period_end", "unit = {unit:String}"))
	return engine
}

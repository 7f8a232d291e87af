package ingest

import (
	"bytes"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
)

// benchRows is the size of one submission of the benchmark.
const benchRows = 100_000

// benchBody writes a submission of distinct cells: population rows, which have the most dimensions.
func benchBody(round int) []byte {
	var b bytes.Buffer
	units := []string{"08707", "08710", "08713"}
	for i := range benchRows {
		cell := i % (3 * 404)
		fmt.Fprintf(&b, `{"unit":%q,"date":%q,"sex":%q,"age":%d,"residence":%q,"value":%d}`+"\n",
			units[cell%3], date("2022-01-01").AddDays(i/(3*404)+100*round).String(),
			[]string{"male", "female"}[cell/3%2], cell/6%101, []string{"permanent", "temporary"}[cell/606%2], i)
	}
	return b.Bytes()
}

// BenchmarkDecodeAndCheck is the cost of a row before the journal.
func BenchmarkDecodeAndCheck(b *testing.B) {
	body := benchBody(0)
	x, err := newIndex(smallCatalogue(b))
	if err != nil {
		b.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSpace(body), []byte("\n"))
	c := newChecker(x, Intake{Dataset: Population}, dayOf(date("2022-11-20")))
	var rec record
	p := newPart(figureRows, "s")
	b.SetBytes(int64(len(body) / len(lines)))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if why := parseJSON(lines[i%len(lines)], &rec); why != nil {
			b.Fatal(why.text.En)
		}
		f, why := c.figure(&rec)
		if why != nil {
			b.Fatal(why.text.En)
		}
		if i%partRows == 0 {
			p = newPart(figureRows, "s")
		}
		f.line = i
		p.addFigure(&f)
	}
}

// BenchmarkSubmit is NDJSON checked, journalled with fsync and queryable, against a floor of the same run: plain batch inserts
// of the same rows with the client library.
func BenchmarkSubmit(b *testing.B) {
	r := start(b, func(_ *Config, d *Deps) { d.Now = func() time.Time { return now.AddDate(20, 0, 0) } })
	floor := 0.0
	b.Run("floor", func(b *testing.B) { floor = benchFloor(b, warehousetest.New(b)) })
	round := 0
	b.Run("submit", func(b *testing.B) {
		var took time.Duration
		for b.Loop() {
			body := benchBody(round)
			round++
			begin := time.Now()
			receipt, err := r.Submit(b.Context(), Intake{Dataset: Population, Format: NDJSON, Body: bytes.NewReader(body), Wait: true})
			took += time.Since(begin)
			if err != nil || receipt.Accepted != benchRows || receipt.Unchanged != 0 {
				b.Fatalf("%+v %v", receipt, err)
			}
		}
		rate := float64(b.N*benchRows) / took.Seconds()
		b.ReportMetric(rate, "rows/s")
		b.ReportMetric(rate/floor, "of-floor")
	})
}

func benchFloor(b *testing.B, db driver.Conn) float64 {
	var took time.Duration
	for b.Loop() {
		var c columns
		t := &figureTable{}
		for i := range benchRows {
			d := dayOf(date("2022-01-01")) + day(i/1212)
			t.rows = append(t.rows, figureRow{
				&figure{measure: "population", unit: "08707", dims: "age=" + strconv.Itoa(i%101), start: d, end: d, period: "2022-01-01", value: int64(i), line: i},
				origin{position: position{1, uint32(i)}, submission: "s", knownAt: now}})
		}
		for i := range t.rows {
			c.n = 0
			t.put(&c, i)
		}
		begin := time.Now()
		insert, err := db.PrepareBatch(b.Context(), statement("insert_observations"))
		if err == nil {
			err = c.fill(insert)
		}
		if err == nil {
			err = insert.Send()
		}
		if err != nil {
			b.Fatal(err)
		}
		took += time.Since(begin)
	}
	rate := float64(b.N*benchRows) / took.Seconds()
	b.ReportMetric(rate, "rows/s")
	return rate
}

package httpapi

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
)

// The floors of the benchmarks of intake are plain inserts over ClickHouse's HTTP interface, FORMAT JSONEachRow, of the same bytes into a
// table that is as durable as ours (fsync before the answer), in the same run and by turns. of-floor is our rate divided by the
// floor's, the median of the turns.

// intakeBench is a house that takes figures over HTTP, and the floor beside it.
type intakeBench struct {
	*house
	ours, floor string // addresses
	units       []string
	day         civil.Date // of the next rows
}

func newIntakeBench(b *testing.B, table string) *intakeBench {
	b.Helper()
	h := wholeHouse(b)
	h.later.Store(int64(2 * 365 * 24 * time.Hour)) // there are days enough for new cells
	bench := &intakeBench{house: h, ours: "http://" + serveAt(b, h.Handler()), day: civil.Date{Year: 2022, Month: 1, Day: 1}}
	for _, u := range h.set.Units("commune") {
		bench.units = append(bench.units, u.Code)
	}
	conn := warehousetest.New(b)
	if err := conn.Exec(b.Context(), table); err != nil {
		b.Fatal(err)
	}
	address := warehousetest.HTTP(b)
	bench.floor = address + "&query=" + url.QueryEscape("INSERT INTO floor FORMAT JSONEachRow")
	return bench
}

// population writes n rows of new cells: units by sex, kind of residence and single year of age.
func (b *intakeBench) population(n int) []byte {
	var out bytes.Buffer
	for rows := 0; rows < n; b.day = b.day.AddDays(1) {
		for _, unit := range b.units {
			for cell := range 404 {
				if rows++; rows > n {
					break
				}
				fmt.Fprintf(&out, `{"unit":%q,"date":%q,"sex":%q,"age":%d,"residence":%q,"value":%d}`+"\n",
					unit, b.day, []string{"male", "female"}[cell%2], cell/2%101, []string{"permanent", "temporary"}[cell/202], 30+cell%7)
			}
		}
	}
	return out.Bytes()
}

// push sends a body and wants it taken.
func push(ctx context.Context, client *http.Client, address string, body []byte) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-ndjson")
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && (response.StatusCode >= 300 || strings.Contains(string(text), `"accepted":0`)) {
		err = fmt.Errorf("%s: %.300s", response.Status, text)
	}
	return err
}

// BenchmarkIngest sends NDJSON over HTTP that is checked, journalled with fsync, written and acknowledged as queryable.
func BenchmarkIngest(b *testing.B) {
	for _, rows := range []int{100_000, 10_000} {
		b.Run(fmt.Sprintf("%dk", rows/1000), func(b *testing.B) {
			bench := newIntakeBench(b, `CREATE TABLE floor (unit LowCardinality(String), date Date32, sex LowCardinality(String), age UInt8, residence LowCardinality(String), value Int64)
				ENGINE = MergeTree ORDER BY (date, unit, sex, residence, age) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`)
			var rates, floors, ratios []float64
			for b.Loop() {
				body := bench.population(rows)
				var took [2]time.Duration
				for i, address := range []string{bench.floor, bench.ours + "/api/v1/ingest/population?wait=queryable"} {
					begin := time.Now()
					if err := push(b.Context(), http.DefaultClient, address, body); err != nil {
						b.Fatal(err)
					}
					took[i] = time.Since(begin)
				}
				floors, rates = append(floors, float64(rows)/took[0].Seconds()), append(rates, float64(rows)/took[1].Seconds())
				ratios = append(ratios, took[0].Seconds()/took[1].Seconds())
			}
			b.ReportMetric(median(rates), "rows/s")
			b.ReportMetric(median(floors), "floor-rows/s")
			b.ReportMetric(median(ratios), "of-floor")
		})
	}
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

// senders is how many send single events at the same time.
const senderCount = 16

// BenchmarkEvents sends single figures by 16 senders that wait for each acknowledgement before the next: a message of the journal and its
// fsync are shared by those that wait. The floor is 16 senders that insert a row each into the durable table.
func BenchmarkEvents(b *testing.B) {
	bench := newIntakeBench(b, `CREATE TABLE floor (measure LowCardinality(String), unit LowCardinality(String), date Date32, value Int64, dims Map(String, String))
		ENGINE = MergeTree ORDER BY (measure, date, unit) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`)
	const turn, floorTurn = 8_000, 400 // a part of a table for each row is slow, and not good for it
	events := atomic.Int64{}
	event := func() []byte {
		i := int(events.Add(1)) - 1
		unit, day := bench.units[i%len(bench.units)], bench.day.AddDays(i/len(bench.units)/2)
		return fmt.Appendf(nil, `{"measure":"vneid_activated","unit":%q,"date":%q,"value":%d,"dims":{"sex":%q}}`+"\n",
			unit, day, 1000+i%50, []string{"male", "female"}[i/len(bench.units)%2])
	}
	var ours, floor eventTimes
	var ratios []float64
	for b.Loop() {
		for _, side := range []struct {
			times   *eventTimes
			address string
			n       int
		}{{&floor, bench.floor, floorTurn}, {&ours, bench.ours + "/api/v1/ingest/observations", turn}} {
			if err := side.times.send(b.Context(), side.address, side.n, event); err != nil {
				b.Fatal(err)
			}
		}
		ratios = append(ratios, last(ours.rates)/last(floor.rates))
	}
	b.ReportMetric(median(ours.rates), "acknowledged/s")
	b.ReportMetric(median(floor.rates), "floor-acknowledged/s")
	b.ReportMetric(median(ratios), "of-floor")
	b.ReportMetric(ours.percentile(99), "p99-ms")
	b.ReportMetric(floor.percentile(99), "floor-p99-ms")
}

// eventTimes gathers how long single events took, and how many were acknowledged a second in each turn.
type eventTimes struct {
	mu    sync.Mutex
	took  []time.Duration
	rates []float64
}

func (e *eventTimes) send(ctx context.Context, address string, n int, event func() []byte) error {
	transport := &http.Transport{MaxIdleConnsPerHost: senderCount}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	var left atomic.Int64
	left.Store(int64(n))
	failures := make(chan error, senderCount)
	begin := time.Now()
	for range senderCount {
		go func() {
			var took []time.Duration
			var err error
			for left.Add(-1) >= 0 && err == nil {
				start := time.Now()
				err = push(ctx, client, address, event())
				took = append(took, time.Since(start))
			}
			e.mu.Lock()
			e.took = append(e.took, took...)
			e.mu.Unlock()
			failures <- err
		}()
	}
	for range senderCount {
		if err := <-failures; err != nil {
			return err
		}
	}
	e.rates = append(e.rates, float64(n)/time.Since(begin).Seconds())
	return nil
}

// percentile gives milliseconds.
func (e *eventTimes) percentile(p int) float64 {
	slices.Sort(e.took)
	return float64(e.took[len(e.took)*p/100].Microseconds()) / 1000
}

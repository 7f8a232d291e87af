package query

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/query/catalog"
)

// BenchmarkValues asks a map by commune over about 1.2 million figures: population by
// single years of age in 9 districts of 15 communes for 20 months, and cards by day for
// 500 days. The floor is what the same numbers cost with the plainest statement that
// resolves revisions (argMax by cell), in the same run; floor-ratio is a question's time
// divided by the floor's.
func BenchmarkValues(b *testing.B) {
	big := newBigHouse(b)
	for _, indicator := range []string{"card_rate", "adult_share"} {
		b.Run(indicator, func(b *testing.B) {
			floor := big.measureFloor(b, indicator)
			b.Run("uncached", func(b *testing.B) {
				big.bench(b, indicator, floor, func() {
					// a batch that touches all measures drops everything that was cached
					big.Applied(big.Version()+1, []string{"people", "cards", "residents"}, false)
				})
			})
			b.Run("cached", func(b *testing.B) { big.bench(b, indicator, floor, func() {}) })
		})
	}
}

// BenchmarkSeries asks a trend of the province by month and by day.
func BenchmarkSeries(b *testing.B) {
	big := newBigHouse(b)
	for _, kind := range []catalog.PeriodKind{catalog.Month, catalog.Day} {
		for _, state := range []string{"uncached", "cached"} {
			b.Run(string(kind)+"/"+state, func(b *testing.B) {
				for b.Loop() {
					if state == "uncached" {
						big.Applied(big.Version()+1, []string{"cards", "residents"}, false)
					}
					if _, err := big.Series(b.Context(), SeriesQuestion{Indicator: "card_rate", Kind: kind, From: civilDate("2021-06-01")}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

type bigHouse struct {
	*Service
	conn driver.Conn
}

func newBigHouse(b *testing.B) *bigHouse {
	conn := warehousetest.New(b)
	set, codes := bigSet(b)
	exec := func(statement string, p params) {
		if err := conn.Exec(context.Background(), statement, named(p)...); err != nil {
			b.Fatal(err)
		}
	}
	exec(`INSERT INTO observations (measure, period_start, period_end, unit, dims, stream_seq, row_no, value, known_at)
		SELECT 'people', day, day, unit, concat('age=', toString(age), ';residence=', residence, ';sex=', sex), month + 1, 0, cityHash64(unit, age, sex, residence) % 60, now64()
		FROM (SELECT number AS month, toDate32('2020-11-01') + toIntervalMonth(number) AS day FROM numbers(20)) AS m,
		     (SELECT arrayJoin({codes:Array(String)}) AS unit) AS u, (SELECT number AS age FROM numbers(101)) AS a,
		     (SELECT arrayJoin(['permanent', 'temporary']) AS residence) AS r, (SELECT arrayJoin(['male', 'female']) AS sex) AS s`, params{"codes": codes})
	exec(`INSERT INTO observations (measure, period_start, period_end, unit, dims, stream_seq, row_no, value, known_at)
		SELECT measure, day, day, unit, if(measure = 'cards', concat('sex=', sex), ''), 100 + n, 0, 1000 + n, now64()
		FROM (SELECT number AS n, toDate32('2021-02-01') + toIntervalDay(number) AS day FROM numbers(500)) AS d,
		     (SELECT arrayJoin({codes:Array(String)}) AS unit) AS u, (SELECT arrayJoin(['male', 'female']) AS sex) AS s, (SELECT arrayJoin(['cards', 'residents']) AS measure) AS m
		WHERE measure = 'cards' OR sex = 'male' AND n % 30 = 0`, params{"codes": codes})
	service, err := New(Deps{
		Warehouse: conn, Catalog: tinyCatalog(), Set: set, Now: func() time.Time { return local("2022-06-15 09:00") }, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatal(err)
	}
	if err := service.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	return &bigHouse{Service: service, conn: conn}
}

func bigSet(b *testing.B) (*geo.Set, []string) {
	units, codes := []geo.Unit{{Code: "P", Name: "P", Level: "province"}}, []string{}
	for d := range 9 {
		district := fmt.Sprintf("D%d", d)
		units = append(units, geo.Unit{Code: district, Name: district, Level: "district", Parent: "P"})
		for c := range 15 {
			code := fmt.Sprintf("%s%02d", district, c)
			units, codes = append(units, geo.Unit{Code: code, Name: code, Level: "commune", Parent: district}), append(codes, code)
		}
	}
	set, err := geo.NewSet(tinySet(b).Info(), units, nil)
	if err != nil {
		b.Fatal(err)
	}
	return set, codes
}

func (h *bigHouse) bench(b *testing.B, indicator string, floor time.Duration, before func()) {
	for b.Loop() {
		before()
		answer, err := h.Values(b.Context(), ValuesQuestion{Asked: Asked{Indicator: indicator}})
		if err != nil || answer.Data[0].Figure.Value == nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(floor), "floor-ratio")
}

// measureFloor runs the plain statement for every term, one after the other.
func (h *bigHouse) measureFloor(b *testing.B, indicator string) time.Duration {
	const runs = 5
	best := time.Duration(1 << 62)
	for range runs {
		start := time.Now()
		for _, t := range h.plans[indicator].terms {
			p := params{"measure": t.slice.measure.ID, "carry": t.slice.measure.CarryForward}
			p.addSlice(t.slice)
			delete(p, "codes")
			rows, err := h.conn.Query(b.Context(), `SELECT unit, sum(value.1) FROM
				(SELECT unit, dims, argMax((value, retracted), (period_end, stream_seq, row_no)) AS value FROM observations
				 WHERE measure = {measure:String} AND period_end BETWEEN toDate32('2022-06-15') - {carry:Int32} AND toDate32('2022-06-15')
				   AND dims IN {keys:Array(String)} GROUP BY unit, dims HAVING NOT value.2)
				GROUP BY unit`, named(p)...)
			if err != nil {
				b.Fatal(err)
			}
			for rows.Next() {
			}
			if err := rows.Close(); err != nil {
				b.Fatal(err)
			}
		}
		best = min(best, time.Since(start))
	}
	b.Logf("floor of %s: %v", indicator, best)
	return best
}

// BenchmarkProvenance asks where a number of the whole province comes from: card_rate has
// more numerators than are listed, people_total sums 404 cells for each of 135 communes.
func BenchmarkProvenance(b *testing.B) {
	big := newBigHouse(b)
	for _, indicator := range []string{"card_rate", "adult_share", "people_total"} {
		b.Run(indicator, func(b *testing.B) {
			for b.Loop() {
				answer, err := big.Provenance(b.Context(), ProvenanceQuestion{Asked: Asked{Indicator: indicator}})
				if err != nil || len(answer.Data.Inputs) < 135 {
					b.Fatal(len(answer.Data.Inputs), err)
				}
			}
		})
	}
}

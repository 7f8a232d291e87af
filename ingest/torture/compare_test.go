package torture

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/toancanh/toancanh/deploy/warehouse"
)

// verdict counts what differs from the ledger. All of it has to be 0.
type verdict struct {
	Missing int // acknowledged revisions, records and rejections that are not there
	Doubled int // revisions, records and rejections that are there beside
	Refused int // refused rows that are there
	Answers int // answers of the API that are not what the ledger gives
	Rows    int // compared
	Asked   int // values of answers compared
}

func (v verdict) String() string {
	return fmt.Sprintf("acknowledged rows %d, missing %d, doubled %d, refused but present %d; values of answers %d, wrong %d",
		v.Rows, v.Missing, v.Doubled, v.Refused, v.Asked, v.Answers)
}

// judge compares what is in the warehouse, and what the server answers, with the ledger.
type judge struct {
	t       *testing.T
	ledger  *ledger
	db      driver.Conn
	address string
	verdict verdict
	told    int
}

func newJudge(t *testing.T, l *ledger, dsn, address string) *judge {
	t.Helper()
	db, err := warehouse.Open(t.Context(), dsn, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // the engine may have ended before
	return &judge{t: t, ledger: l, db: db, address: address}
}

// wrong tells of the first differences; all are counted.
func (j *judge) wrong(format string, args ...any) {
	j.t.Helper()
	if j.told++; j.told <= 20 {
		j.t.Errorf(format, args...)
	}
}

// all compares everything. Nobody may be sending.
func (j *judge) all(snapshots []snapshot) verdict {
	j.revisions()
	j.positions()
	j.records()
	j.answers("", j.ledger.current())
	for _, s := range snapshots {
		j.answers(s.at.UTC().Format("2006-01-02T15:04:05.000Z"), s.cells)
	}
	return j.verdict
}

// each runs a query and reads its rows into what scan names.
func (j *judge) each(query string, into []any, use func()) {
	j.t.Helper()
	rows, err := j.db.Query(j.t.Context(), query)
	if err != nil {
		j.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			j.t.Fatal(err)
		}
		use()
	}
	if err := rows.Err(); err != nil {
		j.t.Fatal(err)
	}
}

// found reads every revision of every cell, in the order of the journal.
func (j *judge) found() map[string][]revision {
	found := map[string][]revision{}
	var cell string
	var r revision
	keep := func() { found[cell] = append(found[cell], r.plain()) }
	j.each(`SELECT concat(measure, ' ', unit, ' ', period, ' ', dims), value, retracted FROM observations ORDER BY stream_seq, row_no`,
		[]any{&cell, &r.value, &r.retracted}, keep)
	j.each(`SELECT concat(task, ' ', assignee, ' ', toString(date)), toInt64(percent), retracted FROM task_progress ORDER BY stream_seq, row_no`,
		[]any{&cell, &r.value, &r.retracted}, keep)
	return found
}

// revisions holds every cell against the ledger: those of one sender revision by revision, shared ones by their last.
func (j *judge) revisions() {
	found := j.found()
	for cell, want := range j.ledger.own {
		got := found[cell]
		missing, extra := differences(want, got)
		if missing+extra > 0 {
			j.wrong("%s: %d revisions missing, %d beside\nwant %v\ngot  %v", cell, missing, extra, want, got)
		}
		j.verdict.Missing += missing
		j.verdict.Doubled += extra
		delete(found, cell)
	}
	for cell, claims := range j.ledger.shared {
		got := found[cell]
		may := last(claims)
		agrees := len(got) == 0
		for _, r := range may {
			agrees = agrees && r.retracted || len(got) > 0 && got[len(got)-1] == r
		}
		if !agrees {
			j.verdict.Missing++
			j.wrong("%s: may end with %v, got %v", cell, may, got)
		}
		delete(found, cell)
	}
	for cell, got := range found {
		if j.ledger.never[cell] {
			j.verdict.Refused += len(got)
			j.wrong("%s was refused and is there: %v", cell, got)
		} else if !only(got, func(r revision) bool { return r.retracted }) {
			j.verdict.Doubled += len(got)
			j.wrong("%s was never sent: %v", cell, got)
		}
	}
	j.verdict.Rows = j.ledger.rows
}

func only(list []revision, is func(revision) bool) bool {
	for _, r := range list {
		if !is(r) {
			return false
		}
	}
	return true
}

// positions looks for a row of the journal that is in a table twice.
func (j *judge) positions() {
	for _, table := range []string{"observations", "task_progress", "rejections"} {
		var twice int64
		j.each("SELECT count() - uniqExact(stream_seq, row_no) FROM "+table, []any{&twice}, func() {})
		if twice > 0 {
			j.verdict.Doubled += int(twice)
			j.wrong("%s has %d rows twice", table, twice)
		}
	}
}

// records holds the records of submissions, and their rejections, against the receipts.
func (j *judge) records() {
	rejections := map[string]uint64{}
	var id string
	var n uint64
	j.each("SELECT submission, count() FROM rejections WHERE severity = 'error' GROUP BY submission", []any{&id, &n}, func() { rejections[id] = n })
	seen := map[string]bool{}
	var accepted, rejected uint32
	j.each("SELECT submission, count(), any(accepted), any(rejected) FROM submissions GROUP BY submission", []any{&id, &n, &accepted, &rejected}, func() {
		seen[id] = true
		if n > 1 {
			j.verdict.Doubled += int(n - 1)
			j.wrong("submission %s is recorded %d times", id, n)
		}
		want, acknowledged := j.ledger.submissions[id]
		if acknowledged && (int(accepted) != want.accepted || int(rejected) != want.rejected || int(rejections[id]) != want.rejected) {
			j.verdict.Missing++
			j.wrong("submission %s: %d accepted, %d rejected, %d rejections kept; acknowledged was %+v", id, accepted, rejected, rejections[id], want)
		}
	})
	for id := range j.ledger.submissions {
		if !seen[id] {
			j.verdict.Missing++
			j.wrong("submission %s was acknowledged and is not recorded", id)
		}
	}
}

// snapshot is what the ledger said at an instant at which nothing was under way.
type snapshot struct {
	at    time.Time
	cells map[string]revision
}

// ratio is a value of the indicator that the flows are asked by.
type ratio struct{ numerator, denominator int64 }

// expected computes what an answer has to be from cells: a unit has a value when both sides are reported.
func expected(cells map[string]revision, period string, units []string) map[string]ratio {
	values := map[string]ratio{}
	for _, unit := range units {
		digitised, known := cells[flow("dossiers_digitised", unit, period)]
		received, also := cells[flow("dossiers_received", unit, period)]
		if known && also && !digitised.retracted && !received.retracted {
			values[unit] = ratio{digitised.value, received.value}
		}
	}
	return values
}

// boundaries is the set that the figures are dated under.
const boundaries = "vinhphuc-2022"

// answers asks the indicator of every period, as of an instant if any, and compares every commune.
func (j *judge) answers(asOf string, cells map[string]revision) {
	for _, period := range periods() {
		got := j.values(period, asOf)
		units := make([]string, 0, len(got))
		for unit := range got {
			units = append(units, unit)
		}
		want := expected(cells, period, units)
		for unit, answered := range got {
			j.verdict.Asked++
			wanted, some := want[unit]
			if some != (answered != nil) || some && wanted != *answered {
				j.verdict.Answers++
				j.wrong("%s of %s as of %q is answered with %v, the ledger has %v", period, unit, asOf, answered, want[unit])
			}
		}
	}
}

// values asks the server; nil is a unit without a value.
func (j *judge) values(period, asOf string) map[string]*ratio {
	j.t.Helper()
	q := url.Values{"period": {period}, "level": {"commune"}, "boundaries": {boundaries}}
	if asOf != "" {
		q.Set("as_of", asOf)
	}
	resp, err := http.Get("http://" + j.address + "/api/v1/indicators/digitisation_rate/values?" + q.Encode())
	if err != nil {
		j.t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		j.t.Fatalf("%s %v\n%s", resp.Status, err, content)
	}
	var a struct {
		Data []struct {
			Unit                   string
			Numerator, Denominator *float64
		}
	}
	if err := json.NewDecoder(strings.NewReader(string(content))).Decode(&a); err != nil {
		j.t.Fatal(err)
	}
	values := map[string]*ratio{}
	for _, v := range a.Data {
		values[v.Unit] = nil
		if v.Numerator != nil && v.Denominator != nil {
			values[v.Unit] = &ratio{int64(*v.Numerator), int64(*v.Denominator)}
		}
	}
	return values
}

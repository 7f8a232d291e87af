package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

const activated = `{"measure":"vneid_activated","unit":"08707","date":"2022-06-15","value":1234,"dims":{"sex":"female"}}`

// accounts writes a row of vneid_activated.
func accounts(unit, day, sex string, value int) string {
	return fmt.Sprintf(`{"measure":"vneid_activated","unit":%q,"date":%q,"value":%d,"dims":{"sex":%q}}`, unit, day, value, sex)
}

func TestSubmittedRowsCanBeQueried(t *testing.T) {
	var changes []Change
	r := start(t, func(_ *Config, d *Deps) { d.OnApplied = func(c Change) { changes = append(changes, c) } })
	receipt := r.send(t, Observations, activated, accounts("08799", "2022-06-15", "male", 1), "", accounts("08710", "2022-06-20", "male", 5))
	if receipt.Accepted != 2 || receipt.Rejected != 1 || receipt.Unchanged != 0 || len(receipt.Rejections) != 1 {
		t.Errorf("receipt %+v", receipt)
	}
	if j := receipt.Rejections[0]; j.Line != 2 || j.Column != 30 || j.Code != UnknownUnit {
		t.Errorf("rejection %+v", j)
	}
	want := []Change{{DataVersion: receipt.DataVersion, Measures: []string{"vneid_activated"}, Units: []string{"08707", "08710"},
		From: date("2022-06-15"), To: date("2022-06-20"), Submissions: true}}
	if !reflect.DeepEqual(changes, want) {
		t.Errorf("changes %+v", changes)
	}
	if r.Applied() != receipt.DataVersion {
		t.Errorf("applied %d, receipt says %d", r.Applied(), receipt.DataVersion)
	}
	row := r.row(t, "SELECT measure, toString(period_start), toString(period_end), unit, dims, toString(value), period, submission, toString(line), toString(known_at) FROM observations WHERE unit = '08710'")
	wanted := []string{"vneid_activated", "2022-06-20", "2022-06-20", "08710", "sex=male", "5", "2022-06-20", receipt.Submission, "4", "2022-11-20 02:00:00.000"}
	if !reflect.DeepEqual(row, wanted) {
		t.Errorf("row %v", row)
	}
	row = r.row(t, "SELECT dataset, format, toString(accepted), toString(unchanged), toString(rejected) FROM submissions")
	if !reflect.DeepEqual(row, []string{"observations", "ndjson", "2", "0", "1"}) {
		t.Errorf("submission %v", row)
	}
	row = r.row(t, "SELECT toString(line), field, code FROM rejections")
	if !reflect.DeepEqual(row, []string{"2", "unit", "unknown_unit"}) {
		t.Errorf("rejection %v", row)
	}
}

// row reads one row of texts.
func (r *room) row(t testing.TB, query string) []string {
	t.Helper()
	rows, err := r.db.Query(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if !rows.Next() {
		t.Fatalf("nothing: %s (%v)", query, rows.Err())
	}
	values := make([]string, len(rows.Columns()))
	into := make([]any, len(values))
	for i := range values {
		into[i] = &values[i]
	}
	if err := rows.Scan(into...); err != nil {
		t.Fatal(err)
	}
	return values
}

// revisions gives the values of a cell in the order of the journal.
func (r *room) revisions(t testing.TB, unit string) (values []int64) {
	t.Helper()
	query := "SELECT groupArray(value) FROM (SELECT value FROM observations WHERE unit = '" + unit + "' ORDER BY stream_seq, row_no)"
	if err := r.db.QueryRow(t.Context(), query).Scan(&values); err != nil {
		t.Fatal(err)
	}
	return values
}

func TestRevisions(t *testing.T) {
	r := start(t)
	for i, step := range []struct {
		name      string
		line      string
		unchanged int
		want      []int64
	}{
		{"A", accounts("08707", "2022-06-15", "male", 1), 0, []int64{1}},
		{"A again", accounts("08707", "2022-06-15", "male", 1), 1, []int64{1}},
		{"B", accounts("08707", "2022-06-15", "male", 2), 0, []int64{1, 2}},
		{"A once more", accounts("08707", "2022-06-15", "male", 1), 0, []int64{1, 2, 1}},
		{"a note is news", strings.Replace(accounts("08707", "2022-06-15", "male", 1), "{", `{"note":"đã rà soát",`, 1), 0, []int64{1, 2, 1, 1}},
		{"retracted", `{"measure":"vneid_activated","unit":"08707","date":"2022-06-15","dims":{"sex":"male"},"retract":true}`, 0, []int64{1, 2, 1, 1, 0}},
		{"retracted again", `{"measure":"vneid_activated","unit":"08707","date":"2022-06-15","dims":{"sex":"male"},"retract":true}`, 1, []int64{1, 2, 1, 1, 0}},
		{"zero is not retracted", accounts("08707", "2022-06-15", "male", 0), 0, []int64{1, 2, 1, 1, 0, 0}},
		{"retracting what never was", `{"measure":"vneid_activated","unit":"08707","date":"2022-06-16","dims":{"sex":"male"},"retract":true}`, 1, []int64{1, 2, 1, 1, 0, 0}},
	} {
		receipt := r.send(t, Observations, step.line)
		if receipt.Accepted != 1 || receipt.Unchanged != step.unchanged {
			t.Errorf("%d %s: %+v", i, step.name, receipt)
		}
		if got := r.revisions(t, "08707"); !reflect.DeepEqual(got, step.want) {
			t.Errorf("%d %s: revisions %v, want %v", i, step.name, got, step.want)
		}
	}
}

func TestTaskProgressRevisions(t *testing.T) {
	var last Change
	r := start(t, func(_ *Config, d *Deps) { d.OnApplied = func(c Change) { last = c } })
	if got := r.send(t, TaskProgress, begun); got.Unchanged != 0 || !last.Tasks || !reflect.DeepEqual(last.Units, []string{"246"}) {
		t.Errorf("%+v %+v", got, last)
	}
	if got := r.send(t, TaskProgress, begun); got.Unchanged != 1 || last.Tasks {
		t.Errorf("again: %+v %+v", got, last)
	}
	without := `{"task":"B.III.2.7","assignee":"unit:246","date":"2022-06-15","status":"in_progress","percent":60,"note":"đang làm"}`
	for range 2 {
		r.send(t, TaskProgress, without)
	}
	if n := r.count(t, "SELECT count() FROM task_progress"); n != 2 {
		t.Errorf("%d revisions", n)
	}
	row := r.row(t, "SELECT task, assignee, status, toString(percent), note, obstacle_kind, toString(obstacle_since), obstacle_owner FROM task_progress ORDER BY stream_seq LIMIT 1")
	if !reflect.DeepEqual(row, []string{"B.III.2.7", "unit:246", "in_progress", "60", "đang làm", "thiếu máy", "2022-06-01", "agency:stttt"}) {
		t.Errorf("row %v", row)
	}
}

func TestRepeatedRowsOfASubmission(t *testing.T) {
	r := start(t)
	receipt := r.send(t, Observations, activated, activated, strings.Replace(activated, "1234", "1235", 1), accounts("08707", "2022-06-15", "male", 3))
	if receipt.Accepted != 3 || receipt.Unchanged != 1 || receipt.Rejected != 1 || receipt.Rejections[0].Code != DuplicateRow || receipt.Rejections[0].Line != 3 {
		t.Errorf("%+v", receipt)
	}
	if !strings.Contains(receipt.Rejections[0].Message.En, "Line 1") {
		t.Error(receipt.Rejections[0].Message.En)
	}
}

func TestCSV(t *testing.T) {
	r := start(t)
	submit := func(d Dataset, body string) (Receipt, error) {
		return r.Submit(t.Context(), Intake{Dataset: d, Format: CSV, Body: strings.NewReader(body), Wait: true})
	}
	receipt, err := submit(Observations, "\ufeffmeasure,unit,date,period,value,dim.sex,note,retract\r\n"+
		"vneid_activated,08707,2022-06-15,,1234,female,\"đợt 2, bổ sung\",\r\n"+
		"dossiers_received,08707,,s2022-06,7,,,\r\n"+
		"vneid_activated,08710,2022-06-15,,,male,,true\r\n"+
		"vneid_activated,08710,2022-06-15,,x,female,,\r\n"+
		"vneid_activated,08710\r\n\r\n")
	if err != nil {
		t.Fatal(err)
	}
	if receipt.Accepted != 3 || receipt.Rejected != 2 || receipt.Unchanged != 1 {
		t.Errorf("%+v", receipt)
	}
	if j := receipt.Rejections[0]; j.Line != 5 || j.Column != 5 || j.Field != "value" || j.Code != NotInteger {
		t.Errorf("%+v", j)
	}
	if receipt, err = submit(Population, "unit;date;sex;age;residence;value\n08707;2022-06-01;male;34;permanent;9\n"); err != nil || receipt.Accepted != 1 {
		t.Errorf("population: %+v %v", receipt, err)
	}
	if receipt, err = submit(TaskProgress, "task,assignee,date,status,obstacle.kind\nB.I.1,agency:cat,2022-06-01,in_progress,thiếu máy\nB.I.1,agency:cat,2022-06-02,accepted,\n"); err != nil || receipt.Accepted != 2 {
		t.Errorf("tasks: %+v %v", receipt, err)
	}
}

// Of a body that breaks off nothing is kept, however many parts had been read; sending all of it again brings all.
func TestBodyBreaksOff(t *testing.T) {
	r := start(t)
	var lines []string
	for i := range 3 * partRows / 2 {
		lines = append(lines, accounts("08707", date("2021-01-01").AddDays(i%600).String(), []string{"male", "female"}[i/600%2], i))
		if i >= 1200 {
			lines[i] = accounts("08710", date("2021-01-01").AddDays(i%600).String(), []string{"male", "female"}[i/600%2], i)
		}
		if i >= 2400 {
			lines[i] = accounts("08713", date("2021-01-01").AddDays(i%600).String(), "male", i)
		}
	}
	whole := strings.Join(lines, "\n")
	cut := io.MultiReader(strings.NewReader(whole[:len(whole)-20]), iotest.ErrReader(errors.New("connection lost")))
	_, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, Body: cut})
	var e *Error
	if !errors.As(err, &e) || e.Kind != Interrupted {
		t.Fatalf("got %+v", e)
	}
	r.waitAll(t)
	if n := r.count(t, "SELECT count() FROM observations"); n != 0 {
		t.Errorf("%d rows of a submission that has no end", n)
	}
	receipt := r.send(t, Observations, lines...)
	if receipt.Accepted != len(lines) || receipt.Unchanged != 0 {
		t.Errorf("%+v", receipt)
	}
	if n := r.count(t, "SELECT count() FROM submissions"); n != 1 {
		t.Errorf("%d submissions recorded", n)
	}
	if n := r.count(t, "SELECT uniqExact(stream_seq, known_at) FROM observations"); n != 1 {
		t.Errorf("the rows of one submission became known at %d times", n)
	}
}

func TestManySendersShareMessages(t *testing.T) {
	registry := prometheus.NewRegistry()
	r := start(t, func(c *Config, d *Deps) { c.MaxConcurrent, d.Registerer = 100, registry })
	const senders, each = 16, 20
	var all sync.WaitGroup
	for s := range senders {
		all.Go(func() {
			for i := range each {
				line := accounts([]string{"08707", "08710"}[s%2], date("2021-01-01").AddDays(s*each+i).String(), "male", s*1000+i)
				receipt, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, Body: strings.NewReader(line), Wait: i == each-1})
				if err != nil || receipt.Accepted != 1 {
					t.Errorf("%+v %v", receipt, err)
				}
			}
		})
	}
	all.Wait()
	r.waitAll(t)
	if n := r.count(t, "SELECT count() FROM observations"); n != senders*each {
		t.Errorf("%d rows", n)
	}
	if n := r.count(t, "SELECT uniqExact(submission) FROM submissions"); n != senders*each {
		t.Errorf("%d submissions", n)
	}
	t.Logf("%d submissions in %d messages", senders*each, r.Applied())
	if got := testutil.ToFloat64(r.metrics.rows.WithLabelValues("observations", "accepted", "")); got != senders*each {
		t.Errorf("metric says %v", got)
	}
	if problems, err := testutil.GatherAndLint(registry); err != nil || len(problems) > 0 {
		t.Errorf("%v %v", problems, err)
	}
}

// waitAll waits until the warehouse has what the journal holds.
func (r *room) waitAll(t testing.TB) {
	t.Helper()
	last, _, err := r.pipe.Load().journal.state(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := r.WaitApplied(ctx, last); err != nil {
		t.Fatal(err)
	}
}

// Known-at follows the clock but never goes back, over restarts neither, and batches never span months.
func TestKnownAt(t *testing.T) {
	var mu sync.Mutex
	clock := now
	r := start(t, func(c *Config, d *Deps) {
		c.FlushInterval = 0
		d.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return clock }
	})
	for i, to := range []time.Time{now, now.AddDate(0, 0, 15), now, now.AddDate(0, 2, 0), now.AddDate(0, 1, 0)} {
		mu.Lock()
		clock = to
		mu.Unlock()
		if i == 2 {
			r.stop(t)
			r.run(t)
		}
		if _, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, Body: strings.NewReader(accounts("08707", "2022-06-15", "male", i))}); err != nil {
			t.Fatal(err)
		}
	}
	r.waitAll(t)
	var known []time.Time
	if err := r.db.QueryRow(t.Context(), "SELECT groupArray(known_at) FROM (SELECT known_at FROM observations ORDER BY stream_seq)").Scan(&known); err != nil {
		t.Fatal(err)
	}
	want := []time.Time{now, now.AddDate(0, 0, 15), now.AddDate(0, 0, 15), now.AddDate(0, 2, 0), now.AddDate(0, 2, 0)}
	for i := range want {
		if len(known) != len(want) || !known[i].Equal(want[i]) {
			t.Fatalf("known at %v, want %v", known, want)
		}
	}
}

package ingest

import (
	"io"
	"reflect"
	"strings"
	"testing"
)

func TestIdempotencyKey(t *testing.T) {
	r := start(t)
	submit := func(key, caller string, wait bool, lines ...string) (Receipt, error) {
		return r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, IdempotencyKey: key, Caller: caller, Wait: wait, Body: strings.NewReader(strings.Join(lines, "\n"))})
	}
	first, err := submit("k1", "a", false, activated, "{}")
	if err != nil || first.Replayed {
		t.Fatal(first, err)
	}
	for _, restarted := range []bool{false, true} {
		if restarted {
			r.stop(t)
			r.run(t)
		}
		again, err := submit("k1", "a", true, activated, "{}")
		if err != nil || !again.Replayed || again.Submission != first.Submission || again.DataVersion != first.DataVersion ||
			!reflect.DeepEqual(again.Rejections, first.Rejections) || !again.Queryable {
			t.Errorf("restarted %v: %+v %v", restarted, again, err)
		}
		if _, err = submit("k1", "a", false, activated); KindOf(err) != Conflict {
			t.Errorf("restarted %v: other content: %v", restarted, err)
		}
	}
	other, err := submit("k1", "b", true, activated)
	if err != nil || other.Replayed || other.Unchanged != 1 {
		t.Errorf("another caller: %+v %v", other, err)
	}
	if _, err := submit(strings.Repeat("k", 300), "a", false, activated); KindOf(err) != Unreadable {
		t.Errorf("long key: %v", err)
	}
	if n := r.count(t, "SELECT count() FROM submissions"); n != 2 {
		t.Errorf("%d submissions", n)
	}
}

func TestSameKeyAtTheSameTime(t *testing.T) {
	r := start(t)
	body, write := io.Pipe()
	done := make(chan error, 1)
	go func() {
		_, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, IdempotencyKey: "k", Body: body})
		done <- err
	}()
	if _, err := io.WriteString(write, activated+"\n"); err != nil { // returns when the first submission is reading
		t.Fatal(err)
	}
	_, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, IdempotencyKey: "k", Body: strings.NewReader(activated)})
	if KindOf(err) != InProgress {
		t.Errorf("got %v", err)
	}
	write.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// A key names a submission among those of the same caller, dataset, agency and format: the same bytes mean something
// else under another of them.
func TestKeyIsOfAPlace(t *testing.T) {
	r := start(t)
	first := Intake{Dataset: Observations, Format: NDJSON, Caller: "a", Agency: "stttt", IdempotencyKey: "k"}
	elsewhere := map[string]Intake{"": first}
	for what, change := range map[string]func(*Intake){
		"caller": func(in *Intake) { in.Caller = "b" }, "agency": func(in *Intake) { in.Agency = "cat" }, "no agency": func(in *Intake) { in.Agency = "" },
		"dataset": func(in *Intake) { in.Dataset = Population }, "format": func(in *Intake) { in.Format = CSV }, "key": func(in *Intake) { in.IdempotencyKey = "k2" },
	} {
		in := first
		change(&in)
		elsewhere[what] = in
	}
	places := map[string]string{}
	for what, in := range elsewhere {
		if before, taken := places[hashedKey(in)]; taken {
			t.Errorf("%q has the place of %q", what, before)
		}
		places[hashedKey(in)] = what
	}
	submit := func(in Intake) Receipt {
		in.Body, in.Wait = strings.NewReader(activated), true
		receipt, err := r.Submit(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		return receipt
	}
	submit(first)
	if again := submit(first); !again.Replayed {
		t.Errorf("%+v", again)
	}
	if other := submit(elsewhere["agency"]); other.Replayed || other.Unchanged != 0 {
		t.Errorf("another agency got the receipt of the first: %+v", other)
	}
}

// Senders put into keys what they like; only its hash is kept.
func TestKeyIsNotStored(t *testing.T) {
	r := start(t)
	const key = "026201001234 a@b.vn"
	in := Intake{Dataset: Observations, Format: NDJSON, Caller: "a", IdempotencyKey: key, Body: strings.NewReader(activated), Wait: true}
	if _, err := r.Submit(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	r.send(t, Observations, activated)
	rows := r.row(t, "SELECT arrayStringConcat(groupArray(idempotency_key), ' ') FROM (SELECT idempotency_key FROM submissions ORDER BY stream_seq)")
	if want := hashedKey(in) + " "; rows[0] != want {
		t.Errorf("stored %q, want %q and nothing", rows[0], want)
	}
}

package ingest

import (
	"strings"
	"testing"
)

// A dry run says what the real one would, and leaves nothing behind.
func TestDryRun(t *testing.T) {
	r := start(t)
	rows := map[Dataset]string{
		Observations: activated + "\n{}",
		Population:   `{"unit":"08707","date":"2022-06-01","sex":"male","age":34,"residence":"permanent","value":9}` + "\n{}",
		TaskProgress: `{"task":"B.III.2.7","assignee":"unit:246","date":"2022-06-15","status":"in_progress"}` + "\n{}",
	}
	for dataset, body := range rows {
		in := Intake{Dataset: dataset, Format: NDJSON, Body: strings.NewReader(body), DryRun: true, Wait: true, IdempotencyKey: "k"}
		tried, err := r.Submit(t.Context(), in)
		if err != nil || !tried.DryRun || tried.Accepted != 1 || tried.Rejected != 1 || tried.Queryable {
			t.Errorf("%s: %+v, %v", dataset, tried, err)
		}
		if _, err := r.Submit(t.Context(), Intake{Dataset: dataset, Format: NDJSON, Body: strings.NewReader("\n"), DryRun: true}); KindOf(err) != Unreadable {
			t.Errorf("%s: nothing: %v", dataset, err)
		}
	}
	if n := r.held(); n.behind != 0 || r.Applied() != 0 {
		t.Errorf("journal holds %d, data version %d", n.behind, r.Applied())
	}
	for dataset, body := range rows {
		real, err := r.Submit(t.Context(), Intake{Dataset: dataset, Format: NDJSON, Body: strings.NewReader(body), Wait: true, IdempotencyKey: "k"})
		if err != nil || real.DryRun || real.Replayed || real.Accepted != 1 || real.Rejected != 1 || real.Unchanged != 0 {
			t.Errorf("%s: %+v, %v", dataset, real, err)
		}
	}
}

func TestJSONLists(t *testing.T) {
	r := start(t)
	body := "[\n  " + activated + ",\n  {},\n  " + accounts("08710", "2022-06-15", "male", 5) + "\n]\n"
	receipt, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: JSON, Body: strings.NewReader(body), Wait: true})
	if err != nil || receipt.Accepted != 2 || receipt.Rejected != 1 || receipt.Rejections[0].Line != 2 {
		t.Errorf("%+v, %v", receipt, err)
	}
	if n := r.count(t, "SELECT toUInt64(line) FROM observations WHERE unit = '08710'"); n != 3 {
		t.Errorf("element %d", n)
	}
	for body, want := range map[string]Kind{"[]": Unreadable, "": Unreadable, activated: Unreadable, "[" + activated + ",": Interrupted} {
		if _, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: JSON, Body: strings.NewReader(body)}); KindOf(err) != want {
			t.Errorf("%s: %v", body, err)
		}
	}
}

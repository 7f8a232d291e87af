package ingest

import (
	"testing"
)

const activated = `{"measure":"vneid_activated","unit":"08707","date":"2022-06-15","value":1234,"dims":{"sex":"female"}}`

func TestSubmittedRowsCanBeQueried(t *testing.T) {
	var changes []Change
	r := start(t, func(_ *Config, d *Deps) { d.OnApplied = func(c Change) { changes = append(changes, c) } })
	receipt := r.send(t, Observations, activated, `{"measure":"vneid_activated","unit":"08799","date":"2022-06-15","value":1,"dims":{"sex":"male"}}`)
	if receipt.Accepted != 1 || receipt.Rejected != 1 || receipt.Unchanged != 0 {
		t.Errorf("receipt %+v", receipt)
	}
	t.Logf("%+v %+v", receipt, changes)
	var value int64
	var period, dims string
	if err := r.db.QueryRow(t.Context(), "SELECT value, period, dims FROM observations").Scan(&value, &period, &dims); err != nil {
		t.Fatal(err)
	}
	if value != 1234 || period != "2022-06-15" || dims != "sex=female" {
		t.Errorf("%d %s %s", value, period, dims)
	}
}

package main

import (
	"testing"
	"time"

	"github.com/golang-sql/civil"
)

func TestExpiryIsTheEndOfADay(t *testing.T) {
	zone := time.FixedZone("+07", 7*3600)
	today := civil.Date{Year: 2028, Month: 2, Day: 29}
	for text, want := range map[string]string{
		"2028-03-01": "2028-03-02T00:00:00+07:00", "1d": "2028-03-02T00:00:00+07:00", "90d": "2028-05-30T00:00:00+07:00", "1y": "2029-03-01T00:00:00+07:00",
	} {
		got, err := expiry(text, today, zone)
		if err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%s: %s, %v, want %s", text, got.Format(time.RFC3339), err, want)
		}
	}
	if got, err := expiry("never", today, zone); err != nil || !got.IsZero() {
		t.Errorf("never: %v, %v", got, err)
	}
	for _, text := range []string{"", "d", "0d", "-1d", "90", "1m", "1dy", "2028-02-30", "999y", "soon"} {
		if got, err := expiry(text, today, zone); err == nil {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

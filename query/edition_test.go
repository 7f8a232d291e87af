package query

import (
	"testing"
	"time"
)

// An answer names its as-of in milliseconds. Asked as of it, the catalogue is the one it was given with, also where that was accepted
// within the same millisecond.
func TestCatalogueOfTheMillisecondItWasAccepted(t *testing.T) {
	h := &history{}
	now := time.Date(2022, time.November, 20, 9, 30, 0, 123_456_789, time.UTC)
	h.accepted("a", now.Add(-time.Hour))
	h.accepted("b", now)
	for asOf, want := range map[time.Time]string{
		now.Truncate(time.Millisecond): "b", now: "b", now.Add(-time.Millisecond): "a", now.Add(-24 * time.Hour): "a",
	} {
		if got := h.at(asOf); got != want {
			t.Errorf("as of %s it is %s, want %s", asOf, got, want)
		}
	}
}

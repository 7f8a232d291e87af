package query

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A slice of few keys is summed here and one of many by the warehouse: two statements and two
// ways to sum, which give the same of every slice, with corrections, retractions and gaps,
// in windows that overlap, hold one day, several or none, now and as of earlier.
func TestFoldedAndSummedAgree(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	layout := h.layout
	rapid.Check(t, func(r *rapid.T) {
		h.empty(h.deps.Catalog)
		h.load(drawRows(r, 1)...)
		at, err := h.at(local(rapid.SampledFrom([]string{"2022-06-20 09:00", "2022-03-01 09:00"}).Draw(r, "as of")))
		if err != nil {
			r.Fatal(err)
		}
		for _, indicator := range []string{"card_rate", "people_total", "online_rate", "clean_rate"} {
			for _, term := range h.plans[indicator].terms {
				s := term.slice
				known, err := h.leaves.datesOf(r.Context(), s.measure.ID, h.versions.ofMeasure(s.measure.ID))
				if err != nil {
					r.Fatal(err)
				}
				windows := drawWindows(r, s, known.days)
				if len(windows) == 0 {
					continue
				}
				numbers := layout.number[s.measure.Level]
				read := func(by func(into []column) error) string {
					into := make([]column, len(windows))
					for i := range into {
						into[i] = newColumn(len(s.wanted), len(numbers))
					}
					if err := by(into); err != nil {
						r.Fatal(err)
					}
					return fmt.Sprint(into)
				}
				folded := read(func(into []column) error {
					return h.warehouse.folded(r.Context(), s, windows, known.days, at, numbers, into)
				})
				summed := read(func(into []column) error {
					return h.warehouse.summed(r.Context(), s, windows, known.days, at, numbers, into)
				})
				if folded != summed {
					r.Fatalf("%s in %v:\nfolded %s\nsummed %s", s.id, windows, folded, summed)
				}
			}
		}
	})
}

// drawWindows gives ascending windows of days with figures, or reporting periods.
func drawWindows(r *rapid.T, s *slice, days []day) []window {
	if len(days) == 0 {
		return nil
	}
	var windows []window
	if s.flow() {
		for _, last := range days {
			period := parsePeriod("s2022-01")
			for dayOf(period.End) < last {
				period = period.Next()
			}
			windows = append(windows, window{dayOf(period.Start), dayOf(period.End)})
		}
		return windows
	}
	length := rapid.SampledFrom([]day{1, 20, 60, 400}).Draw(r, "length")
	for last := days[0]; last <= days[len(days)-1]; last += day(rapid.IntRange(1, 40).Draw(r, "step")) {
		if w := snap(days, last-length+1, last); w != nothing && !slices.Contains(windows, w) {
			windows = append(windows, w)
		}
	}
	return windows
}

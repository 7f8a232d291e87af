package query

import (
	"fmt"
	"slices"
	"testing"
)

// Every correction of a number is in its history, and what became known without changing
// it is not.
func TestHistoryOfAValue(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	s := &script{house: h, file: "inline"}
	for _, line := range []string{
		"now 2022-06-02 08:00", "tell residents 2022-06-01 C11=>200",
		"now 2022-06-11 08:00", "tell cards 2022-06-10 C11/sex=male=>40 C11/sex=female=>60",
		"now 2022-06-12 08:00", "tell cards 2022-06-10 C11/sex=male=>40", // said again
		"now 2022-06-13 08:00", "tell cards 2022-06-10 C11/sex=male=>50",
		"now 2022-06-14 08:00", "retract residents 2022-06-01 C11",
		"now 2022-06-15 08:00", "tell residents 2022-06-01 C11=>220",
		"now 2022-06-20 09:00",
	} {
		s.run1(line)
	}
	ask := func(q HistoryQuestion) []string {
		t.Helper()
		a, err := h.History(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, r := range a.Data {
			lines = append(lines, fmt.Sprintf("%s %s/%s", r.KnownAt.In(h.Catalog().Location).Format("01-02"), number(r.Numerator), number(r.Denominator)))
		}
		return lines
	}
	q := HistoryQuestion{Asked: Asked{Indicator: "card_rate"}, Unit: "C11"}
	if got, want := ask(q), []string{"06-15 110/220", "06-14 -/-", "06-13 110/200", "06-11 100/200", "06-02 -/-"}; !slices.Equal(got, want) {
		t.Errorf("history is %q, want %q", got, want)
	}
	q.AsOf = local("2022-06-13 12:00")
	if got, want := ask(q), []string{"06-13 110/200", "06-11 100/200", "06-02 -/-"}; !slices.Equal(got, want) {
		t.Errorf("history as of then is %q, want %q", got, want)
	}
	q.Limit = 1
	if got, want := ask(q), []string{"06-13 110/200"}; !slices.Equal(got, want) {
		t.Errorf("cut it is %q, want %q", got, want)
	}
}

// Of a hidden value there is no history.
func TestHistoryOfPeopleIsProtected(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	h.load(people(1, "C11", map[string]int64{"age=40;residence=permanent;sex=female": 3})...)
	h.load(people(2, "C12", map[string]int64{"age=40;residence=permanent;sex=female": 30})...)
	a, err := h.History(t.Context(), HistoryQuestion{Asked: Asked{Indicator: "people_total"}, Unit: "C11"})
	if err != nil || len(a.Data) != 0 {
		t.Errorf("it is told %+v, %v", a.Data, err)
	}
}

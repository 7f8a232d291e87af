package query

import (
	"strings"
	"testing"
)

// Which revision of a figure counts is told by the order of the table alone: the engine has to meet the figures in it and keep nothing of
// those it has passed. It goes over to a hash of every figure, five times as slow, as soon as LIMIT BY does not name the beginning
// of that order.
func TestRevisionsAreSettledInTheOrderOfTheTable(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	h.load(people(1, "C11", map[string]int64{"age=30;residence=permanent;sex=male": 3})...)
	at, err := h.at(local("2022-06-20 09:00"))
	if err != nil {
		t.Fatal(err)
	}
	s := h.plans["people_total"].terms[0].slice
	on := dayOf(civilDate("2022-06-01"))
	days, windows := []day{on}, []window{{on - 1, on}}
	for statement, p := range map[string]params{
		"figures": periodParams(singles(days)), "flows": flowParams(windows), "stocks": stockParams(windows, days),
	} {
		p.addSlice(s)
		p["numbers"], p["known_by"] = numbered(len(s.keys)), at.knownBy()
		rows, err := h.warehouse.conn.Query(t.Context(), "EXPLAIN PIPELINE "+h.warehouse.text[statement+".sql"], named(p)...)
		if err != nil {
			t.Fatal(statement, err)
		}
		var plan strings.Builder
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			plan.WriteString(line + "\n")
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		if text := plan.String(); !strings.Contains(text, "LimitBySortedStreamTransform") || strings.Contains(text, "LimitByTransform") || strings.Contains(text, "PartialSorting") {
			t.Errorf("%s:\n%s", statement, text)
		}
	}
}

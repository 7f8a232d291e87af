package ingest

import (
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// day is a civil day as its distance from 1 January 1970: cheap to compare, store and send.
type day int32

var epoch = civil.Date{Year: 1970, Month: time.January, Day: 1}

// noDay is below every day.
const noDay day = -1 << 31

func dayOf(d civil.Date) day { return day(d.DaysSince(epoch)) }

func (d day) date() civil.Date { return epoch.AddDays(int(d)) }

func (d day) String() string { return d.date().String() }

// utc is the midnight that ClickHouse's Date32 columns take.
func (d day) utc() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// parseDay reads 2022-06-15 and nothing else.
func parseDay(b []byte) (day, bool) {
	if len(b) != len("2022-06-15") || b[4] != '-' || b[7] != '-' {
		return 0, false
	}
	year, ok1 := decimal(b[:4])
	month, ok2 := decimal(b[5:7])
	dom, ok3 := decimal(b[8:])
	date := civil.Date{Year: year, Month: time.Month(month), Day: dom}
	if !ok1 || !ok2 || !ok3 || year < catalog.FirstYear || year > catalog.LastYear || !date.IsValid() {
		return 0, false
	}
	return dayOf(date), true
}

func decimal(b []byte) (n int, ok bool) {
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

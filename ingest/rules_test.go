package ingest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/toancanh/toancanh/query/catalog"
)

// ruled gives the small catalogue with rules, and a second measure that is a part of the first.
func ruled(t testing.TB, change func(*catalog.Rules)) *catalog.Catalog {
	cat := smallCatalogue(t)
	part := cat.Measures[2] // dossiers_received
	part.ID = "dossiers_digitised"
	cat.Measures = append(cat.Measures, part)
	change(&cat.Rules)
	return cat
}

// said lists what a receipt says of lines: "2 jump" is a warning, "2! jump" a rejection.
func said(r Receipt) (list []string) {
	for _, j := range r.Rejections {
		list = append(list, fmt.Sprintf("%d! %s", j.Line, j.Code))
	}
	for _, j := range r.Warnings {
		list = append(list, fmt.Sprintf("%d %s", j.Line, j.Code))
	}
	return list
}

func dossierRow(measure, period string, value int, more string) string {
	return fmt.Sprintf(`{"measure":"dossiers_%s","unit":"08707","period":%q,"value":%d%s}`, measure, period, value, more)
}

const because = `,"note":"đã kiểm tra"`

func TestClosedPeriods(t *testing.T) {
	cat := ruled(t, func(r *catalog.Rules) { r.Closings = []catalog.Closing{{DueDays: 2, CloseDays: 4}} })
	r := start(t, func(_ *Config, d *Deps) { d.Catalog = cat })
	// s2022-11 ended on 14 November and is open to the 20th, which is today.
	receipt := r.send(t, Observations, dossierRow("received", "s2022-11", 1, ""), dossierRow("received", "s2022-10", 1, ""), dossierRow("received", "s2022-09", 1, because),
		accounts("08707", "2022-11-14", "male", 1), accounts("08707", "2022-11-13", "male", 1),
		`{"measure":"dossiers_received","unit":"08707","period":"s2022-08","retract":true}`)
	wantList(t, "first reports", said(receipt), "6! period_closed", "2 late_report", "5 late_report")
	if j := receipt.Warnings[0]; j.Field != "period" || !strings.Contains(j.Message.En, "2022-10-20") {
		t.Errorf("%+v", j)
	}
	receipt = r.send(t, Observations, dossierRow("received", "s2022-10", 1, ""), dossierRow("received", "s2022-09", 2, ""), dossierRow("received", "s2022-08", 2, because))
	wantList(t, "the same again, a correction without a reason, a first report with one", said(receipt), "2! period_closed")
	if receipt.Unchanged != 1 {
		t.Errorf("%+v", receipt)
	}
	if j := receipt.Rejections[0]; j.Field != "period" || !strings.Contains(j.Message.En, "2022-09-20") {
		t.Errorf("%+v", j)
	}
}

// In a closed period figures are corrected and retracted by the approver of the measure's agency, with a reason, and by nobody else; in an
// open one it sends nothing. A machine without tokens needs the reason alone.
func TestClosedPeriodsAreTheApprovers(t *testing.T) {
	cat := ownedCatalogue(t)
	cat.Rules.Closings = []catalog.Closing{{Measures: []string{"dossiers_received"}, DueDays: 2, CloseWorkingDays: 5}}
	area, elsewhere := areaOf(t, cat, "246"), areaOf(t, cat, "247")
	const (
		figure  = `{"measure":"dossiers_received","unit":"08707","period":"%s","value":7%s}`
		retract = `{"measure":"dossiers_received","unit":"08707","period":"%s","retract":true%s}`
	)
	approver := &Permit{Agencies: []string{"stttt"}, Area: area, Approves: true}
	for name, tc := range map[string]struct {
		permit *Permit
		line   string
		period string // s2022-11 ended on Monday the 14th and is open to Wednesday the 23rd; s2022-10 is closed
		note   string
		want   Code
	}{
		"a reporter in an open period":             {&Permit{Agencies: []string{"stttt"}}, figure, "s2022-11", "", ""},
		"a reporter retracts in an open period":    {&Permit{Agencies: []string{"stttt"}}, retract, "s2022-11", "", ""},
		"a reporter retracts in a closed one":      {&Permit{}, retract, "s2022-10", because, PeriodClosed},
		"an approver with a reason":                {approver, figure, "s2022-10", because, ""},
		"an approver retracts with a reason":       {approver, retract, "s2022-10", because, ""},
		"an approver without a reason":             {approver, figure, "s2022-10", "", PeriodClosed},
		"an approver retracts without a reason":    {approver, retract, "s2022-10", "", PeriodClosed},
		"an approver in an open period":            {approver, figure, "s2022-11", because, NotPermitted},
		"an approver of what never closes":         {&Permit{Agencies: []string{"cat"}, Approves: true}, accounts("08707", "2022-06-15", "male", 3), "", "", NotPermitted},
		"an approver of another agency":            {&Permit{Agencies: []string{"cat"}, Approves: true}, figure, "s2022-10", because, NotOwner},
		"an approver of another area":              {&Permit{Agencies: []string{"stttt"}, Area: elsewhere, Approves: true}, figure, "s2022-10", because, OutsideArea},
		"the machine itself, with a reason":        {nil, retract, "s2022-10", because, ""},
		"the machine itself, while it is open yet": {nil, figure, "s2022-11", "", ""},
	} {
		line := tc.line
		if tc.period != "" {
			line = fmt.Sprintf(tc.line, tc.period, tc.note)
		}
		if got := codeFor(t, cat, Observations, line, tc.permit); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

// What nobody has reported yet is no correction: who is late reports it without a reason, and everybody after that corrects it.
func TestLateFirstReports(t *testing.T) {
	cat := ownedCatalogue(t)
	cat.Rules.Closings = []catalog.Closing{{Measures: []string{"dossiers_received"}, DueDays: 2, CloseWorkingDays: 5}}
	r := start(t, func(_ *Config, d *Deps) { d.Catalog = cat })
	reporter := &Permit{Agencies: []string{"stttt"}}
	approver := &Permit{Agencies: []string{"stttt"}, Approves: true}
	row := func(value int, more string) string {
		return fmt.Sprintf(`{"measure":"dossiers_received","unit":"08707","period":"s2022-08","value":%d%s}`, value, more)
	}
	const retract = `{"measure":"dossiers_received","unit":"08707","period":"s2022-08","retract":true,"note":"nhầm"}`
	for i, step := range []struct {
		permit    *Permit
		line      string
		want      string // of the receipt; "" for a row that is taken without a word
		revisions string
	}{
		{reporter, row(5, ""), "1 late_report", "[5]"},
		{reporter, row(5, ""), "", "[5]"}, // the same again changes nothing
		{reporter, row(6, ""), "1! period_closed", "[5]"},
		{reporter, row(6, because), "1! period_closed", "[5]"},
		{reporter, row(5, because), "1! period_closed", "[5]"}, // the reason is another
		{nil, row(6, ""), "1! period_closed", "[5]"},
		{approver, row(6, ""), "1! period_closed", "[5]"},
		{approver, row(6, because), "", "[5 6]"},
		{reporter, retract, "1! period_closed", "[5 6]"},
		{approver, retract, "", "[5 6 0]"},
		{reporter, row(7, ""), "1! period_closed", "[5 6 0]"}, // what was taken back was reported
		{nil, row(7, because), "", "[5 6 0 7]"},
	} {
		in := Intake{Dataset: Observations, Format: NDJSON, Body: strings.NewReader(step.line), Permit: step.permit} // not waiting: the next must see it all the same
		receipt, err := r.Submit(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(said(receipt), "; "); got != step.want {
			t.Errorf("step %d: %q, want %q", i+1, got, step.want)
		}
		if err := r.WaitApplied(t.Context(), receipt.DataVersion); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(r.revisions(t, "08707")); got != step.revisions {
			t.Errorf("step %d: revisions %s, want %s", i+1, got, step.revisions)
		}
	}
}

// A second report right behind the first, before the warehouse has that, is a correction.
func TestFirstReportsAreWaitedFor(t *testing.T) {
	cat := ruled(t, func(r *catalog.Rules) { r.Closings = []catalog.Closing{{DueDays: 2, CloseDays: 4}} })
	r := start(t, func(_ *Config, d *Deps) { d.Catalog = cat })
	for value := range 20 {
		receipt, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, Body: strings.NewReader(dossierRow("received", "s2022-08", value, ""))})
		if err != nil {
			t.Fatal(err)
		}
		want := "1! period_closed"
		if value == 0 {
			want = "1 late_report"
		}
		if got := strings.Join(said(receipt), "; "); got != want {
			t.Errorf("report %d: %q, want %q", value+1, got, want)
		}
	}
}

func TestRanges(t *testing.T) {
	least, most := int64(10), int64(100)
	cat := ruled(t, func(r *catalog.Rules) {
		r.Ranges = []catalog.Range{
			{Measure: "dossiers_received", Min: &least, Severity: catalog.SeverityWarning}, {Measure: "dossiers_received", Max: &most, Severity: catalog.SeverityError},
		}
	})
	r := start(t, func(_ *Config, d *Deps) { d.Catalog = cat })
	receipt := r.send(t, Observations, dossierRow("received", "s2022-01", 9, ""), dossierRow("received", "s2022-02", 10, ""), dossierRow("received", "s2022-03", 101, ""),
		dossierRow("received", "s2022-04", 101, because), dossierRow("received", "s2022-05", 9, because))
	wantList(t, "ranges", said(receipt), "3! out_of_range", "1 out_of_range", "4 out_of_range")
}

func TestOtherAgency(t *testing.T) {
	for severity, want := range map[catalog.Severity]string{"": "", catalog.SeverityWarning: "2 other_agency", catalog.SeverityError: "2! other_agency"} {
		t.Run(string(severity), func(t *testing.T) {
			cat := ruled(t, func(r *catalog.Rules) { r.OtherAgency = severity })
			cat.Measures[2].Agency = "cat"
			r := start(t, func(_ *Config, d *Deps) { d.Catalog = cat })
			receipt := r.send(t, Observations, dossierRow("received", "s2022-01", 9, `,"agency":"cat"`), dossierRow("received", "s2022-02", 10, `,"agency":"stttt","note":"thay"`), dossierRow("received", "s2022-03", 10, ""))
			if got := strings.Join(said(receipt), "; "); got != want {
				t.Errorf("%q: %s", severity, got)
			}
		})
	}
}

// A value is compared with the one before in the same unit and dimensions: in the submission, else in the warehouse as it holds now.
func TestJumps(t *testing.T) {
	up, down := 50.0, 0.0
	cat := ruled(t, func(r *catalog.Rules) {
		r.Jumps = []catalog.Jump{
			{Measure: "vneid_activated", Up: &up, Down: &down, Least: 5, LookBack: 31, Severity: catalog.SeverityError},
			{Measure: "dossiers_received", Up: &up, LookBack: 62, Severity: catalog.SeverityWarning},
		}
	})
	r := start(t, func(_ *Config, d *Deps) { d.Catalog = cat })
	with := func(line, more string) string { return strings.TrimSuffix(line, "}") + more + "}" }
	receipt := r.send(t, Observations, accounts("08707", "2022-06-01", "male", 100), accounts("08707", "2022-06-10", "male", 151), accounts("08707", "2022-06-20", "male", 150),
		accounts("08707", "2022-06-21", "male", 145), accounts("08707", "2022-06-22", "male", 300), accounts("08707", "2022-06-01", "female", 1))
	wantList(t, "within a submission", said(receipt), "2! jump", "4! jump", "5! jump") // 150 is the last that was taken
	receipt = r.send(t, Observations, accounts("08707", "2022-06-25", "male", 90), with(accounts("08707", "2022-06-26", "male", 90), because),
		accounts("08710", "2022-06-25", "male", 9000), accounts("08707", "2022-08-30", "male", 9000), accounts("08707", "2022-06-15", "male", 120))
	wantList(t, "against the warehouse", said(receipt), "1! jump", "2 jump")
	if j := receipt.Rejections[0]; !strings.Contains(j.Message.En, "150 of 2022-06-20") || j.Field != "value" {
		t.Errorf("%s of %s", j.Message.En, j.Field)
	}
	// Retracting what was compared with takes it out of the comparison.
	r.send(t, Observations, `{"measure":"vneid_activated","unit":"08707","date":"2022-06-26","dims":{"sex":"male"},"retract":true}`)
	receipt = r.send(t, Observations, accounts("08707", "2022-06-27", "male", 160), dossierRow("received", "s2022-06", 10, ""), dossierRow("received", "s2022-07", 16, ""), dossierRow("received", "s2022-08", 160, because))
	wantList(t, "after a retraction", said(receipt), "3 jump")
}

// A part is compared with its whole whichever comes first, in one submission or in two.
func TestPartsOfWholes(t *testing.T) {
	for _, severity := range []catalog.Severity{catalog.SeverityWarning, catalog.SeverityError} {
		t.Run(string(severity), func(t *testing.T) {
			mark := map[catalog.Severity]string{catalog.SeverityWarning: "", catalog.SeverityError: "!"}[severity]
			cat := ruled(t, func(r *catalog.Rules) {
				r.Parts = []catalog.PartRule{{Part: "dossiers_digitised", Whole: "dossiers_received", Severity: severity}}
			})
			r := start(t, func(_ *Config, d *Deps) { d.Catalog = cat })
			receipt := r.send(t, Observations, dossierRow("received", "s2022-01", 10, ""), dossierRow("digitised", "s2022-01", 10, ""), dossierRow("digitised", "s2022-02", 9, ""),
				dossierRow("received", "s2022-03", 5, ""))
			wantList(t, "no more than the whole", said(receipt))
			receipt = r.send(t, Observations, dossierRow("digitised", "s2022-03", 6, ""), dossierRow("received", "s2022-02", 8, ""), dossierRow("digitised", "s2022-04", 7, ""))
			wantList(t, "against the warehouse", said(receipt), "1"+mark+" part_over_whole", "2"+mark+" part_over_whole")
			// Both corrected at once: what the submission says counts before what the warehouse has.
			receipt = r.send(t, Observations, dossierRow("digitised", "s2022-01", 20, ""), dossierRow("received", "s2022-01", 25, ""))
			wantList(t, "both at once", said(receipt))
		})
	}
}

// A row that says the same again is taken with a warning; one that says something else is refused, and both lines are named.
func TestRepeatedRows(t *testing.T) {
	r := start(t)
	receipt := r.send(t, Observations, activated, accounts("08710", "2022-06-15", "male", 5), activated, accounts("08710", "2022-06-15", "male", 6))
	wantList(t, "repeated", said(receipt), "4! duplicate_row", "3 repeated_row")
	if en := receipt.Rejections[0].Message.En + receipt.Warnings[0].Message.En; !strings.Contains(en, "Line 2") || !strings.Contains(en, "Line 1") {
		t.Error(en)
	}
	if receipt.Accepted != 3 || receipt.Unchanged != 1 {
		t.Errorf("%+v", receipt)
	}
	if n := r.count(t, "SELECT count() FROM rejections WHERE severity = 'warning' AND code = 'repeated_row'"); n != 1 {
		t.Errorf("%d warnings kept", n)
	}
}

// A warehouse that does not answer holds nobody up: the rows are taken, and the sender is told.
func TestComparisonWithoutWarehouse(t *testing.T) {
	up := 50.0
	cat := ruled(t, func(r *catalog.Rules) {
		r.Jumps = []catalog.Jump{{Measure: "vneid_activated", Up: &up, LookBack: 31, Severity: catalog.SeverityError}}
	})
	x, err := newIndex(cat)
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	away := func(context.Context, *window) error { asked++; return errors.New("away") }
	var lines []string
	for i := range heldRows + 1 { // two windows: four rows a day
		day := dayOf(date("2010-01-01")) + day(i/4)
		lines = append(lines, accounts([]string{"08707", "08710"}[i%2], day.String(), []string{"male", "female"}[i/2%2], 5))
	}
	x.earliest = dayOf(date("2010-01-01"))
	for _, unit := range []string{"08707", "08710"} {
		x.units[unit].spans[0].from = x.earliest
	}
	in := Intake{Dataset: Observations, Format: NDJSON, DryRun: true, Body: strings.NewReader(strings.Join(lines, "\n"))}
	ses := newSession(DefaultConfig(), in, "s", newChecker(x, in, dayOf(date("2022-11-20"))), nil, away)
	if err := ses.take(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ses.accepted != len(lines) || ses.warned != 1 || ses.rejections[0].Code != NotCompared || asked != 1 {
		t.Errorf("%d of %d taken, %d warnings, asked %d times", ses.accepted, len(lines), ses.warned, asked)
	}
}

// A warehouse that does not answer cannot say whether a figure of a closed period is its first: it is refused, and the sender told to try again.
func TestLateReportsWithoutWarehouse(t *testing.T) {
	cat := ruled(t, func(r *catalog.Rules) { r.Closings = []catalog.Closing{{DueDays: 2, CloseDays: 4}} })
	x, err := newIndex(cat)
	if err != nil {
		t.Fatal(err)
	}
	in := Intake{Dataset: Observations, Format: NDJSON, DryRun: true, Body: strings.NewReader(dossierRow("received", "s2022-08", 1, "") + "\n" + dossierRow("received", "s2022-07", 1, because))}
	ses := newSession(DefaultConfig(), in, "s", newChecker(x, in, dayOf(date("2022-11-20"))), nil, func(context.Context, *window) error { return errors.New("away") })
	if err := ses.take(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(ses.rejections) != 1 || ses.accepted != 1 || ses.rejectedRows() != 1 || ses.rejections[0].Code != PeriodClosed || !strings.Contains(ses.rejections[0].Message.En, "send it again later") {
		t.Errorf("%d taken; %+v", ses.accepted, ses.rejections)
	}
}

// A refused row with personal data is refused for that: it is what its sender has to know first, and nothing is repeated.
func TestPersonalDataComesFirst(t *testing.T) {
	r := start(t)
	const secret = "0912.345.678"
	for format, body := range map[Format]string{
		NDJSON: `{"measure":"vneid_activated","unit":"` + secret + `","date":"2022-06-15","value":1,"dims":{"sex":"male"}}`,
		CSV:    "measure,unit,date,value,dim.sex\nvneid_activated,08707,2022-06-15,1," + secret,
		JSON:   `[{"measure":"` + secret + `"}]`,
	} {
		receipt, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: format, Body: strings.NewReader(body), Wait: true})
		if err != nil || len(receipt.Rejections) != 1 || receipt.Rejections[0].Code != PersonalData {
			t.Errorf("%s: %+v, %v", format, receipt, err)
		}
	}
	if n := r.count(t, "SELECT count() FROM rejections WHERE position(message_en || message_vi || field, '345') > 0"); n != 0 {
		t.Error("a number is repeated")
	}
}

package ingest

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
)

func TestUnreadableSubmissions(t *testing.T) {
	r := start(t)
	const head = "measure,unit,date,value\n"
	for _, c := range []struct {
		name  string
		in    Intake
		kind  Kind
		field string
		says  string
	}{
		{"nothing", Intake{Dataset: Observations, Format: NDJSON, Body: strings.NewReader("")}, Unreadable, "", "no rows"},
		{"blank lines", Intake{Dataset: Observations, Format: NDJSON, Body: strings.NewReader("\n \r\n\t\n")}, Unreadable, "", "no rows"},
		{"CSV of nothing", Intake{Dataset: Observations, Format: CSV, Body: strings.NewReader("")}, Unreadable, "", "no rows"},
		{"CSV of a header", Intake{Dataset: Observations, Format: CSV, Body: strings.NewReader(head)}, Unreadable, "", "no rows"},
		{"CSV of a header and blank lines", Intake{Dataset: Observations, Format: CSV, Body: strings.NewReader(head + "\r\n\n  \n")}, Unreadable, "", "no rows"},
		{"CSV of blank lines", Intake{Dataset: Observations, Format: CSV, Body: strings.NewReader("\r\n \n\n")}, Unreadable, "", "no rows"},
		{"CSV of a byte order mark", Intake{Dataset: Observations, Format: CSV, Body: strings.NewReader("\ufeff\n")}, Unreadable, "", "no rows"},
		{"population of a header", Intake{Dataset: Population, Format: CSV, Body: strings.NewReader("unit,date,value,age,residence,sex\n")}, Unreadable, "", "no rows"},
		{"byte order mark", Intake{Dataset: Observations, Format: NDJSON, Body: strings.NewReader("\ufeff")}, Unreadable, "", "no rows"},
		{"unknown column", Intake{Dataset: Observations, Format: CSV, Body: strings.NewReader("measure,unit,date,values\n")}, Unreadable, "values", "Did you mean “value”?"},
		{"unknown dimension", Intake{Dataset: Observations, Format: CSV, Body: strings.NewReader("measure,unit,date,value,dim.gender\n")}, Unreadable, "", "Column 5"},
		{"column twice", Intake{Dataset: Observations, Format: CSV, Body: strings.NewReader("measure,unit,date,value,unit\n")}, Unreadable, "unit", "Column 5"},
		{"missing column", Intake{Dataset: Observations, Format: CSV, Body: strings.NewReader("measure,date,value\n")}, Unreadable, "unit", "“unit”"},
		{"missing date and period", Intake{Dataset: Observations, Format: CSV, Body: strings.NewReader("measure,unit,value\n")}, Unreadable, "date", "“date” or “period”"},
		{"a name as a column", Intake{Dataset: Observations, Format: CSV, Body: strings.NewReader("Nguyễn Văn A,unit\n")}, Unreadable, "", "Column 1 is not"},
		{"a name without marks as a column", Intake{Dataset: Observations, Format: CSV, Body: strings.NewReader("NguyenVanAnh,unit\n")}, Unreadable, "", "Column 1 is not"},
		{"a million columns", Intake{Dataset: Observations, Format: CSV, Body: strings.NewReader(strings.Repeat("unit,", 10_000) + "\n")}, Unreadable, "", "Too many fields"},
		{"endless header", Intake{Dataset: Observations, Format: CSV, Body: strings.NewReader(strings.Repeat("unit,", 20_000) + "\n")}, Unreadable, "", "longer than"},
		{"no such dataset", Intake{Dataset: "people", Format: NDJSON, Body: strings.NewReader(activated)}, Unreadable, "dataset", "dataset"},
		{"no such format", Intake{Dataset: Observations, Format: "xml", Body: strings.NewReader(activated)}, Unreadable, "format", "NDJSON"},
		{"no such agency", Intake{Dataset: Observations, Format: NDJSON, Agency: "nobody", Body: strings.NewReader(activated)}, Unreadable, "agency", "agency"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := r.Submit(t.Context(), c.in)
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			if e.Kind != c.kind || e.Field != c.field || !strings.Contains(e.Text.En, c.says) || e.Text.Vi == "" {
				t.Errorf("got %s of %q: %s", e.Kind, e.Field, e.Text.En)
			}
			if said := e.Text.Vi + e.Text.En; strings.Contains(said, "Nguyễn") || strings.Contains(said, "NguyenVanAnh") {
				t.Error("the message repeats what was sent")
			}
		})
	}
	if n := r.count(t, "SELECT count() FROM submissions"); n != 0 {
		t.Errorf("%d submissions recorded", n)
	}
}

func TestLimitOfRows(t *testing.T) {
	r := start(t, func(c *Config, _ *Deps) { c.MaxRows = 3 })
	_, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, Body: strings.NewReader(strings.Join([]string{
		accounts("08707", "2022-06-01", "male", 1), accounts("08707", "2022-06-02", "male", 1), accounts("08707", "2022-06-03", "male", 1), accounts("08707", "2022-06-04", "male", 1),
	}, "\n"))})
	var e *Error
	if !errors.As(err, &e) || e.Kind != TooLarge || e.Line != 4 {
		t.Errorf("got %+v", e)
	}
}

func TestTooManyAtOnce(t *testing.T) {
	r := start(t, func(c *Config, _ *Deps) { c.MaxConcurrent = 1 })
	body, write := io.Pipe()
	done := make(chan error, 1)
	go func() {
		_, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, Body: body})
		done <- err
	}()
	if _, err := io.WriteString(write, activated+"\n"); err != nil {
		t.Fatal(err)
	}
	_, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, Body: strings.NewReader(activated)})
	var e *Error
	if !errors.As(err, &e) || e.Kind != Busy || e.RetryAfter <= 0 {
		t.Errorf("got %v", err)
	}
	write.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestHugeLineIsOneRejectedRow(t *testing.T) {
	r := start(t)
	r.send(t, Observations, accounts("08707", "2022-06-01", "male", 1)) // what is allocated once is allocated now
	const size, bound = 200 << 20, 64 << 20
	body := io.MultiReader(strings.NewReader(activated+"\n"), &endless{size}, strings.NewReader("\n"+accounts("08710", "2022-06-15", "male", 5)))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	receipt, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, Body: body, Wait: true})
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if receipt.Accepted != 2 || receipt.Rejected != 1 || receipt.Rejections[0].Code != LineTooLong || receipt.Rejections[0].Line != 2 {
		t.Errorf("%+v", receipt)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > bound {
		t.Errorf("took %d MB", used>>20)
	}
}

func TestKeptRejectionsAreLimited(t *testing.T) {
	r := start(t, func(c *Config, _ *Deps) { c.MaxRejections = 150 })
	receipt := r.send(t, Observations, strings.Repeat("{}\n", 500)+activated)
	if receipt.Rejected != 500 || len(receipt.Rejections) != 100 || receipt.Accepted != 1 {
		t.Errorf("%d rejected, %d shown", receipt.Rejected, len(receipt.Rejections))
	}
	if n := r.count(t, "SELECT count() FROM rejections WHERE submission = '"+receipt.Submission+"'"); n != 150 {
		t.Errorf("%d kept", n)
	}
}

// repeated gives a text over and over and counts what was read.
type repeated struct {
	text string
	left int64
	at   int
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(int64(len(p)), r.left)], r.text[r.at:])
	r.at = (r.at + n) % len(r.text)
	r.left -= int64(n)
	return n, nil
}

// A row of CSV is a line, so a quote that is never closed costs its line and no more.
func TestHugeCSVInBoundedMemory(t *testing.T) {
	if raced {
		t.Skip("hundreds of megabytes, one goroutine; run without the race detector")
	}
	r := start(t)
	r.send(t, Observations, accounts("08707", "2022-06-01", "male", 1)) // what is allocated once is allocated now
	const size, bound = 200 << 20, 64 << 20
	const head, row = "measure,unit,date,value,dim.sex,note\n", "vneid_activated,08710,2022-06-15,5,male,\n"
	long := strings.Repeat("x", 32<<10-1) + "\n"
	for _, c := range []struct {
		name, before, text, after string
		code                      Code
		rejected                  int
	}{
		{"unquoted line", "vneid_activated,08710,2022-06-15,5,male,", "xxxxxxxx", "\n", LineTooLong, 1},
		{"quoted line", "vneid_activated,08710,2022-06-15,5,male,\"", "xxxxxxxx", "\"\n", LineTooLong, 1},
		{"a line of separators", "", ",,,,,,,,", "\n", LineTooLong, 1},
		{"quoted over many lines", "vneid_activated,08710,2022-06-15,5,male,\"", long, "\"\n", InvalidCSV, 1 + size/(32<<10)},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := io.MultiReader(strings.NewReader(head+c.before), &repeated{text: c.text, left: size}, strings.NewReader(c.after+row))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			receipt, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: CSV, Body: body, Wait: true})
			if err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
			if receipt.Accepted != 1 || receipt.Rejected != c.rejected || receipt.Rejections[0].Code != c.code || receipt.Rejections[0].Line != 2 {
				t.Errorf("%d accepted, %d rejected, %+v", receipt.Accepted, receipt.Rejected, receipt.Rejections[0])
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > bound {
				t.Errorf("took %d MB", used>>20)
			}
		})
	}
}

// A header over the limit is refused when the limit is passed; what follows is not waited for.
func TestEndlessHeader(t *testing.T) {
	r := start(t)
	for _, text := range []string{"unit,", "\"unit", "x"} {
		body := &repeated{text: text, left: 1 << 40}
		_, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: CSV, Body: body})
		var e *Error
		if !errors.As(err, &e) || e.Kind != Unreadable || !strings.Contains(e.Text.En, "longer than") {
			t.Errorf("%q: got %v", text, err)
		}
		if read := int64(1<<40) - body.left; read > 1<<20 {
			t.Errorf("%q: read %d bytes", text, read)
		}
	}
}

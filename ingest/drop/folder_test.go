package drop

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/toancanh/toancanh/ingest"
	"github.com/toancanh/toancanh/query/catalog"
)

// intake is what a submission said, and what is answered to it.
type intake struct {
	ingest.Intake
	body string
}

// desk is a folder with a clock of its own and somebody who takes submissions.
type desk struct {
	t *testing.T
	*Folder
	at     time.Time
	got    []intake
	answer func(intake) (ingest.Receipt, error)
	sender func() (Sender, error)
}

func newDesk(t *testing.T) *desk {
	d := &desk{t: t, at: time.Date(2022, 11, 20, 9, 0, 0, 0, time.UTC)}
	d.answer = func(intake) (ingest.Receipt, error) { return ingest.Receipt{Submission: "01S", Accepted: 1}, nil }
	d.reopen(t.TempDir())
	return d
}

// reopen is a new process on the folder.
func (d *desk) reopen(dir string) {
	d.t.Helper()
	cfg := DefaultConfig()
	cfg.Dir, cfg.Sender = dir, d.sender
	f, err := New(cfg, func(_ context.Context, in ingest.Intake) (ingest.Receipt, error) {
		body, err := io.ReadAll(in.Body)
		if err != nil {
			d.t.Fatal(err)
		}
		one := intake{in, string(body)}
		d.got = append(d.got, one)
		return d.answer(one)
	}, func() time.Time { return d.at }, slog.New(slog.DiscardHandler))
	if err != nil {
		d.t.Fatal(err)
	}
	unlock, err := f.open()
	if err != nil {
		d.t.Fatal(err)
	}
	unlock()
	d.Folder = f
}

func (d *desk) put(name, content string) {
	d.t.Helper()
	if err := os.WriteFile(filepath.Join(d.cfg.Dir, name), []byte(content), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// look scans, some time later.
func (d *desk) look(later time.Duration) {
	d.t.Helper()
	d.at = d.at.Add(later)
	if err := d.scan(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
}

// files lists what lies in a folder, without the claims before the names.
func (d *desk) files(dir string) string {
	d.t.Helper()
	list, err := os.ReadDir(filepath.Join(d.cfg.Dir, dir))
	if err != nil {
		d.t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		name := e.Name()
		if len(name) > claimLength && name[8] == '-' {
			name = name[claimLength:]
		}
		if name != ".lock" && !e.IsDir() {
			names = append(names, name)
		}
	}
	slices.Sort(names) // claims of one instant come in any order
	return strings.Join(names, " ")
}

func (d *desk) want(dir, names string) {
	d.t.Helper()
	if got := d.files(dir); got != names {
		d.t.Errorf("%s holds %q, want %q", dir, got, names)
	}
}

func TestFileIsTakenOnceItIsWhole(t *testing.T) {
	d := newDesk(t)
	d.put("observations/a.csv", "half")
	d.look(0)
	d.look(time.Second)
	d.put("observations/a.csv", "half and the rest")
	d.look(10 * time.Second) // it has changed: the waiting begins again
	if len(d.got) != 0 {
		t.Fatalf("taken while it was written: %q", d.got[0].body)
	}
	d.look(4 * time.Second)
	d.want("observations", "")
	d.want("working/observations", "")
	d.want("done", "a.csv a.csv.report.json a.csv.report.txt")
	if len(d.got) != 1 || d.got[0].body != "half and the rest" || d.got[0].Dataset != ingest.Observations || d.got[0].Format != ingest.CSV || d.got[0].Caller != "drop" {
		t.Errorf("%+v", d.got)
	}
}

func TestWhatIsLeftAlone(t *testing.T) {
	d := newDesk(t)
	for _, name := range []string{".a.csv", "~$a.xlsx", "a.csv.part", "a.csv.TMP"} {
		d.put("observations/"+name, "x")
	}
	d.put("secret", "x")
	if err := errors.Join(os.Symlink(filepath.Join(d.cfg.Dir, "secret"), filepath.Join(d.cfg.Dir, "observations/link.csv")), os.Mkdir(filepath.Join(d.cfg.Dir, "observations/dir.csv"), 0o700)); err != nil {
		t.Fatal(err)
	}
	d.look(0)
	d.look(time.Hour)
	if len(d.got) != 0 {
		t.Errorf("%+v", d.got)
	}
}

func TestReports(t *testing.T) {
	d := newDesk(t)
	d.answer = func(intake) (ingest.Receipt, error) {
		return ingest.Receipt{
			Submission: "01S", Accepted: 2, Rejected: 3, Warned: 1,
			Rejections: []ingest.Rejection{{Line: 8, Column: 3, Sheet: 1, Tab: "Biểu 1", Field: "unit", Code: ingest.UnknownUnit, Message: catalog.Text{Vi: "không có", En: "there is no"}}},
			Warnings:   []ingest.Rejection{{Warning: true, Line: 4, Code: ingest.RepeatedRow, Message: catalog.Text{Vi: "lặp", En: "repeated"}}},
		}, nil
	}
	d.put("population/b.xlsx", "x")
	d.look(0)
	d.look(time.Minute)
	d.want("rejected", "b.xlsx b.xlsx.report.json b.xlsx.report.txt")
	list, _ := filepath.Glob(filepath.Join(d.cfg.Dir, "rejected/*.report.*"))
	var r report
	content, err := os.ReadFile(list[0])
	if err != nil || json.Unmarshal(content, &r) != nil || r.File != "b.xlsx" || r.Rejected != 3 || r.Rejections[0].Cell != "C8" || r.Warnings[0].Code != "repeated_row" {
		t.Errorf("%s, %v", content, err)
	}
	text, err := os.ReadFile(list[1])
	for _, want := range []string{"Đã nhận: 2 dòng. Từ chối: 3 dòng. Cảnh báo: 1.", "- trang Biểu 1, ô C8, unit: không có (unknown_unit)", "… và 2 nữa", "- dòng 4: lặp"} {
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("the report lacks %q:\n%s", want, text)
		}
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	d := newDesk(t)
	d.answer = func(intake) (ingest.Receipt, error) {
		return ingest.Receipt{}, &ingest.Error{Kind: ingest.Unreadable, Line: 7, Text: catalog.Text{Vi: "hỏng", En: "broken"}}
	}
	d.put("observations/a.json", "[")
	d.put("observations/a.docx", "x")
	d.look(0)
	d.look(time.Minute)
	d.want("rejected", "a.docx a.docx.report.json a.docx.report.txt a.json a.json.report.json a.json.report.txt")
	if len(d.got) != 1 {
		t.Errorf("%d submitted", len(d.got))
	}
	list, _ := filepath.Glob(filepath.Join(d.cfg.Dir, "rejected/*a.json.report.txt"))
	text, err := os.ReadFile(list[0])
	if err != nil || !strings.Contains(string(text), "hỏng (unreadable)") || !strings.Contains(string(text), "Dừng ở dòng 7; chưa dòng nào") {
		t.Errorf("%s, %v", text, err)
	}
}

// What the journal has no room for stays claimed and is tried again, not before its time, under the same key.
func TestWaiting(t *testing.T) {
	d := newDesk(t)
	answer := d.answer
	d.answer = func(intake) (ingest.Receipt, error) {
		return ingest.Receipt{}, &ingest.Error{Kind: ingest.JournalFull, RetryAfter: 15 * time.Second}
	}
	d.put("observations/a.csv", "x")
	d.look(0)
	d.look(time.Minute)
	d.look(5 * time.Second)
	d.want("working/observations", "a.csv")
	if len(d.got) != 1 {
		t.Fatalf("tried %d times", len(d.got))
	}
	d.answer = answer
	d.look(15 * time.Second)
	d.want("done", "a.csv a.csv.report.json a.csv.report.txt")
	if len(d.got) != 2 || d.got[0].IdempotencyKey != d.got[1].IdempotencyKey || d.got[0].IdempotencyKey == "" {
		t.Errorf("%+v", d.got)
	}
}

// A process that dies at any step leaves a claim that the next one finds, and submits under the same key.
func TestCrashes(t *testing.T) {
	d := newDesk(t)
	ctx, die := context.WithCancel(t.Context())
	d.answer = func(intake) (ingest.Receipt, error) {
		die()
		return ingest.Receipt{}, &ingest.Error{Kind: ingest.Interrupted}
	}
	d.put("task-progress/a.ndjson.gz", "x")
	d.look(0)
	d.at = d.at.Add(time.Minute)
	if err := d.scan(ctx); err != nil {
		t.Fatal(err)
	}
	d.want("working/task-progress", "a.ndjson.gz")
	// It also died between the report and the move.
	list, _ := filepath.Glob(filepath.Join(d.cfg.Dir, "working/task-progress/*.gz"))
	d.put("done/"+filepath.Base(list[0])+".report.json", "half")
	d.answer = func(intake) (ingest.Receipt, error) {
		return ingest.Receipt{Submission: "01S", Accepted: 1, Replayed: true}, nil
	}
	d.reopen(d.cfg.Dir)
	d.look(0)
	d.want("done", "a.ndjson.gz a.ndjson.gz.report.json a.ndjson.gz.report.txt")
	if len(d.got) != 2 || d.got[0].IdempotencyKey != d.got[1].IdempotencyKey || d.got[1].Encoding != ingest.Gzip || d.got[1].Dataset != ingest.TaskProgress {
		t.Errorf("%+v", d.got)
	}
	// The same file put again is another claim: A, B, A are three revisions.
	d.put("task-progress/a.ndjson.gz", "x")
	d.look(0)
	d.look(time.Minute)
	if len(d.got) != 3 || d.got[2].IdempotencyKey == d.got[1].IdempotencyKey {
		t.Errorf("%+v", d.got)
	}
}

func TestOneProcessAFolder(t *testing.T) {
	d := newDesk(t)
	unlock, err := d.open()
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	if _, err := d.open(); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("got %v", err)
	}
}

func TestLongNames(t *testing.T) {
	d := newDesk(t)
	d.put("observations/"+strings.Repeat("é", 120)+".csv", "x")
	d.look(0)
	d.look(time.Minute)
	if got := strings.Fields(d.files("done")); len(got) != 3 || !strings.HasSuffix(got[0], "é.csv") {
		t.Errorf("done holds %q", got)
	}
}

func TestFileInWorkingByHand(t *testing.T) {
	d := newDesk(t)
	d.put("working/observations/a.csv", "x")
	d.look(0)
	d.want("rejected", "a.csv a.csv.report.json a.csv.report.txt")
	if len(d.got) != 0 {
		t.Error("submitted")
	}
}

// Files are sent with the permit of whose folder it is; while nobody may send them they wait, and a notice says why.
func TestFilesAreSentAsTheirSender(t *testing.T) {
	d := newDesk(t)
	permit := &ingest.Permit{Agencies: []string{"cat"}}
	var refusal error
	d.sender = func() (Sender, error) { return Sender{"abcdefghij", "cat", permit}, refusal }
	d.reopen(d.cfg.Dir)
	d.put("observations/a.csv", "x")
	d.look(0)
	d.look(time.Minute)
	if len(d.got) != 1 || d.got[0].Caller != "abcdefghij" || d.got[0].Agency != "cat" || d.got[0].Permit != permit {
		t.Fatalf("%+v", d.got)
	}
	refusal = &Unable{Vi: "Mã đã hết hạn.", En: "The token has expired."}
	d.put("observations/b.csv", "x")
	d.look(0)
	d.look(time.Minute)
	d.want("observations", "b.csv")
	d.want("", "waiting.txt")
	text, err := os.ReadFile(filepath.Join(d.cfg.Dir, "waiting.txt"))
	if err != nil || string(text) != "Mã đã hết hạn.\nThe token has expired.\n" || len(d.got) != 1 {
		t.Errorf("%q, %v; %d taken", text, err, len(d.got))
	}
	refusal = nil
	d.reopen(d.cfg.Dir) // a new process takes the notice of the old one away
	d.look(0)
	d.look(time.Minute)
	d.want("", "")
	d.want("done", "a.csv a.csv.report.json a.csv.report.txt b.csv b.csv.report.json b.csv.report.txt")
}

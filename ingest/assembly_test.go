package ingest

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
)

// manyLines are figures of three communes, each on a day of its own: more than one part holds, and than the spool's memory when it is small.
func manyLines(n, value int) []string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = accounts([]string{"08707", "08710", "08713"}[i%3], date("2021-01-01").AddDays(i/6).String(), []string{"male", "female"}[i/3%2], value)
	}
	return lines
}

// partsOf cuts figures of 2022 into parts of one submission, the last with its end.
func partsOf(submission string, parts, value int) (list []*part) {
	for i := range parts {
		p := newPart(figureRows, submission)
		for row := range 3 {
			day := dayOf(date("2022-01-01").AddDays(3*i + row))
			p.addFigure(&figure{measure: "vneid_activated", unit: "08707", dims: "sex=male", value: int64(value), line: 3*i + row + 1, start: day, end: day})
		}
		list = append(list, p)
	}
	list[0].flags |= firstPart
	last := list[parts-1]
	last.flags |= lastPart
	last.end = &end{parts: parts, record: submissionRecord{dataset: "observations", accepted: 3 * parts}}
	return list
}

// alone is a message of one part.
func alone(p *part, at time.Time) []byte { return encodeMessage(at, []*part{p}) }

// A submission of many messages is seen by a reader not at all or wholly, as of any instant, though the engine is killed between its
// parts and the service with it, again and again, and readers ask all the while.
func TestSubmissionIsAllOrNothing(t *testing.T) {
	r := start(t, func(c *Config, _ *Deps) { c.FlushInterval, c.DrainTimeout, c.BatchRows = 0, time.Nanosecond, 1 })
	const parts = 6
	list := partsOf("01WHOLE", parts, 7)
	ctx, stop := context.WithCancel(t.Context())
	seen := make(chan map[uint64]bool)
	go func() { seen <- r.watch(ctx) }()
	for i, p := range list {
		r.journal(t, alone(p, now.Add(time.Duration(i)*time.Second)))
		r.another(t, i) // another sender in between, about a cell of the first part
		if i == parts-1 {
			break
		}
		r.waitAll(t)
		if n := r.count(t, "SELECT count() FROM observations WHERE submission = '01WHOLE'"); n != 0 {
			t.Fatalf("%d rows after part %d of %d", n, i+1, parts)
		}
		switch i {
		case 1, 3:
			warehousetest.Kill(t)
			r.awake(t)
		case 2:
			r.stop(t)
			r.run(t)
		}
	}
	r.waitAll(t)
	r.awake(t)
	stop()
	for rows := range <-seen {
		if rows != 0 && rows != 3*parts {
			t.Errorf("a reader saw %d of %d rows", rows, 3*parts)
		}
	}
	if n := r.count(t, "SELECT count() FROM observations WHERE submission = '01WHOLE'"); n != 3*parts {
		t.Errorf("%d rows, want %d", n, 3*parts)
	}
	if n := r.count(t, "SELECT uniqExact(known_at) FROM observations WHERE submission = '01WHOLE'"); n != 1 {
		t.Errorf("it became known at %d instants: as of one between there would be half of it", n)
	}
	if got := fmt.Sprint(r.row(t, "SELECT toString((accepted, unchanged)) FROM submissions WHERE submission = '01WHOLE'")); got != "[(18,0)]" {
		t.Errorf("recorded %s", got)
	}
	r.stop(t) // after a clean stop nothing comes again
	r.run(t)
	r.waitAll(t)
	if n := r.count(t, "SELECT count() FROM observations"); n != 3*parts+parts {
		t.Errorf("%d rows in all, want %d", n, 3*parts+parts)
	}
}

// another is the sender beside: one figure of another unit.
func (r *room) another(t *testing.T, i int) {
	t.Helper()
	r.awake(t)
	r.enqueue(t, accounts("08710", date("2022-01-01").AddDays(i).String(), "male", i+1))
}

// watch counts the rows of the submission until ctx ends, and gives the numbers it saw. While the engine is away nothing is seen.
func (r *room) watch(ctx context.Context) map[uint64]bool {
	seen := map[uint64]bool{}
	for ctx.Err() == nil {
		var n uint64
		if err := r.db.QueryRow(ctx, "SELECT count() FROM observations WHERE submission = '01WHOLE'").Scan(&n); err == nil {
			seen[n] = true
		}
	}
	return seen
}

// What a crash left of a submission in the journal is never seen, holds nobody up, and is given up in time.
func TestSubmissionWithoutEndIsGivenUp(t *testing.T) {
	r := start(t, func(c *Config, _ *Deps) { c.FlushInterval = 0 })
	lost := partsOf("01LOST", 3, 7)
	r.journal(t, alone(lost[0], now))
	r.journal(t, alone(lost[1], now))
	r.send(t, Observations, accounts("08710", "2022-06-15", "male", 1))
	r.stop(t)
	r.run(t)
	r.send(t, Observations, accounts("08710", "2022-06-15", "male", 2))
	if n := r.count(t, "SELECT count() FROM observations"); n != 2 {
		t.Errorf("%d rows, the submission without end has none", n)
	}
	a := newAssembly()
	w := &writer{assembly: a, log: r.deps.Log}
	a.take(&readPart{submission: "01LOST"}, now)
	if w.giveUp(now.Add(openTime)); len(a.open) != 1 {
		t.Error("given up too early")
	}
	if w.giveUp(now.Add(openTime + time.Second)); len(a.open) != 0 {
		t.Error("kept for ever")
	}
	if openTime < 2*journalTime {
		t.Error("the writer gives up while a sender may go on")
	}
}

// When one part of a submission cannot be read the others are not shown: they are set aside too, and taken with it.
func TestTornSubmissionIsSetAside(t *testing.T) {
	r := start(t, func(c *Config, _ *Deps) { c.FlushInterval = 0 })
	torn := partsOf("01TORN", 3, 7)
	r.journal(t, alone(torn[0], now))
	unread := alone(torn[1], now)
	unread[0] = 99 // of a newer version
	bad := r.journal(t, unread)
	other := partsOf("01OTHER", 1, 5)[0]
	lastSeq := r.journal(t, encodeMessage(now, []*part{other, torn[2]}))
	r.waitAll(t)
	if got := fmt.Sprint(r.row(t, "SELECT toString(groupUniqArray(submission)) FROM observations")); got != "[['01OTHER']]" {
		t.Errorf("seen are %s", got)
	}
	list, err := r.aside.List()
	if err != nil || len(list) != 2 || list[0].Sequence != bad || list[1].Sequence != lastSeq || !strings.Contains(list[1].Reason, "01TORN is not whole") {
		t.Fatalf("%+v, %v", list, err)
	}
	unread[0] = messageVersion // now the program can read it
	if err := os.WriteFile(r.aside.path(bad, asideMessage), unread, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		if err := r.retake(t.Context(), r.pipe.Load().committer, a); err != nil {
			t.Fatal(err)
		}
	}
	r.waitAll(t)
	if n := r.count(t, "SELECT count() FROM observations WHERE submission = '01TORN'"); n != 9 {
		t.Errorf("%d rows after all, want 9", n)
	}
	if list, err := r.aside.List(); err != nil || len(list) != 0 {
		t.Errorf("%+v is left, %v", list, err)
	}
}

// A submission larger than the memory of its spool comes out whole and in order, and leaves no file.
func TestSpoolOnTheDisk(t *testing.T) {
	dir := t.TempDir()
	s := newSpool(Config{Dir: dir})
	defer s.close()
	s.memory = spoolBytes - 100 // room for little
	var want []string
	for i := range 50 {
		p := newPart(figureRows, fmt.Sprint("submission ", i))
		p.addFigure(&figure{measure: "m", unit: "u", note: strings.Repeat("ghi chú ", i), line: 1})
		want = append(want, string(p.append(nil)))
		if err := s.add(p); err != nil {
			t.Fatal(err)
		}
	}
	if s.file == nil || s.parts[0].content == nil {
		t.Fatal("it used one place only")
	}
	for i := range s.len() {
		p, err := s.part(i)
		if err != nil || string(p.append(nil)) != want[i] {
			t.Fatalf("part %d: %v", i, err)
		}
	}
	if files, err := os.ReadDir(s.dir); err != nil || len(files) != 0 {
		t.Errorf("files %v, %v", files, err)
	}
}

// A large submission goes the whole way: spooled, journalled in several messages, written at once.
func TestLargeSubmission(t *testing.T) {
	r := start(t, func(c *Config, _ *Deps) { c.BatchRows = 1000 })
	lines := manyLines(2*partRows+100, 4)
	receipt := r.send(t, Observations, lines...)
	if receipt.Accepted != len(lines) || receipt.Unchanged != 0 {
		t.Errorf("%d accepted, %d unchanged", receipt.Accepted, receipt.Unchanged)
	}
	if n := r.count(t, "SELECT count() FROM observations"); n != uint64(len(lines)) {
		t.Errorf("%d rows", n)
	}
	if again := r.send(t, Observations, lines...); again.Unchanged != len(lines) {
		t.Errorf("again %d unchanged", again.Unchanged)
	}
}

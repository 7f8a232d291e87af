package torture

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/toancanh/toancanh/query/catalog"
)

// periods that senders report flows of, in the order they ended. Senders draw from them in any order, so figures come late,
// early and again.
func periods() (list []string) {
	for month := 1; month <= 12; month++ {
		list = append(list, fmt.Sprintf("s2022-%02d", month))
	}
	return list
}

// world is what all senders share.
type world struct {
	ledger    *ledger
	addresses []string // of servers; a sender goes to the next one when its own does not answer
	communes  []string
	reports   []catalog.Task // tasks that are reported on
	quiet     sync.RWMutex   // held shared while a submission is under way
	days      int            // of a large submission
	pause     time.Duration  // between submissions
	waits     []string       // what a sender waits for: one of these
	retries   counter
	unasked   counter // refusals without Retry-After
}

// counter counts across senders.
type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) add() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
}

func (c *counter) get() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}

// senders is how many push at the same time.
const senders = 4

// sender pushes submissions of its own communes until it is told to stop. What it sends follows from its seed alone.
type sender struct {
	*world
	number int
	chance *rand.Rand
	units  []string
	keys   int
	http   http.Client
	turn   int // which server it goes to
}

// newSender gives a sender every n-th commune.
func newSender(w *world, seed uint64, number int) *sender {
	s := &sender{world: w, number: number, chance: rand.New(rand.NewPCG(seed, uint64(number)))}
	for i := number; i < len(w.communes)-1; i += senders { // the last one belongs to all
		s.units = append(s.units, w.communes[i])
	}
	s.http.Timeout = patience
	return s
}

// run sends until ctx ends; the submission under way is sent to its acknowledgement all the same.
func (s *sender) run(ctx context.Context) error {
	for ctx.Err() == nil {
		dataset, rows := s.draw()
		if err := s.submit(dataset, rows); err != nil {
			return fmt.Errorf("sender %d, submission %d: %w", s.number, s.keys, err)
		}
		select {
		case <-time.After(s.pause):
		case <-ctx.Done():
		}
	}
	return nil
}

// draw makes the next submission.
func (s *sender) draw() (dataset string, rows []row) {
	s.keys++
	switch n := s.chance.IntN(100); {
	case n < 4:
		return "observations", s.large()
	case n < 14:
		return "task-progress", s.progress()
	case n < 26:
		return "observations", s.together()
	case n < 40:
		return "observations", append(s.flows(1+s.chance.IntN(6)), s.wrong()...)
	case n < 42:
		return "observations", s.wrong()
	default:
		return "observations", s.flows(1 + s.chance.IntN(20))
	}
}

func flow(measure, unit, period string) string { return measure + " " + unit + " " + period + " " }

func (s *sender) value() revision {
	return revision{value: int64(s.chance.IntN(1000)), retracted: s.chance.IntN(8) == 0}.plain()
}

// plain drops the value of a retraction: a row that retracts has none.
func (r revision) plain() revision {
	if r.retracted {
		r.value = 0
	}
	return r
}

// distinct keeps the first row of each cell: a submission says one thing about it.
func distinct(rows []row) []row {
	seen := map[string]bool{}
	return slices.DeleteFunc(rows, func(r row) bool {
		defer func() { seen[r.cell] = true }()
		return seen[r.cell]
	})
}

// flows are new figures, corrections and retractions of the sender's own communes.
func (s *sender) flows(n int) (rows []row) {
	months := periods()
	for range n {
		unit, period := s.units[s.chance.IntN(len(s.units))], months[s.chance.IntN(len(months))]
		for _, measure := range []string{"dossiers_received", "dossiers_digitised"} {
			rows = append(rows, row{cell: flow(measure, unit, period), revision: s.value()})
		}
	}
	return distinct(rows)
}

// together are figures of the commune that all senders write about.
func (s *sender) together() (rows []row) {
	unit := s.communes[len(s.communes)-1]
	for _, period := range periods()[:4] {
		rows = append(rows, row{cell: flow("dossiers_received", unit, period), revision: s.value(), shared: true})
	}
	return rows
}

// wrong are rows that the checks refuse, of cells that nobody else speaks of.
func (s *sender) wrong() (rows []row) {
	for i := range 1 + s.chance.IntN(3) {
		rows = append(rows, row{
			cell: flow("dossiers_received", s.units[i], fmt.Sprintf("s2021-%02d", 1+s.chance.IntN(12))), revision: revision{value: -1 - int64(i)}, refused: true,
		})
	}
	return distinct(rows)
}

// large is a submission of several journal messages.
func (s *sender) large() (rows []row) {
	first := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, unit := range s.units {
		for i := range s.days {
			day := first.AddDate(0, 0, i).Format(time.DateOnly)
			for _, sex := range []string{"female", "male"} {
				rows = append(rows, row{cell: "vneid_activated " + unit + " " + day + " sex=" + sex, revision: s.value()})
			}
		}
	}
	return rows
}

// progress are reports on the sender's own assignments.
func (s *sender) progress() (rows []row) {
	for range 1 + s.chance.IntN(4) {
		task := s.reports[s.chance.IntN(len(s.reports))]
		n := s.chance.IntN(len(task.Assignees))
		if n += s.number - n%senders; n >= len(task.Assignees) {
			continue // no assignment of its own there
		}
		day := fmt.Sprintf("2022-%02d-15", 1+s.chance.IntN(12))
		r := revision{value: int64(s.chance.IntN(100)), retracted: s.chance.IntN(8) == 0}.plain()
		rows = append(rows, row{cell: task.Ref + " " + task.Assignees[n] + " " + day, revision: r})
	}
	if len(rows) == 0 {
		return s.progress()
	}
	return distinct(rows)
}

// write gives a row as a line of NDJSON.
func (r row) write(dataset string) string {
	part := strings.Split(r.cell, " ")
	var said string
	switch {
	case r.retracted:
		said = `"retract":true`
	case dataset == "task-progress":
		said = `"status":"in_progress","percent":` + strconv.FormatInt(r.value, 10)
	default:
		said = `"value":` + strconv.FormatInt(r.value, 10)
	}
	switch {
	case dataset == "task-progress":
		return fmt.Sprintf(`{"task":%q,"assignee":%q,"date":%q,%s}`, part[0], part[1], part[2], said)
	case part[3] == "":
		said += `,"note":"đã đối chiếu"` // what a closed period asks for: the reason
		return fmt.Sprintf(`{"measure":%q,"unit":%q,"period":%q,%s}`, part[0], part[1], part[2], said)
	}
	dimension, member, _ := strings.Cut(part[3], "=")
	return fmt.Sprintf(`{"measure":%q,"unit":%q,"date":%q,"dims":{%q:%q},%s}`, part[0], part[1], part[2], dimension, member, said)
}

// write gives rows as NDJSON.
func write(dataset string, rows []row) string {
	lines := make([]string, len(rows))
	for i, r := range rows {
		lines[i] = r.write(dataset)
	}
	return strings.Join(lines, "\n")
}

// answer is what the program says of a submission, the problem document of a failure included.
type answer struct {
	status      int
	retryAfter  string
	contentType string
	Submission  string `json:"submission"`
	Accepted    int    `json:"accepted"`
	Rejected    int    `json:"rejected"`
	DataVersion uint64 `json:"data_version"`
	Queryable   bool   `json:"queryable"`
	Code        string `json:"code"`
	Detail      string `json:"detail"`
	Rejections  []struct {
		Line          int
		Code, Message string
	} `json:"rejections"`
}

// submit sends until it is acknowledged, as a real client does: the same content under the same key, waiting
// as long as it is told to, but no longer than a tenth of a second, because this is torture.
func (s *sender) submit(dataset string, rows []row) error {
	s.quiet.RLock()
	defer s.quiet.RUnlock()
	body := write(dataset, rows)
	key := fmt.Sprintf("%d-%d", s.number, s.keys)
	wait := s.waits[s.chance.IntN(len(s.waits))]
	for began := time.Now(); time.Since(began) < patience; {
		a, err := s.send(dataset, key, wait, body)
		if err == nil {
			switch a.status {
			case http.StatusOK, http.StatusAccepted, http.StatusUnprocessableEntity:
				return s.settle(dataset, key, a, rows)
			case http.StatusServiceUnavailable, http.StatusTooManyRequests:
				if a.retryAfter == "" {
					s.unasked.add()
				}
			case http.StatusConflict:
				if a.Code != "idempotency_in_progress" {
					return fmt.Errorf("%d %s %s", a.status, a.Code, a.Detail)
				}
			default:
				if a.Code != "interrupted" {
					return fmt.Errorf("%d %s %s", a.status, a.Code, a.Detail)
				}
			}
		}
		s.retries.add()
		s.turn++
		<-time.After(20 * time.Millisecond) // a client's pause before it tries again
	}
	return fmt.Errorf("not taken within %s", patience)
}

func (s *sender) send(dataset, key, wait, body string) (a answer, err error) {
	url := "http://" + s.addresses[s.turn%len(s.addresses)] + "/api/v1/ingest/" + dataset + "?wait=" + wait
	req, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return a, err
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	req.Header.Set("Idempotency-Key", key)
	resp, err := s.http.Do(req)
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err == nil {
		err = json.Unmarshal(content, &a)
	}
	a.status, a.retryAfter, a.contentType = resp.StatusCode, resp.Header.Get("Retry-After"), resp.Header.Get("Content-Type")
	return a, err
}

var errReceipt = errors.New("the receipt is not what was sent")

// settle holds a receipt against what was sent and writes it down. Now and then the key is used again for other content,
// which has to be refused and may leave no trace.
func (s *sender) settle(dataset, key string, a answer, rows []row) error {
	refused := 0
	for _, r := range rows {
		if r.refused {
			refused++
		}
	}
	if a.Rejected != refused || a.Accepted != len(rows)-refused {
		return fmt.Errorf("%w: %d accepted, %d refused of %d: %v", errReceipt, a.Accepted, a.Rejected, len(rows), a.Rejections)
	}
	s.ledger.took(a.Submission, a.DataVersion, a.Accepted, a.Rejected, rows)
	if s.chance.IntN(12) > 0 {
		return nil
	}
	other := row{cell: flow("dossiers_received", s.units[0], "s2021-06"), revision: revision{value: 77_000 + int64(s.keys)}, refused: true}
	b, err := s.send(dataset, key, "stored", other.write(dataset))
	if err != nil { // killed meanwhile
		return nil
	}
	if dataset == "observations" && b.status < 300 {
		return fmt.Errorf("the key %s was taken again for other content: %d", key, b.status)
	}
	return nil
}

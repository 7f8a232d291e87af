package torture

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/toancanh/toancanh/deploy/engine"
	"github.com/toancanh/toancanh/deploy/warehouse"
)

// house is a ClickHouse of its own, as an operator's outside one: a real engine in a process that is not the program's.
type house struct {
	*program
	data string
	dsn  string
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{data: t.TempDir()}
	h.program = newProgram(t, "", "engine", "--data", h.data)
	h.start()
	h.answering()
	return h
}

// answering waits until ClickHouse answers.
func (h *house) answering() {
	h.t.Helper()
	h.until("ClickHouse answers", func() bool {
		found, running, err := engine.Running(filepath.Join(h.data, "engine"))
		h.dsn = found
		return err == nil && running && answers(found)
	})
}

// refusal is a way in which ClickHouse takes nothing while it answers questions.
type refusal struct {
	name        string
	begin, over func(h *house)
	says        string // what the program logs of it
}

// refusals are those that operators meet: a user put to reading alone, a right taken away, and a disk without room.
var refusals = []refusal{
	{
		name:  "a user who may only read",
		begin: func(h *house) { h.users("<service></service>", "<service><readonly>2</readonly></service>") },
		over:  func(h *house) { h.users("<service><readonly>2</readonly></service>", "<service></service>") },
		says:  "readonly",
	},
	{
		name:  "no right to insert",
		begin: func(h *house) { h.users("SELECT, INSERT, ALTER", "SELECT, ALTER") },
		over:  func(h *house) { h.users("SELECT, ALTER", "SELECT, INSERT, ALTER") },
		says:  "Not enough privileges",
	},
	{
		name:  "no room on its disk",
		begin: func(h *house) { h.keepFree("1000000000000000000") },
		over:  func(h *house) { h.keepFree("0") },
		says:  "min_free_disk_bytes_to_perform_insert",
	},
}

// users changes the file of users and has ClickHouse, which reads it at its start, start again.
func (h *house) users(from, to string) {
	h.t.Helper()
	name := filepath.Join(h.data, "engine", "users.xml")
	content, err := os.ReadFile(name)
	if err != nil {
		h.t.Fatal(err)
	}
	changed := strings.Replace(string(content), from, to, 1)
	if changed == string(content) {
		h.t.Fatalf("%s lacks %q", name, from)
	}
	if err := os.WriteFile(name, []byte(changed), 0o600); err != nil {
		h.t.Fatal(err)
	}
	pid := h.engine()
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		h.t.Fatal(err)
	}
	h.until("ClickHouse has started again", func() bool { return gone([]int{pid}) && h.engine() != 0 })
	h.answering()
}

// keepFree has the tables of figures refuse an insert that would leave less than so many bytes of the disk.
func (h *house) keepFree(bytes string) {
	h.t.Helper()
	db, err := warehouse.Open(h.t.Context(), h.dsn, slog.New(slog.DiscardHandler))
	if err != nil {
		h.t.Fatal(err)
	}
	defer db.Close()
	for _, table := range []string{"observations", "task_progress", "rejections", "submissions"} {
		if err := db.Exec(context.Background(), "ALTER TABLE "+table+" MODIFY SETTING min_free_disk_bytes_to_perform_insert = "+bytes); err != nil {
			h.t.Fatal(err)
		}
	}
}

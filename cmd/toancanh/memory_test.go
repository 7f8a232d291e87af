package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
)

// mostRows is how many one submission may have (ingest.DefaultConfig), and mostResident what the program may need for it beside ClickHouse,
// whose memory is bounded by itself: all of a submission becomes visible in one block, which is held once as rows and once as columns.
const (
	mostRows     = 2_000_000
	mostResident = 2 << 30 // bytes
)

// TestLargestSubmissionNeedsBoundedMemory streams the largest submission there may be, and holds the most memory the program ever had
// resident against the bound.
func TestLargestSubmissionNeedsBoundedMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("two million rows")
	}
	p := serve(t, t.TempDir())
	idle := p.peak()
	body, sending := io.Pipe()
	go func() { sending.CloseWithError(p.people(sending, mostRows)) }()
	response, err := http.Post("http://"+p.address+"/api/v1/ingest/population?wait=stored", "application/x-ndjson", body)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var r receipt
	if err := json.NewDecoder(response.Body).Decode(&r); err != nil || r.Accepted != mostRows {
		t.Fatalf("%s: %+v, %v", response.Status, r, err)
	}
	received := p.peak()
	warehousetest.WaitUntil(t, "all rows can be asked", func() bool {
		text, err := p.get("/api/v1/submissions?limit=1")
		return err == nil && strings.Contains(text, fmt.Sprintf(`"accepted":%d`, mostRows))
	})
	written := p.peak()
	t.Logf("resident at most: %d MiB idle, %d MiB when the rows were durable, %d MiB when they could be asked", idle>>20, received>>20, written>>20)
	if written > mostResident {
		t.Errorf("the program had %d MiB resident, bound %d MiB", written>>20, mostResident>>20)
	}
	p.stop()
}

// peak is the most memory the program had resident, in bytes, without its children.
func (p *program) peak() int64 {
	p.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		p.t.Fatal(err)
	}
	found := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(text)
	if found == nil {
		p.t.Fatalf("no VmHWM in %s", text)
	}
	kib, err := strconv.ParseInt(string(found[1]), 10, 64)
	if err != nil {
		p.t.Fatal(err)
	}
	return kib << 10
}

// people writes so many rows of population, of different cells.
func (p *program) people(to io.Writer, rows int) error {
	text, err := p.get("/api/v1/units?level=commune")
	if err != nil {
		return err
	}
	var units struct{ Data []struct{ Code string } }
	if err := json.Unmarshal([]byte(text), &units); err != nil {
		return err
	}
	w := bufio.NewWriterSize(to, 1<<16)
	day := time.Now().AddDate(0, 0, -1)
	for n := 0; n < rows; day = day.AddDate(0, 0, -1) {
		for _, unit := range units.Data {
			for cell := 0; cell < 404 && n < rows; cell++ {
				n++
				fmt.Fprintf(w, `{"unit":%q,"date":%q,"sex":%q,"age":%d,"residence":%q,"value":%d}`+"\n", unit.Code, day.Format(time.DateOnly),
					[]string{"male", "female"}[cell%2], cell/2%101, []string{"permanent", "temporary"}[cell/202], 30+cell%7)
			}
		}
	}
	return w.Flush()
}

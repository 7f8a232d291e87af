package ingest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/toancanh/toancanh/query/catalog"
)

// refusedPart closes a submission of which many rows were refused.
func refusedPart(submission string, rejections int) *part {
	p := newPart(figureRows, submission)
	p.addFigure(&figure{measure: "vneid_activated", unit: "08707", dims: "sex=female", value: 1, line: 1})
	p.flags = firstPart | lastPart
	p.end = &end{record: submissionRecord{dataset: "observations", checksum: strings.Repeat("c", 64), rejected: rejections}}
	for i := range rejections {
		p.end.rejections = append(p.end.rejections, Rejection{Line: i + 1, Column: 20, Field: "unit", Code: UnknownUnit,
			Message: catalog.Text{Vi: strings.Repeat("đơn vị ", 30), En: strings.Repeat("unit ", 30)}})
	}
	return p
}

func TestSizeIsWhatAPartTakes(t *testing.T) {
	for _, p := range []*part{newPart(figureRows, "s"), refusedPart("s", 0), refusedPart("s", 1), refusedPart("s", 1000)} {
		taken := len(p.append(nil))
		if size := p.size(); size < taken || size > taken+taken/5+2*partOverhead {
			t.Errorf("size %d, taken %d", size, taken)
		}
	}
}

// brief is a context for what must be there already.
func brief(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	t.Cleanup(cancel)
	return ctx
}

// What gathers while a message is under way never grows over what a message may hold, and no part is lost by it.
func TestGatherKeepsToTheSizeOfAMessage(t *testing.T) {
	c := newCommitter(nil, nil, now)
	const waiting = 40
	for i := range waiting {
		c.in <- commit{part: refusedPart(fmt.Sprint(i), 1000)}
	}
	var order []string
	for len(order) < waiting {
		first, ok := c.next(brief(t))
		if !ok {
			t.Fatalf("%d parts, then no more", len(order))
		}
		var parts []*part
		for _, g := range c.gather(first) {
			parts = append(parts, g.part)
			order = append(order, g.part.submission)
		}
		if b := encodeMessage(now, parts); len(b) > messageBytes {
			t.Errorf("%d parts make %d bytes", len(parts), len(b))
		}
	}
	for i, submission := range order {
		if submission != fmt.Sprint(i) {
			t.Fatalf("order %v", order)
		}
	}
}

// A part larger than a message travels alone.
func TestGatherLetsALargePartThrough(t *testing.T) {
	c := newCommitter(nil, nil, now)
	for _, p := range []*part{refusedPart("small", 1), refusedPart("large", 5000), refusedPart("small too", 1)} {
		c.in <- commit{part: p}
	}
	for range 3 {
		first, ok := c.next(brief(t))
		if !ok {
			t.Fatal("no more parts")
		}
		if group := c.gather(first); len(group) != 1 {
			t.Errorf("%s has %d companions", first.part.submission, len(group)-1)
		}
	}
}

// Senders of which every row is refused do not break each other.
func TestManySendersOfRefusedRows(t *testing.T) {
	r := start(t)
	const senders, rows = 56, 1100
	line := `{"Measure":"vneid_activated","unit":"08707"}` + "\n"
	var all sync.WaitGroup
	for range senders {
		all.Go(func() {
			receipt, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, Body: strings.NewReader(strings.Repeat(line, rows))})
			if err != nil || receipt.Rejected != rows {
				t.Errorf("%d rejected, %v", receipt.Rejected, err)
			}
		})
	}
	all.Wait()
	r.waitAll(t)
	if n := r.count(t, "SELECT count() FROM rejections"); n != senders*uint64(r.cfg.MaxRejections) {
		t.Errorf("%d rejections kept", n)
	}
}

// However long the explanations are, those that are kept fit a message.
func TestKeptRejectionsFitAMessage(t *testing.T) {
	cfg := DefaultConfig()
	cfg.MaxRejections = 1_000_000
	ses := newSession(cfg, Intake{Dataset: Observations, Body: strings.NewReader("")}, "s", &checker{}, nil, nil)
	long := refuse(UnknownMember, strings.Repeat("x", 5000), strings.Repeat("y", 5000))
	const rows = 10_000
	for range rows {
		ses.refuse(long)
	}
	e := &end{rejections: ses.rejections}
	if taken := len(e.append(nil)); taken > maxPayload*3/4 || ses.rejectedRows() != rows {
		t.Errorf("%d bytes of rejections, %d counted", taken, ses.rejectedRows())
	}
}

package torture

import (
	"cmp"
	"slices"
	"sync"
)

// The ledger is what the senders know by themselves: plain Go, nothing of the product. A cell is named as its sender
// writes it: measure, unit, period as sent and dimensions; or task, assignee and date.

// revision is what was said of a cell. Of a report on a task the value is its percentage.
type revision struct {
	value     int64
	retracted bool
}

// claim is a revision of a cell that several senders write, with the data version it was acknowledged under.
type claim struct {
	version uint64
	revision
}

// acknowledged is a submission the program has answered for.
type acknowledged struct{ accepted, rejected int }

// ledger of everything that was acknowledged.
type ledger struct {
	mu          sync.Mutex
	own         map[string][]revision // cells of one sender: every revision, in order
	shared      map[string][]claim    // cells of all senders
	never       map[string]bool       // cells that were refused each time
	submissions map[string]acknowledged
	rows        int
}

func newLedger() *ledger {
	return &ledger{own: map[string][]revision{}, shared: map[string][]claim{}, never: map[string]bool{}, submissions: map[string]acknowledged{}}
}

// row is one row of a submission.
type row struct {
	cell string
	revision
	shared  bool
	refused bool
}

// took writes an acknowledged submission down. What says the same as before is no revision, nor is retracting what is not there.
func (l *ledger) took(id string, version uint64, accepted, rejected int, rows []row) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.submissions[id] = acknowledged{accepted, rejected}
	for _, r := range rows {
		switch {
		case r.refused:
			l.never[r.cell] = true
			continue
		case r.shared:
			l.shared[r.cell] = append(l.shared[r.cell], claim{version, r.revision})
		default:
			list := l.own[r.cell]
			if len(list) == 0 && r.retracted || len(list) > 0 && list[len(list)-1] == r.revision {
				break
			}
			l.own[r.cell] = append(list, r.revision)
		}
		l.rows++
	}
}

// count is the number of submissions acknowledged.
func (l *ledger) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.submissions)
}

// current gives what each cell of one sender says now.
func (l *ledger) current() map[string]revision {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := make(map[string]revision, len(l.own))
	for cell, list := range l.own {
		now[cell] = list[len(list)-1]
	}
	return now
}

// last gives what a shared cell may say: of submissions acknowledged under one data version nothing tells which came last.
func last(claims []claim) []revision {
	newest := slices.MaxFunc(claims, func(a, b claim) int { return cmp.Compare(a.version, b.version) }).version
	var may []revision
	for _, c := range claims {
		if c.version == newest {
			may = append(may, c.revision)
		}
	}
	return may
}

// differences of a cell's revisions: how many of those wanted are not there, and how many are there beside.
func differences(want, found []revision) (missing, extra int) {
	common := make([]int, len(found)+1) // longest common subsequence of what was seen of want, by prefix of found
	for _, w := range want {
		diagonal := 0
		for i, f := range found {
			above := common[i+1]
			if w == f {
				common[i+1] = diagonal + 1
			} else {
				common[i+1] = max(above, common[i])
			}
			diagonal = above
		}
	}
	return len(want) - common[len(found)], len(found) - common[len(found)]
}

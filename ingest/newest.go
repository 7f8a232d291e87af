package ingest

import "sync"

// newest remembers the last value of lines, as the writer of the same process wrote them: the value before a figure of a later day is
// known without asking the warehouse. A line that is not in it may have values all the same. It is of one process that both takes in
// and writes; where others write nothing is remembered, and the warehouse is asked.
type newest struct {
	mu    sync.RWMutex
	lines map[placeName]map[string]dated // by dimensions
	dims  map[string]string              // one copy of each text for all lines
	count int
	most  int
}

// placeName is a measure in a unit.
type placeName struct{ measure, unit string }

// newestLines bounds the memory, to some 40 MB; beyond it the remembering begins anew.
const newestLines = 500_000

func newNewest(most int) *newest {
	return &newest{lines: map[placeName]map[string]dated{}, dims: map[string]string{}, most: most}
}

// before gives the value before a figure, if it is known.
func (n *newest) before(f *figure) (dated, bool) {
	d, known := n.lines[placeName{f.measure, f.unit}][f.dims]
	return d, known && d.on < f.end
}

// beforeAll answers for the listed figures what is known, and gives the others.
func (n *newest) beforeAll(held []heldBack, list []int, into []dated) (open []int) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	for _, i := range list {
		if d, known := n.before(&held[i].figure); known {
			into[i] = d
		} else {
			open = append(open, i)
		}
	}
	return open
}

// wrote takes in rows that are in the warehouse now, in the order of the journal. ended tells where a figure's lines ended before them.
func (n *newest) wrote(rows []figureRow, remembers func(*figure) bool, ended func(*figure) day) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for i := range rows {
		if f := rows[i].figure; remembers(f) {
			n.take(f, ended)
		}
	}
}

func (n *newest) take(f *figure, ended func(*figure) day) {
	name := placeName{f.measure, f.unit}
	before, known := n.lines[name][f.dims]
	switch {
	case known && f.end < before.on, !known && f.end <= ended(f):
		return // of a day before the last, which stays; or perhaps so
	case f.retracted:
		if known {
			delete(n.lines[name], f.dims)
			n.count--
		}
		return
	case !known:
		n.open(name)
	}
	n.lines[name][n.dimsOf(f)] = dated{f.end, f.value}
}

// open makes room for a line.
func (n *newest) open(name placeName) {
	if n.count >= n.most {
		clear(n.lines)
		clear(n.dims)
		n.count = 0
	}
	if n.lines[name] == nil {
		n.lines[name] = map[string]dated{}
	}
	n.count++
}

func (n *newest) dimsOf(f *figure) string {
	dims, known := n.dims[f.dims]
	if !known {
		dims = f.dims
		n.dims[dims] = dims
	}
	return dims
}

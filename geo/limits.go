package geo

import (
	"fmt"
	"io"
	"time"
)

// Limits bound what an import may cost, whatever a file claims to be. A file that
// exceeds one is refused, with the limit named.
type Limits struct {
	Bytes    int64 // of a file as it lies on the disk
	Unpacked int64 // of a file after decompression
	Value    int64 // of a single text or number of the file, or of the blanks between two
	Features int   // of all files
	Points   int   // of all rings and arcs
	Rings    int
	Depth    int // of brackets within brackets
	Findings int // kept of each kind; the others are only counted
}

// DefaultLimits let the 3,321 communes of the country pass at full resolution (7.1 million
// points), and little more.
func DefaultLimits() Limits {
	return Limits{
		Bytes: 512 << 20, Unpacked: 1 << 30, Value: 1 << 20,
		Features: 100_000, Points: 8_000_000, Rings: 500_000, Depth: 32, Findings: 1000,
	}
}

// or takes the default where a limit is not set.
func (l Limits) or(d Limits) Limits {
	pick := func(own, other int) int {
		if own > 0 {
			return own
		}
		return other
	}
	return Limits{
		Bytes:    int64(pick(int(l.Bytes), int(d.Bytes))),
		Unpacked: int64(pick(int(l.Unpacked), int(d.Unpacked))),
		Value:    int64(pick(int(l.Value), int(d.Value))),
		Features: pick(l.Features, d.Features), Points: pick(l.Points, d.Points), Rings: pick(l.Rings, d.Rings),
		Depth: pick(l.Depth, d.Depth), Findings: pick(l.Findings, d.Findings),
	}
}

// Progress tells how far an import has come.
type Progress struct {
	File     string
	Bytes    int64 // read of the file as it lies on the disk
	Features int   // read of all files so far
	Points   int
}

// progressPause is the least time between two calls of a progress function.
const progressPause = 200 * time.Millisecond

// meter counts what is read and ends the reading at a limit.
type meter struct {
	r     io.Reader
	n     int64
	limit int64
	what  string
	tell  func(n int64) // may be nil
}

func (m *meter) Read(p []byte) (int, error) {
	if m.n >= m.limit {
		// One byte more tells a file that ends here from one that goes on.
		if n, err := m.r.Read(p[:min(1, len(p))]); n == 0 {
			return 0, err
		}
		return 0, faultf(KindTooLarge, "%s is larger than %d MB", m.what, m.limit>>20)
	}
	n, err := m.r.Read(p[:min(int64(len(p)), m.limit-m.n)])
	m.n += int64(n)
	if m.tell != nil {
		m.tell(m.n)
	}
	return n, err
}

// fault is a finding without its place: what is wrong, and which kind that is.
type fault struct {
	kind    Kind
	message string
	at      *[2]float64
	cause   error
}

func faultf(kind Kind, format string, args ...any) *fault {
	return &fault{kind: kind, message: fmt.Sprintf(format, args...)}
}

func (f *fault) Error() string { return f.message }
func (f *fault) Unwrap() error { return f.cause }

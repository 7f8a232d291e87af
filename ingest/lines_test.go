package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

func TestLines(t *testing.T) {
	const limit = 16
	for _, c := range []struct {
		name, body string
		want       []string // "…" is an overlong line
	}{
		{"empty", "", nil},
		{"one without an end", "a", []string{"a"}},
		{"one with an end", "a\n", []string{"a"}},
		{"windows", "a\r\nb\r\n", []string{"a", "b"}},
		{"blank lines are lines", "a\n\n\nb", []string{"a", "", "", "b"}},
		{"byte order mark", "\ufeffa\nb", []string{"a", "b"}},
		{"byte order mark elsewhere stays", "a\n\ufeffb", []string{"a", "\ufeffb"}},
		{"a carriage return inside stays", "a\rb\n", []string{"a\rb"}},
		{"at the limit", strings.Repeat("x", limit) + "\nb", []string{strings.Repeat("x", limit), "b"}},
		{"over the limit", strings.Repeat("x", limit+1) + "\nb", []string{"…", "b"}},
		{"far over the limit", strings.Repeat("x", 100*limit) + "\nb", []string{"…", "b"}},
		{"over the limit at the end", "a\n" + strings.Repeat("x", 5*limit), []string{"a", "…"}},
		{"over the limit, twice", strings.Repeat("x", 99) + "\n" + strings.Repeat("y", 99) + "\nz\n", []string{"…", "…", "z"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, body := range []io.Reader{strings.NewReader(c.body), iotest.OneByteReader(strings.NewReader(c.body))} {
				counted := newMeter(body, 1<<20)
				r := newLineReader(counted, limit)
				var got []string
				for {
					line, tooLong, err := r.next()
					if errors.Is(err, io.EOF) {
						break
					}
					if err != nil {
						t.Fatal(err)
					}
					if tooLong {
						line = []byte("…")
					}
					got = append(got, string(line))
				}
				if strings.Join(got, "|") != strings.Join(c.want, "|") || r.line != len(c.want) {
					t.Errorf("got %q, %d lines", got, r.line)
				}
				sum := sha256.Sum256([]byte(c.body))
				if counted.checksum() != hex.EncodeToString(sum[:]) || counted.read != int64(len(c.body)) {
					t.Errorf("checksum or size is wrong: %d bytes", counted.read)
				}
			}
		})
	}
}

func TestBodyOverTheLimit(t *testing.T) {
	r := newLineReader(newMeter(strings.NewReader(strings.Repeat("line\n", 1000)), 100), 16)
	var err error
	for err == nil {
		_, _, err = r.next()
	}
	if !errors.Is(err, errBodyTooLarge) {
		t.Errorf("got %v", err)
	}
}

func TestBodyCutOffInALine(t *testing.T) {
	broken := errors.New("gone")
	r := newLineReader(io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(broken)), 16)
	line, _, err := r.next()
	if string(line) != "a" || err != nil {
		t.Fatalf("%q %v", line, err)
	}
	if line, _, err = r.next(); !errors.Is(err, broken) {
		t.Errorf("half a line came as %q, %v", line, err)
	}
}

// endless gives n bytes of one line.
type endless struct{ n int64 }

func (e *endless) Read(p []byte) (int, error) {
	if e.n <= 0 {
		return 0, io.EOF
	}
	n := int(min(e.n, int64(len(p))))
	for i := range p[:n] {
		p[i] = 'x'
	}
	e.n -= int64(n)
	return n, nil
}

func TestHugeLineInBoundedMemory(t *testing.T) {
	const size, bound = 200 << 20, 4 << 20
	body := io.MultiReader(strings.NewReader("a\n"), &endless{size}, strings.NewReader("\nb\n"))
	r := newLineReader(body, 64<<10)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	lines := 0
	for {
		_, _, err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		lines++
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > bound {
		t.Errorf("%d MB line took %d bytes of memory", size>>20, used)
	}
	if lines != 3 {
		t.Errorf("%d lines", lines)
	}
}

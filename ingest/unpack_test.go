package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// packed packs what body gives.
func packed(t testing.TB, e Encoding, body io.Reader) []byte {
	t.Helper()
	var out bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&out)
	if e == Zstd {
		z, err := zstd.NewWriter(&out, zstd.WithEncoderConcurrency(1))
		if err != nil {
			t.Fatal(err)
		}
		w = z
	}
	if _, err := io.Copy(w, body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestPackedSubmissions(t *testing.T) {
	r := start(t)
	plain := activated + "\n{}\n"
	want, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, Body: strings.NewReader(plain), Wait: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []Encoding{Gzip, Zstd} {
		whole := packed(t, e, strings.NewReader(plain))
		got, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, Encoding: e, Wait: true, Body: iotest.OneByteReader(bytes.NewReader(whole))})
		if err != nil || got.Accepted != want.Accepted || got.Unchanged != 1 || got.Rejected != want.Rejected || got.Rejections[0] != want.Rejections[0] {
			t.Errorf("%s: %+v, %v", e, got, err)
		}
		for name, c := range map[string]struct {
			body io.Reader
			kind Kind
		}{
			"not packed": {strings.NewReader(plain), Unreadable},
			"nothing":    {strings.NewReader(""), Unreadable},
			"half":       {bytes.NewReader(whole[:len(whole)-6]), Interrupted},
			"damaged":    {bytes.NewReader(append(bytes.Clone(whole[:len(whole)-5]), whole[len(whole)-5]^1, 0, 0, 0, 0)), Unreadable},
			"gone":       {io.MultiReader(bytes.NewReader(whole[:10]), iotest.ErrReader(errors.New("gone"))), Interrupted},
		} {
			if _, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, Encoding: e, Body: c.body}); KindOf(err) != c.kind {
				t.Errorf("%s, %s: %v", e, name, err)
			}
		}
	}
	if n := r.count(t, "SELECT uniqExact(checksum) FROM submissions"); n != 1 {
		t.Errorf("%d checksums of one content", n)
	}
}

// A body that unpacks into far more than it is ends when its proportion shows, in bounded memory.
func TestBombs(t *testing.T) {
	r := start(t)
	r.send(t, Observations, activated) // what is allocated once is allocated now
	const size, bound = 64 << 20, 32 << 20
	for _, e := range []Encoding{Gzip, Zstd} {
		body := packed(t, e, &repeated{text: strings.Repeat("x", 4096), left: size})
		for _, format := range []Format{NDJSON, CSV, JSON} {
			t.Run(fmt.Sprintf("%s %s", e, format), func(t *testing.T) {
				before := allocated()
				_, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: format, Encoding: e, Body: bytes.NewReader(body)})
				if used := allocated() - before; used > bound {
					t.Errorf("took %d MB", used>>20)
				}
				var failure *Error
				if !errors.As(err, &failure) || failure.Kind != TooLarge && format == NDJSON || failure.Kind != Unreadable && format != NDJSON {
					t.Errorf("%d bytes packed: %v", len(body), err)
				}
			})
		}
	}
}

// A stream of nothing but empty members gives no byte to count: the packed side is limited too.
func TestEndlessEmptyMembers(t *testing.T) {
	for _, e := range []Encoding{Gzip, Zstd} {
		member := string(packed(t, e, strings.NewReader("")))
		u := unpack(e, &repeated{text: member, left: 1 << 40}, 1<<20)
		if _, err := io.Copy(io.Discard, u); !errors.Is(err, errBodyTooLarge) {
			t.Errorf("%s: %v", e, err)
		}
	}
}

// Whatever the bytes, unpacking ends within its limits, and what was packed comes out again.
func FuzzUnpack(f *testing.F) {
	for _, text := range []string{"", "a", strings.Repeat("ab", 1000)} {
		for _, e := range []Encoding{Gzip, Zstd} {
			f.Add(packed(f, e, strings.NewReader(text)))
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, e := range []Encoding{Gzip, Zstd} {
			u := unpack(e, bytes.NewReader(body), 1<<20)
			n, err := io.Copy(io.Discard, io.LimitReader(u, 1<<26))
			if err == nil && n > ratioFrom && n/maxRatio > int64(len(body)) {
				t.Errorf("%s: %d bytes out of %d", e, n, len(body))
			}
			again, err := io.ReadAll(unpack(e, bytes.NewReader(packed(t, e, bytes.NewReader(body))), 1<<20))
			if err != nil || !bytes.Equal(again, body) {
				t.Errorf("%s: %v", e, err)
			}
		}
	})
}

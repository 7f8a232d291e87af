package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
)

// errBodyTooLarge ends a submission that goes on beyond Config.MaxBody.
var errBodyTooLarge = errors.New("ingest: body over the limit")

// meter counts, sums and limits what is read through it.
type meter struct {
	from   io.Reader
	left   int64
	read   int64
	sum    hash.Hash // nil when nobody asks for it
	broken error     // what reading failed with, but for the end
}

// newMeter gives a meter that sums.
func newMeter(from io.Reader, limit int64) *meter {
	return &meter{from: from, left: limit, sum: sha256.New()}
}

func (m *meter) Read(p []byte) (int, error) {
	if m.left < 0 {
		m.broken = errBodyTooLarge
		return 0, errBodyTooLarge
	}
	n, err := m.from.Read(p)
	if m.sum != nil {
		m.sum.Write(p[:n])
	}
	m.read += int64(n)
	m.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		m.broken = err
	}
	return n, err
}

// checksum is the SHA-256 of what was read so far, hex.
func (m *meter) checksum() string { return hex.EncodeToString(m.sum.Sum(nil)) }

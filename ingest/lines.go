package ingest

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
)

// errBodyTooLarge ends a submission that goes on beyond Config.MaxBody.
var errBodyTooLarge = errors.New("ingest: body over the limit")

// lineReader splits a body into lines in memory bounded by the line limit, whatever the body holds.
// A line ends with LF, CRLF or the end of the body. A byte order mark before the first line is dropped.
type lineReader struct {
	buf   *bufio.Reader
	body  *meter
	limit int
	line  int  // number of the line given last, from 1
	rest  bool // of an overlong line, still to be skipped
}

func newLineReader(body io.Reader, maxLine int, maxBody int64) *lineReader {
	m := &meter{from: body, left: maxBody, sum: sha256.New()}
	return &lineReader{buf: bufio.NewReaderSize(m, maxLine+2), body: m, limit: maxLine}
}

// next gives the next line without its end. The bytes are valid until the next call. A line over the
// limit comes as tooLong without bytes, and the next call skips what is left of it: who refuses the body for it need
// not wait for its end. The error is io.EOF after the last line.
func (r *lineReader) next() (line []byte, tooLong bool, err error) {
	if err := r.skip(); err != nil {
		return nil, false, err
	}
	line, err = r.buf.ReadSlice('\n')
	if len(line) == 0 && err != nil {
		return nil, false, err
	}
	r.line++
	if errors.Is(err, bufio.ErrBufferFull) {
		r.rest = true
		return nil, true, nil
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false, err // cut off in the middle: no row
	}
	line = bytes.TrimSuffix(line, []byte{'\n'})
	line = bytes.TrimSuffix(line, []byte{'\r'})
	if r.line == 1 {
		line = bytes.TrimPrefix(line, []byte("\ufeff"))
	}
	return line, len(line) > r.limit, nil
}

// skip reads to the end of an overlong line, one buffer at a time.
func (r *lineReader) skip() error {
	for r.rest {
		_, err := r.buf.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		r.rest = err != nil
	}
	return nil
}

// checksum is the SHA-256 of what was read so far, hex.
func (r *lineReader) checksum() string { return hex.EncodeToString(r.body.sum.Sum(nil)) }

// bytes is how much was read so far.
func (r *lineReader) bytes() int64 { return r.body.read }

// drain reads what is left, for its checksum alone.
func (r *lineReader) drain() error {
	_, err := io.Copy(io.Discard, r.buf)
	return err
}

// meter counts, sums and limits what is read through it.
type meter struct {
	from io.Reader
	left int64
	read int64
	sum  hash.Hash
}

func (m *meter) Read(p []byte) (int, error) {
	if m.left < 0 {
		return 0, errBodyTooLarge
	}
	n, err := m.from.Read(p)
	m.sum.Write(p[:n])
	m.read += int64(n)
	m.left -= int64(n)
	return n, err
}

package ingest

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// lineReader splits a body into lines in memory bounded by the line limit, whatever the body holds.
// A line ends with LF, CRLF or the end of the body. A byte order mark before the first line is dropped.
type lineReader struct {
	buf   *bufio.Reader
	limit int
	line  int  // number of the line given last, from 1
	rest  bool // of an overlong line, still to be skipped
}

func newLineReader(body io.Reader, maxLine int) *lineReader {
	return &lineReader{buf: buffer(body, maxLine+2), limit: maxLine}
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

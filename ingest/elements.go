package ingest

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/toancanh/toancanh/query/catalog"
)

// elements are the rows of a JSON list: [{"measure":…},{"measure":…}].
type elements struct {
	buf *elementReader
}

func (e *elements) at() place { return place{line: int32(e.buf.number)} }

func (e *elements) tab(int16) string { return "" }

func (e *elements) start() error { return e.buf.open() }

func (e *elements) next(rec *record) (*fault, error) {
	element, tooLong, err := e.buf.next()
	switch {
	case err != nil:
		return nil, err
	case tooLong:
		rec.reset()
		return elementTooLong(e.buf.limit), nil
	}
	return parseJSON(element, rec), nil
}

// elementReader cuts a JSON list into its elements in memory bounded by the limit of one element. It knows texts and brackets
// only: what an element says is for parseJSON to judge, so that a malformed one costs itself and no other. It does not
// recurse, however deep a body is nested.
type elementReader struct {
	buf     *bufio.Reader
	limit   int
	number  int // of the element given last, from 1
	element []byte
	ended   bool // the closing bracket has been read
}

func newElementReader(body io.Reader, limit int) *elementReader {
	return &elementReader{buf: buffer(body, 64<<10), limit: limit}
}

// open reads the opening bracket, after a byte order mark if there is one.
func (r *elementReader) open() error {
	if mark, _ := r.buf.Peek(3); bytes.Equal(mark, []byte("\ufeff")) {
		_, _ = r.buf.Discard(len(mark)) // they are there
	}
	switch c, err := r.solid(); {
	case err != nil:
		return err
	case c != '[':
		return r.broken("Nội dung JSON phải là một danh sách [ {…}, {…} ]; mỗi dòng một đối tượng thì gửi với Content-Type: application/x-ndjson.",
			"A JSON body is a list [ {…}, {…} ]; one object a line is sent with Content-Type: application/x-ndjson.")
	}
	switch c, err := r.solid(); {
	case err != nil:
		return unexpected(err)
	case c == ']':
		return r.close()
	}
	return r.buf.UnreadByte()
}

// next gives the next element. The bytes are valid until the next call. An element over the limit is read to its
// end and comes as tooLong without bytes. The error is io.EOF after the closing bracket.
func (r *elementReader) next() (element []byte, tooLong bool, err error) {
	if r.ended {
		return nil, false, io.EOF
	}
	r.number++
	r.element = r.element[:0]
	s := scanner{}
	for {
		c, err := r.buf.ReadByte()
		if err != nil {
			return nil, false, unexpected(err)
		}
		if s.outside() && (c == ',' || c == ']') {
			return r.complete(c, tooLong)
		}
		if !s.take(c) {
			return nil, false, r.broken("Ngoặc đóng không khớp ngoặc mở.", "A closing bracket matches no opening one.")
		}
		if tooLong = tooLong || len(r.element) == r.limit; !tooLong {
			r.element = append(r.element, c)
		}
	}
}

// complete judges an element by what ended it.
func (r *elementReader) complete(end byte, tooLong bool) ([]byte, bool, error) {
	if end == ']' {
		if err := r.close(); !errors.Is(err, io.EOF) {
			return nil, false, err
		}
	}
	if tooLong {
		return nil, true, nil
	}
	if len(bytes.TrimSpace(r.element)) == 0 {
		return nil, false, r.broken("Danh sách có chỗ trống giữa hai dấu phẩy hoặc trước dấu ].", "The list has an empty place between two commas or before the ].")
	}
	return r.element, false, nil
}

// close makes sure that nothing follows the list.
func (r *elementReader) close() error {
	r.ended = true
	_, err := r.solid()
	if err == nil {
		return r.broken("Còn dữ liệu sau dấu ] cuối.", "Data follows the closing ].")
	}
	return err
}

// solid gives the next byte that is not white space.
func (r *elementReader) solid() (byte, error) {
	for {
		c, err := r.buf.ReadByte()
		if err != nil || c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c, err
		}
	}
}

func (r *elementReader) broken(vi, en string) *Error {
	return &Error{Kind: Unreadable, Line: r.number, Text: catalog.Text{Vi: vi, En: en}}
}

// unexpected says that a body ended before its list did.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// scanner follows texts and brackets through the bytes of one element.
type scanner struct {
	depth         int
	text, escaped bool
}

// outside tells whether the next comma or bracket belongs to the list.
func (s *scanner) outside() bool { return s.depth == 0 && !s.text }

// take is false for a bracket that closes nothing.
func (s *scanner) take(c byte) bool {
	switch {
	case s.escaped:
		s.escaped = false
	case s.text:
		s.escaped, s.text = c == '\\', c != '"'
	case c == '"':
		s.text = true
	case c == '{' || c == '[':
		s.depth++
	case c == '}' || c == ']':
		s.depth--
	}
	return s.depth >= 0
}

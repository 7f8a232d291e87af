package sheet

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// parser goes through one part of a workbook piece by piece. No piece may be long and nothing nested deeply, so that
// the decoder's memory is bounded whatever the part holds; entities are not expanded.
type parser struct {
	*xml.Decoder
	from  *pieces
	file  io.ReadCloser
	depth int
}

const maxDepth = 64

// open begins to read a part.
func (w *Workbook) open(part string) (*parser, error) {
	f := w.files[strings.ToLower(part)]
	if f == nil {
		return nil, fmt.Errorf("%w: %s is missing", ErrDamaged, part)
	}
	file, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	from := &pieces{Reader: bufio.NewReaderSize(&budget{file, w}, 32<<10), limit: w.limits.Token}
	return &parser{Decoder: xml.NewDecoder(from), from: from, file: file}, nil
}

func (x *parser) close() { _ = x.file.Close() } // nothing was written

// token gives the next piece; nil at the end of the part.
func (x *parser) token() (xml.Token, error) {
	x.from.read = 0
	t, err := x.RawToken()
	var limit *LimitError
	switch {
	case errors.Is(err, io.EOF):
		if x.depth > 0 {
			return nil, fmt.Errorf("%w: a part ends early", ErrDamaged)
		}
		return nil, nil
	case errors.As(err, &limit):
		return nil, limit
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	switch t.(type) {
	case xml.StartElement:
		x.depth++
	case xml.EndElement:
		x.depth--
	}
	if x.depth > maxDepth || x.depth < 0 {
		return nil, fmt.Errorf("%w: nested too deeply", ErrDamaged)
	}
	return t, nil
}

// element gives the next opening tag; nil at the end of the part.
func (x *parser) element() (*xml.StartElement, error) {
	for {
		t, err := x.token()
		if err != nil || t == nil {
			return nil, err
		}
		if e, ok := t.(xml.StartElement); ok {
			return &e, nil
		}
	}
}

// text reads to the end of the element that was opened last and gives the text in it, of elements named inside only
// where any are; what stands in an element named skip is left out.
func (x *parser) text(inside, skip string, limit int) (string, error) {
	var b strings.Builder
	end, taking, skipping := x.depth-1, inside == "", 0
	for {
		t, err := x.token()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case nil:
			return "", fmt.Errorf("%w: a part ends early", ErrDamaged)
		case xml.StartElement:
			if skipping == 0 && t.Name.Local == skip {
				skipping = x.depth
			}
			taking = taking || t.Name.Local == inside && skipping == 0
		case xml.EndElement:
			if skipping > x.depth {
				skipping = 0
			}
			taking = taking && t.Name.Local != inside
			if x.depth == end {
				return b.String(), nil
			}
		case xml.CharData:
			if taking {
				b.Write(t)
			}
		}
		if b.Len() > limit {
			return "", &LimitError{"bytes of a cell", int64(limit)}
		}
	}
}

// attribute gives an attribute by its name without prefix.
func attribute(e *xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// budget counts what is unpacked against what the workbook may unpack.
type budget struct {
	from io.Reader
	of   *Workbook
}

func (b *budget) Read(p []byte) (int, error) {
	if b.of.left <= 0 {
		return 0, &LimitError{"bytes unpacked", b.of.limits.Unpacked}
	}
	n, err := b.from.Read(p[:min(int64(len(p)), b.of.left)])
	b.of.left -= int64(n)
	return n, err
}

// pieces stops a piece of XML that does not end.
type pieces struct {
	*bufio.Reader
	read, limit int
}

func (p *pieces) ReadByte() (byte, error) {
	if p.read++; p.read > p.limit {
		return 0, &LimitError{"bytes of a cell", int64(p.limit)}
	}
	return p.Reader.ReadByte()
}

package geo

import (
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/go-json-experiment/json/jsontext"
)

// cursor reads a JSON text token by token, so that memory depends on what is kept of it
// and never on what stands in it.
type cursor struct {
	d      *jsontext.Decoder
	limits Limits
	spent  *spending
}

// spending counts what an import has taken of its limits, over all files.
type spending struct{ features, points, rings int }

func newCursor(r io.Reader, limits Limits, spent *spending) *cursor {
	c := &cursor{limits: limits, spent: spent}
	c.d = jsontext.NewDecoder(&valueGuard{r: r, c: c}, jsontext.AllowDuplicateNames(true))
	return c
}

// valueGuard ends the reading when the decoder asks for more and more without coming
// to the end of a value: what it holds back has to fit into memory.
type valueGuard struct {
	r         io.Reader
	c         *cursor
	delivered int64
}

func (g *valueGuard) Read(p []byte) (int, error) {
	if held := g.delivered - g.c.d.InputOffset(); held > g.c.limits.Value {
		return 0, faultf(KindTooLarge, "a value or a stretch of blanks after byte %d is longer than %d kB", g.c.d.InputOffset(), g.c.limits.Value>>10)
	}
	n, err := g.r.Read(p[:min(int64(len(p)), g.c.limits.Value)])
	g.delivered += int64(n)
	return n, err
}

// token reads the next token. What stops it is a fault: nothing after it can be trusted.
func (c *cursor) token() (jsontext.Token, error) {
	t, err := c.d.ReadToken()
	if err != nil {
		return t, c.unreadable(err)
	}
	if depth := c.d.StackDepth(); depth > c.limits.Depth {
		return t, faultf(KindTooLarge, "brackets are nested deeper than %d at byte %d", c.limits.Depth, c.d.InputOffset())
	}
	return t, nil
}

func (c *cursor) unreadable(err error) error {
	var own *fault
	switch {
	case errors.As(err, &own):
		return own
	case errors.Is(err, io.EOF) && c.d.StackDepth() == 0:
		return io.EOF
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return &fault{kind: KindUnreadable, message: fmt.Sprintf("the file is cut off after byte %d", c.d.InputOffset()), cause: err}
	}
	var syntactic *jsontext.SyntacticError
	if !errors.As(err, &syntactic) {
		return &fault{kind: KindUnreadable, message: fmt.Sprintf("it cannot be read after byte %d: %v", c.d.InputOffset(), err), cause: err}
	}
	return &fault{kind: KindUnreadable, message: fmt.Sprintf("not JSON in UTF-8: %v", err), cause: err}
}

// skip passes over a value of any kind.
func (c *cursor) skip() error {
	depth := c.d.StackDepth()
	for {
		if _, err := c.token(); err != nil {
			return err
		}
		if c.d.StackDepth() <= depth {
			return nil
		}
	}
}

// members calls visit with each name of an object; visit reads the value. Where there is
// another value instead, it is passed over and ok is false.
func (c *cursor) members(visit func(name string) error) (ok bool, err error) {
	if c.d.PeekKind() != '{' {
		return false, c.skip()
	}
	if _, err := c.token(); err != nil {
		return false, err
	}
	for {
		t, err := c.token()
		if err != nil {
			return false, err
		}
		if t.Kind() == '}' {
			return true, nil
		}
		if err := visit(t.String()); err != nil {
			return false, err
		}
	}
}

// elements calls visit before each value of an array; visit reads it.
func (c *cursor) elements(visit func() error) (ok bool, err error) {
	if c.d.PeekKind() != '[' {
		return false, c.skip()
	}
	if _, err := c.token(); err != nil {
		return false, err
	}
	for c.d.PeekKind() != ']' {
		if err := visit(); err != nil {
			return false, err
		}
	}
	_, err = c.token()
	return true, err
}

// text reads a string; anything else is passed over and ok is false.
func (c *cursor) text() (s string, ok bool, err error) {
	if c.d.PeekKind() != '"' {
		return "", false, c.skip()
	}
	t, err := c.token()
	if err != nil {
		return "", false, err
	}
	return t.String(), true, nil
}

// property is a value of a feature's properties: text, or a number with its digits.
type property struct {
	text   string
	number bool
}

// scalar reads a string or a number; anything else is passed over and ok is false.
func (c *cursor) scalar() (p property, ok bool, err error) {
	kind := c.d.PeekKind()
	if kind != '"' && kind != '0' {
		return property{}, false, c.skip()
	}
	t, err := c.token()
	if err != nil {
		return property{}, false, err
	}
	return property{t.String(), kind == '0'}, true, nil
}

// numbers walks through nested arrays of numbers. number gets each with the arrays it
// stands in, close the depth of each array that ends. What is no number counts as NaN;
// anything but an array is passed over and ok is false.
func (c *cursor) numbers(number func(depth int, v float64) error, close func(depth int) error) (ok bool, err error) {
	if c.d.PeekKind() != '[' {
		return false, c.skip()
	}
	base := c.d.StackDepth()
	for {
		kind := c.d.PeekKind()
		if kind == '{' {
			if err := c.skip(); err != nil {
				return false, err
			}
			kind = 'n'
		} else if t, err := c.token(); err != nil {
			return false, err
		} else if kind == '0' {
			v, _ := t.Float() // what is too large for a number is infinite
			if err := number(c.d.StackDepth()-base, v); err != nil {
				return false, err
			}
			continue
		}
		depth := c.d.StackDepth() - base
		switch kind {
		case '[':
			continue
		case ']':
			err = close(depth + 1)
		default:
			err = number(depth, math.NaN())
		}
		if err != nil || depth == 0 {
			return true, err
		}
	}
}

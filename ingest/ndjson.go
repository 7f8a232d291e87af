package ingest

import (
	"unicode/utf8"
)

// jsonParser reads one line as one JSON object (RFC 8259) into a record. It is stricter than
// encoding/json where a row could be misread: duplicate names, unpaired surrogates, lists and objects deeper than
// one level are refused. It does not recurse.
type jsonParser struct {
	line []byte
	pos  int
	rec  *record
}

func parseJSON(line []byte, rec *record) *fault {
	rec.reset()
	if !utf8.Valid(line) {
		return invalidUTF8(invalidAt(line))
	}
	p := jsonParser{line: line, rec: rec}
	p.space()
	if p.peek() == '[' {
		return p.fail(invalidJSON("một danh sách", "a list"))
	}
	if why := p.object(nil); why != nil {
		return why
	}
	p.space()
	if p.pos < len(p.line) {
		return p.fail(trailingData())
	}
	return nil
}

// object reads {"name":value,…}; group is nil at the top.
func (p *jsonParser) object(group []byte) *fault {
	if !p.take('{') {
		return p.fail(invalidJSON("thiếu {", "{ is missing"))
	}
	p.space()
	if p.take('}') {
		return nil
	}
	for {
		if why := p.member(group); why != nil {
			return why
		}
		p.space()
		if p.take('}') {
			return nil
		}
		if !p.take(',') {
			return p.fail(invalidJSON("thiếu , hoặc }", ", or } is missing"))
		}
		p.space()
	}
}

func (p *jsonParser) member(group []byte) *fault {
	f := field{group: group, column: p.pos + 1}
	var why *fault
	if f.name, why = p.text(); why != nil {
		return why
	}
	p.space()
	if !p.take(':') {
		return p.fail(invalidJSON("thiếu :", ": is missing"))
	}
	p.space()
	return p.value(f)
}

// value reads the value of f and adds f to the record; members of a nested object follow it.
func (p *jsonParser) value(f field) *fault {
	var why *fault
	switch c := p.peek(); {
	case c == '"':
		f.kind = textValue
		f.text, why = p.text()
	case c == '-' || c >= '0' && c <= '9':
		f.kind = numberValue
		f.text, why = p.number()
	case c == '{' && f.group == nil:
		f.kind = objectValue
		if why := p.rec.add(f); why != nil {
			return why
		}
		return p.object(f.name)
	case c == '{' || c == '[':
		return p.fail(tooDeep())
	default:
		f.kind, why = p.word()
	}
	if why != nil {
		return why
	}
	return p.rec.add(f)
}

// word reads true, false or null.
func (p *jsonParser) word() (valueKind, *fault) {
	for _, w := range [...]struct {
		word string
		kind valueKind
	}{{"true", trueValue}, {"false", falseValue}, {"null", nullValue}} {
		if end := p.pos + len(w.word); end <= len(p.line) && string(p.line[p.pos:end]) == w.word {
			p.pos = end
			return w.kind, nil
		}
	}
	return nullValue, p.fail(invalidJSON("thiếu giá trị", "a value is missing"))
}

// number reads -?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)? as written.
func (p *jsonParser) number() ([]byte, *fault) {
	start := p.pos
	p.take('-')
	ok := p.take('0') || p.digits()
	if p.take('.') {
		ok = ok && p.digits()
	}
	if p.take('e') || p.take('E') {
		if !p.take('+') {
			p.take('-')
		}
		ok = ok && p.digits()
	}
	if !ok {
		return nil, p.fail(invalidJSON("số viết sai", "a number is malformed"))
	}
	return p.line[start:p.pos], nil
}

func (p *jsonParser) digits() bool {
	start := p.pos
	for p.pos < len(p.line) && p.line[p.pos] >= '0' && p.line[p.pos] <= '9' {
		p.pos++
	}
	return p.pos > start
}

// text reads a quoted text; without escapes it is a part of the line and nothing is copied.
func (p *jsonParser) text() ([]byte, *fault) {
	if !p.take('"') {
		return nil, p.fail(invalidJSON("thiếu dấu ngoặc kép", "a quote is missing"))
	}
	start := p.pos
	for ; p.pos < len(p.line); p.pos++ {
		switch c := p.line[p.pos]; {
		case c == '"':
			p.pos++
			return p.line[start : p.pos-1], nil
		case c == '\\':
			return p.escaped(start)
		case c < ' ':
			return nil, p.fail(controlCharacter())
		}
	}
	return nil, p.fail(invalidJSON("chuỗi không đóng", "a text is not closed"))
}

// escaped goes on with a text from its first escape on, into the scratch buffer.
func (p *jsonParser) escaped(start int) ([]byte, *fault) {
	from := len(p.rec.scratch)
	out := append(p.rec.scratch, p.line[start:p.pos]...)
	for p.pos < len(p.line) {
		c := p.line[p.pos]
		switch {
		case c == '"':
			p.pos++
			p.rec.scratch = out
			return out[from:], nil
		case c < ' ':
			return nil, p.fail(controlCharacter())
		case c != '\\':
			out = append(out, c)
			p.pos++
		default:
			r, why := p.escape()
			if why != nil {
				return nil, why
			}
			out = utf8.AppendRune(out, r)
		}
	}
	return nil, p.fail(invalidJSON("chuỗi không đóng", "a text is not closed"))
}

// escape reads one escape; a surrogate must be one of a pair.
func (p *jsonParser) escape() (rune, *fault) {
	p.pos++ // the backslash
	const from, to = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	for i := range len(from) {
		if p.take(from[i]) {
			return rune(to[i]), nil
		}
	}
	if !p.take('u') {
		return 0, p.fail(invalidJSON("ký tự thoát sai", "an escape is unknown"))
	}
	r, ok := p.hex4()
	switch {
	case ok && r >= 0xD800 && r < 0xDC00:
		var low rune
		if ok = p.take('\\') && p.take('u'); ok {
			low, ok = p.hex4()
		}
		if ok && low >= 0xDC00 && low < 0xE000 {
			return (r-0xD800)<<10 + (low - 0xDC00) + 0x10000, nil
		}
		return 0, invalidUTF8(p.pos)
	case ok && r >= 0xDC00 && r < 0xE000:
		return 0, invalidUTF8(p.pos)
	case !ok:
		return 0, p.fail(invalidJSON("ký tự thoát sai", "an escape is malformed"))
	}
	return r, nil
}

func (p *jsonParser) hex4() (r rune, ok bool) {
	if p.pos+4 > len(p.line) {
		return 0, false
	}
	for _, c := range p.line[p.pos : p.pos+4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	p.pos += 4
	return r, true
}

func (p *jsonParser) space() {
	for p.pos < len(p.line) {
		switch p.line[p.pos] {
		case ' ', '\t', '\r', '\n':
			p.pos++
		default:
			return
		}
	}
}

// peek gives the next byte, 0 at the end.
func (p *jsonParser) peek() byte {
	if p.pos < len(p.line) {
		return p.line[p.pos]
	}
	return 0
}

func (p *jsonParser) take(c byte) bool {
	if p.peek() != c || p.pos >= len(p.line) {
		return false
	}
	p.pos++
	return true
}

// fail refuses the line at the present position.
func (p *jsonParser) fail(why *fault) *fault { return why.at("", p.pos+1) }

// invalidAt gives the column of the first byte that is not UTF-8.
func invalidAt(line []byte) int {
	for i := 0; i < len(line); {
		r, n := utf8.DecodeRune(line[i:])
		if r == utf8.RuneError && n <= 1 {
			return i + 1
		}
		i += n
	}
	return 0
}

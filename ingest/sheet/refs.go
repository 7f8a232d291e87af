package sheet

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// ParseRef reads a reference such as C7.
func ParseRef(ref string) (column, row int, ok bool) {
	letters := strings.TrimRight(ref, "0123456789")
	row, err := strconv.Atoi(ref[len(letters):])
	if err != nil || row < 1 || row > lastRow || len(letters) < 1 || len(letters) > 3 {
		return 0, 0, false
	}
	for i := range len(letters) {
		c := letters[i]
		if c < 'A' || c > 'Z' {
			return 0, 0, false
		}
		column = column*26 + int(c-'A') + 1
	}
	return column, row, column <= lastColumn
}

// Ref writes a reference.
func Ref(column, row int) string {
	var letters [8]byte
	at := len(letters)
	for ; column > 0; column = (column - 1) / 26 {
		at--
		letters[at] = 'A' + byte((column-1)%26)
	}
	return string(letters[at:]) + strconv.Itoa(row)
}

// Merge is a rectangle of cells shown as one; only the first holds something.
type Merge struct {
	Left, Top, Right, Bottom int // inclusive, from 1
}

// Merges lists the merged cells of a sheet. They stand behind its rows, so this reads the sheet once more.
func (w *Workbook) Merges(sheet int) ([]Merge, error) {
	x, err := w.open(w.sheets[sheet].part)
	if err != nil {
		return nil, err
	}
	defer x.close()
	const most = 100_000
	var list []Merge
	for {
		t, err := x.token()
		if err != nil || t == nil {
			return list, err
		}
		e, ok := t.(xml.StartElement)
		if !ok || e.Name.Local != "mergeCell" {
			continue
		}
		m, ok := parseRange(attribute(&e, "ref"))
		if !ok {
			return nil, fmt.Errorf("%w: merged cells", ErrDamaged)
		}
		if len(list) == most {
			return nil, &LimitError{"merged cells", most}
		}
		list = append(list, m)
	}
}

func parseRange(ref string) (Merge, bool) {
	from, to, two := strings.Cut(ref, ":")
	if !two {
		to = from
	}
	var m Merge
	var ok1, ok2 bool
	m.Left, m.Top, ok1 = ParseRef(from)
	m.Right, m.Bottom, ok2 = ParseRef(to)
	return m, ok1 && ok2 && m.Left <= m.Right && m.Top <= m.Bottom
}

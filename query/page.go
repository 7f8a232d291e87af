package query

import (
	"encoding/base64"
	"encoding/json"
	"slices"
)

// Page asks for a part of a list: what comes behind a cursor, at most Limit rows; the zero value is the whole list.
type Page struct {
	Limit  int
	Cursor string // of the page before
}

// Order is how a list is sorted, so that it can be given page by page. A cursor holds the key of a page's last row: rows that come
// or go meanwhile move no other row from its page.
type Order[T any] struct {
	List    string // its name; cursors of another list are refused
	Key     func(T) []string
	Known   func(key []string) bool // whether a row could have this key
	Compare func(a, b []string) int // of keys; no two rows are equal
}

// Cut gives the page of a sorted list, and the cursor of the next one, "" on the last.
func (o Order[T]) Cut(rows []T, p Page) (page []T, next string, err error) {
	if p.Limit < 0 {
		return nil, "", invalid("limit_out_of_range", "limit", "Số dòng yêu cầu nằm ngoài giới hạn", "the limit is out of range").withHint("1..")
	}
	if p.Cursor != "" {
		behind, err := o.read(p.Cursor)
		if err != nil {
			return nil, "", err
		}
		first := slices.IndexFunc(rows, func(row T) bool { return o.Compare(o.Key(row), behind) > 0 })
		if first < 0 {
			first = len(rows)
		}
		rows = rows[first:]
	}
	if p.Limit == 0 || len(rows) <= p.Limit {
		return rows, "", nil
	}
	return rows[:p.Limit], o.cursor(rows[p.Limit-1]), nil
}

func (o Order[T]) cursor(row T) string {
	text, err := json.Marshal(append([]string{o.List}, o.Key(row)...))
	if err != nil {
		panic(err) // strings always have a form in JSON
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// read gives the key in a cursor.
func (o Order[T]) read(cursor string) ([]string, error) {
	var parts []string
	text, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(text, &parts)
	}
	if err != nil || len(parts) < 2 || parts[0] != o.List || !o.Known(parts[1:]) {
		return nil, unknownCursor()
	}
	return parts[1:], nil
}

func unknownCursor() *Error {
	return invalid("unknown_cursor", "cursor", "Con trỏ trang không hợp lệ", "this is no cursor of a page").
		withHints("Dùng meta.next_cursor của trang trước, cùng địa chỉ này.", "Take meta.next_cursor of the page before, of this address.")
}

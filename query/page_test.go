package query

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// ascendingNumbers sorts numbers, whose keys are their digits with zeros before them.
var ascendingNumbers = Order[int]{
	List:    "numbers",
	Key:     func(n int) []string { return []string{strings.Repeat("0", 4-len(strconv.Itoa(n))) + strconv.Itoa(n)} },
	Known:   func(key []string) bool { return len(key) == 1 && len(key[0]) == 4 },
	Compare: slices.Compare[[]string],
}

// Between pages rows come and go. A row that was there all the time is on one page, every row on one at most, and
// what a page shows was in the list then.
func TestPagesOfAListThatChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.SliceOfNDistinct(rapid.IntRange(0, 999), 0, 60, rapid.ID)
		list := slices.Sorted(slices.Values(numbers.Draw(t, "list")))
		size := rapid.IntRange(1, 20).Draw(t, "size")
		changes := rapid.Bool().Draw(t, "changes")
		always, first := map[int]bool{}, slices.Clone(list)
		for _, n := range list {
			always[n] = true
		}
		var walked []int
		for p, pages := (Page{Limit: size}), 0; ; pages++ {
			if pages > 1000 {
				t.Fatal("the pages do not end")
			}
			page, next, err := ascendingNumbers.Cut(list, p)
			if err != nil || len(page) > size || next != "" && len(page) < size {
				t.Fatalf("page of %d: %v, %q, %v", size, page, next, err)
			}
			for _, n := range page {
				if !slices.Contains(list, n) {
					t.Fatalf("%d is not in the list", n)
				}
			}
			walked = append(walked, page...)
			if p.Cursor = next; next == "" {
				break
			}
			if changes {
				list = slices.Sorted(slices.Values(numbers.Draw(t, "list now")))
				for n := range always {
					always[n] = always[n] && slices.Contains(list, n)
				}
			}
		}
		if !slices.IsSorted(walked) || len(slices.Compact(slices.Clone(walked))) != len(walked) {
			t.Fatalf("not in order, or twice: %v", walked)
		}
		for n, stayed := range always {
			if stayed && !slices.Contains(walked, n) {
				t.Fatalf("%d was missed: %v", n, walked)
			}
		}
		if !changes && !slices.Equal(walked, first) {
			t.Fatalf("%v, want %v", walked, first)
		}
	})
}

// The list of every page size is the list, also of one that ends with a page.
func TestPageThatEndsTheList(t *testing.T) {
	list := []int{1, 2, 3, 4}
	page, next, err := ascendingNumbers.Cut(list, Page{})
	if err != nil || next != "" || !slices.Equal(page, list) {
		t.Errorf("the whole list is %v, %q, %v", page, next, err)
	}
	_, next, _ = ascendingNumbers.Cut(list, Page{Limit: 2})
	if page, next, err = ascendingNumbers.Cut(list, Page{Limit: 2, Cursor: next}); err != nil || next != "" || !slices.Equal(page, list[2:]) {
		t.Errorf("the second half is %v, %q, %v", page, next, err)
	}
}

func TestCursorsOfNoPage(t *testing.T) {
	_, other, _ := Order[int]{List: "others", Key: ascendingNumbers.Key, Known: ascendingNumbers.Known, Compare: ascendingNumbers.Compare}.Cut([]int{1, 2}, Page{Limit: 1})
	for _, cursor := range []string{
		"x", "4711", other, base64.RawURLEncoding.EncodeToString([]byte(`["numbers"]`)), base64.RawURLEncoding.EncodeToString([]byte(`["numbers","1"]`)),
		base64.RawURLEncoding.EncodeToString([]byte(`["numbers","0001","0002"]`)), base64.RawURLEncoding.EncodeToString([]byte(`null`)),
	} {
		_, _, err := ascendingNumbers.Cut([]int{1, 2}, Page{Limit: 1, Cursor: cursor})
		if refusal, ok := err.(*Error); !ok || refusal.Code != "unknown_cursor" || refusal.Field != "cursor" || refusal.Hint.Vi == "" || refusal.Hint.En == "" {
			t.Errorf("%q gives %+v", cursor, err)
		}
	}
}

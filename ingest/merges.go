package ingest

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/toancanh/toancanh/ingest/sheet"
)

// merges are the merged cells of a sheet, followed row by row.
type merges struct {
	waiting []sheet.Merge // by their first row
	active  []merged
}

// merged is a merge whose first row has been reached, with the cell that holds its content.
type merged struct {
	sheet.Merge
	anchor *sheet.Cell // nil when it is empty
}

func newMerges(list []sheet.Merge) merges {
	slices.SortFunc(list, func(a, b sheet.Merge) int { return cmp.Compare(a.Top, b.Top) })
	return merges{waiting: list}
}

// advance brings the merges up to a row. In a sheet that a program wrote they do not overlap, so few are active at a time.
func (m *merges) advance(row sheet.Row) error {
	const most = 4096
	m.active = slices.DeleteFunc(m.active, func(a merged) bool { return a.Bottom < row.Number })
	for len(m.waiting) > 0 && m.waiting[0].Top <= row.Number {
		next := m.waiting[0]
		m.waiting = m.waiting[1:]
		if next.Bottom < row.Number {
			continue // of rows that hold nothing
		}
		if len(m.active) == most {
			return fmt.Errorf("%w: merged cells overlap", sheet.ErrDamaged)
		}
		m.active = append(m.active, merged{next, anchorOf(next, row)})
	}
	return nil
}

func anchorOf(m sheet.Merge, row sheet.Row) *sheet.Cell {
	for _, c := range row.Cells {
		if c.Column == m.Left && row.Number == m.Top {
			return &c
		}
	}
	return nil
}

// content gives what a cell without content shows because it is part of a merge, nil when it is not.
func (m *merges) content(column int) *sheet.Cell {
	for i := range m.active {
		if a := &m.active[i]; a.Left <= column && column <= a.Right {
			return a.anchor
		}
	}
	return nil
}

// spread tells whether a cell is shown over several rows, or over several of the given columns: a number there could be anyone's.
func (m *merges) spread(column int, columns []int) bool {
	for _, a := range m.active {
		if a.Left > column || column > a.Right {
			continue
		}
		covered := 0
		for _, c := range columns {
			if a.Left <= c && c <= a.Right {
				covered++
			}
		}
		return a.Bottom > a.Top || covered > 1
	}
	return false
}

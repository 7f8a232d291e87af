package export

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// writeCSV follows RFC 4180: commas between cells, a point before decimals, in both
// languages, so that a file means the same everywhere; who wants the separators of a
// country takes XLSX. A byte order mark tells spreadsheets that it is UTF-8.
func (d Document) writeCSV(w io.Writer, plain bool) error {
	tables := d.Tables
	if plain {
		tables = tables[:min(1, len(tables))]
	} else if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	var err error
	put := func(cells ...string) { err = errors.Join(err, out.Write(cells)) }
	if !plain {
		put(harmless(d.Title))
		for _, line := range d.About {
			put(harmless(line.Label), harmless(line.Value))
		}
	}
	for i, t := range tables {
		if !plain {
			put("")
			if i > 0 {
				put(harmless(t.Name))
			}
		}
		put(t.heads(plain)...)
		cells := make([]string, len(t.Columns))
		for _, row := range t.Rows {
			for k, cell := range row {
				cells[k] = csvCell(cell)
			}
			put(cells...)
		}
	}
	out.Flush()
	return errors.Join(err, out.Error())
}

// heads are the headings; programs get ids, which do not change with the language.
func (t Table) heads(plain bool) []string {
	heads := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		heads[i] = c.Heading
		if plain {
			heads[i] = c.ID
		}
	}
	return heads
}

func csvCell(cell any) string {
	switch x := cell.(type) {
	case nil:
		return ""
	case string:
		return harmless(x)
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	default:
		return fmt.Sprint(x)
	}
}

// harmless keeps a text from being taken for a formula by a spreadsheet: what begins like
// one is quoted by an apostrophe (OWASP, "CSV injection").
func harmless(text string) string {
	if trimmed := strings.TrimLeft(text, " \t\r\n\u00a0\ufeff"); trimmed != "" && strings.ContainsRune("=+-@|＝＋－＠", []rune(trimmed)[0]) || strings.HasPrefix(text, "\t") || strings.HasPrefix(text, "\r") {
		return "'" + text
	}
	return text
}

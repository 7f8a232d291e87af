package sheet

import (
	"strconv"
	"strings"
)

// readStyles finds out which styles show numbers as dates (ISO/IEC 29500-1, 18.8.30 and 18.8.31).
func (w *Workbook) readStyles(part string) error {
	x, err := w.open(part)
	if err != nil {
		return err
	}
	defer x.close()
	const most = 100_000
	custom, inCells := map[string]bool{}, false
	for {
		e, err := x.element()
		if err != nil || e == nil {
			return err
		}
		switch e.Name.Local {
		case "numFmt":
			if len(custom) < most {
				custom[attribute(e, "numFmtId")] = isDateCode(attribute(e, "formatCode"))
			}
		case "cellXfs":
			inCells = true
		case "cellStyles", "dxfs", "cellStyleXfs":
			inCells = false
		case "xf":
			if inCells && len(w.dates) < most {
				id := attribute(e, "numFmtId")
				date, known := custom[id]
				w.dates = append(w.dates, date || !known && isDateFormat(id))
			}
		}
	}
}

// isDateFormat knows the numbers of built-in formats.
func isDateFormat(id string) bool {
	n, err := strconv.Atoi(id)
	return err == nil && (n >= 14 && n <= 17 || n == 22 || n >= 27 && n <= 31 || n == 36 || n >= 50 && n <= 54 || n == 57 || n == 58)
}

// isDateCode looks for a day or a year in a format; texts in quotes and brackets say nothing.
func isDateCode(code string) bool {
	quoted, bracketed, escaped := false, false, false
	for _, c := range strings.ToLower(code) {
		switch {
		case escaped:
			escaped = false
		case c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			bracketed = true
		case c == ']':
			bracketed = false
		case !bracketed && (c == 'd' || c == 'y'):
			return true
		}
	}
	return false
}

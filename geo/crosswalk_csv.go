package geo

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"
)

// What bounds a crosswalk file: every unit of the country could be split thirty ways.
const (
	maxCrosswalkBytes    = 32 << 20
	maxCrosswalkRows     = 100_000
	maxCrosswalkFindings = 100
	maxWeightText        = 100 // characters; even a fraction from several reforms is shorter
)

// outsideWord stands in a file where a unit left the root of the new set.
const outsideWord = "outside"

// CrosswalkCSV says how a file is to be read. Empty names of columns are looked for under
// their usual names; with neither a weight nor an amount each row moves a whole unit.
type CrosswalkCSV struct {
	Old, New string // codes: "old_code", "old" or "from"; "new_code", "new" or "to"
	Weight   string // share of the old unit: "weight", "share" or "area_share"
	Amount   string // instead of shares: people or ground of each part; no usual name
	Basis    string // "basis"
	Source   string // "source"

	DefaultBasis Basis // of rows that name none; Legal when empty
	// Rounded weights may miss 1 by this much and are then scaled to it; 1/500 when nil.
	Tolerance *big.Rat
	// Rest takes what is missing to 1 beyond the tolerance to lie Outside; else it is an error.
	Rest bool
	// Strangers takes units that are not in the new set to lie Outside; else they are errors.
	Strangers bool
}

var usualColumns = map[string][]string{
	"old": {"old_code", "old", "from"}, "new": {"new_code", "new", "to"},
	"weight": {"weight", "share", "area_share"}, "basis": {"basis"}, "source": {"source"},
}

// RowFinding is one thing wrong in a file with rows.
type RowFinding struct {
	Line, Column int // from 1, the column in characters; 0 when all of the file or line is meant
	Message      string
}

// RowFindings is the error of reading a file with rows: everything wrong at once, up to a limit.
type RowFindings []RowFinding

// Error gives a finding a line, as line:column: message.
func (f RowFindings) Error() string {
	lines := make([]string, len(f))
	for i, finding := range f {
		switch {
		case finding.Line == 0:
			lines[i] = finding.Message
		case finding.Column == 0:
			lines[i] = fmt.Sprintf("%d: %s", finding.Line, finding.Message)
		default:
			lines[i] = fmt.Sprintf("%d:%d: %s", finding.Line, finding.Column, finding.Message)
		}
	}
	return strings.Join(lines, "\n")
}

// ReadCrosswalk reads a crosswalk between two sets from CSV with a header, UTF-8. In the
// place of a new unit "outside" stands for what left the root. The error is RowFindings
// where the file is wrong.
func ReadCrosswalk(r io.Reader, from, to *Set, options CrosswalkCSV) (*Crosswalk, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxCrosswalkBytes+1))
	if err != nil {
		return nil, fmt.Errorf("crosswalk from %s to %s: %w", from.info.ID, to.info.ID, err)
	}
	f := &crosswalkFile{options: options, to: to, text: bytes.TrimPrefix(text, []byte("\ufeff"))}
	links := f.read()
	if len(f.findings) > 0 {
		return nil, f.findings
	}
	links = f.complete(links)
	if len(f.findings) > 0 {
		return nil, f.findings
	}
	x, faults := newCrosswalk(from, to, links)
	for _, fault := range faults {
		if fault.link < 0 {
			f.report(0, 0, fault.message)
		} else {
			f.reportIn(f.places[fault.link], fault.field, fault.message)
		}
	}
	if len(f.findings) > 0 {
		return nil, f.findings
	}
	return x, nil
}

// crosswalkFile is a file being read.
type crosswalkFile struct {
	options  CrosswalkCSV
	to       *Set
	text     []byte
	columns  map[string]int // by field
	places   []rowPlace     // of each link
	findings RowFindings
}

type rowPlace struct {
	line    int
	columns map[string]int // by field, in bytes
}

func (f *crosswalkFile) report(line, column int, message string) {
	switch len(f.findings) {
	case maxCrosswalkFindings:
		f.findings = append(f.findings, RowFinding{Message: "and more that is not listed"})
	case maxCrosswalkFindings + 1:
	default:
		f.findings = append(f.findings, RowFinding{line, column, message})
	}
}

func (f *crosswalkFile) read() []Link {
	if len(f.text) > maxCrosswalkBytes {
		f.report(0, 0, fmt.Sprintf("the file is larger than %d MB", maxCrosswalkBytes>>20))
		return nil
	}
	if !utf8.Valid(f.text) {
		f.report(f.badLine(), 0, "this is not UTF-8 text: a CSV file in UTF-8 is accepted")
		return nil
	}
	reader := csv.NewReader(bytes.NewReader(f.text))
	header, err := reader.Read()
	if errors.Is(err, io.EOF) {
		f.report(0, 0, "the file is empty: a header and rows are accepted")
		return nil
	}
	if err != nil || !f.takeHeader(header, reader) {
		f.reportParse(err)
		return nil
	}
	var links []Link
	for {
		fields, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			f.reportParse(err)
			return nil
		}
		if len(links) == maxCrosswalkRows {
			f.report(0, 0, fmt.Sprintf("the file has more than %d rows", maxCrosswalkRows))
			return nil
		}
		f.places = append(f.places, f.placeOf(reader))
		links = append(links, f.link(fields))
	}
	if len(links) == 0 {
		f.report(0, 0, "there are no rows under the header")
	}
	return links
}

func (f *crosswalkFile) badLine() int {
	for i, line := range bytes.Split(f.text, []byte("\n")) {
		if !utf8.Valid(line) {
			return i + 1
		}
	}
	return 0
}

func (f *crosswalkFile) reportParse(err error) {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		f.report(parse.Line, f.characters(parse.Line, parse.Column), parse.Err.Error())
	}
}

// characters turns a column counted in bytes into one counted in characters.
func (f *crosswalkFile) characters(line, column int) int {
	rest := f.text
	for range line - 1 {
		_, after, _ := bytes.Cut(rest, []byte("\n"))
		rest = after
	}
	return utf8.RuneCount(rest[:min(max(column-1, 0), len(rest))]) + 1
}

// takeHeader finds the columns and tells whether those that must be there are.
func (f *crosswalkFile) takeHeader(header []string, reader *csv.Reader) bool {
	f.columns = map[string]int{}
	asked := map[string]string{
		"old": f.options.Old, "new": f.options.New, "weight": f.options.Weight,
		"amount": f.options.Amount, "basis": f.options.Basis, "source": f.options.Source,
	}
	complete := true
	for _, field := range []string{"old", "new", "weight", "amount", "basis", "source"} {
		names := usualColumns[field]
		if asked[field] != "" {
			names = []string{asked[field]}
		}
		i := slices.IndexFunc(header, func(name string) bool { return slices.Contains(names, strings.TrimSpace(name)) })
		if i >= 0 {
			f.columns[field] = i
			continue
		}
		if asked[field] != "" || field == "old" || field == "new" {
			f.report(1, 0, fmt.Sprintf("there is no column %s: the columns are %s", strings.Join(names, " or "), strings.Join(header, ", ")))
			complete = false
		}
	}
	return complete
}

func (f *crosswalkFile) placeOf(reader *csv.Reader) rowPlace {
	p := rowPlace{columns: map[string]int{}}
	for field, i := range f.columns {
		p.line, p.columns[field] = reader.FieldPos(i)
	}
	return p
}

// reportAt keeps a finding about a field of the row read last.
func (f *crosswalkFile) reportAt(field, format string, args ...any) {
	f.reportIn(f.places[len(f.places)-1], field, fmt.Sprintf(format, args...))
}

func (f *crosswalkFile) reportIn(at rowPlace, field, message string) {
	column, there := at.columns[field]
	if !there {
		column = at.columns["old"] // what is said about weights where none are written
	}
	f.report(at.line, f.characters(at.line, column), message)
}

// link reads a row. Weight is the amount where amounts are given.
func (f *crosswalkFile) link(fields []string) Link {
	text := func(field string) string {
		if i, there := f.columns[field]; there {
			return strings.TrimSpace(fields[i])
		}
		return ""
	}
	l := Link{Old: text("old"), New: text("new"), Weight: one, Basis: Basis(text("basis")), Source: text("source")}
	if l.Basis == "" {
		l.Basis = cmp.Or(f.options.DefaultBasis, Legal)
	}
	for _, field := range []string{"old", "new"} {
		if text(field) == "" {
			f.reportAt(field, "the code of a unit is missing")
		}
	}
	if _, known := f.to.tree.index[l.New]; !known && (f.options.Strangers || l.New == outsideWord) {
		l.New = Outside
	}
	for _, field := range []string{"weight", "amount"} {
		if _, given := f.columns[field]; !given {
			continue
		}
		number, ok := parseFraction(text(field))
		if !ok {
			f.reportAt(field, "%q is not a number: digits with a point, or a fraction as 1/3, are accepted", clipText(text(field)))
		}
		l.Weight = number
	}
	return l
}

// parseFraction reads an exact number of 0 or more. Exponents are not accepted: a few
// letters would stand for a number that fills the memory.
func parseFraction(s string) (*big.Rat, bool) {
	if len(s) > maxWeightText || strings.Trim(s, "0123456789./") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

func clipText(s string) string {
	if r := []rune(s); len(r) > maxWeightText {
		return string(r[:maxWeightText]) + "…"
	}
	return s
}

// complete makes shares of amounts and lets rounded weights add up to 1. The places of
// the rows follow their links.
func (f *crosswalkFile) complete(links []Link) []Link {
	rows := map[string][]int{}
	var order []string
	for i, l := range links {
		if len(rows[l.Old]) == 0 {
			order = append(order, l.Old)
		}
		rows[l.Old] = append(rows[l.Old], i)
	}
	var out []Link
	var places []rowPlace
	for _, old := range order {
		shares, at := f.gather(links, rows[old])
		f.scale(shares, f.places[rows[old][0]])
		out, places = append(out, shares...), append(places, at...)
		if rest := missing(shares); f.options.Rest && len(shares) > 0 && rest.Sign() > 0 {
			out = append(out, Link{Old: old, New: Outside, Weight: rest, Basis: shares[0].Basis, Source: shares[0].Source})
			places = append(places, at[0])
		}
	}
	f.places = places
	return out
}

// gather takes the rows of an old unit, those to strangers as one.
func (f *crosswalkFile) gather(links []Link, rows []int) (shares []Link, at []rowPlace) {
	outside := -1
	for _, i := range rows {
		l := links[i]
		_, amounts := f.columns["amount"]
		switch {
		case amounts && l.Weight.Sign() == 0: // nothing of it went there
			continue
		case l.New == Outside && outside >= 0:
			shares[outside].Weight = new(big.Rat).Add(shares[outside].Weight, l.Weight)
			continue
		case l.New == Outside:
			outside = len(shares)
		}
		shares, at = append(shares, l), append(at, f.places[i])
	}
	return shares, at
}

func missing(shares []Link) *big.Rat {
	rest := new(big.Rat).Set(one)
	for _, l := range shares {
		rest.Sub(rest, l.Weight)
	}
	return rest
}

// scale divides shares by their sum: always those of amounts, others within the tolerance.
func (f *crosswalkFile) scale(shares []Link, first rowPlace) {
	rest := missing(shares)
	sum := new(big.Rat).Sub(one, rest)
	tolerance := f.options.Tolerance
	if tolerance == nil {
		tolerance = big.NewRat(1, 500)
	}
	_, amounts := f.columns["amount"]
	switch {
	case amounts && len(shares) == 0:
		f.reportIn(first, "amount", "the amounts of this unit are all 0 and nothing can be shared out by them: one above 0 is accepted")
	case amounts || rest.Sign() != 0 && rest.Abs(rest).Cmp(tolerance) <= 0 && sum.Sign() > 0:
		for i := range shares {
			shares[i].Weight = new(big.Rat).Quo(shares[i].Weight, sum)
		}
	}
}

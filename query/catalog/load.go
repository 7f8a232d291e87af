package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/paulmach/orb"
	"golang.org/x/text/unicode/norm"
)

// Load reads and checks the catalogue whose files lie at the root of fsys: catalog.yaml
// and the lists it names (units and outlines), calendar.yaml where there is one, dimensions.yaml, measures.yaml, indicators.yaml,
// agencies.yaml, tasks.yaml, scenes.yaml, rules.yaml where there are rules, and demo.yaml when it is a
// demonstration. The error is Findings, everything that is wrong at once.
func Load(fsys fs.FS) (*Catalog, error) {
	l := &loader{fsys: fsys, files: map[string][]byte{}, outlines: map[string]orb.Ring{}, cat: &Catalog{}, sound: map[string]bool{}}
	l.loadRoot()
	l.loadCalendar()
	l.loadDimensions()
	l.loadAgencies()
	l.loadMeasures()
	l.loadIndicators()
	l.loadRules()
	l.loadTasks()
	l.loadScenes()
	l.loadDemo()
	if len(l.findings) > 0 {
		l.findings.sort()
		return nil, l.findings
	}
	l.cat.Version, l.cat.files = l.version(), l.files
	return l.cat, nil
}

// loader carries what is known so far from file to file.
type loader struct {
	fsys     fs.FS
	files    map[string][]byte   // every file read
	outlines map[string]orb.Ring // by file; nil where there is none to draw in
	findings Findings
	cat      *Catalog

	levels, dimensions, measures, indicators, agencies, conditions, tasks idSet

	sound map[string]bool // measures without a finding: only these are held against each other
}

// version is a hash over the names and contents of all files read.
func (l *loader) version() string {
	names := make([]string, 0, len(l.files))
	for name := range l.files {
		names = append(names, name)
	}
	slices.Sort(names)
	hash := sha256.New()
	for _, name := range names {
		fmt.Fprintf(hash, "%s\x00%d\x00", name, len(l.files[name]))
		hash.Write(l.files[name])
	}
	return hex.EncodeToString(hash.Sum(nil)[:16])
}

// report keeps a finding. What has no place was missing or unreadable, which has been
// reported already: one mistake makes one finding.
func (l *loader) report(at position, message string) {
	if at == (position{}) {
		return
	}
	l.findings = append(l.findings, Finding{at.file, at.line, at.column, message})
}

func (l *loader) failf(at position, format string, args ...any) {
	l.report(at, fmt.Sprintf(format, args...))
}

// read gives a file's text; a file that cannot be used is reported from the place that names it.
func (l *loader) read(name string, from position) ([]byte, bool) {
	text, err := fs.ReadFile(l.fsys, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		l.failf(from, "there is no file %s", name)
		return nil, false
	case err != nil:
		l.failf(from, "%s cannot be read: %v", name, err)
		return nil, false
	case !utf8.Valid(text):
		l.report(position{file: name}, "text is not UTF-8")
		return nil, false
	}
	l.files[name] = text
	return text, true
}

// decode reads a YAML file into out and tells whether it was YAML at all.
func (l *loader) decode(name string, out any) bool {
	text, ok := l.read(name, position{file: name})
	return ok && decodeYAML(name, text, out, l.report)
}

// idSet is what the catalogue calls by one kind of id. While it is unknown (its file
// could not be read) no reference into it is judged, for one mistake makes one finding.
type idSet struct {
	known bool
	noun  string // "measure"
	at    map[string]position
}

func newIDSet(noun string, known bool) idSet {
	return idSet{known: known, noun: noun, at: map[string]position{}}
}

// define adds an id, which must be made of the letters that ids are made of, and tells
// whether it is new.
func (l *loader) define(set *idSet, id located[string], valid func(string) bool) bool {
	if id.Value == "" {
		return false // already reported as missing
	}
	if !valid(id.Value) {
		l.failf(id.At, "%q cannot be the id of a %s", id.Value, set.noun)
	}
	if first, twice := set.at[id.Value]; twice {
		l.failf(id.At, "%s %s is defined twice, first in line %d", set.noun, id.Value, first.line)
		return false
	}
	set.at[id.Value] = id.At
	return true
}

// refer checks that an id exists, and gives it.
func (l *loader) refer(set idSet, id located[string]) string {
	if _, ok := set.at[id.Value]; !ok && set.known && id.Value != "" {
		l.failf(id.At, "there is no %s %q%s", set.noun, id.Value, didYouMean(id.Value, set.ids()))
	}
	return id.Value
}

func (l *loader) referAll(set idSet, ids []located[string]) []string {
	out := make([]string, 0, len(ids))
	for _, id := range ids {
		if slices.Contains(out, id.Value) {
			l.failf(id.At, "%s %s is listed twice", set.noun, id.Value)
			continue
		}
		out = append(out, l.refer(set, id))
	}
	return out
}

func (s idSet) ids() []string {
	ids := make([]string, 0, len(s.at))
	for id := range s.at {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// oneOf checks a word of a closed list, and gives it, or "" when it is none of them.
func oneOf[T ~string](l *loader, word located[string], allowed ...T) T {
	if slices.Contains(allowed, T(word.Value)) {
		return T(word.Value)
	}
	words := make([]string, len(allowed))
	for i, a := range allowed {
		words[i] = string(a)
	}
	l.failf(word.At, "%q is not one of %s%s", word.Value, strings.Join(words, ", "), didYouMean(word.Value, words))
	return ""
}

// snakeCase tells whether s is lower-case ASCII letters, digits and single underscores, a letter first.
func snakeCase(s string) bool { return slug(s, '_') }

// kebabCase is snakeCase with hyphens: safe in a URL.
func kebabCase(s string) bool { return slug(s, '-') }

func slug(s string, joint byte) bool {
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z'
		inner := c >= '0' && c <= '9' || c == joint && s[i-min(i, 1)] != joint && i < len(s)-1
		if !letter && (i == 0 || !inner) {
			return false
		}
	}
	return s != ""
}

// isNFC tells whether a CSV field is written as every name is; YAML text is checked when decoded.
func isNFC(s string) bool { return norm.NFC.IsNormalString(s) }

func (l *loader) location(name located[string]) *time.Location {
	loc, err := time.LoadLocation(name.Value)
	if err != nil || name.Value == "" {
		l.failf(name.At, "there is no time zone %q", name.Value)
		return time.UTC
	}
	return loc
}

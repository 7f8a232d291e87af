package query

import (
	"regexp"

	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/query/catalog"
)

// layout numbers the units of every level, and says for each unit which numbers lie
// under it, so that rolling up is a walk over integers.
type layout struct {
	set    *geo.Set
	rank   map[string]int            // of each level
	units  map[string][]geo.Unit     // of each level by code; a unit's number is its place
	number map[string]map[string]int // level > code > number
	under  map[string]map[string][]int
	names  map[string]UnitRef
	all    []string // codes of all units, level after level
}

func newLayout(set *geo.Set) *layout {
	l := &layout{
		set: set, rank: map[string]int{}, units: map[string][]geo.Unit{}, names: map[string]UnitRef{},
		number: map[string]map[string]int{}, under: map[string]map[string][]int{},
	}
	for _, level := range set.Info().Levels {
		l.rank[level.ID] = level.Rank
		l.addLevel(level.ID)
	}
	return l
}

// addLevel numbers the units of a level and hangs each under itself and its ancestors.
func (l *layout) addLevel(level string) {
	numbers, under := map[string]int{}, map[string][]int{}
	l.units[level] = l.set.Units(level)
	for i, unit := range l.units[level] {
		numbers[unit.Code] = i
		l.all = append(l.all, unit.Code)
		l.names[unit.Code] = UnitRef{Unit: unit.Code, Name: unit.Name, Level: level}
		under[unit.Code] = append(under[unit.Code], i)
		for _, above := range l.set.Ancestors(unit.Code) {
			under[above.Code] = append(under[above.Code], i)
		}
	}
	l.number[level], l.under[level] = numbers, under
}

func (l *layout) lowest() string {
	levels := l.set.Info().Levels
	return levels[len(levels)-1].ID
}

// codes resolves a scope into unit codes in the order of the answer.
func (l *layout) codes(scope Scope) ([]string, error) {
	if len(scope.Units) > 0 {
		return l.listed(scope)
	}
	within, level := scope.Within, scope.Level
	if within == "" {
		within = l.set.Root().Code
	}
	if level == "" {
		level = l.lowest()
	}
	if _, ok := l.names[within]; !ok {
		return nil, unknownUnit("within").about(within)
	}
	if _, ok := l.rank[level]; !ok {
		return nil, unknownLevel(l.set)
	}
	var codes []string
	for _, unit := range l.set.Within(within, level) {
		if scope.Area.Holds(l.set.Info().ID, unit.Code) {
			codes = append(codes, unit.Code)
		}
	}
	return codes, nil
}

func (l *layout) listed(scope Scope) ([]string, error) {
	if scope.Within != "" || scope.Level != "" {
		return nil, invalid("contradiction", "unit", "Không dùng đồng thời unit với within hoặc level", "unit cannot be combined with within or level")
	}
	for _, code := range scope.Units {
		if _, ok := l.names[code]; !ok || !scope.Area.Holds(l.set.Info().ID, code) {
			return nil, unknownUnit("unit").about(code)
		}
	}
	return scope.Units, nil
}

// unit resolves a single unit, the root when empty.
func (l *layout) unit(code string) (UnitRef, error) {
	if code == "" {
		code = l.set.Root().Code
	}
	ref, ok := l.names[code]
	if !ok {
		return UnitRef{}, unknownUnit("unit").about(code)
	}
	return ref, nil
}

var codeForm = regexp.MustCompile(`^[0-9A-Za-z]{1,16}$`)

// about names the code that is meant, as long as it looks like one: of a list it says which.
func (e *Error) about(code string) *Error {
	if codeForm.MatchString(code) {
		e.Text = catalog.Text{
			Vi: "Không có đơn vị hành chính mang mã " + code + " trong bộ địa giới đang dùng",
			En: "there is no unit with the code " + code + " in the boundary set in use",
		}
	}
	return e
}

func unknownUnit(field string) *Error {
	return notFound("unknown_unit", field, "Không có đơn vị hành chính này trong bộ địa giới đang dùng", "there is no such unit in the boundary set in use").
		withHint("/api/v1/units")
}

func unknownLevel(set *geo.Set) *Error {
	var ids []string
	for _, level := range set.Info().Levels {
		ids = append(ids, level.ID)
	}
	return invalid("unknown_level", "level", "Không có cấp này trong bộ địa giới đang dùng", "there is no such level in the boundary set in use").
		withHint(list(ids))
}

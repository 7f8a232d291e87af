package catalog

import (
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/geo"
)

const (
	rootFile = "catalog.yaml"
	demoFile = "demo.yaml"
)

type rootYAML struct {
	ID            located[string]        `yaml:"id"`
	Name          Text                   `yaml:"name"`
	Timezone      located[string]        `yaml:"timezone"`
	Demonstration *demonstrationYAML     `yaml:"demonstration,optional"`
	Levels        []levelYAML            `yaml:"levels"`
	BoundarySets  []boundarySetYAML      `yaml:"boundary_sets"`
	Crosswalks    []crosswalkYAML        `yaml:"crosswalks,optional"`
	Disclosure    disclosureYAML         `yaml:"disclosure"`
	Tolerance     located[toleranceYAML] `yaml:"tolerance"`
	Coverage      *coverageYAML          `yaml:"coverage,optional"`
}

type demonstrationYAML struct {
	Label      Text                `yaml:"label"`
	ClockStart time.Time           `yaml:"clock_start"`
	DataFrom   located[civil.Date] `yaml:"data_from"`
	Seed       uint64              `yaml:"seed"`
}

type levelYAML struct {
	ID   located[string] `yaml:"id"`
	Name Text            `yaml:"name"`
}

type boundarySetYAML struct {
	ID          located[string]      `yaml:"id"`
	Name        Text                 `yaml:"name"`
	InForceFrom located[civil.Date]  `yaml:"in_force_from"`
	InForceTo   *located[civil.Date] `yaml:"in_force_to,optional"`
	Levels      []located[string]    `yaml:"levels"`
	Root        located[string]      `yaml:"root"`
	PartOf      *partOfYAML          `yaml:"part_of,optional"`
	Units       located[string]      `yaml:"units"`
	Outline     located[string]      `yaml:"outline"`
	Source      string               `yaml:"source"`
	Licence     string               `yaml:"licence"`
}

type partOfYAML struct {
	Code located[string] `yaml:"code"`
	Name located[string] `yaml:"name"`
}

type disclosureYAML struct {
	Threshold located[int] `yaml:"threshold"`
}

type coverageYAML struct {
	LeastShare located[float64] `yaml:"least_share"`
}

type toleranceYAML struct {
	Points float64 `yaml:"points"`
	Share  float64 `yaml:"share"`
}

func (l *loader) loadRoot() {
	var raw rootYAML
	ok := l.decode(rootFile, &raw)
	l.levels = newIDSet("level", ok)
	if !ok {
		return
	}
	if !kebabCase(raw.ID.Value) && raw.ID.Value != "" {
		l.failf(raw.ID.At, "%q cannot be the id of a catalogue: use a-z, 0-9 and single hyphens", raw.ID.Value)
	}
	l.cat.ID, l.cat.Name = raw.ID.Value, raw.Name
	l.cat.Location = l.location(raw.Timezone)
	l.cat.LevelNames = map[string]Text{}
	for _, level := range raw.Levels {
		l.define(&l.levels, level.ID, snakeCase)
		l.cat.LevelNames[level.ID.Value] = level.Name
	}
	l.takeRules(raw)
	l.takeDemonstration(raw.Demonstration)
	l.takeBoundarySets(raw.BoundarySets)
	l.takeCrosswalks(raw.Crosswalks)
}

func (l *loader) takeRules(raw rootYAML) {
	l.cat.Disclosure = Disclosure{Threshold: raw.Disclosure.Threshold.Value}
	if raw.Disclosure.Threshold.Value < 0 {
		l.report(raw.Disclosure.Threshold.At, "a disclosure threshold is a count of people, 0 or more")
	}
	if raw.Coverage != nil {
		l.cat.Coverage = Coverage{l.share(raw.Coverage.LeastShare)}
	}
	t := raw.Tolerance.Value
	l.cat.Tolerance = Tolerance(t)
	if t.Points < 0 || t.Share < 0 || t.Share >= 1 {
		l.report(raw.Tolerance.At, "tolerance wants points of 0 or more and a share from 0 to under 1")
	}
}

// share reads a share of a whole, 0 to 1.
func (l *loader) share(v located[float64]) float64 {
	if !allShares(v.Value) {
		l.report(v.At, "a share lies within 0 and 1")
	}
	return v.Value
}

func (l *loader) takeDemonstration(raw *demonstrationYAML) {
	if raw == nil {
		return
	}
	l.cat.Demonstration = &Demonstration{
		Label:    raw.Label,
		Now:      raw.ClockStart,
		DataFrom: raw.DataFrom.Value,
		Seed:     raw.Seed,
	}
	if raw.DataFrom.Value.After(civil.DateOf(raw.ClockStart.In(l.cat.Location))) {
		l.report(raw.DataFrom.At, "figures would start after the programme clock")
	}
}

func (l *loader) takeBoundarySets(raw []boundarySetYAML) {
	sets := newIDSet("boundary set", true)
	for i, r := range raw {
		l.define(&sets, r.ID, kebabCase)
		set := BoundarySet{
			Name: r.Name,
			Info: geo.SetInfo{
				ID:          r.ID.Value,
				InForceFrom: r.InForceFrom.Value,
				Levels:      l.takeLevels(r.Levels),
				Root:        r.Root.Value,
				Schematic:   true,
				Source:      r.Source,
				Licence:     r.Licence,
			},
		}
		if r.PartOf != nil {
			set.Info.PartOf = geo.PartOf{Code: r.PartOf.Code.Value, Name: r.PartOf.Name.Value}
		}
		if r.InForceTo != nil {
			set.Info.InForceTo = r.InForceTo.Value
			if set.Info.InForceTo.Before(set.Info.InForceFrom) {
				l.report(r.InForceTo.At, "the set would end before it is in force")
				set.Info.InForceTo = civil.Date{}
			}
		}
		if i > 0 && !raw[i-1].endsBefore(r.InForceFrom.Value) {
			l.report(r.InForceFrom.At, "boundary sets must follow each other: the one before is still in force on this day")
		}
		if len(set.Info.Levels) > 0 {
			set.Units = l.loadUnits(r, set.Info)
			set.Outline = l.loadOutline(r.Outline, set)
		} else {
			l.failf(r.ID.At, "boundary set %s has no levels", r.ID.Value)
		}
		l.cat.BoundarySets = append(l.cat.BoundarySets, set)
	}
	if len(raw) == 0 {
		l.report(position{file: rootFile}, "a catalogue wants at least one boundary set")
	}
}

func (b boundarySetYAML) endsBefore(date civil.Date) bool {
	return b.InForceTo != nil && b.InForceTo.Value.Before(date)
}

func (l *loader) takeLevels(ids []located[string]) []geo.Level {
	var levels []geo.Level
	for rank, id := range l.referAll(l.levels, ids) {
		levels = append(levels, geo.Level{ID: id, Rank: rank})
	}
	return levels
}

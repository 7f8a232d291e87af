package catalog

import "slices"

const agenciesFile = "agencies.yaml"

type agenciesYAML struct {
	Agencies []agencyYAML `yaml:"agencies"`
	Roles    []roleYAML   `yaml:"roles,optional"`
}

type agencyYAML struct {
	ID        located[string]   `yaml:"id"`
	Name      Text              `yaml:"name"`
	ShortName Text              `yaml:"short_name"`
	Kind      located[string]   `yaml:"kind"`
	Aliases   []located[string] `yaml:"aliases,optional"`
	Area      *located[string]  `yaml:"area,optional"`
}

type reportingYAML struct {
	To    located[string]  `yaml:"to"`
	Level *located[string] `yaml:"level,optional"`
}

func (l *loader) loadAgencies() {
	var raw agenciesYAML
	ok := l.decode(agenciesFile, &raw)
	l.agencies = newIDSet("agency", ok)
	for _, r := range raw.Agencies {
		if !l.define(&l.agencies, r.ID, snakeCase) {
			continue
		}
		a := Agency{ID: r.ID.Value, Name: r.Name, ShortName: r.ShortName, Kind: r.Kind.Value}
		for _, alias := range r.Aliases {
			if slices.Contains(a.Aliases, alias.Value) {
				l.failf(alias.At, "alias %s is listed twice", alias.Value)
			}
			a.Aliases = append(a.Aliases, alias.Value)
		}
		if r.Area != nil {
			a.Area = l.area(*r.Area)
		}
		l.cat.Agencies = append(l.cat.Agencies, a)
	}
	l.loadRoles(raw.Roles)
}

// area checks that some boundary set has the unit an agency serves.
func (l *loader) area(code located[string]) string {
	there := slices.ContainsFunc(l.cat.BoundarySets, func(s BoundarySet) bool {
		_, ok := s.Unit(code.Value)
		return ok
	})
	if !there && l.levels.known {
		l.failf(code.At, "there is no unit %q in any boundary set", code.Value)
	}
	return code.Value
}

func (l *loader) takeReporting(raw *reportingYAML) {
	if raw == nil {
		return
	}
	l.cat.Reporting.To = l.refer(l.agencies, raw.To)
	if raw.Level != nil {
		l.cat.Reporting.Level = l.refer(l.levels, *raw.Level)
	}
}

package catalog

// Role is an office within the programme's steering body, as far as it owns steps: who
// answers for a report going out, who calls a meeting.
type Role struct {
	ID     string // "head"
	Name   Text
	Duty   Text
	Source Text
	Agency string   // the agency that holds it, "" where the plan names none
	Owns   []string // ids of steps of the reporting chain and of meetings (calendar.yaml)
}

type roleYAML struct {
	ID     located[string]   `yaml:"id"`
	Name   Text              `yaml:"name"`
	Duty   Text              `yaml:"duty"`
	Source Text              `yaml:"source"`
	Agency *located[string]  `yaml:"agency,optional"`
	Owns   []located[string] `yaml:"owns,optional"`
}

// loadRoles reads who owns what the calendar holds. The calendar is read before.
func (l *loader) loadRoles(raw []roleYAML) {
	owned := newIDSet("step or meeting", true)
	for _, step := range l.cat.Calendar.Chain.Steps {
		owned.at[step.ID] = position{}
	}
	for _, meeting := range l.cat.Calendar.Meetings {
		owned.at[meeting.ID] = position{}
	}
	ids := newIDSet("role", true)
	owner := map[string]string{}
	for _, r := range raw {
		l.define(&ids, r.ID, snakeCase)
		role := Role{ID: r.ID.Value, Name: r.Name, Duty: r.Duty, Source: r.Source, Owns: l.referAll(owned, r.Owns)}
		if r.Agency != nil {
			role.Agency = l.refer(l.agencies, *r.Agency)
		}
		for _, own := range r.Owns {
			if other, taken := owner[own.Value]; taken && other != role.ID {
				l.failf(own.At, "%s is owned by %s already: one role answers for it", own.Value, other)
			}
			owner[own.Value] = role.ID
		}
		l.cat.Roles = append(l.cat.Roles, role)
	}
}

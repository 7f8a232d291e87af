package httpapi

import (
	"cmp"
	"context"

	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/query"
	"github.com/toancanh/toancanh/query/catalog"
)

// catalogView is the catalogue as it is sent. All of it but the periods of indicators
// and the agenda stays the same while the server runs.
type catalogView struct {
	ID            string             `json:"id"`
	Name          catalog.Text       `json:"name"`
	Version       string             `json:"version"`
	Demonstration *demonstrationView `json:"demonstration"`
	Timezone      string             `json:"timezone"`
	Root          string             `json:"root"`
	Levels        []levelView        `json:"levels"`
	Dimensions    []dimensionView    `json:"dimensions"`
	Measures      []measureView      `json:"measures"`
	Indicators    []indicatorView    `json:"indicators"`
	Agencies      []agencyView       `json:"agencies"`
	Tasks         []taskView         `json:"tasks"`
	Scenes        []sceneSetView     `json:"scenes"`
	Calendar      calendarView       `json:"calendar"`

	Roles           []roleView  `json:"roles"`
	IndicatorGroups []groupView `json:"indicator_groups"`
	TaskGroups      []groupView `json:"task_groups"`
}

// roleView is an office of the steering body and what it owns.
type roleView struct {
	ID     string       `json:"id"`
	Name   catalog.Text `json:"name"`
	Duty   catalog.Text `json:"duty"`
	Source catalog.Text `json:"source"`
	Agency string       `json:"agency,omitempty"`
	Owns   []string     `json:"owns"`
}

// groupView is a heading, in the order lists are shown in.
type groupView struct {
	ID   string       `json:"id"`
	Name catalog.Text `json:"name"`
}

type demonstrationView struct {
	Label catalog.Text `json:"label"`
}

type levelView struct {
	ID   string       `json:"id"`
	Rank int          `json:"rank"`
	Name catalog.Text `json:"name"`
}

type dimensionView struct {
	ID      string       `json:"id"`
	Name    catalog.Text `json:"name"`
	Integer bool         `json:"integer"`
	OpenEnd bool         `json:"open_end"`
	Members []memberView `json:"members"`
}

type memberView struct {
	ID   string       `json:"id"`
	Name catalog.Text `json:"name"`
}

type measureView struct {
	ID                  string       `json:"id"`
	Name                catalog.Text `json:"name"`
	Description         catalog.Text `json:"description"`
	UnitName            catalog.Text `json:"unit_name"`
	TimeRule            string       `json:"time_rule"`
	Dimensions          []string     `json:"dimensions"`
	Level               string       `json:"level"`
	PeriodKind          string       `json:"period_kind"`
	Agency              string       `json:"agency"`
	Dataset             string       `json:"dataset"`
	LegalSource         catalog.Text `json:"legal_source"`
	CarryForwardDays    int          `json:"carry_forward_days"`
	SensitiveBelow      string       `json:"sensitive_below"`
	SensitiveDimensions []string     `json:"sensitive_dimensions"`
}

type indicatorView struct {
	ID            string               `json:"id"`
	Name          catalog.Text         `json:"name"`
	ShortName     catalog.Text         `json:"short_name"`
	Description   catalog.Text         `json:"description"`
	Group         string               `json:"group"`
	UnitName      catalog.Text         `json:"unit_name"`
	Direction     string               `json:"direction"`
	Decimals      int                  `json:"decimals"`
	Scale         float64              `json:"scale"`
	Formula       formulaView          `json:"formula"`
	Legend        legendView           `json:"legend"`
	Targets       []targetView         `json:"targets"`
	Path          string               `json:"path"`
	PeriodKinds   []catalog.PeriodKind `json:"period_kinds"`
	DefaultPeriod catalog.Period       `json:"default_period"`
	Periods       []catalog.Period     `json:"periods"`
	LeadAgency    string               `json:"lead_agency"`
	LegalSource   catalog.Text         `json:"legal_source"`
}

type formulaView struct {
	Kind        string     `json:"kind"`
	Text        string     `json:"text"`
	Numerator   []termView `json:"numerator"`
	Denominator []termView `json:"denominator"`
	Parts       []partView `json:"parts"`
}

type partView struct {
	Indicator string   `json:"indicator"`
	Weight    float64  `json:"weight"`
	From      *float64 `json:"from,omitempty"`
	To        *float64 `json:"to,omitempty"`
}

type termView struct {
	Measure string                `json:"measure"`
	Minus   bool                  `json:"minus,omitempty"`
	Where   map[string]filterView `json:"where"`
}

type filterView struct {
	Members []string `json:"members,omitempty"`
	From    *int     `json:"from,omitempty"`
	To      *int     `json:"to,omitempty"`
}

type legendView struct {
	Breaks []float64 `json:"breaks"`
}

type targetView struct {
	Date  string  `json:"date"`
	Value float64 `json:"value"`
}

type agencyView struct {
	ID        string       `json:"id"`
	Name      catalog.Text `json:"name"`
	ShortName catalog.Text `json:"short_name"`
	Kind      string       `json:"kind"`
	Aliases   []string     `json:"aliases"`
	Area      string       `json:"area"`
}

type taskView struct {
	Ref          string            `json:"ref"`
	Title        catalog.Text      `json:"title"`
	Group        string            `json:"group"`
	Lead         []string          `json:"lead"`
	Coordinating []string          `json:"coordinating"`
	Deadline     query.DeadlineRow `json:"deadline"`
	Assignments  int               `json:"assignments"`
	Indicators   []string          `json:"indicators"`
	NoIndicator  *catalog.Text     `json:"no_indicator"`
}

type sceneSetView struct {
	ID     string       `json:"id"`
	Name   catalog.Text `json:"name"`
	Scenes []sceneView  `json:"scenes"`
}

type sceneView struct {
	Kind      string `json:"kind"`
	Indicator string `json:"indicator"`
	Level     string `json:"level"`
	Seconds   int    `json:"seconds"`
}

// catalog answers what may be asked. For a caller held to an area the territory begins at its first unit.
func (s *Server) catalog(ctx context.Context, r *request) (any, error) {
	view := s.programme
	if home := r.area().Home(r.boundaries()); home != "" {
		view.Root = home
	} else if r.area() != nil {
		return nil, outsideArea("")
	}
	view.Indicators = append([]indicatorView{}, view.Indicators...)
	for i := range view.Indicators {
		if err := s.addPeriods(ctx, &view.Indicators[i]); err != nil {
			return nil, err
		}
	}
	agenda, err := s.deps.Query.Agenda()
	if err != nil {
		return nil, err
	}
	view.Calendar.Agenda = agenda
	if view.Calendar.Round, err = s.deps.Query.Round(); err != nil {
		return nil, err
	}
	return s.enveloped(view), nil
}

func (s *Server) addPeriods(ctx context.Context, view *indicatorView) (err error) {
	if view.DefaultPeriod, err = s.deps.Query.DefaultPeriod(view.ID); err != nil {
		return err
	}
	periods, err := s.deps.Query.Periods(ctx, view.ID)
	view.Periods = rows(periods)
	return err
}

func newCatalogView(c *catalog.Catalog, info geo.SetInfo) catalogView {
	view := catalogView{
		ID: c.ID, Name: c.Name, Version: c.Version, Timezone: c.Location.String(), Root: info.Root,
		Levels:     levelViews(c, info),
		Dimensions: each(c.Dimensions, newDimensionView),
		Measures:   each(c.Measures, newMeasureView),
		Indicators: each(c.Indicators, newIndicatorView),
		Agencies: each(c.Agencies, func(a catalog.Agency) agencyView {
			return agencyView{a.ID, a.Name, a.ShortName, a.Kind, rows(a.Aliases), cmp.Or(a.Area, info.Root)}
		}),
		Tasks:    each(c.Tasks, newTaskView),
		Scenes:   each(c.Scenes, newSceneSetView),
		Calendar: newCalendarView(c.Calendar),

		Roles: each(c.Roles, func(r catalog.Role) roleView {
			return roleView{r.ID, r.Name, r.Duty, r.Source, r.Agency, rows(r.Owns)}
		}),
		IndicatorGroups: each(c.IndicatorGroups, newGroupView), TaskGroups: each(c.TaskGroups, newGroupView),
	}
	if c.Demonstration != nil {
		view.Demonstration = &demonstrationView{c.Demonstration.Label}
	}
	return view
}

// each maps a list; the result is never nil, so that JSON has [] and not null.
func each[A, B any](list []A, make func(A) B) []B {
	out := []B{}
	for _, a := range list {
		out = append(out, make(a))
	}
	return out
}

func levelViews(c *catalog.Catalog, info geo.SetInfo) []levelView {
	return each(info.Levels, func(l geo.Level) levelView {
		name, known := c.LevelNames[l.ID]
		if !known { // of an imported set
			name = catalog.Text{Vi: l.ID, En: l.ID}
		}
		return levelView{l.ID, l.Rank, name}
	})
}

func newDimensionView(d catalog.Dimension) dimensionView {
	members := each(d.Members, func(m catalog.Member) memberView { return memberView{m.ID, m.Name} })
	return dimensionView{d.ID, d.Name, d.Integer, d.OpenEnd, members}
}

func newMeasureView(m catalog.Measure) measureView {
	return measureView{
		ID: m.ID, Name: m.Name, Description: m.Description, LegalSource: m.LegalSource, UnitName: m.UnitName, TimeRule: string(m.TimeRule), Dimensions: rows(m.Dimensions),
		Level: m.Level, PeriodKind: string(m.PeriodKind), Agency: m.Agency, Dataset: m.Dataset,
		CarryForwardDays: m.CarryForward, SensitiveBelow: m.SensitiveBelow, SensitiveDimensions: rows(m.SensitiveDims),
	}
}

func newIndicatorView(i catalog.Indicator) indicatorView {
	return indicatorView{
		ID: i.ID, Name: i.Name, ShortName: i.ShortName, Description: i.Description, Group: i.Group, UnitName: i.UnitName,
		Direction: string(i.Direction), Decimals: i.Decimals, Scale: i.Formula.Scale,
		Formula: newFormulaView(i.Formula),
		Legend:  legendView{rows(i.Legend.Breaks)},
		Targets: each(i.Targets, func(t catalog.Target) targetView { return targetView{t.Date.String(), t.Value} }),
		Path:    string(i.Path), PeriodKinds: rows(i.PeriodKinds), LeadAgency: i.LeadAgency, LegalSource: i.LegalSource,
	}
}

func newFormulaView(f catalog.Formula) formulaView {
	return formulaView{
		Kind: string(f.Kind), Text: f.String(), Numerator: each(f.Numerator, newTermView), Denominator: each(f.Denominator, newTermView),
		Parts: each(f.Parts, func(p catalog.Part) partView {
			view := partView{Indicator: p.Indicator, Weight: p.Weight}
			if f.Kind == catalog.Index {
				view.From, view.To = &p.From, &p.To
			}
			return view
		}),
	}
}

func newTermView(t catalog.Term) termView {
	view := termView{Measure: t.Measure, Minus: t.Minus, Where: map[string]filterView{}}
	for dimension, filter := range t.Where {
		view.Where[dimension] = filterView{filter.Members, filter.From, filter.To}
	}
	return view
}

func newGroupView(g catalog.Group) groupView { return groupView{g.ID, g.Name} }

func newTaskView(t catalog.Task) taskView {
	return taskView{
		Ref: t.Ref, Title: t.Title, Group: t.Group, Lead: rows(t.Lead), Coordinating: rows(t.Coordinating),
		Deadline: query.NewDeadlineRow(t.Deadline), Assignments: len(t.Assignees), Indicators: rows(t.Indicators),
		NoIndicator: t.WithoutIndicator(),
	}
}

func newSceneSetView(set catalog.SceneSet) sceneSetView {
	return sceneSetView{set.ID, set.Name, each(set.Scenes, func(s catalog.Scene) sceneView {
		return sceneView{s.Kind, s.Indicator, s.Level, s.Seconds}
	})}
}

package catalog

import "slices"

// Kinds of definitions, as `catalog show` and `catalog diff` name them, in the order they
// build on each other.
const (
	KindCatalogue  = "catalogue"
	KindBoundaries = "boundaries"
	KindUnit       = "unit"
	KindDimension  = "dimension"
	KindMeasure    = "measure"
	KindIndicator  = "indicator"
	KindAgency     = "agency"
	KindTask       = "task"
	KindScenes     = "scenes"
)

// DefinitionKinds lists them.
func DefinitionKinds() []string {
	return []string{KindCatalogue, KindBoundaries, KindUnit, KindDimension, KindMeasure, KindIndicator, KindAgency, KindTask, KindScenes}
}

// Definition is one thing a catalogue defines.
type Definition struct {
	Kind, ID string
	Name     Text
	Fields   Fields
}

// Definitions lists what a catalogue defines, kind after kind in the catalogue's order. A
// unit has its boundary set before its code. The demonstration model is not among them.
func (c *Catalog) Definitions() []Definition {
	list := []Definition{{KindCatalogue, c.ID, c.Name, c.rules()}}
	for _, s := range c.BoundarySets {
		set := s
		set.Units, set.Outline = nil, nil
		list = append(list, Definition{KindBoundaries, s.Info.ID, s.Name, Describe(set)})
	}
	for _, s := range c.BoundarySets {
		for _, u := range s.Units {
			list = append(list, Definition{KindUnit, s.Info.ID + "/" + u.Code, Text{Vi: u.FullName, En: u.NameEn}, Describe(u)})
		}
	}
	list = slices.Concat(list,
		definitions(KindDimension, c.Dimensions, func(v Dimension) (string, Text) { return v.ID, v.Name }),
		definitions(KindMeasure, c.Measures, func(v Measure) (string, Text) { return v.ID, v.Name }),
		definitions(KindIndicator, c.Indicators, func(v Indicator) (string, Text) { return v.ID, v.Name }),
		definitions(KindAgency, c.Agencies, func(v Agency) (string, Text) { return v.ID, v.Name }),
		definitions(KindTask, c.Tasks, func(v Task) (string, Text) { return v.Ref, v.Title }),
		definitions(KindScenes, c.Scenes, func(v SceneSet) (string, Text) { return v.ID, v.Name }))
	return list
}

func definitions[T any](kind string, list []T, called func(T) (string, Text)) []Definition {
	return each(list, func(v T) Definition {
		id, name := called(v)
		return Definition{kind, id, name, Describe(v)}
	})
}

// rules are what the catalogue says of itself, without its lists.
func (c *Catalog) rules() Fields {
	self := *c
	self.BoundarySets, self.Dimensions, self.Measures, self.Indicators = nil, nil, nil, nil
	self.Agencies, self.Tasks, self.Scenes, self.Demo = nil, nil, nil, nil
	self.Version = "" // every change changes it
	self.Location = nil
	return append(Fields{{"timezone", c.Location.String()}}, Describe(self)...)
}

package template

import (
	"strings"

	"github.com/toancanh/toancanh/query/catalog"
)

// valueColumn is a column of values of a sheet that has a unit a row.
type valueColumn struct {
	key   string // "vneid_activated;sex=male": how the column is known, whatever becomes of its title
	title string // for people
	unit  string // of the measure
	fixed []Field
}

// heading is the title with the unit, as a template shows it.
func (v valueColumn) heading() string {
	if v.unit == "" {
		return v.title
	}
	return v.title + " (" + v.unit + ")"
}

// valueColumns spreads a measure over columns, one for each combination of members; none when there would be too many.
func valueColumns(c *catalog.Catalog, m *catalog.Measure) []valueColumn {
	columns := []valueColumn{{key: m.ID, title: m.Name.Vi, unit: m.UnitName.Vi, fixed: []Field{{"", "measure", m.ID}}}}
	for _, id := range m.Dimensions {
		d, _ := c.Dimension(id)
		if len(columns)*len(d.Members) > maxColumns {
			return nil
		}
		var longer []valueColumn
		for _, v := range columns {
			for _, member := range d.Members {
				longer = append(longer, v.narrowed(id, member))
			}
		}
		columns = longer
	}
	return columns
}

func (v valueColumn) narrowed(dimension string, m catalog.Member) valueColumn {
	return valueColumn{
		key: v.key + ";" + dimension + "=" + m.ID, title: v.title + " – " + m.Name.Vi, unit: v.unit,
		fixed: append(append([]Field{}, v.fixed...), Field{"dims", dimension, m.ID}),
	}
}

func populationMeasure(c *catalog.Catalog) (*catalog.Measure, bool) {
	for i := range c.Measures {
		if c.Measures[i].Dataset == "population" {
			return &c.Measures[i], true
		}
	}
	return nil, false
}

// Meta is what a template says about itself on its hidden sheet.
type Meta struct {
	Catalogue, Version      string
	Dataset, Agency, Period string
}

// MetaSheet is the hidden sheet with the meta rows.
const MetaSheet = "_toancanh"

func (m Meta) rows() [][2]string {
	return [][2]string{{"toancanh", "1"}, {"catalogue", m.Catalogue}, {"version", m.Version}, {"dataset", m.Dataset}, {"agency", m.Agency}, {"period", m.Period}}
}

// Set takes one row of the hidden sheet.
func (m *Meta) Set(name, value string) {
	switch strings.TrimSpace(name) {
	case "catalogue":
		m.Catalogue = value
	case "version":
		m.Version = value
	case "dataset":
		m.Dataset = value
	case "agency":
		m.Agency = value
	case "period":
		m.Period = value
	}
}

package ingest

import (
	"strings"

	"github.com/toancanh/toancanh/query/catalog"
)

// figureFields are the fields of a row of observations before they are understood; nil = not sent.
type figureFields struct {
	measure, unit, date, period, value, agency, note, retract *field
	dims                                                      []*field
}

const (
	observationNames = "measure, unit, date, period, value, dims, agency, note, retract"
	populationNames  = "unit, date, value, agency, note, retract"
)

// checker checks the rows of one submission against the catalogue. It remembers
// what repeats from row to row; it is not safe for concurrent use.
type checker struct {
	*index
	dataset Dataset
	today   day
	agency  string // for rows that name none
	permit  *Permit
	mute    bool // nobody will read the messages any more: leave the dear parts out

	late     *lateness // of the row checked last; nil in an open period
	fields   figureFields
	lastDay  day // the day of lastText, which most rows share with the one before
	lastText string
	periods  map[string]catalog.Period
	closings map[closingKey]day // last open days
}

func newChecker(x *index, in Intake, today day) *checker {
	return &checker{index: x, dataset: in.Dataset, today: today, agency: in.Agency, permit: in.Permit, lastDay: noDay, periods: map[string]catalog.Period{}, closings: map[closingKey]day{}}
}

// heirs names the units that one which has ended lives on in, "" when there is no telling.
func (c *checker) heirs(code string, on day) string {
	if c.mute {
		return ""
	}
	var names []string
	for _, u := range c.catalogue.Heirs(code, on.date()) {
		names = append(names, u.FullName+" ("+u.Code+")")
	}
	return strings.Join(names, ", ")
}

// nearest is what the sender may have meant, "" when there is no telling.
func (c *checker) nearest(sent []byte, candidates []string) string {
	const longest = 48
	if c.mute || len(sent) == 0 || len(sent) > longest {
		return ""
	}
	return catalog.Nearest(string(sent), candidates)
}

// sort puts each field in its place and refuses those that have none. null is the same as not sent.
func (c *checker) sort(rec *record) *fault {
	f := &c.fields
	*f = figureFields{dims: f.dims[:0]}
	for i := range rec.fields {
		at := &rec.fields[i]
		place := f.place(at, c.dataset)
		switch {
		case at.kind == objectValue && at.group == nil && string(at.name) == "dims" && c.dataset == Observations:
		case place != nil && at.kind != nullValue:
			*place = at
		case place != nil:
		case c.isDimension(at):
			if at.kind != nullValue {
				f.dims = append(f.dims, at)
			}
		case string(at.name) == "dims" && at.group == nil && at.kind == nullValue && c.dataset == Observations:
		case string(at.name) == "dims" && at.group == nil && c.dataset == Observations:
			return at.wrong(wrongType("một đối tượng như {\"sex\":\"female\"}", "an object such as {\"sex\":\"female\"}"))
		default:
			return c.unknown(at)
		}
	}
	return nil
}

// place tells where a field of the contract belongs, nil for any other.
func (f *figureFields) place(at *field, dataset Dataset) **field {
	if at.group != nil {
		return nil
	}
	switch string(at.name) {
	case "unit":
		return &f.unit
	case "date":
		return &f.date
	case "value":
		return &f.value
	case "agency":
		return &f.agency
	case "note":
		return &f.note
	case "retract":
		return &f.retract
	case "measure":
		if dataset == Observations {
			return &f.measure
		}
	case "period":
		if dataset == Observations {
			return &f.period
		}
	}
	return nil
}

// isDimension: in observations every member of dims is one; a population row names its dimensions at the top.
func (c *checker) isDimension(at *field) bool {
	if c.dataset == Observations {
		return string(at.group) == "dims"
	}
	return at.group == nil && c.population.dimension(at.name) != nil
}

func (c *checker) unknown(at *field) *fault {
	names := observationNames
	candidates := []string{"measure", "unit", "date", "period", "value", "dims", "agency", "note", "retract"}
	if c.dataset == Population {
		names = populationNames + ", " + c.population.names
		candidates = append([]string{"unit", "date", "value", "agency", "note", "retract"}, c.population.Dimensions...)
	}
	return unknownField(c.nearest(at.name, candidates), names).at("", at.column)
}

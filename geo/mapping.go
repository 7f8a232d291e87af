package geo

import (
	"math"
	"path/filepath"
	"strconv"
	"strings"
)

// Mapping names the properties of a file that hold a unit's facts. A field that is empty
// takes the first of the usual spellings that a feature has; case never matters.
type Mapping struct {
	Code       string // a GSO code, text with its leading zeros
	Name       string
	FullName   string
	Type       string
	NameEn     string
	Parent     string
	Level      string
	Population string // persons
	Area       string // square kilometres
}

// usualProperties are tried in this order where a mapping says nothing.
var usualProperties = map[string][]string{
	"code":       {"code", "unit_code", "gso_code", "ma", "ma_dvhc", "ma_xa", "maxa", "ma_huyen", "mahuyen", "ma_tinh", "matinh", "id"},
	"name":       {"name", "name_vi", "unit_name", "ten", "ten_dvhc", "ten_xa", "tenxa", "ten_huyen", "tenhuyen", "ten_tinh", "tentinh", "shapename"},
	"full_name":  {"full_name", "fullname", "ten_day_du", "tendaydu"},
	"type":       {"type", "unit_type", "loai", "loai_dvhc", "cap_dvhc"},
	"name_en":    {"name_en", "en_name", "ten_en", "name_ascii", "ten_khong_dau"},
	"parent":     {"parent_code", "parent", "parent_id", "ma_cha", "district_code", "province_code"},
	"level":      {"level", "admin_level", "cap"},
	"population": {"population", "pop", "dan_so", "danso"},
	"area":       {"area_km2", "areakm2", "area_sqkm", "dien_tich_km2"},
}

// properties is a mapping that has been completed: for each field, the names to try.
type properties map[string][]string

func (m Mapping) properties() properties {
	own := map[string]string{
		"code": m.Code, "name": m.Name, "full_name": m.FullName, "type": m.Type, "name_en": m.NameEn,
		"parent": m.Parent, "level": m.Level, "population": m.Population, "area": m.Area,
	}
	p := properties{}
	for field, usual := range usualProperties {
		if p[field] = usual; own[field] != "" {
			p[field] = []string{strings.ToLower(own[field])}
		}
	}
	return p
}

// wanted lists what has to be kept of a feature's properties, in lower case.
func (p properties) wanted(also map[string]string) map[string]bool {
	keys := map[string]bool{}
	for _, names := range p {
		for _, name := range names {
			keys[name] = true
		}
	}
	for name := range also {
		keys[strings.ToLower(name)] = true
	}
	return keys
}

// find gives the first property of a field that says something.
func (p properties) find(f *record, field string) (property, bool) {
	for _, name := range p[field] {
		if v, ok := f.props[name]; ok && strings.TrimSpace(v.text) != "" {
			return v, true
		}
	}
	return property{}, false
}

func (p properties) text(f *record, field string) string {
	v, _ := p.find(f, field)
	return strings.TrimSpace(v.text)
}

// unit reads a unit from a feature; its level is that of the file where the feature
// has none.
func (p properties) unit(f *record, level string) (Unit, *fault) {
	code, ok := p.find(f, "code")
	if !ok {
		code = f.id
	}
	u := Unit{
		Code: strings.TrimSpace(code.text), Name: p.text(f, "name"), FullName: p.text(f, "full_name"),
		Type: p.text(f, "type"), NameEn: p.text(f, "name_en"), Parent: p.text(f, "parent"), Level: level,
	}
	if own := p.text(f, "level"); own != "" {
		u.Level = levelOf(own)
	}
	if u.Name == "" {
		u.Name = u.FullName
	}
	parent, _ := p.find(f, "parent")
	switch {
	case u.Code == "":
		return u, faultf(KindCode, "property code is missing: it has none of %s, and no id", strings.Join(p["code"], ", "))
	case code.number:
		return u, faultf(KindCode, "code %s is a number and may have lost leading zeros; text is accepted", u.Code)
	case parent.number:
		return u, faultf(KindCode, "parent code %s is a number and may have lost leading zeros; text is accepted", u.Parent)
	case len(u.Code) > maxText || len(u.Name) > maxText || len(u.FullName) > maxText:
		return u, faultf(KindName, "its code or name is longer than %d bytes", maxText)
	case u.Name == "":
		return u, faultf(KindName, "property name is missing: it has none of %s", strings.Join(p["name"], ", "))
	case u.Level == "":
		return u, faultf(KindLevel, "its level is not known: name the file after it (communes.geojson), say --level, or map a property with --level-property")
	}
	return u, p.facts(f, &u)
}

// maxText bounds codes and names, in bytes.
const maxText = 200

// facts reads area and population.
func (p properties) facts(f *record, u *Unit) *fault {
	area, wrong := p.amount(f, "area")
	people, bad := p.amount(f, "population")
	u.AreaKm2, u.Population = area, int(math.Round(people))
	if wrong != nil {
		return wrong
	}
	return bad
}

// amount reads a number that cannot be negative, 0 where there is none.
func (p properties) amount(f *record, field string) (float64, *fault) {
	v, ok := p.find(f, field)
	if !ok {
		return 0, nil
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(v.text), 64)
	if err != nil || math.IsNaN(n) || n < 0 || n > maxAmount {
		return 0, faultf(KindFacts, "%s %q is not possible; a number with a point for decimals is accepted", field, v.text)
	}
	return n, nil
}

// maxAmount is more than the land of the earth has square kilometres or persons.
const maxAmount = 1e11

// levelNames are other words for the usual levels.
var levelNames = map[string]string{
	"country": "country", "nation": "country", "quoc gia": "country", "nuoc": "country",
	"province": "province", "tinh": "province", "thanh pho": "province", "tinh/thanh pho": "province",
	"district": "district", "huyen": "district", "quan": "district", "quan/huyen": "district",
	"commune": "commune", "ward": "commune", "xa": "commune", "phuong": "commune", "xa/phuong": "commune", "phuong/xa": "commune",
	"hamlet": "hamlet", "thon": "hamlet", "to dan pho": "hamlet",
}

// levelOf gives the id of a level for a word: "communes", "Xã" and "commune" are one.
func levelOf(word string) string {
	folded := Fold(word)
	if id, ok := levelNames[folded]; ok {
		return id
	}
	singular := strings.TrimSuffix(folded, "s")
	if strings.HasSuffix(folded, "ies") {
		singular = strings.TrimSuffix(folded, "ies") + "y"
	}
	if id, ok := levelNames[singular]; ok {
		return id
	}
	return folded
}

// levelOfFile guesses the level from a file's name, "" when it says none.
func levelOfFile(name string) string {
	base, _, _ := strings.Cut(filepath.Base(name), ".")
	level := levelOf(strings.ReplaceAll(base, "_", " "))
	if _, known := usualRanks[level]; known {
		return level
	}
	return ""
}

// usualRanks are those of the usual levels, for files that do not give an order.
var usualRanks = map[string]int{"country": 0, "province": 1, "district": 2, "commune": 3, "hamlet": 4}

package httpapi

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

type unitAnswer struct {
	Data unitDetailView `json:"data"`
	Meta struct {
		Boundaries string `json:"boundaries"`
	} `json:"meta"`
}

type unitsAnswer struct {
	Data []unitView `json:"data"`
	Meta struct {
		Boundaries string `json:"boundaries"`
	} `json:"meta"`
}

func TestUnitsOfADay(t *testing.T) {
	h := emptyHouse(t)
	for query, want := range map[string]struct {
		set, name string
		communes  int
	}{
		"":                             {"vinhphuc-2022", "Đống Đa", 136},
		"&date=2022-06-01":             {"vinhphuc-2022", "Đống Đa", 136},
		"&date=2025-01-01":             {"vinhphuc-2025h1", "Đống Đa", 121},
		"&date=2026-11-26":             {"phutho-2025", "Vĩnh Phúc", 36},
		"&boundaries=phutho-2025":      {"phutho-2025", "Vĩnh Phúc", 36},
		"&boundaries=vinhphuc-2022":    {"vinhphuc-2022", "Đống Đa", 136},
		"&date=2025-01-01&within=0905": {},
	} {
		r := h.get("/api/v1/units?level=commune" + query)
		if want.set == "" {
			wantProblem(t, r, http.StatusNotFound, "unknown_unit", "within")
			continue
		}
		answer := decode[unitsAnswer](t, r)
		i := slices.IndexFunc(answer.Data, func(u unitView) bool { return u.Code == "08716" })
		if answer.Meta.Boundaries != want.set || len(answer.Data) != want.communes || answer.Data[i].Name != want.name {
			t.Errorf("%q: %d communes of %s, 08716 is %+v", query, len(answer.Data), answer.Meta.Boundaries, answer.Data[i])
		}
	}
	wantProblem(t, h.get("/api/v1/units?date=2022-01-01&boundaries=vinhphuc-2022"), http.StatusBadRequest, "contradiction", "date")
	p := wantProblem(t, h.get("/api/v1/units?date=1999-01-01"), http.StatusNotFound, "no_boundaries", "date")
	if !strings.Contains(p.Hint, "vinhphuc-2022 (2020-02-01)") {
		t.Errorf("the hint does not say which sets there are: %s", p.Hint)
	}
	wantProblem(t, h.get("/api/v1/units?boundaries=hanoi"), http.StatusNotFound, "unknown_boundaries", "boundaries")
	wantProblem(t, h.get("/api/v1/units?level=district&boundaries=phutho-2025"), http.StatusBadRequest, "unknown_level", "level")
}

func fullNames[T any](list []T, name func(T) string) string {
	var names []string
	for _, v := range list {
		names = append(names, name(v))
	}
	return strings.Join(names, ", ")
}

func stepNames(list []unitStepView) string {
	var out []string
	for _, s := range list {
		out = append(out, s.Boundaries+": "+fullNames(s.Units, func(u relativeView) string { return u.FullName }))
	}
	return strings.Join(out, "; ")
}

func TestUnitDetail(t *testing.T) {
	h := emptyHouse(t)
	viet := decode[unitAnswer](t, h.get("/api/v1/units/09094")).Data
	if viet.FullName != "Xã Việt Xuân" || viet.Boundaries != "vinhphuc-2022" || *viet.InForceTo != "2024-12-31" || viet.PartOf != nil ||
		fullNames(viet.Ancestors, func(u unitNameView) string { return u.FullName }) != "Huyện Vĩnh Tường, Tỉnh Vĩnh Phúc" ||
		stepNames(viet.Became) != "vinhphuc-2025h1: Xã Sao Đại Việt; phutho-2025: Xã Vĩnh Thành" || len(viet.CameFrom) > 0 {
		t.Errorf("%+v", viet)
	}
	if law := viet.Became[0].Units[0]; law.Weight != 1 || law.Basis != "legal" || law.Source != "Nghị quyết 1287/NQ-UBTVQH15" || viet.Became[0].Estimated || viet.Became[0].Outside != nil {
		t.Errorf("%+v", viet.Became[0])
	}
	ward := decode[unitAnswer](t, h.get("/api/v1/units/08716?date=2025-07-01"))
	if ward.Meta.Boundaries != "phutho-2025" || ward.Data.FullName != "Phường Vĩnh Phúc" || *ward.Data.PartOf != (partOfView{"25", "Tỉnh Phú Thọ"}) || ward.Data.InForceTo != nil ||
		ward.Data.Population2025 == nil || *ward.Data.Population2025 != 78371 || !ward.Data.Schematic ||
		!strings.HasPrefix(stepNames(ward.Data.CameFrom), "vinhphuc-2025h1: Phường Liên Bảo, Phường Đống Đa, Phường Ngô Quyền, Phường Định Trung") {
		t.Errorf("%+v", ward)
	}
	district := decode[unitAnswer](t, h.get("/api/v1/units/243")).Data
	if len(district.Children) != 9 || stepNames(district.Became) != "vinhphuc-2025h1: Thành phố Vĩnh Yên; phutho-2025: Phường Vĩnh Yên, Phường Vĩnh Phúc" || !district.Became[0].Unchanged || !district.Became[1].Estimated {
		t.Errorf("%+v", district)
	}
	p := wantProblem(t, h.get("/api/v1/units/09094?boundaries=phutho-2025"), http.StatusNotFound, "unknown_unit", "code")
	if !strings.Contains(p.Hint, "Xã Việt Xuân") || !strings.Contains(p.Hint, "boundaries=vinhphuc-2022") {
		t.Errorf("the hint does not say where the unit is known: %s", p.Hint)
	}
	wantProblem(t, h.get("/api/v1/units/99999"), http.StatusNotFound, "unknown_unit", "code")
}

func TestSearchIsTolerantInAnySet(t *testing.T) {
	h := emptyHouse(t)
	for query, want := range map[string]string{
		"q=tp. vinh yen":  "243",
		"q=huyen tan dao": "248", // Tam Đảo, mistyped
		"q=viet xuam":     "09094",
		"q=sao dai viet":  "",
		"q=sao dai viet&boundaries=vinhphuc-2025h1": "09097",
	} {
		r := h.get("/api/v1/search?" + strings.ReplaceAll(query, " ", "%20"))
		hits := decode[struct {
			Data []struct{ Kind, ID string } `json:"data"`
		}](t, r).Data
		got := ""
		if len(hits) > 0 && hits[0].Kind == "unit" {
			got = hits[0].ID
		}
		if got != want {
			t.Errorf("%s: %v, want %s first", query, hits, want)
		}
	}
}

package catalog

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCanonicalDims(t *testing.T) {
	c := vinhphuc(t)
	for _, tc := range []struct {
		name, measure string
		dims          map[string]string
		want, code    string
	}{
		{"keys sorted", "population", map[string]string{"sex": "female", "residence": "permanent", "age": "34"}, "age=34;residence=permanent;sex=female", ""},
		{"open end", "population", map[string]string{"sex": "male", "residence": "temporary", "age": "100"}, "age=100;residence=temporary;sex=male", ""},
		{"one dimension", "chip_card_holders", map[string]string{"sex": "male"}, "sex=male", ""},
		{"none", "hi_visits_total", nil, "", ""},
		{"missing", "chip_card_holders", nil, "", "missing_dimension"},
		{"too many", "chip_card_holders", map[string]string{"sex": "male", "age": "3"}, "", "unknown_dimension"},
		{"not of the measure", "hi_visits_total", map[string]string{"sex": "male"}, "", "unknown_dimension"},
		{"unknown member", "chip_card_holders", map[string]string{"sex": "Nam"}, "", "unknown_member"},
		{"age over the end", "population", map[string]string{"sex": "male", "residence": "temporary", "age": "101"}, "", "unknown_member"},
		{"age with a zero", "population", map[string]string{"sex": "male", "residence": "temporary", "age": "034"}, "", "unknown_member"},
		{"age with a sign", "population", map[string]string{"sex": "male", "residence": "temporary", "age": "+34"}, "", "unknown_member"},
		{"empty age", "population", map[string]string{"sex": "male", "residence": "temporary", "age": ""}, "", "unknown_member"},
		{"an identity number", "chip_card_holders", map[string]string{"sex": "026123456789"}, "", "unknown_member"},
		{"a long number", "population", map[string]string{"sex": "male", "residence": "temporary", "age": strings.Repeat("9", 40)}, "", "unknown_member"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m, ok := c.Measure(tc.measure)
			if !ok {
				t.Fatal("no such measure")
			}
			got, err := c.CanonicalDims(m, tc.dims)
			if got != tc.want || (err == nil) != (tc.code == "") {
				t.Fatalf("got %q, %v", got, err)
			}
			if err == nil {
				return
			}
			var dimsErr *DimsError
			if !errors.As(err, &dimsErr) || dimsErr.Code != tc.code || dimsErr.Message.Vi == "" {
				t.Fatalf("got %+v", err)
			}
			for _, sent := range tc.dims {
				if len(sent) > 3 && strings.Contains(dimsErr.Message.Vi+dimsErr.Message.En, sent) && sent != "male" {
					t.Errorf("the message repeats what was sent: %s", dimsErr.Message.En)
				}
			}
		})
	}
}

func TestDimsMatching(t *testing.T) {
	c := vinhphuc(t)
	population, _ := c.Measure("population")
	chip, _ := c.Measure("chip_card_holders")
	from, to := 99, 5
	for _, tc := range []struct {
		name  string
		m     Measure
		where map[string]Filter
		count int
		first string
		all   bool
	}{
		{"no filter", population, nil, 0, "", true},
		{"99 and over", population, map[string]Filter{"age": {From: &from}}, 2 * 2 * 2, "age=99;residence=permanent;sex=male", false},
		{"up to 5", population, map[string]Filter{"age": {To: &to}}, 6 * 2 * 2, "age=0;residence=permanent;sex=male", false},
		{"an empty range", population, map[string]Filter{"age": {From: &from, To: &to}}, 0, "", false},
		{"one member", chip, map[string]Filter{"sex": {Members: []string{"female"}}}, 1, "sex=female", false},
		{"two filters", population, map[string]Filter{"age": {From: &from}, "sex": {Members: []string{"male"}}}, 2 * 2, "age=99;residence=permanent;sex=male", false},
		{"a dimension it has not", chip, map[string]Filter{"age": {From: &from}}, 0, "", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			keys, all := c.DimsMatching(tc.m, tc.where)
			if len(keys) != tc.count || all != tc.all || (tc.count > 0 && keys[0] != tc.first) {
				t.Errorf("got %d keys, all %v: %.3q", len(keys), all, keys)
			}
		})
	}
}

// Whatever row is taken, it is found by the filters that its members pass, and by no other.
func TestDimsMatchingFindsWhatIsTaken(t *testing.T) {
	c := vinhphuc(t)
	m, _ := c.Measure("population")
	rapid.Check(t, func(t *rapid.T) {
		dims := map[string]string{}
		for _, id := range m.Dimensions {
			d, _ := c.Dimension(id)
			dims[id] = rapid.SampledFrom(d.Members).Draw(t, id).ID
		}
		key, err := c.CanonicalDims(m, dims)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := c.CanonicalDims(m, ParseDims(key)); err != nil || back != key {
			t.Fatalf("%q reads back as %q, %v", key, back, err)
		}
		from := rapid.IntRange(0, 100).Draw(t, "from")
		where := map[string]Filter{"age": {From: &from}}
		age, _ := digits(dims["age"])
		if keys, _ := c.DimsMatching(m, where); slices.Contains(keys, key) != (age >= from) {
			t.Fatalf("%q against age from %d", key, from)
		}
	})
}

func BenchmarkCanonicalDims(b *testing.B) {
	c := vinhphuc(b)
	m, _ := c.Measure("population")
	dims := map[string]string{"sex": "female", "residence": "permanent", "age": "34"}
	for b.Loop() {
		if _, err := c.CanonicalDims(m, dims); err != nil {
			b.Fatal(err)
		}
	}
}

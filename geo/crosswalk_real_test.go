package geo

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

func openReal(t testing.TB, name string) *os.File {
	t.Helper()
	f, err := os.Open(filepath.Join(realData, name))
	if err != nil {
		t.Skipf("NOT TESTED on real crosswalks: %v", err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

var readPhutho = sync.OnceValues(func() (*Set, error) {
	return ReadGeoJSONDir(filepath.Join(realData, "phutho-2025"), SetInfo{ID: "phutho-2025"})
})

// phutho is the set of 148 communes with 257,000 corners.
func phutho(t testing.TB) *Set {
	t.Helper()
	return realOnly(t, readPhutho)
}

// column reads two columns of a real file as a map.
func column(t testing.TB, name, key, value string) map[string]string {
	t.Helper()
	rows, err := csv.NewReader(openReal(t, name)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	k, v := slices.Index(rows[0], key), slices.Index(rows[0], value)
	out := map[string]string{}
	for _, row := range rows[1:] {
		out[row[k]] = row[v]
	}
	return out
}

// listed is a set of just the codes in a column of a file.
func listed(t testing.TB, id, file, key string) *Set {
	t.Helper()
	var codes []string
	for code := range column(t, file, key, key) {
		codes = append(codes, code)
	}
	return hamlets(t, id, codes...)
}

// The files are taken as they are: 136 and 121 communes go as a whole into 36 of the 148
// of Phú Thọ, and the other 112 come from elsewhere.
func TestRealCrosswalksFromFiles(t *testing.T) {
	old, new := realSet(t), phutho(t)
	for _, tt := range []struct {
		file string
		from *Set
		olds int
	}{
		{"crosswalk-2025.csv", old, 136},
		{"crosswalk-2025-from-121.csv", listed(t, "vinhphuc-2025h1", "crosswalk-2025-from-121.csv", "old_code"), 121},
	} {
		x, err := ReadCrosswalk(openReal(t, tt.file), tt.from, new, CrosswalkCSV{})
		if err != nil {
			t.Fatal(err)
		}
		if len(x.links) != tt.olds || !x.Exact() || len(x.sources) != 36 || len(x.Fresh()) != 112 || len(x.Leakage()) > 0 {
			t.Errorf("%s: %d old units, exact %t, to %d, %d fresh, leakage %v", tt.file, len(x.links), x.Exact(), len(x.sources), len(x.Fresh()), x.Leakage())
		}
	}
	x, err := ReadCrosswalk(openReal(t, "crosswalk-2025.csv"), old, new, CrosswalkCSV{})
	if err != nil {
		t.Fatal(err)
	}
	checkPeopleOf2009(t, x)
}

// People of 2009 carried to 2025 against sums made another way: row by row from the files.
func checkPeopleOf2009(t *testing.T, x *Crosswalk) {
	t.Helper()
	people := map[string]int64{}
	want := map[string]int64{}
	heir := column(t, "crosswalk-2025.csv", "old_code", "new_code")
	for code, n := range peopleOf2009(t) {
		people[code] = n
		want[heir[code]] += n
	}
	c, err := x.CarryCounts(people)
	if err != nil {
		t.Fatal(err)
	}
	if total := sum(c.Units, c.Outside); total.Cmp(big.NewRat(972167, 1)) != 0 {
		t.Errorf("972,167 people became %s", total)
	}
	for code, n := range want {
		if a := c.Units[code]; a.Value.Cmp(big.NewRat(n, 1)) != 0 || !a.Exact() {
			t.Errorf("%s has %s people, want %d", code, a.Value, n)
		}
	}
	if len(c.Units) != len(want) {
		t.Errorf("%d units got people, want %d", len(c.Units), len(want))
	}
}

// The overlay of coarse outlines of 2009 on the detailed ones of 2025, against one made
// with other software in UTM zone 48N. Both see the same polygons, so pieces differ only by
// how area is measured: less than 0.1 per cent of a commune. Where no commune was really
// split, the overlay is off by the noise of the outlines, 100 to 200 m; how far is logged.
func TestRealOverlay(t *testing.T) {
	old, new := realSet(t), phutho(t)
	began := time.Now()
	x, err := FromOverlay(t.Context(), old, new, DefaultOverlay())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("136 on 148 communes, %d pieces in %s", len(x.Links()), time.Since(began).Round(time.Millisecond))
	rows, err := csv.NewReader(openReal(t, "crosswalk-2025-overlay.csv")).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got := map[[2]string]float64{}
	for _, l := range x.Links() {
		got[[2]string{l.Old, l.New}], _ = l.Weight.Float64()
	}
	worst, compared := 0.0, 0
	for _, row := range rows[1:] {
		if row[5] != "25" { // the rest of the country is not in the set
			continue
		}
		share, err := strconv.ParseFloat(row[7], 64)
		if err != nil {
			t.Fatal(err)
		}
		mine := got[[2]string{row[0], row[3]}]
		delete(got, [2]string{row[0], row[3]})
		worst = max(worst, math.Abs(share-mine))
		if compared++; math.Abs(share-mine) > 0.001 {
			t.Errorf("%s on %s: %.4f, another program says %.4f", row[0], row[3], mine, share)
		}
	}
	for pair, share := range got {
		if pair[1] != Outside && share > 0.001 {
			t.Errorf("%s on %s: %.4f, another program sees nothing", pair[0], pair[1], share)
		}
	}
	t.Logf("%d pieces compared, the largest difference is %.5f of a commune", compared, worst)
	checkAgainstLaw(t, x, new)
}

// checkAgainstLaw says how much of the communes the overlay puts where the law does.
func checkAgainstLaw(t *testing.T, x *Crosswalk, new *Set) {
	t.Helper()
	law, err := ReadCrosswalk(openReal(t, "crosswalk-2025.csv"), realSet(t), new, CrosswalkCSV{})
	if err != nil {
		t.Fatal(err)
	}
	var shares []float64
	for old, links := range law.links {
		best, own := 0.0, 0.0
		for _, l := range x.Became(old) {
			share, _ := l.Weight.Float64()
			best = max(best, share)
			if l.New == links[0].New {
				own = share
			}
		}
		if own < best {
			t.Errorf("most of %s does not lie in %s", old, links[0].New)
		}
		shares = append(shares, own)
	}
	slices.Sort(shares)
	if median := shares[len(shares)/2]; median < 0.97 || shares[3] < 0.91 || shares[0] < 0.6 {
		t.Errorf("shares with the legal successor: median %.3f, lowest %v", median, shares[:4])
	}
	t.Logf("shares with the legal successor: median %.3f, lowest %.3f", shares[len(shares)/2], shares[:4])
	people, err := x.CarryCounts(peopleOf2009(t))
	if err != nil {
		t.Fatal(err)
	}
	if total := sum(people.Units, people.Outside); total.Cmp(big.NewRat(972167, 1)) != 0 {
		t.Errorf("the overlay made %s people of 972,167", total)
	}
}

// peopleOf2009 reads the census figures beside the outlines of 2022.
func peopleOf2009(t testing.TB) map[string]int64 {
	t.Helper()
	var collection struct {
		Features []struct {
			Properties struct {
				Code   string `json:"code"`
				People int64  `json:"population_2009"`
			} `json:"properties"`
		} `json:"features"`
	}
	if err := json.NewDecoder(openReal(t, "vinhphuc-2022/communes.geojson")).Decode(&collection); err != nil {
		t.Fatal(err)
	}
	people := map[string]int64{}
	for _, f := range collection.Features {
		people[f.Properties.Code] = f.Properties.People
	}
	return people
}

// seconds is how long work takes.
func seconds(work func()) float64 {
	began := time.Now()
	work()
	return time.Since(began).Seconds()
}

package geo

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Hoà": "hoa", "Hòa": "hoa", "ĐẠI ĐÌNH": "dai dinh", "  Thị   trấn\tTam Đảo ": "thi tran tam dao",
		"Lập Thạch": "lap thach", "Phường 12": "phuong 12", "": "", "Đắk R'Lấp": "dak r'lap", "ﬁ": "fi",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFoldTwiceIsFoldOnce(t *testing.T) {
	for _, s := range []string{"Vĩnh Phúc", "đĐ", "Ḱ İ ß", " a  b "} {
		if Fold(Fold(s)) != Fold(s) {
			t.Errorf("Fold is not stable on %q", s)
		}
	}
}

func TestFind(t *testing.T) {
	s := squareSet(t)
	tests := []struct {
		query string
		limit int
		want  string
	}{
		{"hoà", 9, "00004 00005"},
		{"hòa", 9, "00004 00005"},
		{"HOA BINH", 9, "00005"},
		{"phuong hoa", 9, "00005"},
		{"xã tây", 9, "00006"},
		{"tay", 9, "11 00006"},
		{"tay", 1, "11"},
		{"đại đình", 9, "VN-01"},
		{"dinh tt", 9, ""},
		{"dinh dai", 9, "VN-01"},
		{"vn-01", 9, "VN-01"},
		{"0000", 9, "00006 00004 00005"},
		{"huyện", 9, "11 12"},
		{"", 9, ""},
		{"  ", 9, ""},
		{"tay", 0, ""},
		{"nowhere", 9, ""},
	}
	for _, tt := range tests {
		if got := codes(s.Find(tt.query, tt.limit)); got != tt.want {
			t.Errorf("Find(%q, %d) = %q, want %q", tt.query, tt.limit, got, tt.want)
		}
	}
}

// Near misses are taken only when nothing is called what was typed.
func TestFindIsTolerant(t *testing.T) {
	s := squareSet(t)
	for query, want := range map[string]string{
		"p. hoà bình":  "00005",
		"P hoa binh":   "00005",
		"TT. Đại Đình": "VN-01",
		"h tay":        "11",
		"x. tay":       "00006",
		"t. bon o":     "1",
		"xã Hòa Bình":  "00005", // a phường
		"thi tran tay": "11 00006",
		"hoabinh":      "00005",
		"hoa-binh":     "00005",
		"hoa bihn":     "00005",
		"hoa vinh":     "00005",
		"hoa bin":      "00005",
		"hoah binh":    "00005",
		"xa hoa bing":  "00005",
		"dai dinz":     "VN-01",
		"dai d1nz":     "", // two of seven letters
		"tai":          "", // three letters are another name
		"huyen doing":  "12",
		"dooong":       "",
		"hoa":          "00004 00005",
		"phuong":       "00005",
		"x":            "00006 00004",
	} {
		if got := codes(s.Find(query, 9)); got != want {
			t.Errorf("Find(%q) = %q, want %q", query, got, want)
		}
	}
	if got := s.Find(strings.Repeat("bảy ", 1_000_000), 9); len(got) > 0 {
		t.Errorf("a long query finds %v", got)
	}
}

func TestTypos(t *testing.T) {
	for _, tt := range []struct {
		typed, name  string
		whole, begun int
	}{
		{"tamdao", "tamdao", 0, 0}, {"tamdap", "tamdao", 1, 1}, {"tamado", "tamdao", 1, 1}, {"tmdao", "tamdao", 1, 1}, {"tammdao", "tamdao", 1, 1},
		{"vinhtug", "vinhtuong", 2, 1}, {"abcdefgh", "tamdao", 3, 3}, {"", "abc", 3, 0},
	} {
		whole, begun := typos([]rune(tt.typed), []rune(tt.name), 2)
		if whole != tt.whole || begun != tt.begun {
			t.Errorf("%s for %s: %d and %d, want %d and %d", tt.typed, tt.name, whole, begun, tt.whole, tt.begun)
		}
	}
}

// Every commune is found by its name with its kind written out, shortened or left out, with
// and without marks, and with two letters swapped.
func TestFindRealNames(t *testing.T) {
	s := realSet(t)
	short := map[string]string{"xã": "X.", "phường": "P.", "thị trấn": "TT ", "huyện": "H.", "thành phố": "TP. ", "tỉnh": "T. "}
	for _, u := range s.Units("") {
		swapped := []rune(Fold(u.Name))
		k := len(swapped) - 2
		swapped[k], swapped[k+1] = swapped[k+1], swapped[k]
		queries := []string{u.FullName, Fold(u.FullName), strings.ToUpper(u.FullName), norm.NFD.String(u.FullName), u.Name, short[u.Type] + u.Name, u.Code}
		if len(swapped) > 4 && swapped[k] != ' ' && swapped[k+1] != ' ' {
			queries = append(queries, string(swapped))
		}
		for _, query := range queries {
			found := s.Find(query, 20)
			if !slices.ContainsFunc(found, func(f Unit) bool { return f.Code == u.Code }) {
				t.Errorf("%q does not find %s %s but %v", query, u.Code, u.FullName, codes(found))
			}
		}
	}
}

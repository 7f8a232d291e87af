package geo

import "testing"

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

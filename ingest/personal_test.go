package ingest

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestFindPersonal(t *testing.T) {
	for _, c := range []struct {
		text string
		want string // the message's English, "" when nothing is found
		at   int
	}{
		// identity numbers
		{"CCCD 026201001234 đã cấp", identityNumber.En, 6},
		{"CMND 135792468", identityNumber.En, 6},
		{"026 201 001 234", identityNumber.En, 1},
		{"026.201.001.234", identityNumber.En, 1},
		{"026-201-001234", identityNumber.En, 1},
		{"0 2 6 2 0 1 0 0 1 2 3 4", identityNumber.En, 1},
		{"thôn 15: 012 345 678", identityNumber.En, 10},
		{"năm 2022 012 345 678", identityNumber.En, 10},
		{"０２６２０１００１２３４", identityNumber.En, 1},
		{"٠٢٦٢٠١٠٠١٢٣٤", identityNumber.En, 1},
		{"𝟎𝟐𝟔𝟐𝟎𝟏𝟎𝟎𝟏𝟐𝟑𝟒", identityNumber.En, 1},
		{"①③⑤⑦⑨②④⑥⑧", identityNumber.En, 1},
		{"026\u200b201\u200b001\u200b234", identityNumber.En, 1},
		{"026\u00a0201\u00a0001\u00a0234", identityNumber.En, 1},
		{"0\u03362\u03366\u0336201001234", identityNumber.En, 1},
		{"135792468, ngày 15/06/2022", identityNumber.En, 1},
		{"số 2022-06-15 135792468", identityNumber.En, 15},
		// telephone numbers
		{"gọi 0912345678", phoneNumber.En, 5},
		{"gọi 0912.345.678", phoneNumber.En, 5},
		{"0912 345 678", phoneNumber.En, 1},
		{"+84 912 345 678", phoneNumber.En, 2},
		{"84912345678", phoneNumber.En, 1},
		{"(+84) 0912345678", phoneNumber.En, 3},
		{"0211 3862 480", phoneNumber.En, 1},
		{"(0211) 3.862.480", phoneNumber.En, 2},
		{"0084 912345678", phoneNumber.En, 1},
		// e-mail
		{"gửi về nguyenvana@vinhphuc.gov.vn", emailAddress.En, 8},
		{"a.b-c+d@x.vn", emailAddress.En, 1},
		{"nguyen ＠ vinhphuc.gov.vn", emailAddress.En, 1},
		// nothing personal
		{"", "", 0},
		{"Đã cấp 1.234 thẻ trong tháng 6/2022, đạt 95,5%", "", 0},
		{"Công văn số 1234/UBND-NC ngày 15/06/2022", "", 0},
		{"Từ 01/06/2022 đến 15/06/2022", "", 0},
		{"2022-06-15 1234", "", 0},
		{"kỳ 6/2022 1234 hồ sơ", "", 0},
		{"giai đoạn 2021-2025", "", 0},
		{"mã đơn vị 08707, 08710, 08713", "", 0},
		{"kinh phí 1.200.000.000 đồng", "", 0},
		{"tổng 12345678", "", 0},
		{"tổng 1234567890", "", 0},
		{"@ trụ sở", "", 0},
		{"Số liệu đính chính sau rà soát", "", 0},
	} {
		t.Run(c.text, func(t *testing.T) {
			what, at, found := findPersonal(c.text)
			if found != (c.want != "") || what.En != c.want || at != c.at {
				t.Errorf("got %q at %d, want %q at %d", what.En, at, c.want, c.at)
			}
		})
	}
}

// However a number is cut up and dressed, it is found.
func TestFindPersonalHoweverWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.StringMatching(`\d{9}|\d{12}|09\d{8}`).Draw(t, "number")
		zero := rapid.SampledFrom([]rune{'0', '٠', '०', '０', '𝟘'}).Draw(t, "script")
		separator := rapid.SampledFrom([]string{"", " ", ".", "-", "  ", "\u00a0", "\u200d", "–"}).Draw(t, "separator")
		var b strings.Builder
		for i, digit := range number {
			if i > 0 {
				b.WriteString(separator)
			}
			b.WriteRune(zero + digit - '0')
		}
		text := "ghi chú " + b.String() + " hết"
		if _, at, found := findPersonal(text); !found || at != 9 {
			t.Fatalf("%q: found %v at %d", text, found, at)
		}
	})
}

func FuzzFindPersonal(f *testing.F) {
	f.Add("CCCD 026 201 001 234")
	f.Add("a@b.vn \u0336 ⑳")
	f.Fuzz(func(t *testing.T, s string) {
		_, at, found := findPersonal(s)
		if found && (at < 1 || at > len([]rune(s))) {
			t.Fatalf("position %d", at)
		}
	})
}

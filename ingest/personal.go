package ingest

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/toancanh/toancanh/query/catalog"
)

// Free text must not carry what a person can be known by: identity numbers (9 or 12 digits, Law 59/2014/QH13 art. 19
// and the older nine), Vietnamese telephone numbers, e-mail addresses. The search errs on the side of refusing: a
// sender can rephrase, a published number cannot be taken back.

var (
	identityNumber = catalog.Text{Vi: "số căn cước hoặc chứng minh nhân dân (9 hoặc 12 chữ số)", En: "an identity number (9 or 12 digits)"}
	phoneNumber    = catalog.Text{Vi: "số điện thoại", En: "a telephone number"}
	emailAddress   = catalog.Text{Vi: "địa chỉ thư điện tử", En: "an e-mail address"}

	emailPattern = regexp.MustCompile(`[\p{L}\p{N}._%+-]+\s?@\s?[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)*\.\p{L}{2,}`)
	// Dates are numbers of eight digits that would join their neighbours; they are cut out first.
	datePattern = regexp.MustCompile(`\b((\d{1,2}[/.-])?\d{1,2}[/.-](19|20)\d{2}|(19|20)\d{2}[/.-]\d{1,2}[/.-]\d{1,2})\b`)
	// So do amounts, unless they have as many digits as an identity number.
	amountPattern = regexp.MustCompile(`\b[1-9]\d{0,2}(\.\d{3}){3,}\b`)
	// A telephone number without its separators, with 84 or +84 for the leading 0.
	phonePattern = regexp.MustCompile(`^(0|84|0084|840)([35789]\d{8}|1[2689]\d{8}|2\d{9})$`)
)

// findPersonal tells what kind of personal number s holds and the character it starts at, from 1.
func findPersonal(s string) (what catalog.Text, position int, found bool) {
	if !mayBePersonal(s) {
		return catalog.Text{}, 0, false
	}
	plain, origin := plainDigits(s)
	if at := emailPattern.FindStringIndex(plain); at != nil {
		return emailAddress, origin[at[0]], true
	}
	plain = amountPattern.ReplaceAllStringFunc(datePattern.ReplaceAllStringFunc(plain, blot), blotAmount)
	for _, run := range digitRuns(plain) {
		if what, group, ok := run.personal(); ok {
			return what, origin[run[group].at], true
		}
	}
	return catalog.Text{}, 0, false
}

// blot covers a text that has been understood.
func blot(s string) string { return strings.Repeat("|", len(s)) }

func blotAmount(s string) string {
	if digits := len(s) - strings.Count(s, "."); isIdentity(digits) {
		return s
	}
	return blot(s)
}

func isIdentity(digits int) bool { return digits == 9 || digits == 12 }

// mayBePersonal is the cheap first look: nine digits of any script, or an at sign.
func mayBePersonal(s string) bool {
	digits := 0
	for _, r := range s {
		if r == '@' || r == '＠' || r == '﹫' {
			return true
		}
		if r >= '0' && r <= '9' || r > unicode.MaxASCII && unicode.IsNumber(r) {
			digits++
		}
	}
	return digits >= 4 // one character such as ⒛ can stand for two or more digits
}

// plainDigits writes s with the digits of every script as 0 to 9, compatibility forms unfolded and invisible
// characters dropped; origin gives for each byte the character of s it came from, from 1.
func plainDigits(s string) (plain string, origin []int) {
	var b strings.Builder
	character := 0
	for _, original := range s {
		character++
		for _, r := range norm.NFKC.String(string(original)) {
			if unicode.In(r, unicode.Cf, unicode.M) {
				continue
			}
			if unicode.IsSpace(r) {
				r = ' '
			}
			if d, ok := digitValue(r); ok {
				r = '0' + rune(d)
			}
			n, _ := b.WriteRune(r)
			for range n {
				origin = append(origin, character)
			}
		}
	}
	return b.String(), origin
}

// digitValue is the value of a decimal digit of any script: Unicode encodes them in runs of ten.
func digitValue(r rune) (int, bool) {
	if r >= '0' && r <= '9' {
		return int(r - '0'), true
	}
	for _, set := range unicode.Nd.R16 {
		if uint32(r) >= uint32(set.Lo) && uint32(r) <= uint32(set.Hi) {
			return int(uint32(r)-uint32(set.Lo)) % 10, true
		}
	}
	for _, set := range unicode.Nd.R32 {
		if uint32(r) >= set.Lo && uint32(r) <= set.Hi {
			return int(uint32(r)-set.Lo) % 10, true
		}
	}
	return 0, false
}

// digitGroup is a row of adjacent digits.
type digitGroup struct {
	digits string
	at     int // byte in the plain text
}

// digitRun is a row of groups with only separators between them: "012 345 678".
type digitRun []digitGroup

// separatorPattern is what people write between the groups of one number; a comma, a slash or a word ends it.
var (
	groupPattern     = regexp.MustCompile(`\d+`)
	separatorPattern = regexp.MustCompile(`^( *[.\-–_·(] *| +| *\) *[.\-]? *)$`)
)

func digitRuns(plain string) (runs []digitRun) {
	var run digitRun
	end := 0
	for _, at := range groupPattern.FindAllStringIndex(plain, -1) {
		if len(run) > 0 && !separatorPattern.MatchString(plain[end:at[0]]) {
			runs, run = append(runs, run), nil
		}
		run = append(run, digitGroup{plain[at[0]:at[1]], at[0]})
		end = at[1]
	}
	if len(run) > 0 {
		runs = append(runs, run)
	}
	return runs
}

// personal looks at every row of neighbouring groups as one number; group is where it starts.
func (r digitRun) personal() (what catalog.Text, group int, found bool) {
	const longest = 14 // 0084 and a number of ten digits
	for from := range r {
		number := ""
		for _, g := range r[from:] {
			if number += g.digits; len(number) > longest {
				break
			}
			if phonePattern.MatchString(number) {
				return phoneNumber, from, true
			}
			if isIdentity(len(number)) {
				return identityNumber, from, true
			}
		}
	}
	return catalog.Text{}, 0, false
}

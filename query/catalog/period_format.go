package catalog

import (
	"fmt"

	"github.com/golang-sql/civil"
)

// Format writes p for a reader of the language ("vi" or "en", Vietnamese otherwise):
// "Tháng 11/2022", "Quý II/2022"; statutory periods say from when to when they run.
func (p Period) Format(lang string) string {
	if p.IsZero() {
		return ""
	}
	switch p.Kind {
	case Day:
		return FormatDate(p.Start, lang)
	case Week:
		return p.formatWeek(lang)
	}
	if lang == "en" {
		return p.formatEn()
	}
	return p.formatVi()
}

func (p Period) formatWeek(lang string) string {
	year, week := p.label()
	if lang == "en" {
		return fmt.Sprintf("Week %d of %d (%s to %s)", week, year, FormatDate(p.Start, lang), FormatDate(p.End, lang))
	}
	return fmt.Sprintf("Tuần %d năm %d (%s–%s)", week, year, FormatDate(p.Start, lang), FormatDate(p.End, lang))
}

var roman = [...]string{"", "I", "II", "III", "IV"}

func (p Period) formatVi() string {
	year, n := p.label()
	var name string
	switch p.Kind.months() {
	case 1:
		name = fmt.Sprintf("Tháng %d/%d", n, year)
	case 3:
		name = fmt.Sprintf("Quý %s/%d", roman[n], year)
	case 6:
		name = fmt.Sprintf("6 tháng %s năm %d", [...]string{"đầu", "cuối"}[n-1], year)
	default:
		name = fmt.Sprintf("Năm %d", year)
	}
	if !p.Kind.Statutory() {
		return name
	}
	return fmt.Sprintf("Kỳ báo cáo %s (%s–%s)", lowerFirst(name), FormatDate(p.Start, "vi"), FormatDate(p.End, "vi"))
}

func (p Period) formatEn() string {
	year, n := p.label()
	var name string
	switch p.Kind.months() {
	case 1:
		name = fmt.Sprintf("%s %d", p.End.Month, year)
	case 3:
		name = fmt.Sprintf("Q%d %d", n, year)
	case 6:
		name = fmt.Sprintf("%s half of %d", [...]string{"First", "Second"}[n-1], year)
	default:
		name = fmt.Sprint(year)
	}
	if !p.Kind.Statutory() {
		return name
	}
	if p.Kind == StatutoryHalf {
		name = lowerFirst(name)
	}
	return fmt.Sprintf("Reporting period %s (%s to %s)", name, FormatDate(p.Start, "en"), FormatDate(p.End, "en"))
}

// lowerFirst lowers an ASCII first letter; all names above begin with one.
func lowerFirst(s string) string { return string(s[0]|0x20) + s[1:] }

// FormatDate writes a civil day: 15/06/2022, or 15 June 2022 in English.
func FormatDate(d civil.Date, lang string) string {
	if lang == "en" {
		return fmt.Sprintf("%d %s %d", d.Day, d.Month, d.Year)
	}
	return fmt.Sprintf("%02d/%02d/%d", d.Day, int(d.Month), d.Year)
}

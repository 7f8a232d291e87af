package ingest

import (
	"errors"

	"github.com/toancanh/toancanh/query/catalog"
)

// private makes the personal data of a refused row its reason, whatever else is wrong with it: that is what its sender has to
// know first.
func (s *session) private(why *fault) *fault {
	if why.code == PersonalData || s.check.mute {
		return why
	}
	for i := range s.rec.fields {
		f := &s.rec.fields[i]
		if f.kind != textValue && f.kind != cellValue || f.group == nil && string(f.name) == "value" {
			continue
		}
		const longest = 4096 // of a text that is looked through for the sake of a message
		if what, position, found := findPersonal(string(f.text[:min(len(f.text), longest)])); found {
			return personalData(what, position).at("", f.column)
		}
	}
	return why
}

// refuse counts the present row as refused.
func (s *session) refuse(why *fault) { s.refuseAt(s.rows.at(), why) }

// refuseAt keeps the explanation while there is room.
func (s *session) refuseAt(at place, why *fault) {
	s.rejected[why.code]++
	if s.refused >= s.cfg.MaxRejections || s.kept >= keptBytes {
		s.check.mute = true
		return
	}
	s.refused++
	s.keep(at, why, false)
}

// warn keeps a warning while there is room.
func (s *session) warn(at place, why *fault) {
	s.warned++
	if s.warned <= s.cfg.MaxRejections && s.kept < keptBytes {
		s.keep(at, why, true)
	}
}

func (s *session) keep(at place, why *fault, warning bool) {
	j := Rejection{
		Warning: warning, Line: int(at.line), Column: why.column, Sheet: int(at.sheet), Tab: s.rows.tab(at.sheet),
		Field: why.field, Code: why.code, Message: why.text,
	}
	if j.Column == 0 {
		j.Column = int(at.column)
	}
	s.rejections = append(s.rejections, j)
	s.kept += j.size()
}

func (s *session) rejectedRows() (n int) {
	for _, rows := range s.rejected {
		n += rows
	}
	return n
}

// cutOff explains why a body ended early, at a line.
func cutOff(err error, line int) error {
	var known *Error
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, errBomb):
		return bomb(line)
	case errors.Is(err, errBodyTooLarge):
		return tooLarge(line, "Lần gửi lớn quá mức cho phép; hãy chia nhỏ.", "The submission is larger than allowed; split it.")
	}
	return &Error{Kind: Interrupted, Line: line, Err: err, Text: catalog.Text{
		Vi: "Nội dung gửi bị ngắt giữa chừng. Chưa dòng nào được nhận; hãy gửi lại toàn bộ.",
		En: "The body ended early. No row of it was kept; send all of it again.",
	}}
}

func tooLarge(line int, vi, en string) *Error {
	return &Error{Kind: TooLarge, Line: line, Text: catalog.Text{Vi: vi, En: en}}
}

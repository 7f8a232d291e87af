package sheet

import "fmt"

// sharedStrings are the texts that cells refer to by number, in one piece of memory.
type sharedStrings struct {
	text []byte
	ends []uint32
}

func (s *sharedStrings) at(i int) (string, bool) {
	if i < 0 || i >= len(s.ends) {
		return "", false
	}
	from := uint32(0)
	if i > 0 {
		from = s.ends[i-1]
	}
	return string(s.text[from:s.ends[i]]), true
}

// shared gives a shared text, reading all of them at the first call.
func (w *Workbook) shared(i int) (string, error) {
	if w.strings == nil {
		if err := w.readStrings(); err != nil {
			return "", err
		}
	}
	s, ok := w.strings.at(i)
	if !ok {
		return "", fmt.Errorf("%w: a cell refers to a text that is not there", ErrDamaged)
	}
	return s, nil
}

func (w *Workbook) readStrings() error {
	s := &sharedStrings{}
	w.strings = s
	if w.stringAt == "" {
		return nil
	}
	x, err := w.open(w.stringAt)
	if err != nil {
		return err
	}
	defer x.close()
	for {
		e, err := x.element()
		if err != nil || e == nil {
			return err
		}
		if e.Name.Local != "si" {
			continue
		}
		// rPh holds how a text is pronounced, which is no part of it.
		text, err := x.text("t", "rPh", w.limits.Token)
		if err != nil {
			return err
		}
		s.text = append(s.text, text...)
		s.ends = append(s.ends, uint32(len(s.text)))
		switch {
		case len(s.ends) > w.limits.Strings:
			return &LimitError{"strings", int64(w.limits.Strings)}
		case len(s.text) > w.limits.StringBytes:
			return &LimitError{"bytes of strings", int64(w.limits.StringBytes)}
		}
	}
}

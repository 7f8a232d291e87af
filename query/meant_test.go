package query

import (
	"errors"
	"testing"
)

// An error says what was wrong and what would have been right.
func TestErrorsSayWhatWasMeant(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	values := func(q ValuesQuestion) error {
		_, err := h.Values(t.Context(), q)
		return err
	}
	breakdown := func(by string) error {
		_, err := h.Breakdown(t.Context(), BreakdownQuestion{Asked: Asked{Indicator: "cards_total"}, By: by})
		return err
	}
	_, kind := h.Series(t.Context(), SeriesQuestion{Indicator: "cards_total", Kind: "fortnight"})
	_, agency := h.Tasks(t.Context(), TasksQuestion{Agency: "polise"})
	for name, c := range map[string]struct {
		err                     error
		code, field, text, hint string
	}{
		"a slip of the pen":     {values(ValuesQuestion{Asked: Asked{Indicator: "card_rat"}}), "unknown_indicator", "indicator", "there is no such indicator", "Did you mean “card_rate”?"},
		"nothing like it":       {values(ValuesQuestion{Asked: Asked{Indicator: "weather"}}), "unknown_indicator", "indicator", "there is no such indicator", "/api/v1/catalog"},
		"one unit of several":   {values(ValuesQuestion{Asked{Indicator: "card_rate"}, Scope{Units: []string{"C11", "C13"}}}), "unknown_unit", "unit", "there is no unit with the code C13 in the boundary set in use", "/api/v1/units"},
		"a unit that is a text": {values(ValuesQuestion{Asked{Indicator: "card_rate"}, Scope{Within: "Tam Đảo <b>"}}), "unknown_unit", "within", "there is no such unit in the boundary set in use", "/api/v1/units"},
		"no dimension":          {breakdown(""), "missing_parameter", "by", "a dimension to break down by is needed", "sex"},
		"another dimension":     {breakdown("colour"), "unknown_dimension", "by", "the indicator is not broken down by this dimension", "sex"},
		"a kind of period":      {kind, "period_kind", "kind", "the indicator is not given by this kind of period", "month, day, quarter, year, statutory_month"},
		"an agency":             {agency, "unknown_agency", "agency", "there is no such agency", "Did you mean “police”?"},
	} {
		t.Run(name, func(t *testing.T) {
			var e *Error
			if !errors.As(c.err, &e) || e.Code != c.code || e.Field != c.field || e.Text.En != c.text || e.Hint.En != c.hint {
				t.Errorf("error is %+v", c.err)
			}
		})
	}
}

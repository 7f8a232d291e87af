package catalog

// Text is a string in both languages of the page, Vietnamese first.
type Text struct {
	Vi string `yaml:"vi" json:"vi"`
	En string `yaml:"en" json:"en"`
}

// In gives the text in the language ("vi" or "en"), Vietnamese where the other is missing.
func (t Text) In(lang string) string {
	if lang == "en" && t.En != "" {
		return t.En
	}
	return t.Vi
}

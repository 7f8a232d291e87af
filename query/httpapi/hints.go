package httpapi

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/toancanh/toancanh/query"
	"github.com/toancanh/toancanh/query/catalog"
)

// hinted adds to a refusal of a parameter what may stand there, where the refusal does not say it itself.
func hinted(err error, takes []*param) error {
	var known *problem
	var asked *query.Error
	if !errors.As(err, &known) && !errors.As(err, &asked) {
		return err
	}
	p := explain(err)
	i := slices.IndexFunc(takes, func(t *param) bool { return t.name == p.field && t.in != "path" })
	if i < 0 || p.hint != (catalog.Text{}) || p.status < 400 || p.status >= 500 {
		return err
	}
	helpful := *p
	helpful.hint = takes[i].hint()
	return &helpful
}

// hint lists the values of a parameter where they can be listed, else shows one.
func (p *param) hint() catalog.Text {
	if values, ok := p.schema["enum"].([]string); ok {
		all := strings.Join(values, ", ")
		return catalog.Text{Vi: "Các giá trị: " + all + ".", En: "Values: " + all + "."}
	}
	sample := fmt.Sprintf("%s=%v", p.name, p.example)
	if p.in == "header" {
		sample = fmt.Sprintf("%s: %v", p.name, p.example)
	}
	return catalog.Text{Vi: "Ví dụ: " + sample, En: "Example: " + sample}
}

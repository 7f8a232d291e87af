package catalog

import (
	"bytes"
	"os"
	"testing"
)

const readmeOfVinhPhuc = "../../deploy/catalog/vinhphuc/README.md"

// The description of the catalogue that ships is what its files say.
func TestReadmeIsCurrent(t *testing.T) {
	got := vinhphuc(t).Readme()
	if *update {
		if err := os.WriteFile(readmeOfVinhPhuc, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(readmeOfVinhPhuc)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("deploy/catalog/vinhphuc/README.md differs from the catalogue; run: make readme")
	}
}

// Every task, indicator, measure, agency and condition is in it, and nothing was left unformatted.
func TestReadmeNamesEverything(t *testing.T) {
	c := vinhphuc(t)
	text := c.Readme()
	var names []string
	for _, task := range c.Tasks {
		names = append(names, "| "+task.Ref+" | "+task.Title.Vi)
	}
	for _, i := range c.Indicators {
		names = append(names, "#### `"+i.ID+"`", i.Description.Vi, i.Description.En, "`"+i.Formula.String()+"`")
	}
	for _, m := range c.Measures {
		names = append(names, "| `"+m.ID+"` | **"+m.Name.Vi, m.Description.Vi, m.Description.En, m.LegalSource.En)
	}
	for _, a := range c.Agencies {
		names = append(names, a.Name.En)
	}
	for _, condition := range c.Conditions {
		names = append(names, condition.Name.Vi)
	}
	for _, name := range names {
		if !bytes.Contains(text, []byte(name)) {
			t.Errorf("it does not say %q", name)
		}
	}
	if i := bytes.Index(text, []byte("%!")); i >= 0 {
		t.Errorf("unformatted: %.40s", text[i:])
	}
}

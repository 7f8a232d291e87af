package catalog

import (
	"testing"

	catalogs "github.com/toancanh/toancanh/deploy/catalog"
)

// vinhphuc loads the catalogue that ships with the program.
func vinhphuc(t testing.TB) *Catalog {
	t.Helper()
	c, err := Load(catalogs.VinhPhuc())
	if err != nil {
		t.Fatalf("the catalogue of Vĩnh Phúc:\n%v", err)
	}
	return c
}

func TestLoadVinhPhuc(t *testing.T) {
	c := vinhphuc(t)
	if c.ID != "vinhphuc" || len(c.Version) != 32 {
		t.Errorf("id %q version %q", c.ID, c.Version)
	}
}

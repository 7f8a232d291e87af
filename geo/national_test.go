package geo

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
)

// readNational reads the 3,321 communes of the whole country, Hoàng Sa and Trường Sa among
// them, and makes a root above its provinces: the files have none.
var readNational = sync.OnceValues(func() (*Set, error) {
	sources, err := DirSources(filepath.Join(realData, "vietnam-2025"))
	if err != nil {
		return nil, err
	}
	m, err := ReadImport(context.Background(), sources, ImportOptions{
		Info: SetInfo{ID: "vietnam-2025"}, RootName: "Việt Nam", RootLevel: "country", Tolerance: DefaultTolerance(),
	})
	if err != nil {
		return nil, err
	}
	return m.Set()
})

func nationalSet(t testing.TB) *Set {
	t.Helper()
	return realOnly(t, readNational)
}

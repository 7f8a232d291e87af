package frontend

import (
	"io/fs"
	"testing"
)

func TestFSIsTheDistFolder(t *testing.T) {
	if _, err := fs.Stat(FS(), ".keep"); err != nil {
		t.Fatalf("dist/.keep is committed so that go build works before the page is built: %v", err)
	}
}

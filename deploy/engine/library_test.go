package engine

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestFindLibrary(t *testing.T) {
	t.Setenv(LibraryVariable, "")
	root := t.TempDir()
	inside := filepath.Join(root, "deploy", "engine")
	if err := os.MkdirAll(inside, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Chdir(inside)
	if _, err := FindLibrary(); !errors.Is(err, ErrNoLibrary) {
		t.Fatalf("got %v in an empty directory", err)
	}
	fetched := filepath.Join(root, libraryPath)
	touch(t, filepath.Join(root, "go.mod"))
	touch(t, fetched)
	if path, err := FindLibrary(); err != nil || path != fetched {
		t.Errorf("got %q, %v below the module's root", path, err)
	}
	t.Setenv(LibraryVariable, filepath.Join(root, "missing.so"))
	if _, err := FindLibrary(); !errors.Is(err, ErrNoLibrary) {
		t.Errorf("got %v for a library that is named and missing", err)
	}
	t.Setenv(LibraryVariable, fetched)
	if path, err := FindLibrary(); err != nil || path != fetched {
		t.Errorf("got %q, %v for the named library", path, err)
	}
}

func touch(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// LibraryVariable names the environment variable that points at the library.
const LibraryVariable = "TOANCANH_ENGINE"

// ErrNoLibrary is returned when the engine has not been fetched.
var ErrNoLibrary = errors.New("the ClickHouse library (libchdb.so) is not here: run `make`, set " +
	LibraryVariable + " to its path, or use an outside ClickHouse with --clickhouse")

// libraryPath is where `npm ci` puts the library, below a project or an installation.
const libraryPath = ".cache/engine/node_modules/@chdb/lib-linux-x64-gnu/libchdb.so"

// FindLibrary returns the path of libchdb.so: what TOANCANH_ENGINE names, or
// the fetched one below the working directory, below the module that the
// working directory is in, or beside the program's directory.
func FindLibrary() (string, error) {
	if path := os.Getenv(LibraryVariable); path != "" {
		if !isFile(path) {
			return "", fmt.Errorf("%s=%s: %w", LibraryVariable, path, ErrNoLibrary)
		}
		return path, nil
	}
	for _, root := range libraryRoots() {
		if path := filepath.Join(root, libraryPath); isFile(path) {
			return path, nil
		}
	}
	return "", ErrNoLibrary
}

func libraryRoots() []string {
	var roots []string
	if cwd, err := os.Getwd(); err == nil {
		roots = append(roots, cwd, moduleRoot(cwd))
	}
	if program, err := os.Executable(); err == nil {
		roots = append(roots, filepath.Dir(filepath.Dir(program)))
	}
	return roots
}

// moduleRoot is the nearest directory above that holds a go.mod, or dir itself.
func moduleRoot(dir string) string {
	for at := dir; ; at = filepath.Dir(at) {
		if isFile(filepath.Join(at, "go.mod")) {
			return at
		}
		if at == filepath.Dir(at) {
			return dir
		}
	}
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

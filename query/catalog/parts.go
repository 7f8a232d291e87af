package catalog

import (
	"errors"
	"io/fs"
	"path"
	"strings"
)

// A long list may be spread over several files: measures.yaml, indicators.yaml and
// tasks.yaml may be accompanied by a directory of the same name without the ending, whose
// .yaml files are read after it in the order of their names. A file of the directory has
// the same form; the main file may be missing then.

// parts gives the files that make up a list, in the order they are read.
func (l *loader) parts(name string) []string {
	dir := strings.TrimSuffix(name, path.Ext(name))
	entries, err := fs.ReadDir(l.fsys, dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.failf(position{file: name}, "directory %s cannot be read: %v", dir, err)
	}
	var files []string
	if _, err := fs.Stat(l.fsys, name); err == nil || len(entries) == 0 {
		files = append(files, name)
	}
	for _, e := range entries {
		part := path.Join(dir, e.Name())
		if e.IsDir() || path.Ext(part) != path.Ext(name) {
			l.failf(position{file: part}, "only %s files lie in %s", path.Ext(name), dir)
			continue
		}
		files = append(files, part)
	}
	return files
}

// decodeParts reads all files of a list and tells whether every one of them was YAML.
func decodeParts[T any](l *loader, name string) (parts []T, whole bool) {
	whole = true
	for _, file := range l.parts(name) {
		var part T
		if l.decode(file, &part) {
			parts = append(parts, part)
		} else {
			whole = false
		}
	}
	return parts, whole
}

package geo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// boundaryEndings are those of files with boundaries, each also with .gz behind it.
var boundaryEndings = []string{".geojson", ".geojsonl", ".geojsons", ".ndjson", ".topojson", ".json"}

// FileSource reads a file from the disk. The level may be empty: then it is that of
// the file's name or of its features.
func FileSource(path, level string) Source {
	return Source{Name: path, Level: level, Open: func() (io.ReadCloser, error) {
		stat, err := os.Stat(path)
		if err == nil && !stat.Mode().IsRegular() {
			err = fmt.Errorf("%s is not a file", path)
		}
		if err != nil {
			return nil, err
		}
		return os.Open(path)
	}}
}

// DirSources lists the files of a directory that are named after a level:
// communes.geojson, province.geojsonl.gz and the like.
func DirSources(dir string) ([]Source, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("boundaries: %w", err)
	}
	var sources []Source
	for _, entry := range entries {
		name := strings.TrimSuffix(strings.ToLower(entry.Name()), ".gz")
		if slices.Contains(boundaryEndings, filepath.Ext(name)) && levelOfFile(name) != "" {
			sources = append(sources, FileSource(filepath.Join(dir, entry.Name()), ""))
		}
	}
	if len(sources) == 0 {
		return nil, fmt.Errorf("no boundaries in %s: files named after their level are expected, communes.geojson and the like: %w", dir, os.ErrNotExist)
	}
	return sources, nil
}

// ReadGeoJSONDir reads a boundary set from a directory with a file for each level. Levels
// of info that are empty are taken to be the usual ones as far as there are files; an
// empty root is the one unit of the highest level. Only the lowest level needs geometry.
func ReadGeoJSONDir(dir string, info SetInfo) (*Set, error) {
	sources, err := DirSources(dir)
	if err != nil {
		return nil, err
	}
	m, err := ReadImport(context.Background(), sources, ImportOptions{Info: info, Tolerance: DefaultTolerance()})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(m.Err(), m.missing(info.Levels)); err != nil {
		return nil, fmt.Errorf("boundaries in %s: %w", dir, err)
	}
	s, err := m.Set()
	if err != nil {
		return nil, fmt.Errorf("boundaries in %s: %w", dir, err)
	}
	return s, nil
}

// missing says which of the levels that a set must have are not in the files.
func (m *Import) missing(levels []Level) error {
	for _, level := range levels {
		if !slices.ContainsFunc(m.Units, func(u Unit) bool { return u.Level == level.ID }) {
			return fmt.Errorf("there is no unit of level %s", level.ID)
		}
	}
	return nil
}

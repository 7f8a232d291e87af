package catalog

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
)

// maxArchive bounds what an archive may unpack to. Vĩnh Phúc's files are a quarter of a megabyte.
const maxArchive = 64 << 20

// Archive packs the files a catalogue was read from into a zip, the same bytes for the
// same files. LoadArchive reads it again.
func (c *Catalog) Archive() ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range sortedKeys(c.files) {
		entry, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err == nil {
			_, err = entry.Write(c.files[name])
		}
		if err != nil {
			return nil, fmt.Errorf("pack %s: %w", name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack the catalogue: %w", err)
	}
	return out.Bytes(), nil
}

// LoadArchive reads and checks a catalogue that Archive has packed.
func LoadArchive(archive []byte) (*Catalog, error) {
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, fmt.Errorf("unpack a catalogue: %w", err)
	}
	var size uint64
	for _, f := range r.File {
		if size += f.UncompressedSize64; size > maxArchive || !fs.ValidPath(f.Name) {
			return nil, errors.New("unpack a catalogue: it is too large or names files elsewhere")
		}
	}
	return Load(r)
}

// WithoutDemonstration gives the catalogue for real figures, whatever it was made for: its
// label would lie, and its figures may not be marked as invented.
func (c *Catalog) WithoutDemonstration() *Catalog {
	real := *c
	real.Demonstration = nil
	return &real
}

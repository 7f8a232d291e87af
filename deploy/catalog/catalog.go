// Package catalogs holds the catalogues that ship with the program.
package catalogs

import (
	"embed"
	"io/fs"
)

// FS holds one directory per catalogue.
//
//go:embed all:vinhphuc
var FS embed.FS

// VinhPhuc is the catalogue of Vĩnh Phúc's 2022 plan for Project 06, a demonstration.
func VinhPhuc() fs.FS {
	sub, err := fs.Sub(FS, "vinhphuc")
	if err != nil {
		panic(err) // the directory is embedded above; only a wrong literal gets here
	}
	return sub
}

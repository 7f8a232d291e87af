// Package frontend carries the built page inside the program.
package frontend

import (
	"embed"
	"fmt"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// FS gives the built page: index.html and assets/. In a tree where the page was never
// built it holds no index.html, only the file that keeps the folder in git.
func FS() fs.FS {
	built, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(fmt.Sprintf("frontend: embedded folder: %v", err)) // cannot happen: the name is a constant
	}
	return built
}

package httpapi

import (
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
)

// docFiles are the page that shows the contract and lets one try it. It reads openapi.json of
// this server and asks no other host.
//
//go:embed docs
var docFiles embed.FS

// newReference reads them.
func newReference() (*site, error) {
	files, err := fs.Sub(docFiles, "docs")
	if err != nil {
		return nil, fmt.Errorf("interactive documentation: %w", err)
	}
	return newSite(files)
}

// reference serves the page, and the files it consists of.
func (s *Server) reference(c *gin.Context, _ *request) error {
	name := strings.TrimPrefix(c.Param("file"), "/")
	if name == "" {
		name = "docs.html"
	}
	file, found := s.docs.files[name]
	if !found {
		return newProblem(http.StatusNotFound, "unknown_asset", "Không có tệp này; hãy tải lại trang.", "There is no such file; reload the page.")
	}
	file.send(c)
	return nil
}

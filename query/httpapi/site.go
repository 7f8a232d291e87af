package httpapi

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/toancanh/toancanh/query/httpapi/callers"
)

// site is the built page, read into memory once: it is a few megabytes and the same
// bytes go to everyone.
type site struct {
	files    map[string]siteFile // by path without a leading slash
	overview siteFile            // index.html, with the overview's skeleton
	shell    siteFile            // index.html without it, for all other pages
}

type siteFile struct {
	content     []byte
	contentType string
	tag         string
}

const shellName = "index.html"

// newSite reads the page. One that was never built leaves the API whole, and says at
// the page's address how to build it.
func newSite(dist fs.FS) (*site, error) {
	s := &site{files: map[string]siteFile{}}
	err := fs.WalkDir(dist, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			return err
		}
		content, err := fs.ReadFile(dist, name)
		if err != nil {
			return err
		}
		s.files[name] = newSiteFile(name, content)
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the page: %w", err)
	}
	if index, built := s.files[shellName]; built {
		s.overview = index
		s.shell = newSiteFile(shellName, withoutSkeleton(index.content))
		delete(s.files, shellName) // only by its routes
	}
	return s, nil
}

func newSiteFile(name string, content []byte) siteFile {
	return siteFile{content, contentType(name), `W/"` + digest(string(content)) + `"`}
}

// withoutSkeleton leaves out what stands on the overview while its script is on its way: on a wall it would be another page's.
func withoutSkeleton(index []byte) []byte {
	before, rest, begins := bytes.Cut(index, []byte("<!-- skeleton"))
	_, after, ends := bytes.Cut(rest, []byte("<!-- /skeleton -->"))
	if !begins || !ends {
		return index
	}
	return slices.Concat(before, after)
}

// contentType goes by the ending, from a list of our own where the machine's may lack it.
func contentType(name string) string {
	switch ext := path.Ext(name); ext {
	case ".woff2":
		return "font/woff2"
	case ".webmanifest":
		return "application/manifest+json"
	case ".map":
		return "application/json"
	case ".txt":
		return "text/plain; charset=utf-8"
	default:
		if known := mime.TypeByExtension(ext); known != "" {
			return known
		}
		return "application/octet-stream"
	}
}

// page serves the single-page app at the addresses it knows.
func (s *Server) page(c *gin.Context, _ *request) error {
	if s.closed() {
		c.Writer.Header().Add("Vary", varyOfCallers)
	}
	for _, path := range s.firstQuestions(c.Request) {
		c.Writer.Header().Add("Link", "<"+path+">; rel=preload; as=fetch; crossorigin=anonymous")
	}
	return s.site.sendShell(c, http.StatusOK)
}

// firstQuestions are those the page's script begins with: the browser is told, and asks them while the script is on its way. Whoever
// would be refused is told nothing: a browser that has just been given an access link would keep the refusal for the script.
func (s *Server) firstQuestions(r *http.Request) []string {
	if s.closed() {
		caller, err := s.identify(r, true)
		if err != nil || caller == nil || caller.Role == callers.Scraper {
			return nil
		}
	}
	questions := []string{"/api/v1/catalog", "/api/v1/boundaries"}
	asked := r.URL.Query()
	if !asked.Has("boundaries") {
		questions = append(questions, "/api/v1/units")
	}
	if !s.closed() && r.URL.Path == "/" && !asked.Has("boundaries") && !asked.Has("unit") {
		questions = append(questions, "/api/v1/profile?unit="+url.QueryEscape(s.deps.Set.Root().Code))
	}
	return questions
}

// asset serves a file whose name holds a hash of its content.
func (s *Server) asset(c *gin.Context, _ *request) error {
	file, found := s.site.files["assets/"+strings.TrimPrefix(c.Param("file"), "/")]
	if !found {
		return newProblem(http.StatusNotFound, "unknown_asset", "Không có tệp này; hãy tải lại trang.", "There is no such file; reload the page.")
	}
	file.send(c)
	return nil
}

// other serves the files beside the page (icons, fonts, a manifest), and the page
// itself with 404 for an address it does not know.
func (s *site) other(c *gin.Context) error {
	file, found := s.files[strings.TrimPrefix(c.Request.URL.Path, "/")]
	if !found {
		return s.sendShell(c, http.StatusNotFound)
	}
	c.Header("Cache-Control", string(revalidated))
	file.send(c)
	return nil
}

func (s *site) sendShell(c *gin.Context, status int) error {
	if s.shell.content == nil {
		return unavailable("page_not_built", "Trang chưa được dựng.", "The page has not been built.", 0).
			with("Chạy make build rồi khởi động lại.", "Run make build and start again.")
	}
	c.Header("Cache-Control", string(revalidated))
	switch {
	case status != http.StatusOK:
		c.Data(status, s.shell.contentType, s.shell.content)
	case c.Request.URL.Path == "/":
		s.overview.send(c)
	default:
		s.shell.send(c)
	}
	return nil
}

// send leaves conditional and partial requests to net/http, which goes by the ETag.
func (f siteFile) send(c *gin.Context) {
	c.Header("Content-Type", f.contentType)
	c.Header("ETag", f.tag)
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, bytes.NewReader(f.content))
}

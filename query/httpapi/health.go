package httpapi

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// healthz says that the process is up; a supervisor that gets no answer restarts it.
func (s *Server) healthz(c *gin.Context, _ *request) error {
	c.String(http.StatusOK, "ok\n")
	return nil
}

// readyz says whether figures can be taken and questions answered; a balancer sends
// nothing here until they can.
func (s *Server) readyz(c *gin.Context, _ *request) error {
	ctx, cancel := context.WithTimeout(c.Request.Context(), 2*time.Second)
	defer cancel()
	select {
	case <-s.deps.Ingest.Ready():
	default:
		p := unavailable("starting", "Nhật ký chưa nhận số liệu.", "The journal does not take figures yet.", time.Second)
		if why := s.deps.Ingest.Blocked(); why != nil {
			p = p.with(why.Text.Vi, why.Text.En)
		}
		return p
	}
	if err := s.deps.Ready(ctx); err != nil {
		s.log.Warn("not ready", "error", err)
		return unavailable("warehouse_down", "Kho dữ liệu chưa trả lời.", "The warehouse does not answer.", time.Second)
	}
	c.String(http.StatusOK, "ready\n")
	return nil
}

// openAPI serves the document of this very server.
func (s *Server) openAPI(c *gin.Context, _ *request) error {
	c.Header("Content-Type", "application/json; charset=utf-8")
	c.Header("ETag", `W/"`+digest(string(s.api))+`"`)
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, bytes.NewReader(s.api))
	return nil
}

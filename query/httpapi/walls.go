package httpapi

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"
)

const (
	sceneFailed  = "sceneFailed"
	failuresPath = apiPrefix + "walls/failures"

	maxFailure = 1 << 10 // bytes of the body

	// All walls together tell of one failure a second in the long run, a houseful at once. A wall tells of a scene that
	// keeps failing every five minutes; more than this is no wall.
	failuresPerSecond, failuresAtOnce = 1, 60
)

// sceneReasons is why a scene is left out: it broke while it was drawn, the server refused its question, or nobody answered it.
var sceneReasons = []string{"broken", "refused", "unanswered"}

// sceneFailure is what a wall tells. Nothing of it but words of closed lists reaches a log or a label.
type sceneFailure struct {
	Scenes string `json:"scenes"` // id of the set
	Scene  int    `json:"scene"`  // place in it, from 1
	Reason string `json:"reason"`
}

func newFailureLimiter() *rate.Limiter { return rate.NewLimiter(failuresPerSecond, failuresAtOnce) }

// wallFailure counts and logs that a wall had to leave a scene out.
func (s *Server) wallFailure(c *gin.Context, _ *request) error {
	if !s.failures.Allow() {
		return tooMany("too_many_failures", "Quá nhiều báo lỗi từ các màn hình.", "Walls tell of too many failures.", time.Second)
	}
	told, err := readFailure(c)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(s.programme.Scenes, func(set sceneSetView) bool { return set.ID == told.Scenes })
	if i < 0 {
		return newProblem(http.StatusNotFound, "unknown_scenes", "Không có bộ cảnh này.", "There is no such set of scenes.").at("scenes").
			with("Xem scenes trong "+apiPrefix+"catalog.", "See scenes in "+apiPrefix+"catalog.")
	}
	scenes := s.programme.Scenes[i].Scenes
	if told.Scene < 1 || told.Scene > len(scenes) {
		n := strconv.Itoa(len(scenes))
		return badRequest("unknown_scene", "scene", "Bộ cảnh không có cảnh này.", "The set has no such scene.").with("1.."+n, "1.."+n)
	}
	if !slices.Contains(sceneReasons, told.Reason) {
		reasons := strings.Join(sceneReasons, ", ")
		return badRequest("unknown_reason", "reason", "Không có lý do này.", "There is no such reason.").with(reasons, reasons)
	}
	kind := scenes[told.Scene-1].Kind
	s.metrics.scenes.WithLabelValues(told.Scenes, kind, told.Reason).Inc()
	s.log.Warn("a wall left a scene out", "scenes", told.Scenes, "scene", told.Scene, "kind", kind, "reason", told.Reason, "request", requestOf(c))
	c.Status(http.StatusNoContent)
	return nil
}

// readFailure reads the body, refusing what it does not know.
func readFailure(c *gin.Context) (sceneFailure, error) {
	var told sceneFailure
	decoder := json.NewDecoder(http.MaxBytesReader(c.Writer, c.Request.Body, maxFailure))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&told)
	if err == nil {
		if _, more := decoder.Token(); more != io.EOF {
			err = errors.New("more than one value")
		}
	}
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return told, newProblem(http.StatusRequestEntityTooLarge, "failure_too_long", "Yêu cầu quá dài.", "The request is too long.")
	case err != nil:
		pattern := `{"scenes":"default","scene":3,"reason":"broken"}`
		return told, badRequest("malformed_body", "", "Nội dung không đúng mẫu.", "The body is not as it should be.").with(pattern, pattern)
	}
	return told, nil
}

// expectScenes makes every series of failures there can be begin at zero: one that began with its first failure would
// never be seen to grow.
func (s *Server) expectScenes() {
	for _, set := range s.programme.Scenes {
		for _, scene := range set.Scenes {
			for _, reason := range sceneReasons {
				s.metrics.scenes.WithLabelValues(set.ID, scene.Kind, reason)
			}
		}
	}
}

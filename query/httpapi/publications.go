package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/toancanh/toancanh/query/httpapi/callers"
	"github.com/toancanh/toancanh/query/httpapi/publications"
)

const (
	maxDraft = 256 << 10 // bytes of the body of a new publication

	// settled is how long ago the as-of of a publication must lie: what was accepted before
	// it is in the warehouse by then, or the pipeline stands still and has raised its alarm.
	settled = time.Minute

	// publishTimeout bounds all questions of a publication together.
	publishTimeout = 2 * time.Minute
)

// pinned are the parameters that a publication sets for all its questions.
var pinned = []string{"as_of", "boundaries", "lang", "format", "plain", "min_version", "cursor"}

// store gives the store, or says that there is none.
func (s *Server) store() (*publications.Store, error) {
	if s.deps.Publications == nil {
		return nil, newProblem(http.StatusNotFound, "no_publications", "Máy chủ này không lưu ấn phẩm.", "This server keeps no publications.")
	}
	return s.deps.Publications, nil
}

// publications answers what was published, the newest first.
func (s *Server) publications(ctx context.Context, r *request) (any, error) {
	limit := r.number("limit", 1, maxPage, 50)
	store, err := s.store()
	if err := errors.Join(r.err(), err); err != nil {
		return nil, err
	}
	list, next, err := store.Page(ctx, limit, r.text("cursor"))
	if err != nil {
		return nil, explainPublication(err)
	}
	e := s.enveloped(list)
	e.Meta.NextCursor = next
	return e, nil
}

// publication answers what one publication rests on.
func (s *Server) publication(ctx context.Context, r *request) (any, error) {
	p, err := s.published(ctx, r.path("name"))
	return s.enveloped(p), err
}

func (s *Server) published(ctx context.Context, name string) (publications.Publication, error) {
	store, err := s.store()
	if err != nil {
		return publications.Publication{}, err
	}
	p, err := store.Get(ctx, name)
	return p, explainPublication(err)
}

func explainPublication(err error) error {
	switch {
	case errors.Is(err, publications.ErrUnknown):
		return newProblem(http.StatusNotFound, "unknown_publication", "Không có ấn phẩm này.", "There is no such publication.").
			with("Xem "+apiPrefix+"publications.", "See "+apiPrefix+"publications.")
	case errors.Is(err, publications.ErrCursor):
		return unknownCursor()
	case errors.Is(err, publications.ErrTaken):
		return newProblem(http.StatusConflict, "name_taken", "Đã có ấn phẩm mang tên này; ấn phẩm không bao giờ bị thay.", "There is a publication of this name, and none is ever replaced.").at("name")
	}
	return err
}

// publishedContent sends the bytes that were published, as they were.
func (s *Server) publishedContent(c *gin.Context, r *request) error {
	p, err := s.published(c.Request.Context(), r.path("name"))
	if err != nil {
		return err
	}
	tag := `"` + p.SHA256 + `"`
	c.Header("ETag", tag)
	if matches(c.GetHeader("If-None-Match"), tag) {
		c.Status(http.StatusNotModified)
		return nil
	}
	store, err := s.store()
	if err != nil {
		return err
	}
	content, err := store.Content(c.Request.Context(), p.Name)
	if err != nil {
		return explainPublication(err)
	}
	c.Header("Content-Disposition", `attachment; filename="`+p.Name+`.ndjson"`)
	c.Data(http.StatusOK, "application/x-ndjson", content)
	return nil
}

// rebuiltView says whether a publication made again from the rows is the same.
type rebuiltView struct {
	Name      string   `json:"name"`
	Same      bool     `json:"same"`
	SHA256    string   `json:"sha256"`
	Published string   `json:"published"`
	Differing []string `json:"differing"` // questions with another answer
	Pins      []string `json:"pins"`      // what it rests on is another now: catalogue, boundaries_version, crosswalk, renderer
}

// rebuild makes a publication again, from the rows.
func (s *Server) rebuild(ctx context.Context, r *request) (any, error) {
	p, err := s.published(ctx, r.path("name"))
	if err != nil {
		return nil, err
	}
	release, err := s.holdQuestion(ctx, r.caller)
	if err != nil {
		return nil, err
	}
	defer release()
	view, err := s.again(ctx, p)
	return s.enveloped(view), err
}

// again asks the questions of a publication once more and holds the answers against it.
func (s *Server) again(ctx context.Context, p publications.Publication) (rebuiltView, error) {
	paths := make([]string, len(p.Questions))
	for i, q := range p.Questions {
		paths[i] = q.Path
	}
	made, content, err := s.render(ctx, publications.Draft{Name: p.Name, Title: p.Title, AsOf: p.Pins.AsOf, Boundaries: p.Pins.Boundaries, Questions: paths})
	if err != nil {
		return rebuiltView{}, err
	}
	view := rebuiltView{Name: p.Name, SHA256: publications.Digest(content), Published: p.SHA256, Differing: []string{}, Pins: changedPins(p.Pins, made.Pins)}
	view.Same = view.SHA256 == view.Published
	for i, q := range made.Questions {
		if q.SHA256 != p.Questions[i].SHA256 {
			view.Differing = append(view.Differing, q.Path)
		}
	}
	return view, nil
}

func changedPins(was, is publications.Pins) []string {
	changed := []string{}
	for name, differs := range map[string]bool{
		"catalogue": was.Catalogue != is.Catalogue, "boundaries_version": was.BoundariesVersion != is.BoundariesVersion,
		"crosswalk": was.Crosswalk != is.Crosswalk, "renderer": was.Renderer != is.Renderer,
	} {
		if differs {
			changed = append(changed, name)
		}
	}
	slices.Sort(changed)
	return changed
}

// publish makes the publication that a body asks for.
func (s *Server) publish(c *gin.Context, r *request) error {
	store, err := s.store()
	if err != nil {
		return err
	}
	draft, err := readDraft(c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	release, err := s.holdQuestion(ctx, r.caller)
	if err != nil {
		return err
	}
	defer release()
	caller := ""
	if r.caller != nil {
		caller = r.caller.ID
	}
	p, err := s.put(ctx, store, draft, callers.Entry{Caller: caller, Request: requestOf(c)})
	if err != nil {
		return err
	}
	c.Header("Location", apiPrefix+"publications/"+p.Name)
	c.JSON(http.StatusCreated, s.enveloped(p))
	return nil
}

// put makes a publication and keeps it, behind its audit record; by says who does it.
func (s *Server) put(ctx context.Context, store *publications.Store, draft publications.Draft, by callers.Entry) (publications.Publication, error) {
	if _, err := store.Get(ctx, draft.Name); err == nil {
		return publications.Publication{}, explainPublication(publications.ErrTaken)
	}
	p, content, err := s.render(ctx, draft)
	if err != nil {
		return p, err
	}
	p.MadeAt, p.Caller = s.programmeNow().Truncate(time.Millisecond), by.Caller
	by.Action, by.Subject = callers.PublicationMade, p.Name
	details := map[string]string{"sha256": p.SHA256, "as_of": p.Pins.AsOf.Format(time.RFC3339)}
	maps.Copy(details, by.Details)
	by.Details = details
	if s.deps.Audit != nil {
		if err := s.deps.Audit.Record(ctx, by); err != nil {
			return p, err
		}
	}
	return p, explainPublication(store.Put(ctx, p, by.Request, content))
}

// readDraft reads the body of a new publication, refusing what it does not know.
func readDraft(c *gin.Context) (publications.Draft, error) {
	var draft publications.Draft
	decoder := json.NewDecoder(http.MaxBytesReader(c.Writer, c.Request.Body, maxDraft))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&draft)
	if err == nil {
		if _, more := decoder.Token(); more != io.EOF {
			err = errors.New("more than one value")
		}
	}
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return draft, newProblem(http.StatusRequestEntityTooLarge, "draft_too_long", "Yêu cầu quá dài.", "The request is too long.")
	case err != nil:
		return draft, badRequest("malformed_body", "", "Nội dung không đúng mẫu.", "The body is not as it should be.").
			with(`{"name":"2022-q3","title":{"vi":"…"},"questions":["indicators/vneid_rate/values?period=2022-10"]}`, `{"name":"2022-q3","title":{"vi":"…"},"questions":["indicators/vneid_rate/values?period=2022-10"]}`)
	}
	if field, vi, en := draft.Fault(); field != "" {
		return draft, badRequest("invalid_draft", field, vi, en)
	}
	return draft, nil
}

// render asks all questions of a draft and makes the canonical bytes of their answers.
func (s *Server) render(ctx context.Context, d publications.Draft) (publications.Publication, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	p := publications.Publication{Name: d.Name, Title: d.Title}
	latest := s.programmeNow().Add(-settled).Truncate(time.Millisecond)
	if d.AsOf.IsZero() {
		d.AsOf = latest
	}
	if d.AsOf.After(latest) {
		return p, nil, badRequest("as_of_too_recent", "as_of", "Số liệu đến thời điểm này có thể chưa vào kho hết.", "Figures known then may still be on their way.").
			with("Muộn nhất là "+latest.Format(time.RFC3339)+".", "At the latest "+latest.Format(time.RFC3339)+".")
	}
	pins, err := s.deps.Query.Pins(ctx, d.AsOf, d.Boundaries)
	if err != nil {
		return p, nil, err
	}
	p.Pins = publications.Pins{AsOf: d.AsOf.UTC().Truncate(time.Millisecond), Pins: pins, Renderer: publications.Renderer}
	answers := make([]publications.Answer, len(d.Questions))
	for i, path := range d.Questions {
		if answers[i], err = s.answerFor(ctx, path, p.Pins); err != nil {
			return p, nil, inQuestion(err, path)
		}
	}
	content, digests, err := publications.Render(p.Pins, answers)
	if err != nil {
		return p, nil, err
	}
	for i, path := range d.Questions {
		p.Questions = append(p.Questions, publications.Question{Path: path, SHA256: digests[i]})
	}
	p.SHA256, p.Bytes = publications.Digest(content), uint64(len(content))
	return p, content, nil
}

// inQuestion says which question a failure is about.
func inQuestion(err error, path string) error {
	p := *explain(err)
	p.field = "questions"
	p.detail.Vi, p.detail.En = clip(path, 200)+": "+p.detail.Vi, clip(path, 200)+": "+p.detail.En
	return &p
}

// answerFor asks one question as of the publication's instant, on its boundary set.
func (s *Server) answerFor(ctx context.Context, path string, pins publications.Pins) (publications.Answer, error) {
	answer := publications.Answer{Question: path}
	r, asked, err := s.questionOf(path, pins)
	if err != nil {
		return answer, err
	}
	done, err := s.takeTurn(ctx)
	if err != nil {
		return answer, err
	}
	defer done()
	found, err := r.handle(ctx, asked)
	if err != nil {
		return answer, err
	}
	v := reflect.Indirect(reflect.ValueOf(found))
	m, ok := metaOf(v.FieldByName("Meta").Interface())
	if !ok {
		return answer, fmt.Errorf("%s answers without a meta", r.path)
	}
	m.DataVersion, m.Now = 0, m.AsOf // these change while figures do not
	answer.Data, answer.Meta = v.FieldByName("Data").Interface(), m
	return answer, nil
}

// questionOf finds the route that answers a path, and checks its parameters as those of a
// request.
func (s *Server) questionOf(path string, pins publications.Pins) (route, *request, error) {
	path, raw, _ := strings.Cut(strings.TrimPrefix(path, apiPrefix), "?")
	for _, r := range s.routes() {
		values, ok := r.matches(apiPrefix + path)
		if !ok || !r.exported() || r.method != http.MethodGet || !slices.Contains(strings.Fields(r.takes), "as_of") {
			continue
		}
		takes, err := parametersOf(r, vocabulary())
		if err != nil {
			return r, nil, err
		}
		given, err := parseQuery(raw)
		if err != nil {
			return r, nil, err
		}
		asked := &request{lang: "vi", now: s.programmeNow(), path: func(name string) string { return values[name] }, query: map[string]string{}, header: http.Header{}, set: s.deps.Set.Info().ID}
		for name, texts := range given {
			if err := checkParameter(name, texts, takes); err != nil {
				return r, nil, err
			}
			if slices.Contains(pinned, name) {
				return r, nil, badRequest("pinned_parameter", name, "Tham số này do ấn phẩm quy định.", "This parameter is the publication's to set.")
			}
			asked.query[name] = texts[0]
		}
		asked.query["as_of"] = pins.AsOf.Format(time.RFC3339Nano)
		if slices.Contains(strings.Fields(r.takes), "boundaries") {
			asked.query["boundaries"] = pins.Boundaries
		}
		return r, asked, nil
	}
	return route{}, nil, badRequest("no_question", "questions", "Không có câu hỏi nào theo as_of ở địa chỉ này.", "There is no question with an as_of at this address.").
		with("Viết indicators/vneid_rate/values?period=2022-10, completion?level=district …", "Write indicators/vneid_rate/values?period=2022-10, completion?level=district …")
}

// matches holds a path against the template of a route.
func (r route) matches(path string) (values map[string]string, ok bool) {
	want, got := strings.Split(r.path, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	values = map[string]string{}
	for i, segment := range want {
		name, isName := strings.CutPrefix(segment, "{")
		if !isName {
			if segment != got[i] {
				return nil, false
			}
			continue
		}
		text, err := url.PathUnescape(got[i])
		if err != nil || text == "" {
			return nil, false
		}
		values[strings.TrimSuffix(name, "}")] = text
	}
	return values, true
}

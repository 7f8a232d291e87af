package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/toancanh/toancanh/query/httpapi/callers"
	"github.com/toancanh/toancanh/query/httpapi/publications"
)

// Press makes publications and makes them again without a server: for who works on the machine
// itself. It asks the same questions by the same handlers as the server does.
type Press struct{ server *Server }

// Rebuilt says whether a publication made again from the rows is the same to the last byte.
type Rebuilt struct {
	Same              bool
	SHA256, Published string   // of the bytes now, and of those that were published
	Differing         []string // questions with another answer
	Pins              []string // what it rests on is another now: catalogue, boundaries_version, crosswalk, renderer
}

// NewPress needs of the dependencies of a server the catalogue, the boundary set, the questions,
// the publications and the clock; without an audit nothing is recorded.
func NewPress(deps Deps) (*Press, error) {
	if deps.Catalog == nil || deps.Set == nil || deps.Query == nil || deps.Publications == nil || deps.Now == nil {
		return nil, errors.New("httpapi: a press needs catalogue, boundary set, questions, publications and a clock")
	}
	if deps.Log == nil {
		deps.Log = slog.New(slog.DiscardHandler)
	}
	cfg := DefaultConfig()
	s := &Server{
		cfg: cfg, deps: deps, log: deps.Log, now: deps.Now, turns: make(chan struct{}, cfg.MaxQuestions),
		programme: newCatalogView(deps.Catalog, deps.Set.Info()),
	}
	var err error
	s.timeline, err = newTimeline(deps.Catalog, deps.Set)
	return &Press{s}, err
}

// Make publishes a draft; by says who does it. Errors say what is wrong with it.
func (p *Press) Make(ctx context.Context, draft publications.Draft, by callers.Who) (publications.Publication, error) {
	if field, _, en := draft.Fault(); field != "" {
		return publications.Publication{}, fmt.Errorf("%s: %s", field, en)
	}
	made, err := p.server.put(ctx, p.server.deps.Publications, draft, callers.Entry{Caller: by.Caller, Request: by.Request, Details: by.Details})
	return made, inWords(err)
}

// Rebuild makes a publication again from the rows.
func (p *Press) Rebuild(ctx context.Context, name string) (Rebuilt, error) {
	published, err := p.server.published(ctx, name)
	if err != nil {
		return Rebuilt{}, inWords(err)
	}
	view, err := p.server.again(ctx, published)
	return Rebuilt{Same: view.Same, SHA256: view.SHA256, Published: view.Published, Differing: view.Differing, Pins: view.Pins}, inWords(err)
}

// inWords gives what a user of the API would be told, for one at a terminal.
func inWords(err error) error {
	if err == nil {
		return nil
	}
	p := explain(err)
	text := p.detail.En
	if p.field != "" {
		text = p.field + ": " + text
	}
	if p.hint.En != "" {
		text += " (" + p.hint.En + ")"
	}
	if p.cause != nil {
		return fmt.Errorf("%s (%w)", text, p.cause)
	}
	return errors.New(text)
}

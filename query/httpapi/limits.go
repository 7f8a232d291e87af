package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/toancanh/toancanh/query/httpapi/callers"
)

// Limits bound what one caller may take of the server. They keep one token from crowding out all others; who reaches an
// open server on its own machine has none.
type Limits struct {
	PerSecond float64 // requests, in the long run
	Burst     int     // requests at once: opening a page or a wall asks for many
	Questions int     // of its questions at the warehouse at the same time
	Intakes   int     // of its submissions being read at the same time
	Listeners int     // of its event streams
	Body      int64   // bytes of a submission as it is sent, packed or not
}

// DefaultLimits by role. A viewer's link is shared by an office, a display's by all walls of a house.
func DefaultLimits() map[callers.Role]Limits {
	looking := Limits{PerSecond: 100, Burst: 500, Questions: 8, Listeners: 500}
	sending := Limits{PerSecond: 1000, Burst: 2000, Questions: 4, Intakes: 16, Listeners: 20, Body: 1 << 30}
	accepting := Limits{PerSecond: 50, Burst: 200, Questions: 8, Intakes: 2, Listeners: 50, Body: 8 << 20}
	return map[callers.Role]Limits{
		callers.Viewer: looking, callers.Analyst: looking, callers.Operator: looking,
		callers.Display:  {PerSecond: 100, Burst: 500, Questions: 8, Listeners: 200},
		callers.Reporter: sending, callers.Approver: accepting,
		callers.Scraper: {PerSecond: 2, Burst: 10},
	}
}

func (l Limits) validate(role callers.Role) error {
	if l.PerSecond <= 0 || l.Burst < 1 || l.Questions < 0 || l.Intakes < 0 || l.Listeners < 0 || l.Body < 0 {
		return fmt.Errorf("httpapi: the limits of role %s cannot work", role)
	}
	return nil
}

// budget is what one caller has left.
type budget struct {
	limits    Limits
	requests  *rate.Limiter
	questions chan struct{}
	intakes   chan struct{}
	listeners chan struct{}
}

// budgets holds one budget for each caller that has come in. Only callers that were recognised get one, and those that
// are no longer valid lose it, so that there are never more than there are tokens.
type budgets struct {
	limits map[callers.Role]Limits
	valid  func(id string) bool

	mu   sync.Mutex
	of   map[string]*budget
	tidy int // when there are so many, the invalid ones go
}

func newBudgets(limits map[callers.Role]Limits, valid func(id string) bool) *budgets {
	return &budgets{limits: limits, valid: valid, of: map[string]*budget{}, tidy: 64}
}

// get gives the budget of a caller.
func (b *budgets) get(caller *callers.Caller) *budget {
	b.mu.Lock()
	defer b.mu.Unlock()
	if found := b.of[caller.ID]; found != nil {
		return found
	}
	if len(b.of) >= b.tidy {
		for id := range b.of {
			if !b.valid(id) {
				delete(b.of, id)
			}
		}
		b.tidy = max(64, 2*len(b.of))
	}
	l := b.limits[caller.Role]
	made := &budget{
		limits: l, requests: rate.NewLimiter(rate.Limit(l.PerSecond), l.Burst), questions: make(chan struct{}, l.Questions),
		intakes: make(chan struct{}, l.Intakes), listeners: make(chan struct{}, l.Listeners),
	}
	b.of[caller.ID] = made
	return made
}

// spend takes one request from the budget of a caller.
func (b *budgets) spend(caller *callers.Caller) error {
	taken := b.get(caller).requests.Reserve()
	wait := taken.Delay()
	if wait == 0 {
		return nil
	}
	taken.Cancel() // it is not made
	return tooMany("too_many_requests", "Mã này gửi quá nhiều yêu cầu.", "This token makes too many requests.", wait)
}

func tooMany(code, vi, en string, retryAfter time.Duration) *problem {
	p := newProblem(http.StatusTooManyRequests, code, vi, en)
	p.retryAfter = max(retryAfter, time.Second)
	return p.with("Chờ theo Retry-After rồi thử lại.", "Wait as Retry-After says, then try again.")
}

// hold takes a place for the length of a piece of work; without a caller there is always one. It waits for patience.
func hold(ctx context.Context, places chan struct{}, patience time.Duration, full *problem) (release func(), err error) {
	if places == nil {
		return func() {}, nil
	}
	release = func() { <-places }
	select {
	case places <- struct{}{}:
		return release, nil
	default:
	}
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errNoPlace)
	defer cancel()
	select {
	case places <- struct{}{}:
		return release, nil
	case <-ctx.Done():
		if errors.Is(context.Cause(ctx), errNoPlace) {
			return nil, full
		}
		return nil, ctx.Err()
	}
}

var errNoPlace = errors.New("httpapi: no place within the patience")

// holdQuestion takes one of the caller's places at the warehouse.
func (s *Server) holdQuestion(ctx context.Context, caller *callers.Caller) (release func(), err error) {
	if caller == nil {
		return func() {}, nil
	}
	return hold(ctx, s.budgets.get(caller).questions, s.cfg.QueueTimeout,
		tooMany("too_many_questions", "Mã này đang hỏi quá nhiều câu cùng lúc.", "This token asks too many questions at once.", time.Second))
}

// holdIntake takes one of the caller's places for submissions. A sender is not kept waiting: it has its body in hand.
func (s *Server) holdIntake(ctx context.Context, caller *callers.Caller) (release func(), err error) {
	if caller == nil {
		return func() {}, nil
	}
	return hold(ctx, s.budgets.get(caller).intakes, 0,
		tooMany("too_many_submissions", "Mã này đang gửi quá nhiều lần cùng lúc.", "This token sends too many submissions at once.", 2*time.Second))
}

// holdListener takes one of the caller's places for event streams.
func (s *Server) holdListener(ctx context.Context, caller *callers.Caller) (release func(), err error) {
	if caller == nil {
		return func() {}, nil
	}
	return hold(ctx, s.budgets.get(caller).listeners, 0,
		tooMany("too_many_listeners", "Mã này đang mở quá nhiều kết nối theo dõi.", "This token has too many event streams open.", 10*time.Second))
}

// limitBody refuses a body that says it is too large before it is read, and cuts off one that turns out to be.
func (s *Server) limitBody(w http.ResponseWriter, request *http.Request, caller *callers.Caller) error {
	if caller == nil {
		return nil
	}
	most := s.budgets.get(caller).limits.Body
	if request.ContentLength > most {
		return bodyTooLarge(most)
	}
	request.Body = http.MaxBytesReader(w, request.Body, most)
	return nil
}

func bodyTooLarge(most int64) *problem {
	return newProblem(http.StatusRequestEntityTooLarge, "too_large",
		fmt.Sprintf("Lần gửi lớn hơn %d byte, mức của mã này; hãy chia nhỏ.", most),
		fmt.Sprintf("The submission is larger than %d bytes, what this token may send; split it.", most))
}

package httpapi

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// atInstant is an answer with the instants in its meta as they were written.
type atInstant struct {
	Data json.RawMessage
	Meta struct {
		AsOf string `json:"as_of"`
		Now  string
	}
}

// TestAsOfOfAnAnswerGivesItAgain asks every question about the present, corrects everything and lets a week go by, and asks again as of
// the instant the first answers named: they are the same, whatever the clock had behind its milliseconds.
func TestAsOfOfAnAnswerGivesItAgain(t *testing.T) {
	h, _ := figuresOfTwoCommunes(t)
	h.later.Store(int64(time.Minute + 123_456_789*time.Nanosecond))
	inMilliseconds := regexp.MustCompile(`^2022-11-20T09:31:00\.123\+07:00$`)
	var asked []string
	then := map[string]atInstant{}
	for _, question := range questions {
		if strings.HasPrefix(question, "submissions") || strings.HasPrefix(question, "audit") {
			continue // of the present only
		}
		a := decode[atInstant](t, h.get(apiPrefix+question))
		if !inMilliseconds.MatchString(a.Meta.AsOf) || a.Meta.Now != a.Meta.AsOf {
			t.Errorf("%s is as of %s, now %s", question, a.Meta.AsOf, a.Meta.Now)
		}
		asked, then[question] = append(asked, question), a
	}
	h.later.Store(int64(7*24*time.Hour + 987_654_321*time.Nanosecond))
	h.send("population", append(people(tichSon, 3000), people(lienBao, 100)...)...)
	h.send("observations", append(accounts(tichSon, "2022-11-18", 3, 2), accounts(lienBao, "2022-11-24", 70, 20)...)...)
	for i := range 3 {
		h.send("task-progress", fmt.Sprintf(`{"task":%q,"assignee":%q,"date":"2022-03-02","status":"accepted"}`, h.catalog.Tasks[0].Ref, h.catalog.Tasks[0].Assignees[i]))
	}
	differ := 0
	for _, question := range asked {
		with := apiPrefix + question + map[bool]string{true: "&", false: "?"}[strings.Contains(question, "?")]
		again := decode[atInstant](t, h.get(with+"as_of="+url.QueryEscape(then[question].Meta.AsOf)))
		if string(again.Data) != string(then[question].Data) || again.Meta.AsOf != then[question].Meta.AsOf {
			t.Errorf("%s as of %s is\n%.600s, was\n%.600s", question, again.Meta.AsOf, again.Data, then[question].Data)
		}
		if now := decode[atInstant](t, h.get(apiPrefix+question)); string(now.Data) != string(then[question].Data) {
			differ++
		}
	}
	if differ < len(asked)-1 {
		t.Errorf("only %d of %d answers about the present changed", differ, len(asked))
	}
}

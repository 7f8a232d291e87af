package httpapi

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// acknowledged is what one commune has been told to be queryable: the last number of women with an account, under which data version
// and by which submission.
type acknowledged struct {
	unit       string
	women      int
	version    uint64
	submission string
}

// hunt looks for an answer that is older than a commit that was acknowledged as queryable before it was asked for.
type hunt struct {
	*house
	communes []*atomic.Pointer[acknowledged]
	answers  atomic.Int64
	unmoved  atomic.Int64 // answers that were 304
}

// TestNothingIsStaleAfterItWasAcknowledged: two communes report ever higher numbers side by side while readers ask the same few
// questions as fast as they can, each in its own way, so that every cache is full of what was true a moment ago.
func TestNothingIsStaleAfterItWasAcknowledged(t *testing.T) {
	h := &hunt{house: wholeHouse(t)}
	h.send("population", append(people(tichSon, 50_000), people(lienBao, 50_000)...)...)
	for _, unit := range []string{tichSon, lienBao} {
		h.communes = append(h.communes, &atomic.Pointer[acknowledged]{})
		h.communes[len(h.communes)-1].Store(&acknowledged{unit: unit})
	}
	const commits = 20
	done := make(chan struct{})
	var readers, writers sync.WaitGroup
	for _, way := range []func(<-chan struct{}){h.plainly, h.plainly, h.byTag, h.byVersion, h.packed, h.whenTold} {
		readers.Go(func() { way(done) })
	}
	for _, commune := range h.communes {
		writers.Go(func() { h.report(commune, commits) })
	}
	writers.Wait()
	close(done)
	readers.Wait()
	if h.answers.Load() < 2*commits || h.unmoved.Load() == 0 {
		t.Errorf("%d answers were read, %d of them by tag", h.answers.Load(), h.unmoved.Load())
	}
	t.Logf("%d answers, %d of them 304, beside %d commits", h.answers.Load(), h.unmoved.Load(), 2*commits)
}

// report sends one commit after the other and notes what was acknowledged.
func (h *hunt) report(commune *atomic.Pointer[acknowledged], commits int) {
	unit := commune.Load().unit
	for n := 1; n <= commits && !h.t.Failed(); n++ {
		r := h.do(http.MethodPost, observationsPath+"?wait=queryable", strings.Join(accounts(unit, "2022-11-18", n*10, 0), "\n"), "Content-Type", "application/x-ndjson")
		var receipt receiptBody
		if err := json.Unmarshal(r.Body.Bytes(), &receipt); err != nil || r.Code != http.StatusOK || !receipt.Queryable {
			h.t.Errorf("commit %d: %d %s", n, r.Code, r.Body)
			return
		}
		commune.Store(&acknowledged{unit, n * 10, receipt.DataVersion, receipt.Submission})
	}
}

// known is what has been acknowledged so far of all communes.
func (h *hunt) known() []acknowledged {
	all := make([]acknowledged, len(h.communes))
	for i, commune := range h.communes {
		all[i] = *commune.Load()
	}
	return all
}

func newest(all []acknowledged) uint64 {
	return slices.MaxFunc(all, func(a, b acknowledged) int { return int(a.version) - int(b.version) }).version
}

// questionsOf are asked of a commune; two are about both, and say at least the sum.
func questionsOf(a acknowledged) []string {
	return []string{
		"/api/v1/indicators/vneid_rate/values?unit=" + a.unit, "/api/v1/indicators/vneid_rate/ranking?within=243",
		"/api/v1/indicators/vneid_rate/series?unit=" + a.unit + "&from=2022-11", "/api/v1/indicators/vneid_rate/values?boundaries=phutho-2025&level=commune",
		"/api/v1/indicators/vneid_rate/values?unit=243&lang=en", "/api/v1/submissions?limit=500",
	}
}

// check holds an answer to a question against what had been acknowledged before it was asked.
func (h *hunt) check(target string, of acknowledged, before []acknowledged, text []byte) {
	var body struct {
		Data []struct {
			valueRow
			Submission string
		}
		Meta struct {
			DataVersion uint64 `json:"data_version"`
		}
	}
	if err := json.Unmarshal(text, &body); err != nil {
		h.t.Errorf("%s: %v in %.300s", target, err, text)
		return
	}
	h.answers.Add(1)
	if body.Meta.DataVersion < newest(before) {
		h.t.Errorf("%s has seen %d, %d was acknowledged before", target, body.Meta.DataVersion, newest(before))
	}
	most, found := 0.0, of.submission == ""
	for _, row := range body.Data {
		if row.Numerator != nil {
			most = max(most, *row.Numerator)
		}
		found = found || row.Submission == of.submission
	}
	least := of.women
	if strings.Contains(target, "unit=243") {
		least = 0
		for _, commune := range before {
			least += commune.women
		}
	}
	switch {
	case strings.Contains(target, "submissions"):
		if !found {
			h.t.Errorf("%s does not have %s, which was acknowledged before", target, of.submission)
		}
	case most < float64(least):
		h.t.Errorf("%s says %v, %d was acknowledged before", target, most, least)
	}
}

// each asks questions until it is done, or a fault is found.
func (h *hunt) each(done <-chan struct{}, ask func(target string, of acknowledged, before []acknowledged)) {
	for k := 0; !h.t.Failed(); k++ {
		select {
		case <-done:
			return
		default:
		}
		before := h.known()
		of := before[k%len(before)]
		targets := questionsOf(of)
		ask(targets[k/len(before)%len(targets)], of, before)
	}
}

// fetch asks and gives what came, nil where that is no good answer.
func (h *hunt) fetch(target string, headers ...string) *httptest.ResponseRecorder {
	r := h.get(target, headers...)
	if r.Code != http.StatusOK && r.Code != http.StatusNotModified {
		h.t.Errorf("%s: %d %s", target, r.Code, r.Body)
		return nil
	}
	return r
}

func (h *hunt) plainly(done <-chan struct{}) {
	h.each(done, func(target string, of acknowledged, before []acknowledged) {
		if r := h.fetch(target); r != nil {
			h.check(target, of, before, r.Body.Bytes())
		}
	})
}

// byTag asks as a browser does, with the tag of what it has, and takes a 304 at its word.
func (h *hunt) byTag(done <-chan struct{}) {
	has := map[string]*httptest.ResponseRecorder{}
	h.each(done, func(target string, of acknowledged, before []acknowledged) {
		for range 2 { // so that the second finds what the first was told, where nothing came between
			var headers []string
			if has[target] != nil {
				headers = []string{"If-None-Match", has[target].Header().Get("ETag")}
			}
			r := h.fetch(target, headers...)
			if r == nil {
				return
			}
			if r.Code == http.StatusNotModified {
				h.unmoved.Add(1)
			} else {
				has[target] = r
			}
			h.check(target, of, before, has[target].Body.Bytes())
		}
	})
}

// byVersion demands the newest version it knows of.
func (h *hunt) byVersion(done <-chan struct{}) {
	h.each(done, func(target string, of acknowledged, before []acknowledged) {
		if r := h.fetch(target, "X-Min-Data-Version", strconv.FormatUint(newest(before), 10)); r != nil {
			h.check(target, of, before, r.Body.Bytes())
		}
	})
}

// packed reads compressed answers, which are kept beside the others.
func (h *hunt) packed(done <-chan struct{}) {
	h.each(done, func(target string, of acknowledged, before []acknowledged) {
		r := h.fetch(target, "Accept-Encoding", "gzip")
		if r == nil {
			return
		}
		text := r.Body.Bytes()
		if r.Header().Get("Content-Encoding") == "gzip" {
			unpack, err := gzip.NewReader(bytes.NewReader(text))
			if err == nil {
				text, err = io.ReadAll(unpack)
			}
			if err != nil {
				h.t.Error(err)
				return
			}
		}
		h.check(target, of, before, text)
	})
}

// whenTold asks when live events say that something changed: the answer must have seen it.
func (h *hunt) whenTold(done <-chan struct{}) {
	l, _, ok := h.hub.join(nil)
	if !ok {
		h.t.Error("no room")
		return
	}
	defer h.hub.leave(l)
	for {
		select {
		case <-done:
			return
		case <-l.wake:
		}
		e, kind := h.hub.take(l)
		if kind != changed {
			continue
		}
		before := h.known()
		before = append(before, acknowledged{version: e.DataVersion})
		for _, target := range questionsOf(before[0]) {
			if r := h.fetch(target); r != nil {
				h.check(fmt.Sprint(target, " after event ", e.DataVersion), before[0], before, r.Body.Bytes())
			}
		}
	}
}

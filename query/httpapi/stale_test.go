package httpapi

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// TestNothingIsStaleAfterItWasAcknowledged hunts for an answer that is older than a commit
// that was acknowledged as queryable before it was asked for. A commune reports ever higher
// numbers while readers ask the same few questions as fast as they can, so that every cache
// is full of what was true a moment ago.
func TestNothingIsStaleAfterItWasAcknowledged(t *testing.T) {
	h := wholeHouse(t)
	h.send("population", people(tichSon, 50_000)...)
	const commits = 25
	var acknowledged atomic.Int64 // what the last acknowledged commit said
	acknowledged.Store(-1)
	var version atomic.Uint64 // and its data version
	var done atomic.Bool
	var readers sync.WaitGroup
	questions := []string{
		"/api/v1/indicators/vneid_rate/values?unit=" + tichSon, "/api/v1/indicators/vneid_rate/ranking?within=243",
		"/api/v1/indicators/vneid_rate/series?unit=" + tichSon + "&from=2022-11", "/api/v1/indicators/vneid_rate/values?unit=243&lang=en",
		"/api/v1/indicators/vneid_rate/values?boundaries=phutho-2025&unit=08707",
	}
	var answers atomic.Int64
	for i := range 4 {
		readers.Go(func() {
			for k := i; !done.Load(); k++ {
				least, seen := acknowledged.Load(), version.Load()
				target := questions[k%len(questions)]
				r := h.get(target)
				if r.Code != http.StatusOK {
					t.Errorf("%s: %d %s", target, r.Code, r.Body)
					return
				}
				body := decode[valuesBody](t, r)
				answers.Add(1)
				if got := highest(body.Data); got < float64(least) || body.Meta.DataVersion < seen {
					t.Errorf("%s says %v of version %d; %d of version %d was acknowledged before", target, got, body.Meta.DataVersion, least, seen)
					return
				}
			}
		})
	}
	for n := int64(1); n <= commits && !t.Failed(); n++ {
		receipt := h.do(http.MethodPost, "/api/v1/ingest/observations?wait=queryable", strings.Join(accounts(tichSon, "2022-11-18", int(n*10), 0), "\n"), "Content-Type", "application/x-ndjson")
		body := decode[receiptBody](t, receipt)
		if receipt.Code != http.StatusOK || !body.Queryable {
			t.Errorf("commit %d: %d %s", n, receipt.Code, receipt.Body)
			break
		}
		version.Store(body.DataVersion)
		acknowledged.Store(n * 10)
	}
	done.Store(true)
	readers.Wait()
	if answers.Load() < commits {
		t.Errorf("only %d answers were read", answers.Load())
	}
	t.Log(fmt.Sprint(answers.Load(), " answers read beside ", commits, " commits"))
}

func highest(rows []valueRow) float64 {
	most := -1.0
	for _, row := range rows {
		if row.Numerator != nil {
			most = max(most, *row.Numerator)
		}
	}
	return most
}

package ingest

import (
	"log/slog"
	"testing"
)

// A journal of which nothing is in the warehouse yet forgets nothing, however much it holds: its first submission may be a large one.
func TestNothingAppliedNothingForgotten(t *testing.T) {
	j, err := openJournal(smallConfig(t), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer j.close()
	if err := j.createRows(t.Context(), 1, 1<<20); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		future, err := j.publish(encodeMessage(now, []*part{newPart(figureRows, "s")}))
		if err != nil {
			t.Fatal(err)
		}
		if result := await(future); result.err != nil {
			t.Fatal(result.err)
		}
	}
	for applied, held := range []uint64{3, 3, 2, 1} {
		if err := j.trim(t.Context(), uint64(applied)); err != nil {
			t.Fatal(err)
		}
		if info, err := j.rows.Info(t.Context()); err != nil || info.State.Msgs != held {
			t.Errorf("%d of 3 applied: %d messages held, want %d, %v", applied, info.State.Msgs, held, err)
		}
	}
}

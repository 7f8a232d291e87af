package query

import (
	"context"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// nameSenders says of every revision with whose token it was sent. A submission whose end is not in the warehouse yet, and
// one from before there were tokens, has no caller.
func (w *warehouse) nameSenders(ctx context.Context, inputs []Input) error {
	seen, submissions := map[string]bool{}, []string{}
	for _, in := range inputs {
		for _, r := range in.Revisions {
			if !seen[r.Submission] {
				seen[r.Submission], submissions = true, append(submissions, r.Submission)
			}
		}
	}
	if len(submissions) == 0 {
		return nil
	}
	type sender struct{ caller, label string }
	senders := make(map[string]sender, len(submissions))
	err := w.each(ctx, "senders", params{"submissions": submissions}, func(rows driver.Rows) error {
		var submission string
		var by sender
		err := rows.Scan(&submission, &by.caller, &by.label)
		senders[submission] = by
		return err
	})
	for i := range inputs {
		for j := range inputs[i].Revisions {
			r := &inputs[i].Revisions[j]
			r.Caller, r.CallerLabel = senders[r.Submission].caller, senders[r.Submission].label
		}
	}
	return err
}

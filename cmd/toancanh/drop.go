package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/toancanh/toancanh/ingest/drop"
)

// watchFolder takes files from the drop folder, if there is one, until ctx ends.
func watchFolder(ctx context.Context, dir string, r *rooms, log *slog.Logger) error {
	if dir == "" {
		return nil
	}
	cfg := drop.DefaultConfig()
	cfg.Dir = dir
	folder, err := drop.New(cfg, r.ingest.Submit, time.Now, log.With("room", "drop"))
	if err != nil {
		return err
	}
	return folder.Run(ctx)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/toancanh/toancanh/query/httpapi/callers"
)

type boundariesRemoveCommand struct {
	warehouseFlags
	Set string `arg:"" help:"Id of the stored set."`
}

// Run removes a stored set; running servers stop listing it within seconds.
func (c *boundariesRemoveCommand) Run(ctx context.Context, log *slog.Logger) (err error) {
	store, closing, err := openStore(ctx, c.warehouseFlags, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closing()) }()
	if err := store.Remove(ctx, c.Set); err != nil {
		return err
	}
	fmt.Printf("%s is removed\n", c.Set)
	return store.record(ctx, callers.BoundariesRemoved, c.Set, map[string]string{})
}

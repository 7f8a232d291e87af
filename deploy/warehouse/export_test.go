package warehouse

import (
	"context"

	"github.com/pressly/goose/v3"
)

// Reset undoes all migrations, newest first. A program never does that: it
// would drop the figures.
func Reset(ctx context.Context, dsn string) error {
	options, err := parseDSN(dsn)
	if err != nil {
		return err
	}
	return withProvider(options, func(provider *goose.Provider) error {
		_, err := provider.DownTo(ctx, 0)
		return err
	})
}

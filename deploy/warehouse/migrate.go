package warehouse

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

//go:embed migrations/*.sql
var migrations embed.FS

// versionTable remembers in the database itself which migrations it has had.
const versionTable = "schema_version"

// Migrate makes the database when it is missing and brings its schema to the
// newest version. Doing it again changes nothing. Two programs must not do it
// at the same time: ClickHouse has no lock to keep them apart.
func Migrate(ctx context.Context, dsn string, log *slog.Logger) error {
	options, err := parseDSN(dsn)
	if err != nil {
		return err
	}
	if err := createDatabase(ctx, options); err != nil {
		return err
	}
	return withProvider(options, func(provider *goose.Provider) error {
		results, err := provider.Up(ctx)
		for _, result := range results {
			log.Info("migrated", "database", options.Auth.Database, "to", result.Source.Version, "took", result.Duration)
		}
		if err != nil {
			return explain(fmt.Errorf("migrate %s: %w", options.Auth.Database, err), options)
		}
		return nil
	})
}

// createDatabase makes the database only when it is missing, so that a user of
// an outside server needs no right to do so.
func createDatabase(ctx context.Context, options *clickhouse.Options) error {
	outside := *options
	outside.Auth.Database = ""
	conn, err := connect(ctx, &outside)
	if err != nil {
		return err
	}
	defer conn.Close()
	name := clickhouse.Named("name", options.Auth.Database)
	var found uint64
	if err := conn.QueryRow(ctx, "SELECT count() FROM system.databases WHERE name = {name:String}", name).Scan(&found); err != nil {
		return explain(err, options)
	}
	if found > 0 {
		return nil
	}
	if err := conn.Exec(ctx, "CREATE DATABASE IF NOT EXISTS {name:Identifier}", name); err != nil {
		return explain(fmt.Errorf("create database %s: %w", options.Auth.Database, err), options)
	}
	return nil
}

// withProvider lends goose a connection of its own: it speaks database/sql only.
func withProvider(options *clickhouse.Options, use func(*goose.Provider) error) (err error) {
	db := openDB(options)
	defer func() { err = errors.Join(err, db.Close()) }()
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("warehouse: %w", err)
	}
	provider, err := goose.NewProvider(database.DialectClickHouse, db, files,
		goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("warehouse: read the migrations: %w", err)
	}
	return use(provider)
}

// openDB opens without the pool settings, which the database/sql adapter wants
// on the pool instead and warns about on stderr.
func openDB(options *clickhouse.Options) *sql.DB {
	single := *options
	single.MaxOpenConns, single.MaxIdleConns, single.ConnMaxLifetime = 0, 0, 0
	db := clickhouse.OpenDB(&single)
	db.SetMaxOpenConns(1)
	return db
}

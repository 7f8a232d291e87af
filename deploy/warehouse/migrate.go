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

// The migrations. ClickHouse undoes nothing that a migration did before it was cut short, so each of their statements
// can be run again (IF NOT EXISTS, CREATE OR REPLACE); TestMigrationCutShort sees to it.
//
//go:embed migrations/*.sql
var migrations embed.FS

// versionTable remembers in the database itself which migrations it has had.
const versionTable = "schema_version"

// Migrate makes the database when it is missing and brings its schema to the
// newest version. Doing it again changes nothing, also after a program or
// ClickHouse died in the middle of it. Of several programs that do it at the
// same time one works and the others wait.
func Migrate(ctx context.Context, dsn string, log *slog.Logger) error {
	options, err := parseDSN(dsn)
	if err != nil {
		return err
	}
	if err := createDatabase(ctx, options); err != nil {
		return err
	}
	return withProvider(openDB(options), func(provider *goose.Provider) error {
		pending, err := provider.HasPending(ctx)
		if err == nil && pending {
			err = withLock(ctx, options, log, func(ctx context.Context) error { return up(ctx, provider, options, log) })
		}
		if err != nil {
			return explain(fmt.Errorf("migrate %s: %w", options.Auth.Database, err), options)
		}
		return nil
	})
}

// up runs the migrations that the database has not had.
func up(ctx context.Context, provider *goose.Provider, options *clickhouse.Options, log *slog.Logger) error {
	results, err := provider.Up(ctx)
	for _, result := range results {
		log.Info("migrated", "database", options.Auth.Database, "to", result.Source.Version, "took", result.Duration)
	}
	return err
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

// withProvider lends goose a connection of its own, which it closes: it speaks database/sql only.
func withProvider(db *sql.DB, use func(*goose.Provider) error) (err error) {
	defer func() { err = errors.Join(err, db.Close()) }()
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("warehouse: %w", err)
	}
	store, err := database.NewStore(database.DialectClickHouse, versionTable)
	if err != nil {
		return fmt.Errorf("warehouse: %w", err)
	}
	provider, err := goose.NewProvider(database.DialectCustom, db, files,
		goose.WithStore(versions{store}), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("warehouse: read the migrations: %w", err)
	}
	return use(provider)
}

// versions are goose's, in a table that is on the disk as the others are: where a power failure takes the record of one
// migration but not that of the next, goose refuses to go on.
type versions struct{ database.Store }

// CreateVersionTable makes the table as goose does, but for the settings.
func (v versions) CreateVersionTable(ctx context.Context, db database.DBTxConn) error {
	_, err := db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS `+versionTable+`
		(version_id Int64, is_applied UInt8, date Date DEFAULT now(), tstamp DateTime DEFAULT now())
		ENGINE = MergeTree ORDER BY version_id SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`)
	if err != nil {
		return fmt.Errorf("create %s: %w", versionTable, err)
	}
	return nil
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

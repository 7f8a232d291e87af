// Package warehouse opens ClickHouse, the embedded one or an outside server or
// cluster, and keeps its schema: the migrations are the contract between what
// ingest writes and what query reads.
package warehouse

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/ClickHouse/clickhouse-go/v2/lib/proto"
)

// Oldest is the lowest server version the client library supports.
var Oldest = proto.Version{Major: 25, Minor: 8}

// What the pool uses where the DSN says nothing.
const (
	dialTimeout     = 5 * time.Second
	maxOpenConns    = 16
	maxIdleConns    = 8
	connMaxLifetime = 10 * time.Minute // lets a load balancer before a cluster even out
)

// Open connects to the database that dsn names, which Migrate must have made,
// and checks that it answers. The DSN is clickhouse://user:password@host:port/database,
// with the client library's parameters; it never appears in an error or a log.
func Open(ctx context.Context, dsn string, log *slog.Logger) (driver.Conn, error) {
	options, err := parseDSN(dsn)
	if err != nil {
		return nil, err
	}
	conn, err := connect(ctx, options)
	if err != nil {
		return nil, err
	}
	version, err := conn.ServerVersion()
	if err != nil {
		return nil, errors.Join(explain(err, options), conn.Close())
	}
	log.Info("warehouse open", "address", address(options), "database", options.Auth.Database, "version", version.Version.String())
	return &frugal{Conn: conn}, nil
}

// connect opens a pool and checks that a server of a usable version answers.
func connect(ctx context.Context, options *clickhouse.Options) (driver.Conn, error) {
	conn, err := clickhouse.Open(options)
	if err != nil {
		return nil, explain(err, options)
	}
	if err := conn.Ping(ctx); err != nil {
		return nil, errors.Join(explain(err, options), conn.Close())
	}
	version, err := conn.ServerVersion()
	if err != nil {
		return nil, errors.Join(explain(err, options), conn.Close())
	}
	if !proto.CheckMinVersion(Oldest, version.Version) {
		return nil, errors.Join(
			fmt.Errorf("warehouse: ClickHouse at %s is %s; at least %d.%d is needed", address(options), version.Version, Oldest.Major, Oldest.Minor),
			conn.Close())
	}
	return conn, nil
}

// parseDSN reads the DSN and adds our defaults.
func parseDSN(dsn string) (*clickhouse.Options, error) {
	options, err := clickhouse.ParseDSN(dsn)
	if err != nil {
		return nil, fmt.Errorf("warehouse: the address of ClickHouse is malformed, clickhouse://user:password@host:9000/database is expected: %w", withoutURL(err))
	}
	if options.Auth.Database == "" {
		return nil, errors.New("warehouse: the address of ClickHouse names no database, clickhouse://user:password@host:9000/database is expected")
	}
	setDefault(&options.DialTimeout, dialTimeout)
	setDefault(&options.MaxOpenConns, maxOpenConns)
	setDefault(&options.MaxIdleConns, min(maxIdleConns, options.MaxOpenConns))
	setDefault(&options.ConnMaxLifetime, connMaxLifetime)
	if options.Compression == nil {
		options.Compression = &clickhouse.Compression{Method: clickhouse.CompressionLZ4}
	}
	program := clickhouse.ClientInfo{}
	program.Products = append(program.Products, struct{ Name, Version string }{Name: "toancanh"})
	options.ClientInfo = options.ClientInfo.Append(program)
	return options, nil
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// withoutURL drops the DSN, and the password in it, from what net/url says about it.
func withoutURL(err error) error {
	var parse *url.Error
	if errors.As(err, &parse) {
		return parse.Err
	}
	return err
}

func address(options *clickhouse.Options) string { return strings.Join(options.Addr, ",") }

// Error codes of ClickHouse that a change of settings cures.
const (
	codeUnknownDatabase = 81
	codeWrongPassword   = 193
	codeAccessDenied    = 497
	codeAuthentication  = 516
)

// Unanswered tells a failure of the connection from what ClickHouse answered: the first may pass by itself.
func Unanswered(err error) bool {
	var exception *clickhouse.Exception
	return err != nil && !errors.As(err, &exception)
}

// explain says what to do about a failed connection or statement.
func explain(err error, options *clickhouse.Options) error {
	advice := "cannot be reached or does not answer"
	var exception *clickhouse.Exception
	if errors.As(err, &exception) {
		advice = adviceFor(exception.Code, options)
	}
	return fmt.Errorf("warehouse: ClickHouse at %s %s: %w", address(options), advice, err)
}

func adviceFor(code int32, options *clickhouse.Options) string {
	switch code {
	case codeUnknownDatabase:
		return fmt.Sprintf("has no database %q, run `toancanh migrate` first", options.Auth.Database)
	case codeWrongPassword, codeAuthentication:
		return fmt.Sprintf("refuses user %q, check name and password", options.Auth.Username)
	case codeAccessDenied:
		return fmt.Sprintf("gives user %q too few rights", options.Auth.Username)
	default:
		return "refuses"
	}
}

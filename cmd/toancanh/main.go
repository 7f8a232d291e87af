// Command toancanh is Toàn Cảnh: the dashboard service of an intelligent operations
// centre. One subcommand a file; this package wires the rooms and does nothing else.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // the catalogue's time zone must exist on a bare machine

	"github.com/alecthomas/kong"

	"github.com/toancanh/toancanh/deploy/engine"
)

// version is set by the linker.
var version = "unknown"

// commands is the command line. Every flag can be given in the environment with
// the prefix TOANCANH_, so that --listen is TOANCANH_LISTEN.
type commands struct {
	Demo        demoCommand        `cmd:"" help:"Serve with clearly labelled demonstration figures under the programme clock."`
	Serve       serveCommand       `cmd:"" help:"Serve real figures."`
	Ingest      ingestGroup        `cmd:"" help:"Send files of figures, or write what servers took in (worker)."`
	Template    templateCommand    `cmd:"" help:"Write a workbook (Excel) to report in, made from the catalogue."`
	Migrate     migrateCommand     `cmd:"" help:"Bring the schema of a ClickHouse up to date."`
	Engine      engineCommand      `cmd:"" help:"Run only the embedded ClickHouse and print its address."`
	Boundaries  boundariesCommand  `cmd:"" help:"Import, check, list and remove boundary sets, draw schematic ones, make crosswalks."`
	Catalog     catalogCommand     `cmd:"" help:"Check, show and compare catalogues."`
	Rules       rulesCommand       `cmd:"" help:"Write the Prometheus rules that follow from a catalogue."`
	Token       tokenCommand       `cmd:"" help:"Make, list and take back access tokens."`
	Aside       asideCommand       `cmd:"" help:"List, retry and drop messages of the journal that could not be read."`
	Audit       auditCommand       `cmd:"" help:"Show the record of changes."`
	Verify      verifyCommand      `cmd:"" help:"Hold the answers against the rows they are made of."`
	Publication publicationCommand `cmd:"" help:"List, make and show publications, and make them again from the rows."`
	Version     versionCommand     `cmd:"" help:"Print the version."`

	LogLevel slog.Level `default:"info" help:"Least level that is logged: debug, info, warn, error."`
}

func main() {
	// The engine's child is this program again; it must not parse our flags.
	if len(os.Args) > 1 && os.Args[1] == engine.ChildCommand {
		os.Exit(engine.ChildMain(os.Args[2:]))
	}
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	var cli commands
	parser, err := kong.New(&cli,
		kong.Name("toancanh"),
		kong.Description("Toàn Cảnh: indicators of a programme on a map, for intelligent operations centres."),
		kong.DefaultEnvars("TOANCANH"), kong.UsageOnError())
	if err != nil {
		fmt.Fprintln(os.Stderr, "toancanh:", err)
		return 2
	}
	k, err := parser.Parse(args)
	if err != nil {
		parser.FatalIfErrorf(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends at once what takes too long to drain
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: cli.LogLevel}))
	k.BindTo(ctx, (*context.Context)(nil))
	k.BindTo(os.Stdout, (*io.Writer)(nil))
	k.Bind(log)
	if err := k.Run(); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "toancanh:", err)
		if chosen, ok := errors.AsType[exit](err); ok {
			return chosen.code
		}
		return 1
	}
	return 0
}

// exit is an error that chooses what the program exits with.
type exit struct {
	code int
	err  error
}

// Error gives the error inside.
func (e exit) Error() string { return e.err.Error() }

// Unwrap gives the error inside.
func (e exit) Unwrap() error { return e.err }

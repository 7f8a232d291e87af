package engine

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"unsafe"

	"github.com/ebitengine/purego"
)

// ChildCommand is the hidden subcommand under which a host program runs ChildMain.
const ChildCommand = "engine-child"

// lifelineFD is where the child finds the read end of the lifeline: the first
// of exec.Cmd's ExtraFiles.
const lifelineFD = 3

// ChildMain is the body of the hidden subcommand: it becomes a ClickHouse
// server and returns the exit code once that has stopped. The server lives as
// long as somebody holds the other end of the lifeline (file descriptor 3), so
// it must only ever be started by Engine.
func ChildMain(args []string) int {
	if err := runChild(args); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func runChild(args []string) error {
	flags := flag.NewFlagSet(ChildCommand, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	library := flags.String("library", "", "")
	config := flags.String("config", "", "")
	start := flags.String("start", "", "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if _, err := os.Stat(fmt.Sprintf("/proc/self/fd/%d", lifelineFD)); err != nil {
		return errors.New("no lifeline: this command is started by the program itself, use `engine` instead")
	}
	return serve(*library, []string{
		"clickhouse",
		"--config-file", *config,
		"--queries-file", *start, fmt.Sprintf("/proc/self/fd/%d", lifelineFD),
		"--interactive", "--disable_suggestion", "--progress=off", "--history_file=/dev/null",
	})
}

// serve blocks for the server's whole life. The library reports a failed start
// only on stderr: its result carries nothing that could be relied on.
func serve(library string, argv []string) error {
	handle, err := purego.Dlopen(library, purego.RTLD_NOW|purego.RTLD_GLOBAL)
	if err != nil {
		return fmt.Errorf("load the engine library: %w", err)
	}
	var cmdline func(argc int32, argv unsafe.Pointer) uintptr
	if _, err := purego.Dlsym(handle, "chdb_query_cmdline"); err != nil {
		return fmt.Errorf("the engine library has no command line: %w", err)
	}
	purego.RegisterLibFunc(&cmdline, handle, "chdb_query_cmdline")
	pinned := newCArgs(argv)
	cmdline(int32(len(argv)), unsafe.Pointer(&pinned.pointers[0]))
	runtime.KeepAlive(pinned)
	return nil
}

// cArgs is a C argv: NUL-terminated strings and a final null pointer, in memory
// the collector neither moves nor frees while it is referenced.
type cArgs struct {
	pointers []*byte
}

func newCArgs(argv []string) *cArgs {
	args := &cArgs{pointers: make([]*byte, len(argv)+1)}
	for i, arg := range argv {
		args.pointers[i] = &append([]byte(arg), 0)[0]
	}
	return args
}

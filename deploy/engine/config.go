package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Database is the database of the DSN that Ready returns.
const Database = "toancanh"

// Config says where an engine lives and what it may use.
type Config struct {
	// Dir holds everything of the engine: its data, its configuration, its
	// ports and its password. It is made when missing, for the owner only, and
	// belongs to one engine at a time.
	Dir string
	// Library is the path of libchdb.so; FindLibrary looks in the usual places.
	Library string
	// MemoryBytes limits the server as a whole (max_server_memory_usage). 0 takes
	// half of what the machine or the control group has: the other half is for
	// the page cache, which ClickHouse reads through, and for our own process.
	MemoryBytes uint64
	// Databases are the names the service user has rights on; a trailing star
	// matches any ending ("test_*"). Database is always among them.
	Databases []string
	// Command starts the child; the program must hand the arguments after it to
	// ChildMain. Empty means this very program with ChildCommand.
	Command []string
	// StartTimeout bounds one start, until the server answers. Loading the parts
	// of a large warehouse from a slow disk takes a while.
	StartTimeout time.Duration
	// StopTimeout bounds a clean stop; what has not ended by then is killed.
	StopTimeout time.Duration
	// MaxPause bounds the growing pause before a child that keeps ending is
	// started again; 0 takes 5 seconds.
	MaxPause time.Duration
}

// withDefaults fills what was left empty and makes the paths absolute, since
// the child runs in another directory.
func (c Config) withDefaults() (Config, error) {
	if c.Dir == "" {
		return c, errors.New("engine: no directory given")
	}
	if err := c.absolute(); err != nil {
		return c, err
	}
	if info, err := os.Stat(c.Library); err != nil || !info.Mode().IsRegular() {
		return c, fmt.Errorf("engine: no library at %q; `make` fetches it", c.Library)
	}
	if c.MemoryBytes == 0 {
		c.MemoryBytes = availableMemory(os.DirFS("/")) / 2
	}
	if len(c.Command) == 0 {
		c.Command = []string{"/proc/self/exe", ChildCommand}
	}
	if c.StartTimeout == 0 {
		c.StartTimeout = 2 * time.Minute
	}
	if c.StopTimeout == 0 {
		c.StopTimeout = 20 * time.Second
	}
	if c.MaxPause == 0 {
		c.MaxPause = 5 * time.Second
	}
	return c, nil
}

func (c *Config) absolute() (err error) {
	if c.Dir, err = filepath.Abs(c.Dir); err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	if c.Library, err = filepath.Abs(c.Library); err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	return nil
}

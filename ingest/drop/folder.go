// Package drop takes files that people and programs put into a folder, and moves each to done or rejected with a report beside it.
//
//	DIR/observations/  DIR/population/  DIR/task-progress/   put files here
//	DIR/working/                                             what is being taken
//	DIR/done/  DIR/rejected/                                 what was taken wholly; what somebody has to look at
//
// A file is taken once it has not changed for a moment, claimed by renaming it, and submitted like any push. Its claim names the
// submission: a file whose claim was found after a crash is submitted again under the same key, and what was durable already is not
// taken twice. (The content alone would not do as a key: A, then B, then A again are three revisions.) One process watches a folder.
package drop

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/toancanh/toancanh/ingest"
)

// Config says which folder is watched, and how.
type Config struct {
	Dir           string
	Every         time.Duration          // between two looks
	Settle        time.Duration          // a file that has not changed for so long is whole
	Demonstration bool                   // the figures are invented
	Sender        func() (Sender, error) // asked before each look: whose files they are; nil: of who works on this machine
}

// Sender is whose files lie in the folder, and what it may send. An error of Config.Sender is an *Unable.
type Sender struct {
	Caller string
	Agency string         // for rows that name none
	Permit *ingest.Permit // nil: everything
}

// Unable says why files have to wait: nobody may send them now.
type Unable struct{ Vi, En string }

// Error gives the English text, for logs.
func (u *Unable) Error() string { return u.En }

// nobody is the sender of a folder whose server asks nobody for a token.
func nobody() (Sender, error) { return Sender{Caller: "drop"}, nil }

// DefaultConfig looks every two seconds; Dir is the caller's to set.
func DefaultConfig() Config { return Config{Every: 2 * time.Second, Settle: 4 * time.Second} }

// Submit takes one submission; ingest.Service has it.
type Submit func(context.Context, ingest.Intake) (ingest.Receipt, error)

// Folder watches a folder. New is inert; Run works.
type Folder struct {
	cfg    Config
	submit Submit
	now    func() time.Time
	log    *slog.Logger

	seen   map[string]sighting  // files in the inboxes, by path
	later  map[string]time.Time // claimed files that the journal had no room for, by path: when to try again
	sender Sender               // of this look
	unable string               // why files wait, "" when they do not
}

// sighting is how a file looked, and since when.
type sighting struct {
	size     int64
	modified time.Time
	since    time.Time
}

const working, done, rejected = "working", "done", "rejected"

var datasets = []ingest.Dataset{ingest.Observations, ingest.Population, ingest.TaskProgress}

// New checks the configuration.
func New(cfg Config, submit Submit, now func() time.Time, log *slog.Logger) (*Folder, error) {
	if cfg.Dir == "" || cfg.Every <= 0 || cfg.Settle < 0 {
		return nil, errors.New("drop: a folder and a time between looks are needed")
	}
	if cfg.Sender == nil {
		cfg.Sender = nobody
	}
	return &Folder{cfg: cfg, submit: submit, now: now, log: log, seen: map[string]sighting{}, later: map[string]time.Time{}}, nil
}

// Run watches until ctx ends.
func (f *Folder) Run(ctx context.Context) error {
	unlock, err := f.open()
	if err != nil {
		return err
	}
	defer unlock()
	for {
		if err := f.scan(ctx); err != nil && ctx.Err() == nil {
			f.log.Warn("drop folder not read, trying on", "error", err)
		}
		select {
		case <-time.After(f.cfg.Every):
		case <-ctx.Done():
			return nil
		}
	}
}

// open makes the folders and keeps other processes out.
func (f *Folder) open() (unlock func(), err error) {
	for _, d := range datasets {
		for _, dir := range []string{string(d), filepath.Join(working, string(d))} {
			if err := os.MkdirAll(filepath.Join(f.cfg.Dir, dir), 0o750); err != nil {
				return nil, fmt.Errorf("drop: %w", err)
			}
		}
	}
	for _, dir := range []string{done, rejected} {
		if err := os.MkdirAll(filepath.Join(f.cfg.Dir, dir), 0o750); err != nil {
			return nil, fmt.Errorf("drop: %w", err)
		}
	}
	lock, err := os.OpenFile(filepath.Join(f.cfg.Dir, working, ".lock"), os.O_CREATE|os.O_RDWR, 0o640)
	if err != nil {
		return nil, fmt.Errorf("drop: %w", err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("drop: another process watches %s: %w", f.cfg.Dir, err), lock.Close())
	}
	f.unable = "?" // an earlier process may have left a notice
	return func() { _ = lock.Close() }, nil
}

// scan has one look: first what was claimed before, then what is new and whole. Files that nobody may send now stay where they are.
func (f *Folder) scan(ctx context.Context) error {
	sender, err := f.cfg.Sender()
	if err := f.sayUnable(err); err != nil {
		return err
	}
	if err != nil {
		return nil
	}
	f.sender = sender
	var errs []error
	for _, d := range datasets {
		errs = append(errs, f.resume(ctx, d), f.claimAll(d), f.resume(ctx, d))
	}
	return errors.Join(errs...)
}

// waiting is the file that tells people why their files wait.
const waiting = "waiting.txt"

// sayUnable tells once that files wait and why, in the log and beside them, and takes it back when they need not any more. It gives
// back an error of the notice, or one that is no *Unable.
func (f *Folder) sayUnable(err error) error {
	var why *Unable
	if err != nil && !errors.As(err, &why) {
		return err
	}
	said := ""
	if why != nil {
		said = why.Vi + "\n" + why.En + "\n"
	}
	if said == f.unable {
		return nil
	}
	notice := filepath.Join(f.cfg.Dir, waiting)
	if said == "" {
		err = os.Remove(notice)
	} else {
		f.log.Warn("files of the drop folder wait", "folder", f.cfg.Dir, "why", why.En)
		err = writeFile(notice, []byte(said))
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("drop: %w", err)
	}
	f.unable = said
	return nil
}

// resume takes the claimed files of a dataset.
func (f *Folder) resume(ctx context.Context, d ingest.Dataset) error {
	dir := filepath.Join(f.cfg.Dir, working, string(d))
	files, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("drop: %w", err)
	}
	var errs []error
	for _, e := range files {
		path := filepath.Join(dir, e.Name())
		if ctx.Err() != nil || f.now().Before(f.later[path]) {
			continue
		}
		delete(f.later, path)
		errs = append(errs, f.take(ctx, d, path))
	}
	return errors.Join(errs...)
}

// claimAll moves the files of an inbox that are whole.
func (f *Folder) claimAll(d ingest.Dataset) error {
	inbox := filepath.Join(f.cfg.Dir, string(d))
	files, err := os.ReadDir(inbox)
	if err != nil {
		return fmt.Errorf("drop: %w", err)
	}
	present := map[string]bool{}
	var errs []error
	for _, e := range files {
		path := filepath.Join(inbox, e.Name())
		present[path] = true
		if !f.isWhole(path, e) {
			continue
		}
		delete(f.seen, path)
		claimed := filepath.Join(f.cfg.Dir, working, string(d), f.claim()+"-"+clip(e.Name()))
		if err := os.Rename(path, claimed); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, fmt.Errorf("drop: %w", err))
		}
	}
	for path := range f.seen {
		if filepath.Dir(path) == inbox && !present[path] {
			delete(f.seen, path)
		}
	}
	return errors.Join(errs...)
}

// isWhole tells whether a file is one to take and has not changed for Settle. Links are not followed: they could lead anywhere.
func (f *Folder) isWhole(path string, e os.DirEntry) bool {
	if !e.Type().IsRegular() || unfinished(e.Name()) {
		return false
	}
	info, err := e.Info()
	if err != nil {
		return false // gone again
	}
	before, known := f.seen[path]
	if !known || before.size != info.Size() || !before.modified.Equal(info.ModTime()) {
		f.seen[path] = sighting{info.Size(), info.ModTime(), f.now()}
		return f.cfg.Settle == 0
	}
	return f.now().Sub(before.since) >= f.cfg.Settle
}

// unfinished knows the names under which programs write files that are not whole, and the locks of spreadsheets.
func unfinished(name string) bool {
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$") {
		return true
	}
	return slices.Contains([]string{".tmp", ".part", ".partial", ".crdownload", ".filepart"}, strings.ToLower(filepath.Ext(name)))
}

// claim makes the name of a claim: when, and something that no other claim has.
func (f *Folder) claim() string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails
	return f.now().Format("20060102-150405") + "-" + hex.EncodeToString(b[:])
}

// clip keeps the end of a long name, the extension with it, so that a claim and a report's extension still fit.
func clip(name string) string {
	const longest = 180 // bytes; file systems take 255
	for len(name) > longest {
		_, size := utf8.DecodeRuneInString(name)
		name = name[size:]
	}
	return name
}

// claimLength is that of a claim with the hyphen behind it.
const claimLength = len("20060102-150405-001122334455-")

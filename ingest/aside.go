package ingest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Aside is a message of the journal that could not be read and was set aside, so that those behind it go on. It is kept
// whole, in a file SEQUENCE.msg with this description beside it, until an operator has it taken after all or drops it.
type Aside struct {
	Sequence uint64    `json:"sequence"` // in the journal
	Received time.Time `json:"received"` // by the journal
	SetAside time.Time `json:"set_aside"`
	Bytes    int       `json:"bytes"`
	Version  int       `json:"version"` // first byte of the message: a program of this or a later version may read it
	Reason   string    `json:"reason"`
	Tried    time.Time `json:"tried,omitzero"` // when it was tried again the last time
	Wanted   bool      `json:"-"`              // it is to be tried again
}

// AsideStore is the folder of the messages that were set aside. Several processes may use it at once: every step is one
// rename. The service that works on the journal takes what is wanted.
type AsideStore struct{ dir string }

// NewAsideStore works on the folder of a journal; it is made when there is something to keep.
func NewAsideStore(journalDir string) *AsideStore {
	return &AsideStore{filepath.Join(journalDir, "aside")}
}

// Names in the folder: the message, what is known of it, and the wish to have it tried again.
const (
	asideMessage = ".msg"
	asideFacts   = ".json"
	asideWish    = ".retry"
)

// ErrNotAside says that no message of a sequence was set aside.
var ErrNotAside = errors.New("ingest: no message of this sequence was set aside")

func (s *AsideStore) path(seq uint64, what string) string {
	return filepath.Join(s.dir, strconv.FormatUint(seq, 10)+what)
}

// keep stores a message; it is on the disk when keep returns. Keeping it again changes nothing.
func (s *AsideStore) keep(a Aside, content []byte) error {
	if _, err := s.Find(a.Sequence); err == nil {
		return nil
	}
	if err := os.MkdirAll(s.dir, 0o750); err != nil {
		return fmt.Errorf("ingest: set aside: %w", err)
	}
	if err := s.write(a.Sequence, asideMessage, content); err != nil {
		return err
	}
	return s.describe(a) // what has no description was not kept whole, and comes again
}

func (s *AsideStore) describe(a Aside) error {
	facts, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return fmt.Errorf("ingest: set aside: %w", err)
	}
	return s.write(a.Sequence, asideFacts, facts)
}

// write puts a file in place wholly or not at all.
func (s *AsideStore) write(seq uint64, what string, content []byte) error {
	name := s.path(seq, what)
	file, err := os.OpenFile(name+".tmp", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o640)
	if err != nil {
		return fmt.Errorf("ingest: set aside: %w", err)
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(name+".tmp", name)
	}
	if err == nil {
		err = s.sync()
	}
	if err != nil {
		return fmt.Errorf("ingest: set aside: %w", err)
	}
	return nil
}

func (s *AsideStore) sync() error {
	dir, err := os.Open(s.dir)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// List gives what is set aside, in the order of the journal.
func (s *AsideStore) List() ([]Aside, error) {
	files, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("ingest: set aside: %w", err)
	}
	var list []Aside
	for _, f := range files {
		name, isFacts := strings.CutSuffix(f.Name(), asideFacts)
		seq, err := strconv.ParseUint(name, 10, 64)
		if !isFacts || err != nil {
			continue
		}
		a, err := s.Find(seq)
		if errors.Is(err, ErrNotAside) {
			continue // taken or dropped meanwhile
		}
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b Aside) int { return compareSequences(a.Sequence, b.Sequence) })
	return list, nil
}

func compareSequences(a, b uint64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Find gives what is known of one message, or ErrNotAside.
func (s *AsideStore) Find(seq uint64) (a Aside, err error) {
	facts, err := os.ReadFile(s.path(seq, asideFacts))
	if errors.Is(err, fs.ErrNotExist) {
		return a, fmt.Errorf("%w: %d", ErrNotAside, seq)
	}
	if err == nil {
		err = json.Unmarshal(facts, &a)
	}
	if err != nil {
		return a, fmt.Errorf("ingest: set aside: message %d: %w", seq, err)
	}
	_, wish := os.Stat(s.path(seq, asideWish))
	a.Wanted = wish == nil
	return a, nil
}

// Retry asks the service that works on the journal to take a message after all: within seconds, or when it starts.
func (s *AsideStore) Retry(seq uint64) error {
	if _, err := s.Find(seq); err != nil {
		return err
	}
	return s.write(seq, asideWish, nil)
}

// claim takes the wish for one process: workers on one machine may share the folder. A process that dies gives it back.
func (s *AsideStore) claim(seq uint64) (release func(), ok bool) {
	wish, err := os.Open(s.path(seq, asideWish))
	if err != nil {
		return nil, false // taken meanwhile, or not to be read, which the next look at the message will tell
	}
	err = syscall.Flock(int(wish.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		_, err = os.Stat(s.path(seq, asideWish)) // another one may have taken it between opening and locking
	}
	if err != nil {
		_ = wish.Close() // nothing was written
		return nil, false
	}
	return func() { _ = wish.Close() }, true
}

// Drop gives a message up for good. The description goes first: without it there is no message.
func (s *AsideStore) Drop(seq uint64) error {
	if _, err := s.Find(seq); err != nil {
		return err
	}
	for _, what := range []string{asideFacts, asideWish, asideMessage} {
		if err := os.Remove(s.path(seq, what)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("ingest: set aside: %w", err)
		}
	}
	return nil
}

// read gives the message itself.
func (s *AsideStore) read(seq uint64) ([]byte, error) {
	content, err := os.ReadFile(s.path(seq, asideMessage))
	if err != nil {
		return nil, fmt.Errorf("ingest: set aside: %w", err)
	}
	return content, nil
}

// failed keeps what is known and forgets the wish.
func (s *AsideStore) failed(a Aside, why error, at time.Time) error {
	a.Reason, a.Tried = why.Error(), at
	if err := s.describe(a); err != nil {
		return err
	}
	return os.Remove(s.path(a.Sequence, asideWish))
}

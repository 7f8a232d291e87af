package ingest

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// spoolBytes is what a spool holds in memory; what is more goes to a file.
const spoolBytes = 4 << 20

// spool keeps the full parts of a submission that is being read, so that nothing of it is in the journal before all of it has
// been read and checked. Its file has no name: it is gone with the process, however that ends.
type spool struct {
	dir    string
	parts  []spooled
	memory int
	file   *os.File
	end    int64 // of the file
}

// spooled is a part as it goes into a message: in memory, or size bytes at a place of the file.
type spooled struct {
	content []byte
	at      int64
	size    int
}

func newSpool(cfg Config) *spool { return &spool{dir: filepath.Join(cfg.Dir, "spool")} }

// add keeps a part. An error is the disk's.
func (s *spool) add(p *part) error {
	content := p.append(make([]byte, 0, p.size()))
	if s.memory+len(content) <= spoolBytes {
		s.memory += len(content)
		s.parts = append(s.parts, spooled{content: content, size: len(content)})
		return nil
	}
	if s.file == nil {
		if err := s.open(); err != nil {
			return fmt.Errorf("spool: %w", err)
		}
	}
	if _, err := s.file.WriteAt(content, s.end); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	s.parts = append(s.parts, spooled{at: s.end, size: len(content)})
	s.end += int64(len(content))
	return nil
}

func (s *spool) open() (err error) {
	if err = os.MkdirAll(s.dir, 0o750); err != nil {
		return err
	}
	if s.file, err = os.CreateTemp(s.dir, "submission-"); err != nil {
		return err
	}
	return os.Remove(s.file.Name())
}

func (s *spool) len() int { return len(s.parts) }

// part gives a part again, as it goes into a message.
func (s *spool) part(i int) (*part, error) {
	kept := s.parts[i]
	if kept.content == nil {
		kept.content = make([]byte, kept.size)
		if _, err := s.file.ReadAt(kept.content, kept.at); err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("spool: %w", err)
		}
	}
	return &part{encoded: kept.content}, nil
}

func (s *spool) close() {
	if s.file != nil {
		_ = s.file.Close() // nobody reads it again
	}
}

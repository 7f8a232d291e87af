package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Running gives the DSN of the engine that another process of ours hosts in dir, ok false where none does. Its
// password lies in dir, for the owner only: who can read that is the operator. Never log the DSN.
func Running(dir string) (dsn string, ok bool, err error) {
	if _, err := os.Stat(filepath.Join(dir, ownerLock)); errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	lock, err := tryLock(filepath.Join(dir, ownerLock))
	if err == nil { // nobody held it
		return "", false, lock.Close()
	}
	if !errors.Is(err, syscall.EWOULDBLOCK) {
		return "", false, err
	}
	ep, err := readEndpoint(filepath.Join(dir, endpointFile))
	if err == nil && ep.NativePort == 0 {
		err = fmt.Errorf("the engine in %s is only starting", dir)
	}
	if err != nil {
		return "", false, err
	}
	return ep.dsn(Database), true, nil
}

package engine

import "testing"

func TestRunningEngineIsFound(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, ok, err := Running(dir); ok || err != nil {
		t.Errorf("in an empty directory: %v, %v", ok, err)
	}
	e := host(t, dir)
	dsn, ok, err := Running(dir)
	if err != nil || !ok {
		t.Fatalf("%v, %v", ok, err)
	}
	if dsn != e.dsn {
		t.Error("another address than the engine's")
	}
}

func TestStoppedEngineIsNotRunning(t *testing.T) {
	dir := t.TempDir()
	lock, err := lockOwner(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := Running(dir); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}

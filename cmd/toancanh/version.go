package main

import (
	"fmt"
	"runtime"
)

type versionCommand struct{}

// Run prints the version of the program and of the Go it was built with.
func (versionCommand) Run() error {
	fmt.Printf("toancanh %s (%s, %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}

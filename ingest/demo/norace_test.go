//go:build !race

package demo

// raced tells that the race detector runs.
const raced = false

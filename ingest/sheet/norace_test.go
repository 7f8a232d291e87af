//go:build !race

package sheet

// raced tells that the race detector runs.
const raced = false

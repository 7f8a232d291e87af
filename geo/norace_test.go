//go:build !race

package geo

// raced tells that the race detector runs.
const raced = false

package engine

import (
	"bufio"
	"bytes"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// fallbackMemory is assumed where the system tells nothing about itself.
const fallbackMemory = 2 << 30

// availableMemory is the machine's memory or, when smaller, the limit of a
// control group that this process is in, in bytes. root is the root of the file system.
func availableMemory(root fs.FS) uint64 {
	least := machineMemory(root)
	for _, limit := range cgroupLimits(root) {
		least = min(least, limit)
	}
	return least
}

func machineMemory(root fs.FS) uint64 {
	content, err := fs.ReadFile(root, "proc/meminfo")
	if err != nil {
		return fallbackMemory
	}
	for line := range strings.Lines(string(content)) {
		fields := strings.Fields(line)
		if len(fields) >= 2 && fields[0] == "MemTotal:" {
			if kib, err := strconv.ParseUint(fields[1], 10, 64); err == nil {
				return kib << 10
			}
		}
	}
	return fallbackMemory
}

// cgroupLimits returns the limits of the process's control group and of all
// above it, in both versions of the hierarchy. A container often sees its own
// group as the root, so the root is always looked at.
func cgroupLimits(root fs.FS) []uint64 {
	content, _ := fs.ReadFile(root, "proc/self/cgroup")
	limits := limitsUpwards(root, "sys/fs/cgroup", "/", "memory.max")
	limits = append(limits, limitsUpwards(root, "sys/fs/cgroup/memory", "/", "memory.limit_in_bytes")...)
	scanner := bufio.NewScanner(bytes.NewReader(content))
	for scanner.Scan() {
		_, rest, _ := strings.Cut(scanner.Text(), ":")
		controllers, group, _ := strings.Cut(rest, ":")
		switch {
		case controllers == "":
			limits = append(limits, limitsUpwards(root, "sys/fs/cgroup", group, "memory.max")...)
		case strings.Contains(","+controllers+",", ",memory,"):
			limits = append(limits, limitsUpwards(root, "sys/fs/cgroup/memory", group, "memory.limit_in_bytes")...)
		}
	}
	return limits
}

// limitsUpwards reads the named file in group and every group above it. "max"
// and what cannot be read is no limit.
func limitsUpwards(root fs.FS, mount, group, file string) []uint64 {
	var limits []uint64
	for at := path.Clean("/" + group); ; at = path.Dir(at) {
		content, err := fs.ReadFile(root, path.Join(mount, at, file))
		if limit, parseErr := strconv.ParseUint(strings.TrimSpace(string(content)), 10, 64); err == nil && parseErr == nil {
			limits = append(limits, limit)
		}
		if at == "/" {
			return limits
		}
	}
}

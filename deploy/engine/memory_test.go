package engine

import (
	"testing"
	"testing/fstest"
)

func TestAvailableMemory(t *testing.T) {
	const meminfo = "MemTotal:        8388608 kB\nMemFree:          100000 kB\n" // 8 GiB
	file := func(content string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(content)} }
	for name, test := range map[string]struct {
		root fstest.MapFS
		want uint64
	}{
		"nothing is known": {nil, fallbackMemory},
		"a bare machine":   {fstest.MapFS{"proc/meminfo": file(meminfo)}, 8 << 30},
		"a container": {fstest.MapFS{
			"proc/meminfo": file(meminfo), "proc/self/cgroup": file("0::/\n"),
			"sys/fs/cgroup/memory.max": file("2147483648\n"),
		}, 2 << 30},
		"a container without a limit": {fstest.MapFS{
			"proc/meminfo": file(meminfo), "proc/self/cgroup": file("0::/\n"),
			"sys/fs/cgroup/memory.max": file("max\n"),
		}, 8 << 30},
		"a service whose slice has the limit": {fstest.MapFS{
			"proc/meminfo": file(meminfo), "proc/self/cgroup": file("0::/system.slice/toancanh.service\n"),
			"sys/fs/cgroup/system.slice/memory.max":                  file("3221225472\n"),
			"sys/fs/cgroup/system.slice/toancanh.service/memory.max": file("max\n"),
		}, 3 << 30},
		"version 1": {fstest.MapFS{
			"proc/meminfo": file(meminfo), "proc/self/cgroup": file("4:cpu,cpuacct:/\n3:memory:/docker/ab\n"),
			"sys/fs/cgroup/memory/memory.limit_in_bytes":           file("9223372036854771712\n"),
			"sys/fs/cgroup/memory/docker/ab/memory.limit_in_bytes": file("1073741824\n"),
		}, 1 << 30},
	} {
		t.Run(name, func(t *testing.T) {
			if got := availableMemory(test.root); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

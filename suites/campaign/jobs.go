package campaign

import (
	"golang.org/x/sys/unix"
)

const (
	mostJobs            = 64
	descriptorsPerTrial = 64       // a lab's namespaces, sockets, journals and capture, with room
	memoryPerTrial      = 48 << 20 // a lab's kernel memory, capture buffers and capture, bytes
)

// defaultJobs is as many trials at once as descriptors and memory allow.
func defaultJobs() int {
	jobs := mostJobs
	var files unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &files) == nil {
		jobs = min(jobs, int(min(files.Cur, 1<<20))/descriptorsPerTrial)
	}
	var info unix.Sysinfo_t
	if unix.Sysinfo(&info) == nil {
		free := (uint64(info.Freeram) + uint64(info.Bufferram)) * uint64(info.Unit)
		jobs = min(jobs, int(free/memoryPerTrial))
	}
	return max(jobs, 1)
}

package campaign

import (
	"golang.org/x/sys/unix"
)

const (
	mostJobs            = 64
	descriptorsPerTrial = 64       // a lab's namespaces, sockets, journals and capture, with room
	memoryPerTrial      = 48 << 20 // a lab's kernel memory, capture buffers and capture, bytes
)

// clientsPerPlace is how many clients more take the place of one more trial: a
// client is a host and its sockets, and less work than a trial's beginning and
// end.
const clientsPerPlace = 5

// clients is how many clients the play has.
func (p play) clients() int { return max(1, p.scenario.Client.Count) }

// places is how many of the trials at once the play counts for.
func (p play) places() int64 { return 1 + int64(p.clients()-1)/clientsPerPlace }

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

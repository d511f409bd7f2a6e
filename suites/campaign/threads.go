package campaign

import (
	"os"
	"runtime"
)

// threadsPerProcessor is how many threads a run may have at work for each
// processor.
const threadsPerProcessor = 4

// widen lets the runtime have more threads at work than there are processors
// for as long as a run lasts. A thread that the kernel puts aside for others
// takes along whatever waits behind it; where it is one of many, the rest goes
// on. Whoever has set GOMAXPROCS keeps it.
func widen() (restore func()) {
	if os.Getenv("GOMAXPROCS") != "" {
		return func() {}
	}
	before := runtime.GOMAXPROCS(threadsPerProcessor * runtime.NumCPU())
	return func() { runtime.GOMAXPROCS(before) }
}

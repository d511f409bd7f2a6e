package campaign

import (
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rollover-conformance/rollover/netns"
	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
)

func TestMain(m *testing.M) { os.Exit(netns.RunTests(m)) }

// BenchmarkCatalogue plays the whole brisk catalogue and compares its wall time
// with what bounds it from below: the longest trial, the processor time over
// the processors, and the sum of the trials over the jobs.
func BenchmarkCatalogue(b *testing.B) {
	netns.NeedLab(b)
	reference, _, err := target.Embedded(target.Reference)
	if err != nil {
		b.Fatal(err)
	}
	all, err := rollover.Catalogue()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		o := Options{Out: b.TempDir(), Tool: reports.Build{Name: "rollover", Version: "bench"}, Jobs: mostJobs, Once: true}
		before, began := used(b), time.Now()
		run, err := Run(b.Context(), reference, all, o)
		if err != nil {
			b.Fatal(err)
		}
		wall, spent := time.Since(began), used(b)-before
		var longest, sum time.Duration
		for _, r := range run.Results {
			took := time.Duration(r.TookMS) * time.Millisecond
			longest, sum = max(longest, took), sum+took
		}
		processors, share := spent/time.Duration(run.Host.CPUs), sum/time.Duration(run.Jobs)
		b.ReportMetric(wall.Seconds(), "wall-s")
		b.ReportMetric(longest.Seconds(), "longest-s")
		b.ReportMetric(processors.Seconds(), "cpu/cpus-s")
		b.ReportMetric(share.Seconds(), "trials/jobs-s")
		b.ReportMetric(wall.Seconds()/max(longest, processors, share).Seconds(), "wall/bound")
	}
}

func used(b *testing.B) time.Duration {
	b.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

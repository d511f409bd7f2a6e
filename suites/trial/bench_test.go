package trial

import (
	"context"
	"io"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rollover-conformance/rollover/fixtures"
	"github.com/rollover-conformance/rollover/fixtures/asf"
	"github.com/rollover-conformance/rollover/fixtures/stream"
	"github.com/rollover-conformance/rollover/netns"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
)

// BenchmarkTrialCPU compares the processor time of a trial with that of the
// same pair playing in the same lab without capture, evidence, trace and
// judge. The two take turns; the ratio is that of the medians.
func BenchmarkTrialCPU(b *testing.B) {
	netns.NeedLab(b)
	const rounds = 9
	reference, _, err := target.Embedded(target.Reference)
	if err != nil {
		b.Fatal(err)
	}
	all, err := rollover.Catalogue()
	if err != nil {
		b.Fatal(err)
	}
	chosen, err := rollover.Select([]string{"rtsp/no-udp"}, all)
	if err != nil {
		b.Fatal(err)
	}
	bench := Bench{Target: reference, Timing: rollover.Brisk, Clip: asf.NewClip(2 * time.Second), Tool: "bench"}
	for b.Loop() {
		var judged, bare []float64
		for range rounds {
			judged = append(judged, cpu(b, func() error {
				_, err := Run(b.Context(), bench, chosen[0], b.TempDir())
				return err
			}))
			bare = append(bare, cpu(b, func() error { return playBare(b.Context(), bench, chosen[0]) }))
		}
		b.ReportMetric(median(judged), "trial-cpu-ms")
		b.ReportMetric(median(bare), "bare-cpu-ms")
		b.ReportMetric(median(judged)/median(bare), "trial/bare")
	}
}

// playBare is the pair and its lab, and nothing that gathers or judges.
func playBare(ctx context.Context, b Bench, s rollover.Scenario) error {
	t := &trial{Bench: b, scenario: s}
	t.setup = t.describe()
	lab, err := netns.Build(ctx, t.topology())
	if err != nil {
		return err
	}
	defer lab.Close()
	t.locate(lab)
	if err := lab.Load(s.Profile); err != nil {
		return err
	}
	host := lab.Host(netns.Server)
	server, err := fixtures.NewServer(t.serverConfig(host, stream.Silent()))
	if err != nil {
		return err
	}
	if err := server.Start(ctx); err != nil {
		return err
	}
	defer server.Close()
	client, err := fixtures.NewClient(t.assemble(lab.Clients(), io.Discard, io.Discard, newEvents(nil, 1))[0].clientConfig(stream.Silent()))
	if err != nil {
		return err
	}
	defer client.Close()
	_, err = client.Play(ctx, t.url(s))
	return err
}

// cpu is the processor time, user and system, that the process spends in f,
// in milliseconds.
func cpu(b *testing.B, f func() error) float64 {
	b.Helper()
	before := used(b)
	if err := f(); err != nil {
		b.Fatal(err)
	}
	return float64(used(b)-before) / float64(time.Millisecond)
}

func used(b *testing.B) time.Duration {
	b.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

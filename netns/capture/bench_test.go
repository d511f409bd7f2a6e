package capture

import (
	"io"
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/netns"
)

// Sizes and durations of the rate benchmark.
const (
	aloneFor     = 2 * time.Second
	capturedFor  = 5 * time.Second
	burst        = 64
	smallPayload = 64
	largePayload = 1400
)

// BenchmarkHalfTheSendersRate measures how fast a sender is alone, and then
// what a recording loses of half that rate in five seconds: nothing, it must
// be. It runs once, whatever -benchtime says:
//
//	go test -bench HalfTheSendersRate -benchtime 1x ./netns/capture
func BenchmarkHalfTheSendersRate(b *testing.B) {
	for name, payload := range map[string]int{"small": smallPayload, "large": largePayload} {
		for mode, o := range modes {
			b.Run(name+"/"+mode, func(b *testing.B) { halfRate(b, payload, o) })
		}
	}
}

func halfRate(b *testing.B, payload int, o options) {
	netns.NeedLab(b)
	lab, err := netns.Build(b.Context(), netns.Routed(netns.Options{}))
	if err != nil {
		b.Fatal(err)
	}
	defer lab.Close()
	f := newFlow(b, lab)
	stop := f.sink()
	defer stop()
	alone := float64(f.blast(b, payload, aloneFor, 0)) / aloneFor.Seconds()

	rec, err := start(b.Context(), io.Discard, o, bothSides(lab)...)
	if err != nil {
		b.Fatal(err)
	}
	if err := rec.Canary(deadline(b, 5*time.Second)); err != nil {
		b.Fatal(err)
	}
	begin := time.Now()
	sent := f.blast(b, payload, capturedFor, alone/2)
	took := time.Since(begin)
	stats, err := rec.Stop()
	if err != nil {
		b.Fatal(err)
	}
	rec.Wait()
	b.ReportMetric(alone, "alone/s")
	b.ReportMetric(float64(sent)/took.Seconds()/alone, "rate/alone")
	b.ReportMetric(float64(stats.Lost)/float64(stats.Frames+stats.Lost), "lost/frames")
	b.ReportMetric(float64(stats.Points[0].Frames)/float64(sent), "client-side/sent")
	b.ReportMetric(0, "ns/op")
	if stats.Lost > 0 || stats.Points[0].Frames < uint64(sent) {
		b.Errorf("lost %d of %d frames at %.0f datagrams a second", stats.Lost, stats.Frames+stats.Lost, float64(sent)/took.Seconds())
	}
}

// sink reads at the server, so that the sender meets no full buffer.
func (f *flow) sink() (stop func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 2048)
		for {
			if _, _, err := f.server.ReadFrom(buf); err != nil {
				return
			}
		}
	}()
	return func() { f.server.Close(); <-done }
}

// blast sends for a while, at a rate or, if that is 0, as fast as it can, and
// tells how many.
func (f *flow) blast(b *testing.B, payload int, d time.Duration, rate float64) int {
	b.Helper()
	data := make([]byte, payload)
	begin := time.Now()
	sent := 0
	for time.Since(begin) < d {
		if rate > 0 && float64(sent) > rate*time.Since(begin).Seconds() {
			time.Sleep(time.Duration(burst / rate * float64(time.Second))) // the pace of the sender
			continue
		}
		for range burst {
			if _, err := f.client.Write(data); err != nil {
				b.Fatal(err)
			}
			sent++
		}
	}
	return sent
}

// BenchmarkStartAndStop is what a recording costs a trial: from nothing to
// live at two points, and from a last packet to a complete file.
func BenchmarkStartAndStop(b *testing.B) {
	for mode, o := range modes {
		b.Run(mode, func(b *testing.B) {
			netns.NeedLab(b)
			lab, err := netns.Build(b.Context(), netns.Routed(netns.Options{}))
			if err != nil {
				b.Fatal(err)
			}
			defer lab.Close()
			var starting, stopping time.Duration
			for b.Loop() {
				t0 := time.Now()
				rec, err := start(b.Context(), io.Discard, o, bothSides(lab)...)
				if err != nil {
					b.Fatal(err)
				}
				t1 := time.Now()
				if _, err := rec.Stop(); err != nil {
					b.Fatal(err)
				}
				starting += t1.Sub(t0)
				stopping += time.Since(t1)
				rec.Wait()
			}
			b.ReportMetric(float64(starting.Microseconds())/float64(b.N), "µs/start")
			b.ReportMetric(float64(stopping.Microseconds())/float64(b.N), "µs/stop")
		})
	}
}

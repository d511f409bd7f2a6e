package campaign

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

var errTimeLimit = errors.New(reports.TimeLimit)

// playAll plays every scenario that applies, at most Jobs at once, and fewer
// where some have many clients, the longest first. It returns when all have ended or ctx has.
func (c *campaign) playAll(ctx context.Context) {
	queue := slices.Clone(c.plays)
	slices.SortStableFunc(queue, func(a, b play) int { return int(b.estimate - a.estimate) })

	var (
		wait  sync.WaitGroup
		mu    sync.Mutex
		work  = make(chan play)
		gauge = newGauge(queue, c.Jobs, c.Repeat)
	)
	open, shut := context.WithCancel(ctx) // until nothing more is to be started
	defer shut()
	tell := func() {
		if c.Watch != nil {
			c.Watch(gauge.progress(time.Now()))
		}
	}
	begin := func(p play) {
		mu.Lock()
		defer mu.Unlock()
		gauge.begin(p, time.Now())
		tell()
	}
	finish := func(p play, r rollover.Result) {
		mu.Lock()
		defer mu.Unlock()
		r = c.keep(p, r)
		gauge.end(p, r, time.Now())
		tell()
	}
	room := semaphore.NewWeighted(int64(c.Jobs))
	for range min(c.Jobs, len(queue)) {
		wait.Go(func() {
			for p := range work {
				places := min(p.places(), int64(c.Jobs))
				if room.Acquire(open, places) != nil {
					continue // nothing more is to be started
				}
				c.repeat(ctx, open, p, func() { begin(p) }, shut)
				room.Release(places)
				if r, ok := c.histories[p.index].result(); ok {
					finish(p, r)
				}
			}
		})
	}
	feed(open, queue, work)
	wait.Wait()
	if open.Err() != nil && ctx.Err() == nil && gauge.done < len(queue) {
		c.run.Aborted = reports.FailFast
	}
}

// repeat plays a scenario as often as asked, each time when the machine bears
// it and as long as the run is open. begun is called before the first play;
// shut, after a fail that is to end the run.
func (c *campaign) repeat(ctx, open context.Context, p play, begun, shut func()) {
	for n := range c.Repeat {
		if !c.pace.wait(open, patience(int(c.flying.Load())), p.clients()) {
			return
		}
		if n == 0 {
			begun()
		}
		r, ok := c.once(ctx, p)
		if !ok {
			return
		}
		c.histories[p.index].add(r)
		if c.FailFast && r.Verdict == rollover.Fail && !c.Known.Mark(r).ExpectedFail() {
			shut()
		}
	}
}

// feed hands out the plays in their order until ctx ends.
func feed(ctx context.Context, queue []play, work chan<- play) {
	defer close(work)
	for _, p := range queue {
		select {
		case work <- p:
		case <-ctx.Done():
			return
		}
	}
}

package campaign

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

var errTimeLimit = errors.New(reports.TimeLimit)

// playAll plays every scenario that applies, at most Jobs at once, the
// longest first. It returns when all have ended or ctx has.
func (c *campaign) playAll(ctx context.Context) {
	queue := slices.Clone(c.plays)
	slices.SortStableFunc(queue, func(a, b play) int { return int(b.estimate - a.estimate) })

	var (
		wait   sync.WaitGroup
		mu     sync.Mutex
		work   = make(chan play)
		failed bool
		closed = make(chan struct{}) // after the first fail, where the run ends with it
		gauge  = newGauge(queue, c.Jobs, c.Repeat)
	)
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
		if c.FailFast && r.Verdict == rollover.Fail && !r.ExpectedFail() && !failed {
			failed = true
			close(closed)
		}
		tell()
	}
	for range min(c.Jobs, len(queue)) {
		wait.Go(func() {
			for p := range work {
				begin(p)
				if r, ok := c.repeated(ctx, p); ok {
					finish(p, r)
				}
			}
		})
	}
	c.feed(ctx, queue, work, closed)
	wait.Wait()
	if failed && gauge.done < len(queue) && ctx.Err() == nil {
		c.run.Aborted = reports.FailFast
	}
}

// feed hands out the plays in their order until the run ends or is closed.
func (c *campaign) feed(ctx context.Context, queue []play, work chan<- play, closed <-chan struct{}) {
	defer close(work)
	pace, stop := newPacer(ctx)
	defer stop()
	for _, p := range queue {
		pace.wait(ctx)
		select {
		case <-closed: // select alone would choose among two that are ready
			return
		default:
		}
		select {
		case work <- p:
		case <-closed:
			return
		case <-ctx.Done():
			return
		}
	}
}

// repeated plays a scenario as often as asked. A verdict that changes marks
// the trial unstable; the worst is kept. It reports false where the run ended
// first: a trial that was cut off has no verdict.
func (c *campaign) repeated(ctx context.Context, p play) (rollover.Result, bool) {
	var kept rollover.Result
	for n := 1; n <= c.Repeat; n++ {
		r := c.once(ctx, p, n)
		if ctx.Err() != nil {
			return kept, n > 1
		}
		if n == 1 {
			kept = r
			continue
		}
		kept = combine(kept, r)
	}
	return kept, true
}

// combine keeps the worse of two plays of one scenario.
func combine(a, b rollover.Result) rollover.Result {
	if a.Verdict == b.Verdict {
		return a
	}
	worse, better := a, b
	if badness(b.Verdict) > badness(a.Verdict) {
		worse, better = b, a
	}
	return differing(worse, better)
}

// differing is a result beside another of the same scenario that says
// something else.
func differing(kept, other rollover.Result) rollover.Result {
	kept.Unstable = true
	kept.Earlier = append(append(slices.Clone(kept.Earlier), other.Earlier...), rollover.Earlier{
		Verdict: other.Verdict, Observed: other.Observed, Findings: other.Findings, Evidence: other.Evidence,
	})
	return kept
}

func badness(g rollover.Grade) int {
	return slices.Index([]rollover.Grade{rollover.NotApplicable, rollover.Pass, rollover.NotRun,
		rollover.Inconclusive, rollover.Error, rollover.Fail}, g)
}

// playUnsteadyAgain plays once more, alone, what the machine spoilt by keeping
// the rig from running. Such a trial has had no verdict yet, so that another
// word the second time is no sign of an unstable target.
func (c *campaign) playUnsteadyAgain(ctx context.Context) {
	for _, p := range c.plays {
		first := c.run.Results[p.index]
		if first.Verdict != rollover.Error || !first.Setup.Unsteady() || ctx.Err() != nil {
			continue
		}
		second := c.once(ctx, p, c.Repeat+1)
		if ctx.Err() != nil {
			return
		}
		second = differing(second, first)
		second.Unstable = first.Unstable
		c.keep(p, second)
	}
}

// verifyAgain plays each unexpected verdict once more, alone.
func (c *campaign) verifyAgain(ctx context.Context) {
	var again []play
	for _, p := range c.plays {
		if r := c.run.Results[p.index]; unexpected(r) && !r.Unstable {
			again = append(again, p)
		}
	}
	for i, p := range again {
		first := c.run.Results[p.index]
		if c.Watch != nil {
			c.Watch(Progress{Done: i, Running: 1, Total: len(again), Left: totalTime(again[i:]), Again: true, Last: first})
		}
		second := c.once(ctx, p, c.Repeat+1+len(first.Earlier))
		if ctx.Err() != nil {
			return
		}
		if second.Verdict != first.Verdict {
			c.keep(p, differing(second, first))
		}
	}
}

// unexpected reports whether a result has to be seen twice to be believed. One
// that the list of known failures speaks of is held against it, too.
func unexpected(r rollover.Result) bool {
	switch r.Verdict {
	case rollover.Fail:
		return !r.ExpectedFail()
	case rollover.Inconclusive, rollover.Error:
		return true
	}
	return r.Stale()
}

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

var (
	errTimeLimit = errors.New(reports.TimeLimit)
	errFailFast  = errors.New(reports.FailFast)
)

// playAll plays every scenario that applies, at most Jobs at once, the
// longest first. It returns when all have ended or ctx has.
func (c *campaign) playAll(ctx context.Context) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	queue := slices.Clone(c.plays)
	slices.SortStableFunc(queue, func(a, b play) int { return int(b.estimate - a.estimate) })

	var (
		wait sync.WaitGroup
		mu   sync.Mutex
		done int
		work = make(chan play)
	)
	began := time.Now()
	total := totalTime(queue)
	var played time.Duration
	finish := func(p play, r rollover.Result) {
		mu.Lock()
		defer mu.Unlock()
		c.keep(p, r)
		done++
		played += p.estimate
		if c.FailFast && r.Verdict == rollover.Fail {
			stop(errFailFast)
		}
		if c.Watch != nil {
			c.Watch(Progress{Done: done, Running: min(c.Jobs, len(queue)-done), Total: len(queue),
				Left: timeLeft(time.Since(began), played, total), Last: r})
		}
	}
	for range min(c.Jobs, len(queue)) {
		wait.Go(func() {
			for p := range work {
				if r, ok := c.repeated(ctx, p); ok {
					finish(p, r)
				}
			}
		})
	}
	for _, p := range queue {
		select {
		case work <- p:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(work)
	wait.Wait()
	if cause := context.Cause(ctx); errors.Is(cause, errFailFast) {
		c.run.Aborted = reports.FailFast
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

// verifyAgain plays each unexpected verdict once more, alone.
func (c *campaign) verifyAgain(ctx context.Context) {
	for _, p := range c.plays {
		first := c.run.Results[p.index]
		if !unexpected(first.Verdict) || first.Unstable {
			continue
		}
		again := c.once(ctx, p, c.Repeat+1)
		if ctx.Err() != nil {
			return
		}
		if again.Verdict != first.Verdict {
			c.keep(p, differing(again, first))
		}
	}
}

func unexpected(g rollover.Grade) bool {
	return g == rollover.Fail || g == rollover.Inconclusive || g == rollover.Error
}

func totalTime(plays []play) time.Duration {
	var sum time.Duration
	for _, p := range plays {
		sum += p.estimate
	}
	return sum
}

// timeLeft extrapolates from the work that is done.
func timeLeft(elapsed, done, total time.Duration) time.Duration {
	if done <= 0 {
		return 0
	}
	return time.Duration(float64(elapsed) * float64(total-done) / float64(done)).Round(time.Second)
}

package campaign

import (
	"context"
	"slices"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// tries is how often a play that the machine spoilt is made up for at most.
const tries = 4

// once plays a scenario once more and counts its clients among those in flight. It
// reports false where the run ended first: a trial that was cut off has no
// verdict.
func (c *campaign) once(ctx context.Context, p play) (rollover.Result, bool) {
	c.flying.Add(int32(p.clients()))
	defer c.flying.Add(-int32(p.clients()))
	h := c.histories[p.index]
	h.folder++
	r := c.playInto(ctx, p, h.folder)
	return r, ctx.Err() == nil
}

// steadily plays a scenario alone and when the machine has nothing else to do,
// until a play was not spoilt. It reports false where none was.
func (c *campaign) steadily(ctx context.Context, p play) (rollover.Result, bool) {
	for range tries {
		if !c.pace.wait(ctx, mostPatience, p.clients()) {
			break
		}
		r, ok := c.once(ctx, p)
		if !ok {
			break
		}
		if !spoilt(r) {
			return r, true
		}
		c.histories[p.index].add(r)
	}
	return rollover.Result{}, false
}

// makeUp plays again what the machine spoilt.
func (c *campaign) makeUp(ctx context.Context) {
	c.alone(ctx, func(r rollover.Result, h *history) bool { return len(h.spoilt) > 0 }, func(p play, h *history) {
		for range len(h.spoilt) {
			if r, ok := c.steadily(ctx, p); ok {
				h.add(r)
			}
		}
		if r, ok := h.result(); ok && ctx.Err() == nil {
			c.keep(p, r)
		}
	})
}

// verifyAgain plays each unexpected verdict once more. A program that does not
// get ready even alone will not do so for the next scenario: where it never got
// ready before, that is then believed.
func (c *campaign) verifyAgain(ctx context.Context) {
	hopeless := false
	c.alone(ctx, func(r rollover.Result, _ *history) bool {
		return unexpected(r) && !r.Unstable && !spoilt(r) && !(hopeless && c.neverReady(r))
	}, func(p play, _ *history) {
		first := c.run.Results[p.index]
		second, ok := c.steadily(ctx, p)
		hopeless = hopeless || ok && c.neverReady(first) && c.neverReady(second)
		if ok && second.Verdict != first.Verdict {
			c.keep(p, differing(second, first))
		}
	})
}

// neverReady reports whether the program under test did not get as far as
// taking part.
func (c *campaign) neverReady(r rollover.Result) bool {
	return slices.ContainsFunc(r.Setup.Exits, func(e rollover.Exit) bool { return e.Party == c.target.Role && !e.Ready })
}

// alone does something with each of the plays that are wanted, one after the
// other.
func (c *campaign) alone(ctx context.Context, wanted func(rollover.Result, *history) bool, do func(play, *history)) {
	var again []play
	for _, p := range c.plays {
		if wanted(c.run.Results[p.index], c.histories[p.index]) {
			again = append(again, p)
		}
	}
	for i, p := range again {
		if ctx.Err() != nil {
			return
		}
		if !wanted(c.run.Results[p.index], c.histories[p.index]) {
			continue // what was learnt meanwhile is enough
		}
		if c.Watch != nil {
			c.Watch(Progress{Done: i, Running: 1, Total: len(again), Left: totalTime(again[i:]), Again: true, Last: c.run.Results[p.index]})
		}
		do(p, c.histories[p.index])
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

package campaign

import (
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// Progress is how far a campaign has come.
type Progress struct {
	Done, Running, Total int
	Left                 time.Duration   // an estimate
	Again                bool            // the rest is unexpected verdicts that are played again, alone
	Last                 rollover.Result // the trial that has ended last; without an ID: none has
}

// gauge estimates how long a campaign still takes. Its jobs play the waiting
// trials in a row, so the end is as far off as the longest trial in flight or
// as a fair share of all that is left, whichever is later.
type gauge struct {
	jobs, repeat int
	total, done  int
	waiting      time.Duration // of trials not begun
	flying       map[int]flight
	estimated    time.Duration // of trials that have ended: what was thought, and what it was
	took         time.Duration
	last         rollover.Result // of the trial that has ended last
}

// flight is a trial in flight.
type flight struct {
	began    time.Time
	estimate time.Duration
}

func newGauge(plays []play, jobs, repeat int) *gauge {
	return &gauge{jobs: jobs, repeat: repeat, total: len(plays),
		waiting: totalTime(plays) * time.Duration(repeat), flying: map[int]flight{}}
}

func (g *gauge) estimate(p play) time.Duration { return p.estimate * time.Duration(g.repeat) }

func (g *gauge) begin(p play, now time.Time) {
	g.waiting -= g.estimate(p)
	g.flying[p.index] = flight{began: now, estimate: g.estimate(p)}
}

func (g *gauge) end(p play, r rollover.Result, now time.Time) {
	g.done++
	g.last = r
	g.estimated += g.estimate(p)
	g.took += now.Sub(g.flying[p.index].began)
	delete(g.flying, p.index)
}

func (g *gauge) progress(now time.Time) Progress {
	return Progress{Done: g.done, Running: len(g.flying), Total: g.total, Left: g.left(now), Last: g.last}
}

// left corrects the estimates by how those before them turned out, upwards
// only: a trial is short because an optional step was left out, and says nothing
// of the next.
func (g *gauge) left(now time.Time) time.Duration {
	ratio := 1.0
	if g.estimated > 0 {
		ratio = max(ratio, float64(g.took)/float64(g.estimated))
	}
	corrected := func(d time.Duration) time.Duration { return time.Duration(float64(d) * ratio) }
	longest, sum := time.Duration(0), corrected(g.waiting)
	for _, f := range g.flying {
		rest := max(0, corrected(f.estimate)-now.Sub(f.began))
		longest, sum = max(longest, rest), sum+rest
	}
	return max(longest, sum/time.Duration(max(1, min(g.jobs, g.total-g.done))))
}

func totalTime(plays []play) time.Duration {
	var sum time.Duration
	for _, p := range plays {
		sum += p.estimate
	}
	return sum
}

package campaign

import (
	"slices"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// history is the plays of one scenario, which one goroutine at a time makes.
type history struct {
	folder int               // of the play made last, counted from 1
	plays  []rollover.Result // those with a verdict
	spoilt []rollover.Result // those without
}

// spoilt reports a play that has no verdict because the machine kept the rig
// from running: another word the next time is no sign of an unstable target.
func spoilt(r rollover.Result) bool {
	return r.Verdict == rollover.Error && r.Setup.Unsteady()
}

func (h *history) add(r rollover.Result) {
	if spoilt(r) {
		h.spoilt = append(h.spoilt, r)
		return
	}
	h.plays = append(h.plays, r)
}

// result is what all plays say together: the worst, marked unstable where they
// differ, with what was spoilt beside it. It reports false where nothing was
// played.
func (h *history) result() (rollover.Result, bool) {
	plays, beside := h.plays, h.spoilt
	if len(plays) == 0 {
		if len(beside) == 0 {
			return rollover.Result{}, false
		}
		plays, beside = beside[:1], beside[1:]
	}
	kept := plays[0]
	for _, r := range plays[1:] {
		kept = combine(kept, r)
	}
	for _, r := range beside {
		kept.Earlier = append(slices.Clone(kept.Earlier), earlier(r))
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
	kept.Earlier = append(append(slices.Clone(kept.Earlier), earlier(other)), other.Earlier...)
	return kept
}

func earlier(r rollover.Result) rollover.Earlier {
	return rollover.Earlier{Verdict: r.Verdict, Observed: r.Observed, Findings: r.Findings, Evidence: r.Evidence}
}

func badness(g rollover.Grade) int {
	return slices.Index([]rollover.Grade{rollover.NotApplicable, rollover.Pass, rollover.NotRun,
		rollover.Inconclusive, rollover.Error, rollover.Fail}, g)
}

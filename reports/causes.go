package reports

import (
	"cmp"
	"slices"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// Cause is a first reason that one or more trials share. Grouping by it turns
// forty red lines into the two things that are wrong.
type Cause struct {
	Verdict     rollover.Grade
	Stale       bool // the list of known failures is what is wrong
	Party       rollover.Party
	Requirement string
	Expected    string
	Trials      []CausedTrial // in the order of the run
}

// CausedTrial is one trial of a [Cause], with what was seen there.
type CausedTrial struct {
	Result rollover.Result
	Seen   string
	Frames []rollover.FrameRef
}

// Causes groups the trials that call for a person (fail, error, inconclusive,
// unstable, stale) by their first deciding finding: the gravest verdict first,
// then the cause with most trials. Trials that did not run, and fails that are
// known, are no causes.
func (r Run) Causes() []Cause {
	type key struct {
		verdict               rollover.Grade
		stale                 bool
		party                 rollover.Party
		requirement, expected string
	}
	at := map[key]int{}
	var out []Cause
	for _, res := range r.Results {
		if !alarming(res) {
			continue
		}
		f := firstFinding(res)
		k := key{res.Verdict, res.Stale(), f.Party, f.Requirement, f.Expected}
		i, known := at[k]
		if !known {
			i = len(out)
			at[k] = i
			out = append(out, Cause{Verdict: res.Verdict, Stale: res.Stale(), Party: f.Party, Requirement: f.Requirement, Expected: f.Expected})
		}
		out[i].Trials = append(out[i].Trials, CausedTrial{Result: res, Seen: f.Seen, Frames: f.Frames})
	}
	slices.SortStableFunc(out, func(a, b Cause) int {
		return cmp.Or(cmp.Compare(a.gravity(), b.gravity()), cmp.Compare(len(b.Trials), len(a.Trials)))
	})
	return out
}

// alarming reports whether a result calls for a person.
func alarming(r rollover.Result) bool {
	switch {
	case r.Stale():
		return true
	case r.ExpectedFail():
		return r.Unstable
	case r.Verdict == rollover.Fail, r.Verdict == rollover.Error, r.Verdict == rollover.Inconclusive:
		return true
	}
	return r.Unstable
}

// gravity orders causes from the one to look at first: what passes and should
// not, by the list, stands right behind what fails.
func (c Cause) gravity() int {
	if c.Stale && c.Verdict == rollover.Pass {
		return 2*gravity(rollover.Fail) + 1
	}
	return 2 * gravity(c.Verdict)
}

// gravity orders verdicts from the one to look at first.
func gravity(g rollover.Grade) int {
	order := []rollover.Grade{rollover.Fail, rollover.Error, rollover.Inconclusive, rollover.NotRun,
		rollover.Pass, rollover.NotApplicable}
	return slices.Index(order, g)
}

// firstFinding is the first finding that decided the verdict. A result
// without one, such as an unstable or a stale pass, gets one from what else is
// known.
func firstFinding(r rollover.Result) rollover.Finding {
	if r.Stale() && r.Verdict == rollover.Pass {
		return rollover.Finding{Requirement: r.Known.Requirement,
			Expected: "a fail, by the list of known failures: " + r.Known.Reason + " (" + r.Known.Owner + ")", Seen: "it passes"}
	}
	for _, f := range r.Findings {
		if !f.Note {
			return f
		}
	}
	if r.Unstable && len(r.Earlier) > 0 {
		f := firstFinding(rollover.Result{Verdict: r.Earlier[0].Verdict, Findings: r.Earlier[0].Findings,
			Observed: r.Earlier[0].Observed, Predicted: r.Predicted})
		return rollover.Finding{Party: f.Party, Requirement: f.Requirement, Expected: "the same verdict each time",
			Seen: string(r.Verdict) + " after " + string(r.Earlier[0].Verdict) + " (" + f.Seen + ")"}
	}
	seen := r.Reason
	if seen == "" {
		seen = r.Observed
	}
	return rollover.Finding{Party: rollover.PartyRig, Expected: r.Predicted, Seen: seen}
}

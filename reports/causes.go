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
// unstable) by their first deciding finding: the gravest verdict first, then
// the cause with most trials. Trials that did not run are no causes.
func (r Run) Causes() []Cause {
	type key struct {
		verdict               rollover.Grade
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
		k := key{res.Verdict, f.Party, f.Requirement, f.Expected}
		i, known := at[k]
		if !known {
			i = len(out)
			at[k] = i
			out = append(out, Cause{Verdict: res.Verdict, Party: f.Party, Requirement: f.Requirement, Expected: f.Expected})
		}
		out[i].Trials = append(out[i].Trials, CausedTrial{Result: res, Seen: f.Seen, Frames: f.Frames})
	}
	slices.SortStableFunc(out, func(a, b Cause) int {
		return cmp.Or(cmp.Compare(gravity(a.Verdict), gravity(b.Verdict)), cmp.Compare(len(b.Trials), len(a.Trials)))
	})
	return out
}

// alarming reports whether a result calls for a person.
func alarming(r rollover.Result) bool {
	switch r.Verdict {
	case rollover.Fail, rollover.Error, rollover.Inconclusive:
		return true
	}
	return r.Unstable
}

// gravity orders verdicts from the one to look at first.
func gravity(g rollover.Grade) int {
	order := []rollover.Grade{rollover.Fail, rollover.Error, rollover.Inconclusive, rollover.NotRun,
		rollover.Pass, rollover.NotApplicable}
	return slices.Index(order, g)
}

// firstFinding is the first finding that decided the verdict. A result
// without one, such as an unstable pass, gets one from what else is known.
func firstFinding(r rollover.Result) rollover.Finding {
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

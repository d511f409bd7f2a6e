package reports

import (
	"fmt"
	"slices"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// walk is what clients did that were to do the same, did it, and got the same
// verdict: one picture and one conversation stand for all of them. Of one client
// there is one walk, without a number.
type walk struct {
	Clients []int // counted from 1; nil: the only one
	Verdict rollover.Grade
	Result  rollover.Result // as it concerns the first of them
}

// walksOf gathers the walks of a trial, those first that did not pass.
func walksOf(r rollover.Result) []walk {
	if len(r.Clients) == 0 {
		return []walk{{Verdict: r.Verdict, Result: r}}
	}
	var out []walk
	for _, c := range r.Clients {
		i := slices.IndexFunc(out, func(w walk) bool {
			return w.Verdict == c.Verdict && w.Result.Predicted == c.Predicted && w.Result.Observed == c.Observed
		})
		if i < 0 {
			out = append(out, walk{Verdict: c.Verdict, Result: resultOf(r, c)})
			i = len(out) - 1
		}
		out[i].Clients = append(out[i].Clients, c.Client)
	}
	slices.SortStableFunc(out, func(a, b walk) int { return gravity(a.Verdict) - gravity(b.Verdict) })
	return out
}

// resultOf is a result as it concerns one of several clients.
func resultOf(r rollover.Result, c rollover.ClientResult) rollover.Result {
	r.Scenario, r.Prediction, r.Trace, r.Setup = r.Scenario.Of(c.Client), r.Prediction.Of(c.Client), r.Trace.Of(c.Client), r.Setup.Of(c.Client)
	r.Predicted, r.Observed, r.Final, r.Clients = c.Predicted, c.Observed, c.Final, nil
	return r
}

// who names the walk's clients; empty: there is only one.
func (w walk) who() string {
	if len(w.Clients) == 0 {
		return ""
	}
	return rollover.ClientsText(w.Clients)
}

// headline is a walk's clients and what they did; empty: there is only one.
func (w walk) headline() string {
	who := w.who()
	if who == "" {
		return ""
	}
	text := fmt.Sprintf("%s: %s", who, w.Result.Observed)
	if w.Verdict != rollover.Pass {
		text += fmt.Sprintf(" (%s; predicted %s)", w.Verdict, w.Result.Predicted)
	}
	return text
}

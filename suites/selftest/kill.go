package selftest

import (
	"slices"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// Outcome is what became of one fault.
type Outcome struct {
	ID          string         `json:"id"`
	Party       rollover.Party `json:"party"`
	Killed      bool           `json:"killed"`
	By          []string       `json:"by"`                    // the scenarios that caught it
	Requirement string         `json:"requirement,omitempty"` // that the finding of the first of them names
	Seen        string         `json:"seen,omitempty"`        // what that finding saw
	Missed      []string       `json:"missed,omitempty"`      // scenarios that should have caught it
	Why         []string       `json:"why,omitempty"`         // of each that missed it: what its verdict was
	Does        string         `json:"does"`                  // what is wrong
}

// caught returns the finding that kills the fault: it decided a fail, is
// against the fault's party, names one of the requirements and cites frames.
// Where the fault is planted in one of several clients, nobody else may be
// convicted.
func caught(r rollover.Result, party rollover.Party, names []string) (rollover.Finding, bool) {
	bystander := slices.ContainsFunc(r.Findings, func(f rollover.Finding) bool {
		return !f.Note && r.Scenario.Client.Faulty != 0 && f.Client != r.Scenario.Client.Faulty
	})
	if r.Verdict != rollover.Fail || bystander {
		return rollover.Finding{}, false
	}
	i := slices.IndexFunc(r.Findings, func(f rollover.Finding) bool {
		return !f.Note && f.Party == party && len(f.Frames) > 0 && slices.Contains(names, f.Requirement)
	})
	if i < 0 {
		return rollover.Finding{}, false
	}
	return r.Findings[i], true
}

// weigh asks the verdicts of a fault's scenarios whether it is killed. One is
// enough; a form of it that no scenario caught survives all the same.
func weigh(p Planting, results map[string]rollover.Result) Outcome {
	o := Outcome{ID: p.Fault.ID, Party: p.Fault.Party, Does: p.Fault.Text, By: []string{}}
	forms := map[string]bool{}
	for _, s := range p.Scenarios {
		form := s.Scenario.Faults[0]
		r := results[s.Scenario.ID]
		f, ok := caught(r, p.Fault.Party, s.Names)
		forms[form] = forms[form] || ok
		if !ok {
			o.Missed = append(o.Missed, s.Scenario.ID)
			o.Why = append(o.Why, missed(r))
			continue
		}
		if o.Requirement == "" {
			o.Requirement, o.Seen = f.Requirement, f.Seen
		}
		if !slices.Contains(o.By, s.In) {
			o.By = append(o.By, s.In)
		}
	}
	o.Killed = len(forms) > 0
	for _, ok := range forms {
		o.Killed = o.Killed && ok
	}
	return o
}

// missed says in a few words what a verdict was instead of the right one.
func missed(r rollover.Result) string {
	text := string(r.Verdict) + " " + r.Observed
	for _, f := range r.Findings {
		text += "; " + string(f.Party) + " " + f.Requirement + ": " + f.Seen
		if len(f.Frames) == 0 {
			text += " (no frames)"
		}
		if f.Note {
			text += " (note)"
		}
	}
	return text
}

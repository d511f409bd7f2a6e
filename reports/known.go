package reports

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// KnownFailure is one entry of a list of known failures: a scenario, or all
// that a glob names, breaks this requirement, and somebody has promised to see
// to it until a day.
type KnownFailure struct {
	Scenario    string // an ID or a glob
	Requirement string // the one that is broken
	Reason      string
	Owner       string
	Expires     time.Time // the last day it holds, at midnight UTC
	File        string    // where the entry stands
	Line        int

	matches func(id string) bool // what Scenario names; set by [LoadKnownFailures]
}

// KnownFailures is a whole list (contract.md, `--known-failures`). The zero
// value knows nothing.
type KnownFailures []KnownFailure

// day is how a list, and a record, write a date.
const day = time.DateOnly

// Mark returns the result with what the list says of it. A fail is known where
// each requirement it broke has an entry that has not expired on the day the
// trial was played; it then counts as expected ([rollover.Result.ExpectedFail]).
// A pass of a scenario that is listed, a fail that breaks something else and a
// fail whose entry has expired are stale. Any other verdict proves nothing
// about an entry and is left alone, as is a pass that was not the same twice.
func (k KnownFailures) Mark(r rollover.Result) rollover.Result {
	r.Known = nil
	var named KnownFailures
	for _, e := range k {
		if e.matches(r.ID) {
			named = append(named, e)
		}
	}
	switch {
	case len(named) == 0:
	case r.Verdict == rollover.Pass && !r.Unstable:
		r.Known = named[0].says("it passes")
	case r.Verdict == rollover.Fail:
		r.Known = named.ofFail(r)
	}
	return r
}

// ofFail is what entries that name a scenario say of its fail.
func (k KnownFailures) ofFail(r rollover.Result) *rollover.Known {
	var first *KnownFailure
	for _, requirement := range broken(r) {
		i := slices.IndexFunc(k, func(e KnownFailure) bool { return e.Requirement == requirement })
		if i < 0 {
			return k[0].says("it breaks " + requirement)
		}
		if r.Started.UTC().Truncate(24 * time.Hour).After(k[i].Expires) {
			return k[i].says("it expired on " + k[i].Expires.Format(day))
		}
		if first == nil {
			first = &k[i]
		}
	}
	if first == nil {
		return k[0].says("it breaks no requirement by name")
	}
	return first.says("")
}

// broken is the requirements that decided a fail, the first one first.
func broken(r rollover.Result) []string {
	var out []string
	for _, f := range r.Findings {
		if !f.Note && !slices.Contains(out, f.Requirement) {
			out = append(out, f.Requirement)
		}
	}
	return out
}

func (e KnownFailure) says(stale string) *rollover.Known {
	return &rollover.Known{Requirement: e.Requirement, Reason: e.Reason, Owner: e.Owner,
		Expires: e.Expires.Format(day), Stale: stale}
}

// MarkAll marks every result of a run anew.
func (k KnownFailures) MarkAll(r Run) Run {
	r.Results = slices.Clone(r.Results)
	for i, res := range r.Results {
		r.Results[i] = k.Mark(res)
	}
	return r
}

// Idle is the entries that name none of the scenarios: slips of the pen, or
// what a catalogue no longer has.
func (k KnownFailures) Idle(ids []string) KnownFailures {
	var out KnownFailures
	for _, e := range k {
		if !slices.ContainsFunc(ids, e.matches) {
			out = append(out, e)
		}
	}
	return out
}

// KnownGroup is the results of a run that one promise covers.
type KnownGroup struct {
	Known rollover.Known
	IDs   []string // in the order of the run
}

// ExpectedFails groups the fails that are known by what is known of them, in
// the order of the run.
func (r Run) ExpectedFails() []KnownGroup {
	var out []KnownGroup
	for _, res := range r.Results {
		if !res.ExpectedFail() {
			continue
		}
		i := slices.IndexFunc(out, func(g KnownGroup) bool { return g.Known == *res.Known })
		if i < 0 {
			i = len(out)
			out = append(out, KnownGroup{Known: *res.Known})
		}
		out[i].IDs = append(out[i].IDs, res.ID)
	}
	return out
}

// knownText says on one line what is known of a result; empty: nothing.
func knownText(r rollover.Result) string {
	if r.Known == nil {
		return ""
	}
	text := fmt.Sprintf("%s: %s (%s, until %s)", r.Known.Requirement, strings.TrimRight(r.Known.Reason, "."), r.Known.Owner, r.Known.Expires)
	if r.Known.Stale != "" {
		return "stale, " + r.Known.Stale + ": listed as " + text
	}
	return text
}

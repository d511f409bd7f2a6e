package reports

import (
	"slices"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// Standing is what the results of a level amount to.
type Standing string

// The standings.
const (
	Success Standing = "success" // every scenario that applies passed
	Partial Standing = "partial" // none failed but what is known to, and some gave no clear answer or did not run
	Failure Standing = "failure" // at least one failed, or is stale on the list of known failures
	Nothing Standing = "none"    // no scenario applied
)

// Counts is the number of results of each verdict.
type Counts map[rollover.Grade]int

// Total is the number of results counted.
func (c Counts) Total() int {
	n := 0
	for _, k := range c {
		n += k
	}
	return n
}

// LevelSummary is what one level, or the whole run, amounts to.
type LevelSummary struct {
	Standing Standing
	Counts   Counts
	Unstable int // results whose repetition said something else
	Known    int // fails that are known and still the same
	Stale    int // results whose entry in the list of known failures no longer holds
}

// Failed is the number of fails that nobody expected.
func (l LevelSummary) Failed() int { return l.Counts[rollover.Fail] - l.Known }

// accounted reports whether every scenario that applied passed, always, or is
// known to fail.
func (l LevelSummary) accounted() bool {
	return l.Counts[rollover.Pass]+l.Known == l.Applied() && l.Unstable == 0
}

// Applied is the number of scenarios that applied to the target.
func (l LevelSummary) Applied() int { return l.Counts.Total() - l.Counts[rollover.NotApplicable] }

// Summary is a run in a few numbers.
type Summary struct {
	Core     LevelSummary
	Extended LevelSummary
	All      LevelSummary
}

// Summary counts the results. Scenarios that are not applicable count neither
// for nor against; those that did not run never count as passed.
func (r Run) Summary() Summary {
	return Summary{
		Core:     summarize(r.Results, rollover.Core),
		Extended: summarize(r.Results, rollover.Extended),
		All:      summarize(r.Results, rollover.Core, rollover.Extended),
	}
}

func summarize(results []rollover.Result, levels ...rollover.Level) LevelSummary {
	l := LevelSummary{Counts: Counts{}}
	for _, r := range results {
		if !slices.Contains(levels, levelOf(r)) {
			continue
		}
		l.Counts[r.Verdict]++
		if r.Unstable {
			l.Unstable++
		}
		if r.ExpectedFail() {
			l.Known++
		}
		if r.Stale() {
			l.Stale++
		}
	}
	switch {
	case l.Failed() > 0, l.Stale > 0:
		l.Standing = Failure
	case l.Applied() == 0:
		l.Standing = Nothing
	case l.accounted() && l.Known == 0:
		l.Standing = Success
	default:
		l.Standing = Partial
	}
	return l
}

// levelOf is the level a result counts for; a scenario that names none is
// extended (contract.md).
func levelOf(r rollover.Result) rollover.Level {
	if r.Scenario.Level == rollover.Core {
		return rollover.Core
	}
	return rollover.Extended
}

// The exit codes of a run (contract.md, "Exit codes"). Usage errors end with
// 2, before there is a run.
const (
	ExitPassed  = 0
	ExitFailed  = 1
	ExitUnclear = 3
	ExitTrouble = 4
)

// ExitCode is the status the command ends with. A fail that is known does not
// count; one that is stale does (contract.md, "Exit codes").
func (r Run) ExitCode() int {
	all := r.Summary().All
	switch {
	case all.Failed() > 0, all.Stale > 0:
		return ExitFailed
	case r.Aborted == Interrupted, r.Aborted == Terminated:
		return ExitUnclear
	case all.Counts[rollover.Error] > 0, r.troubled():
		return ExitTrouble
	case all.Applied() == 0 && r.Shard != nil && r.Aborted == "":
		return ExitPassed // what applies fell to the other shards
	case all.Applied() > 0 && all.accounted() && r.Aborted == "":
		return ExitPassed
	}
	return ExitUnclear
}

// troubled reports whether the run ended early for a reason that is not one
// of the lawful ones.
func (r Run) troubled() bool {
	switch r.Aborted {
	case "", Interrupted, Terminated, TimeLimit, FailFast, Killed:
		return false
	}
	return true
}

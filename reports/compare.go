package reports

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// Comparison is what became of a run's results in a later run.
type Comparison struct {
	Before      Compared   `json:"before"`
	After       Compared   `json:"after"`
	Worse       bool       `json:"worse"`        // at least one change is for the worse
	Same        int        `json:"same"`         // scenarios with the same word in both
	NewFailures []Change   `json:"new_failures"` // failed now, and did not before or were not there
	Fixed       []Change   `json:"fixed"`        // failed before and pass now
	Changed     []Change   `json:"changed"`      // every other change of the word
	Sequences   []Sequence `json:"sequences"`    // the same word, by another way
	Slower      []Slower   `json:"slower"`       // rungs that take longer; never worse in itself
	Gone        []string   `json:"gone"`         // scenarios of the first run that the second does not have
	Added       []string   `json:"added"`        // passing or not applicable, and not in the first run
}

// Compared names one of the two runs.
type Compared struct {
	Tool    Build      `json:"tool"`
	Target  TargetInfo `json:"target"`
	Started time.Time  `json:"started"`
	Aborted string     `json:"aborted,omitempty"`
}

// Change is one scenario whose word changed.
type Change struct {
	ID          string              `json:"id"`
	Before      string              `json:"before"` // the verdict with its mark, as in "fail known"; absent: not there
	After       string              `json:"after"`
	Worse       bool                `json:"worse"`
	Broke       string              `json:"broke,omitempty"`       // the requirement that the earlier result is about
	Requirement string              `json:"requirement,omitempty"` // the one that the later result is about
	Expected    string              `json:"expected,omitempty"`
	Seen        string              `json:"seen,omitempty"`
	Frames      []rollover.FrameRef `json:"frames"`
	Rerun       string              `json:"rerun,omitempty"`
}

// Sequence is one scenario that walked another way to the same word.
type Sequence struct {
	ID     string `json:"id"`
	Before string `json:"before"` // notation
	After  string `json:"after"`  // notation
}

// absent is the word of a scenario that a run does not have.
const absent = "absent"

// Compare says what changed from one run to a later one.
func Compare(before, after Run) Comparison {
	c := Comparison{Before: comparedOf(before), After: comparedOf(after), Slower: slower(before, after)}
	earlier := map[string]rollover.Result{}
	for _, r := range before.Results {
		earlier[r.ID] = r
	}
	for _, now := range after.Results {
		was, known := earlier[now.ID]
		delete(earlier, now.ID)
		if !known {
			c.add(now)
			continue
		}
		c.weigh(was, now)
	}
	for _, r := range before.Results {
		if _, gone := earlier[r.ID]; gone {
			c.Gone = append(c.Gone, r.ID)
		}
	}
	return withLists(c)
}

func comparedOf(r Run) Compared {
	return Compared{Tool: r.Tool, Target: r.Target, Started: r.Started, Aborted: r.Aborted}
}

// add takes in a scenario that the first run does not have.
func (c *Comparison) add(now rollover.Result) {
	if standingOf(now) < unclear {
		c.Added = append(c.Added, now.ID)
		return
	}
	failed := standingOf(now) == bad
	ch := change(now, failed)
	ch.Before = absent
	c.note(ch, failed, false)
}

// weigh takes in a scenario that both runs have. One that fails as before, but
// breaks another requirement first, is worse: what it breaks now, it kept.
func (c *Comparison) weigh(was, now rollover.Result) {
	from, to := standingOf(was), standingOf(now)
	broke, breaks := aboutOf(was), aboutOf(now)
	other := from == bad && to == bad && breaks != broke
	if verdictWord(was) == verdictWord(now) && !other {
		c.Same++
		if was.Observed != now.Observed && was.Observed != "" && now.Observed != "" {
			c.Sequences = append(c.Sequences, Sequence{ID: now.ID, Before: was.Observed, After: now.Observed})
		}
		return
	}
	ch := change(now, to > from || other)
	ch.Before, ch.Broke = verdictWord(was), broke
	c.note(ch, to == bad && from != bad, (from == bad || was.ExpectedFail()) && to == good)
}

// aboutOf is the requirement that a result which calls for a person is about.
func aboutOf(r rollover.Result) string {
	if !alarming(r) {
		return ""
	}
	return firstFinding(r).Requirement
}

// note files a change.
func (c *Comparison) note(ch Change, failed, fixed bool) {
	c.Worse = c.Worse || ch.Worse
	switch {
	case failed:
		c.NewFailures = append(c.NewFailures, ch)
	case fixed:
		c.Fixed = append(c.Fixed, ch)
	default:
		c.Changed = append(c.Changed, ch)
	}
}

func change(now rollover.Result, worse bool) Change {
	ch := Change{ID: now.ID, After: verdictWord(now), Worse: worse, Rerun: now.Rerun}
	if alarming(now) {
		f := firstFinding(now)
		ch.Requirement, ch.Expected, ch.Seen, ch.Frames = f.Requirement, f.Expected, f.Seen, f.Frames
	} else {
		ch.Seen = now.Reason
	}
	return ch
}

// The standings of a result, from the one to hope for to the one to fear.
const (
	good    = iota // passes, always
	excused        // does not apply, or is known to fail
	unclear        // no clear answer, or none yet
	bad            // fails, or is stale
)

func standingOf(r rollover.Result) int {
	switch {
	case r.Stale(), r.Verdict == rollover.Fail && !r.ExpectedFail():
		return bad
	case r.Unstable:
		return unclear
	case r.ExpectedFail(), r.Verdict == rollover.NotApplicable:
		return excused
	case r.Verdict == rollover.Pass:
		return good
	}
	return unclear
}

// WriteJSON writes the comparison (schema compare).
func (c Comparison) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(c); err != nil {
		return fmt.Errorf("write comparison: %w", err)
	}
	return nil
}

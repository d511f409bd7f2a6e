package reports

import (
	"testing"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

func graded(level rollover.Level, grades ...rollover.Grade) []rollover.Result {
	var out []rollover.Result
	for i, g := range grades {
		out = append(out, rollover.Result{ID: string(level) + string(rune('a'+i)), Verdict: g, Scenario: rollover.Scenario{Level: level}})
	}
	return out
}

func TestExitCode(t *testing.T) {
	t.Parallel()
	shaky := graded(rollover.Core, rollover.Pass)
	shaky[0].Unstable = true
	for _, c := range []struct {
		name    string
		results []rollover.Result
		aborted string
		want    int
	}{
		{"all passed", graded(rollover.Core, rollover.Pass, rollover.Pass), "", 0},
		{"not applicable is no blemish", graded(rollover.Core, rollover.Pass, rollover.NotApplicable), "", 0},
		{"a fail outweighs all", graded(rollover.Core, rollover.Pass, rollover.Error, rollover.Inconclusive, rollover.Fail), "", 1},
		{"an extended fail counts", graded(rollover.Extended, rollover.Fail), "", 1},
		{"an error outweighs doubt", graded(rollover.Core, rollover.Inconclusive, rollover.Error), "", 4},
		{"doubt", graded(rollover.Core, rollover.Pass, rollover.Inconclusive), "", 3},
		{"not run", graded(rollover.Core, rollover.Pass, rollover.NotRun), "", 3},
		{"unstable", shaky, "", 3},
		{"nothing selected", nil, "", 3},
		{"nothing applied", graded(rollover.Core, rollover.NotApplicable), "", 3},
		{"interrupted", graded(rollover.Core, rollover.Pass, rollover.Error, rollover.NotRun), Interrupted, 3},
		{"interrupted after a fail", graded(rollover.Core, rollover.Fail, rollover.NotRun), Terminated, 1},
		{"interrupted at the very end", graded(rollover.Core, rollover.Pass), Interrupted, 3},
		{"out of time", graded(rollover.Core, rollover.Pass, rollover.NotRun), TimeLimit, 3},
		{"out of time, with an error", graded(rollover.Core, rollover.Error, rollover.NotRun), TimeLimit, 4},
		{"set-up died", graded(rollover.Core, rollover.NotRun), "build lab: no such device", 4},
		{"killed", graded(rollover.Core, rollover.Pass, rollover.NotRun), Killed, 3},
	} {
		if got := (Run{Results: c.results, Aborted: c.aborted}).ExitCode(); got != c.want {
			t.Errorf("%s: exit code %d, want %d", c.name, got, c.want)
		}
	}
}

func TestSummary(t *testing.T) {
	t.Parallel()
	s := sampleRun().Summary()
	if s.Core.Standing != Failure || s.Extended.Standing != Failure {
		t.Errorf("core %s, extended %s; want failure twice", s.Core.Standing, s.Extended.Standing)
	}
	if n := s.All.Counts.Total(); n != 25 {
		t.Errorf("%d results counted, want 25", n)
	}
	if got := s.Core.Counts.Total() + s.Extended.Counts.Total(); got != s.All.Counts.Total() {
		t.Errorf("the levels count %d, the whole %d", got, s.All.Counts.Total())
	}
	if s.All.Unstable != 1 || s.All.Counts[rollover.NotRun] != 1 || s.All.Counts[rollover.Error] != 1 {
		t.Errorf("counts are %v, unstable %d", s.All.Counts, s.All.Unstable)
	}
	for _, c := range []struct {
		want   Standing
		grades []rollover.Grade
	}{
		{Success, []rollover.Grade{rollover.Pass, rollover.NotApplicable}},
		{Partial, []rollover.Grade{rollover.Pass, rollover.NotRun}},
		{Partial, []rollover.Grade{rollover.Error}},
		{Nothing, []rollover.Grade{rollover.NotApplicable}},
		{Nothing, nil},
		{Failure, []rollover.Grade{rollover.Pass, rollover.Fail}},
	} {
		if got := (Run{Results: graded(rollover.Core, c.grades...)}).Summary().Core.Standing; got != c.want {
			t.Errorf("%v amounts to %s, want %s", c.grades, got, c.want)
		}
	}
}

func TestCausesGroupAndOrder(t *testing.T) {
	t.Parallel()
	causes := sampleRun().Causes()
	if len(causes) == 0 || causes[0].Requirement != "RO-RTSP-107" || len(causes[0].Trials) != 2 {
		t.Fatalf("the first cause is %+v", causes[0])
	}
	n := 0
	for i, c := range causes {
		n += len(c.Trials)
		if i > 0 && gravity(c.Verdict) < gravity(causes[i-1].Verdict) {
			t.Errorf("%s stands after %s", c.Verdict, causes[i-1].Verdict)
		}
	}
	if n != 7 {
		t.Errorf("%d trials have a cause, want 7", n)
	}
}

package selftest

import (
	"slices"
	"strings"
	"testing"

	"github.com/rollover-conformance/rollover/netns"
	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/campaign"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
)

// slow are the faults that take longer than the rest, because they outlive a
// session's time-out or a client's patience.
var slow = []string{"E-26", "E-34", "E-46", "F-05", "F-06", "F-08", "F-21", "F-28"}

// TestQuickFaultsAreKilled plays all but the slow faults, on each side and in
// the rig: every scenario that the plan names must catch its own.
func TestQuickFaultsAreKilled(t *testing.T) {
	netns.NeedLab(t)
	plan, err := Plan()
	if err != nil {
		t.Fatal(err)
	}
	plan = slices.DeleteFunc(plan, func(p Planting) bool { return slices.Contains(slow, p.Fault.ID) })
	// Not as many at once as the command has: the race detector takes its share.
	table, err := Run(t.Context(), plan, nil, Options{Out: t.TempDir(), Tool: reports.Build{Name: "selftest"}, Jobs: 12})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range table.Faults {
		if !o.Killed {
			t.Errorf("%s survived: %s", o.ID, o.Does)
		}
		for i, in := range o.Missed {
			t.Errorf("%s: %s", in, o.Why[i])
		}
	}
	if len(table.Faults) < 80 {
		t.Errorf("%d faults were planted", len(table.Faults))
	}
}

// TestWithoutFaults: the scenarios of the self-test alone pass, or a kill in
// them would mean nothing. Those of the catalogue have tests of their own.
func TestWithoutFaults(t *testing.T) {
	netns.NeedLab(t)
	own, err := Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	sut, _, err := target.Embedded(target.Reference)
	if err != nil {
		t.Fatal(err)
	}
	run, err := campaign.Run(t.Context(), sut, own, campaign.Options{Out: t.TempDir(), Tool: reports.Build{Name: "selftest"}, Once: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range run.Results {
		if r.Verdict != rollover.Pass {
			t.Errorf("%s: %s", r.ID, missed(r))
		}
	}
}

// TestRigFaultWeigh: only an error that the rig is blamed for counts.
func TestRigFaultWeigh(t *testing.T) {
	t.Parallel()
	rig := rollover.Finding{Party: rollover.PartyRig, Requirement: "RO-FW-01", Seen: "it leaks"}
	note := rig
	note.Note = true
	for _, c := range []struct {
		name   string
		result rollover.Result
		killed bool
	}{
		{"an error", rollover.Result{Verdict: rollover.Error, Findings: []rollover.Finding{rig}}, true},
		{"a fail", rollover.Result{Verdict: rollover.Fail, Findings: []rollover.Finding{rig}}, false},
		{"a pass", rollover.Result{Verdict: rollover.Pass}, false},
		{"inconclusive", rollover.Result{Verdict: rollover.Inconclusive, Findings: []rollover.Finding{rig}}, false},
		{"an error without a reason", rollover.Result{Verdict: rollover.Error, Findings: []rollover.Finding{note}}, false},
	} {
		o := rigFault{id: "R-01"}.weigh(c.result)
		if o.Killed != c.killed || o.Party != rollover.PartyRig || c.killed != (len(o.By) == 1) || c.killed == (len(o.Missed) == 1) {
			t.Errorf("%s: %+v", c.name, o)
		}
	}
}

func TestRigFaultRows(t *testing.T) {
	t.Parallel()
	ids := RigFaultIDs()
	if len(ids) < 12 || !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Errorf("rows %v", ids)
	}
	for _, r := range rigFaults {
		planted := r.sabotage.Loaded != nil || r.sabotage.Ready != nil || r.sabotage.Playing != nil || r.sabotage.Idle || r.prepare != nil || r.damage != nil
		if r.does == "" || !planted || !strings.HasPrefix(r.id, "R-") {
			t.Errorf("row %s is incomplete", r.id)
		}
		if _, err := r.find(); err != nil {
			t.Error(err)
		}
	}
}

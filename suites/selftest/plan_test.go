package selftest

import (
	"strings"
	"testing"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// TestPlan: every fault has its entry, and those of ladders that are still to
// come are the only ones that wait.
func TestPlan(t *testing.T) {
	t.Parallel()
	plan, err := Plan()
	if err != nil {
		t.Fatal(err)
	}
	if len(plan) != len(rollover.Faults()) {
		t.Errorf("%d entries for %d faults", len(plan), len(rollover.Faults()))
	}
	var all []rollover.Scenario
	var waiting []string
	for _, p := range plan {
		if p.Waits != "" {
			waiting = append(waiting, p.Fault.ID)
		}
		for _, s := range p.Scenarios {
			all = append(all, s.Scenario)
			again, err := rollover.LoadScenarios("scenario.yaml", rollover.MarshalScenario(s.Scenario))
			if err != nil || again[0].Faults[0] != s.Scenario.Faults[0] {
				t.Errorf("%s does not read back: %v", s.Scenario.ID, err)
			}
		}
	}
	if got := strings.Join(waiting, " "); got != "E-60 E-61 E-62 E-68 F-26" {
		t.Errorf("waiting: %s", got)
	}
	if err := rollover.Distinct(all); err != nil {
		t.Error(err)
	}
}

func TestPlanMistakes(t *testing.T) {
	t.Parallel()
	own, err := Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, text, want string }{
		{"fault", "- {fault: E-99, waits: x}", `unknown fault "E-99"`},
		{"scenario", "- {fault: E-16, in: [nowhere]}", `"nowhere", which is no scenario`},
		{"requirement", "- {fault: E-16, in: [" + own[0].ID + "], names: [RO-NO-1]}", `unknown requirement "RO-NO-1"`},
		{"neither", "- {fault: E-16}", "exactly one of in, waits"},
		{"both", "- {fault: E-16, in: [" + own[0].ID + "], waits: x}", "exactly one of in, waits"},
		{"missing", "- {fault: E-16, waits: x}", "no entry for fault E-01"},
		{"key", "- {fault: E-16, waits: x, colour: red}", "colour"},
	} {
		if _, err := load("plan.yaml", []byte(c.text), own); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/evidence"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// scenarios is what is selected, narrowed to what did not pass where
// --rerun-failed names an earlier run.
func (o runOptions) scenarios(selectors []string) ([]rollover.Scenario, error) {
	if o.rerun == "" {
		return selectScenarios(selectors)
	}
	earlier, err := readRun(o.rerun)
	if err != nil {
		return nil, fmt.Errorf("--rerun-failed: %w", err)
	}
	again := map[string]rollover.Scenario{}
	for _, r := range earlier.Results {
		if wantsAgain(r) {
			again[r.ID] = asPlayed(o.rerun, r)
		}
	}
	chosen, err := selectScenarios(selectors)
	if err != nil {
		return nil, err
	}
	chosen = slices.DeleteFunc(chosen, func(s rollover.Scenario) bool {
		played, wanted := again[s.ID]
		if wanted && len(selectors) == 0 && !sameScenario(s, played) {
			return true // it came from a file, and only shares its name with ours
		}
		delete(again, s.ID)
		return !wanted
	})
	if len(selectors) == 0 {
		chosen = append(chosen, missing(earlier, again)...)
	}
	if len(chosen) == 0 {
		fmt.Fprintf(os.Stderr, "rollover: of what is selected everything passed in %s: nothing to play again\n", o.rerun)
		return nil, exitWith(exitInconclusive)
	}
	return chosen, nil
}

func sameScenario(a, b rollover.Scenario) bool {
	return bytes.Equal(rollover.MarshalScenario(a), rollover.MarshalScenario(b))
}

// wantsAgain reports whether a result is not settled. A fail that is known is,
// as long as the list is right about it.
func wantsAgain(r rollover.Result) bool {
	settled := r.Verdict == rollover.Pass || r.Verdict == rollover.NotApplicable || r.ExpectedFail()
	return !settled || r.Unstable || r.Stale()
}

// missing are the scenarios that the catalogue does not have, in the order of
// the run: they came from files.
func missing(earlier reports.Run, again map[string]rollover.Scenario) []rollover.Scenario {
	var out []rollover.Scenario
	for _, r := range earlier.Results {
		if s, ok := again[r.ID]; ok {
			out = append(out, s)
		}
	}
	return out
}

// asPlayed is the scenario as the run kept it. The copy beside its evidence is
// where it can be read again.
func asPlayed(dir string, r rollover.Result) rollover.Scenario {
	s := r.Scenario
	if r.Evidence != "" {
		s.Source = rollover.Source{File: filepath.Join(dir, filepath.FromSlash(r.Evidence), evidence.ScenarioFile), Line: 1}
	}
	return s
}

package suites_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
)

// How many scenarios are made up, and from which seed unless ROLLOVER_SEED
// names another.
const (
	exploreCount = 150
	exploreSeed  = 20070213
)

// TestExplore plays scenarios that nobody has written: whatever a file asks
// for, oracle, fixtures, firewall, trace and judge must say the same.
func TestExplore(t *testing.T) {
	if testing.Short() {
		t.Skip("plays in labs")
	}
	seed := uint64(exploreSeed)
	if text := os.Getenv("ROLLOVER_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("ROLLOVER_SEED: %v", err)
		}
	}
	t.Logf("seed %d", seed)
	written := map[string]string{}
	var file strings.Builder
	for n := range uint64(exploreCount) {
		id := fmt.Sprintf("explored/%d", n)
		written[id] = scenarioAtRandom(id, seed, n)
		file.WriteString(written[id])
	}
	scenarios, err := rollover.LoadScenarios("explored.yaml", []byte(file.String()))
	if err != nil {
		t.Fatalf("what is made up must be valid: %v", err)
	}
	reference, _, err := target.Embedded(target.Reference)
	if err != nil {
		t.Fatal(err)
	}
	run, err := played(t.Context(), reference, scenarios)
	if err != nil {
		t.Fatal(err)
	}
	passed := 0
	for _, r := range run.Results {
		switch {
		case r.Verdict == rollover.NotApplicable:
		case r.Verdict != rollover.Pass:
			t.Errorf("%s%s", written[r.ID], describe(r))
		default:
			passed++
		}
	}
	if passed < exploreCount*9/10 {
		t.Errorf("only %d of %d were played and passed", passed, exploreCount)
	}
}

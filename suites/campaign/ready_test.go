package campaign

import (
	"testing"

	"github.com/rollover-conformance/rollover/netns"
	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
)

// TestHopelessIsConfirmedOnce: a program that never gets ready is given one
// more chance alone, and not one for each scenario.
func TestHopelessIsConfirmedOnce(t *testing.T) {
	netns.NeedLab(t)
	t.Parallel()
	nobody, err := target.Load("nobody.yaml", []byte("vendor: v\nproduct: p\nrole: server\n"+
		"claims: {dialects: [wmp11], rungs: [RTSPU, RTSPT, HTTP]}\nstart: {exec: [sleep, '1000'], ready: {listen: [tcp/554], within: 300ms}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	all, err := rollover.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	again := 0
	o := Options{Out: t.TempDir(), Tool: reports.Build{Name: "rollover", Version: "test"}, Watch: func(p Progress) {
		if p.Again {
			again++
		}
	}}
	run, err := Run(t.Context(), nobody, all, o)
	if err != nil {
		t.Fatal(err)
	}
	errors := 0
	for _, r := range run.Results {
		if r.Verdict == rollover.Error && !r.Unstable {
			errors++
		}
	}
	if errors < 10 || again != 1 {
		t.Errorf("%d errors, %d of them played again; want many, and one", errors, again)
	}
}

package suites_test

import (
	"slices"
	"testing"

	"github.com/rollover-conformance/rollover/fixtures/external"
)

// groups are the labels that the suites pick scenarios by.
var groups = []string{"group-a", "group-b", "group-c", "group-d", "group-e", "group-f", "group-g", "group-h", "group-i", "group-j", "group-k", "group-o", "habits", "life", "mixed", "narrow"}

func TestEveryScenarioBelongsToASuite(t *testing.T) {
	for _, s := range catalogue {
		n := 0
		for _, g := range groups {
			if s.HasLabel(g) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("scenario %s is in %d suites; label it with one of %v", s.ID, n, groups)
		}
	}
}

func TestEveryRowOfAProgramIsPlayed(t *testing.T) {
	played := map[string]bool{}
	for _, s := range scenariosIn("testdata/external.yaml") {
		for _, l := range s.Labels {
			played[l] = true
			if !slices.Contains(external.Names(), l) {
				t.Errorf("scenario %s names %q, which is no row", s.ID, l)
			}
		}
		if len(s.Labels) == 0 {
			t.Errorf("scenario %s names no row to be played with", s.ID)
		}
	}
	for _, row := range external.Names() {
		if !played[row] {
			t.Errorf("no scenario of testdata/external.yaml names the row %s", row)
		}
	}
}

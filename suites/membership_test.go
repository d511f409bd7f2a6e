package suites_test

import (
	"testing"
)

// groups are the labels that the suites pick scenarios by.
var groups = []string{"group-a", "group-b", "group-c", "group-d", "group-e", "group-f", "group-h", "group-i"}

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

package selftest

import (
	"fmt"
	"slices"
	"strings"
)

// CaughtBy says which scenarios must catch a fault of a reference side, or what
// it waits for.
func CaughtBy(id string) (string, error) {
	plan, err := Plan()
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(plan, func(p Planting) bool { return p.Fault.ID == id })
	if i < 0 {
		return "", fmt.Errorf("no plan for fault %q", id)
	}
	if plan[i].Waits != "" {
		return "nothing yet: it comes with " + plan[i].Waits, nil
	}
	var in []string
	for _, s := range plan[i].Scenarios {
		if !slices.Contains(in, s.In) {
			in = append(in, s.In)
		}
	}
	return strings.Join(in, ", "), nil
}

// ExplainRig tells a fault of the rig to a person at a terminal, and whether
// there is one of that ID.
func ExplainRig(id string) (string, bool) {
	for _, r := range rigFaults {
		if r.id == id {
			return fmt.Sprintf("%s  (a fault of the rig)\n  %s\n  must end as error, and convict nobody\n  planted in: %s\n", r.id, r.does, r.scenario()), true
		}
	}
	return "", false
}

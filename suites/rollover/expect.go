package rollover

import (
	"fmt"
	"slices"

	"github.com/rollover-conformance/rollover/suites/rollover/strict"
)

// checkExpect holds a person's word against the oracle's, and writes it in
// the notation's own manner.
func checkExpect(n strict.Node, s *Scenario) {
	want, err := ParseSequences(s.Expect)
	if err != nil {
		n.Fail("expect: "+err.Error(), "")
		return
	}
	s.Expect = want.String()
	said := Predict(*s, ClientRow{}, s.timing())
	if !sameSequences(want, said) {
		n.Fail(fmt.Sprintf("expect contradicts the oracle: written is %s, predicted is %s", want, said), "")
	}
}

// sameSequences reports whether two predictions allow the same walks, however
// they are written: an optional mark says the same as two sequences.
func sameSequences(a, b Prediction) bool {
	return slices.Equal(a.walks(), b.walks())
}

// maxOptional is up to how many optional steps of one sequence are spelt out.
const maxOptional = 12

// walks spells out every sequence with and without its optional steps, sorted.
func (p Prediction) walks() []string {
	var out []string
	for _, seq := range p.Sequences {
		lines := []string{""}
		optional := 0
		for _, s := range seq {
			if s.Optional {
				optional++
			}
			step := " " + string(s.Rung) + ":" + string(s.Outcome)
			if s.Optional && optional > maxOptional {
				step, s.Optional = step+"?", false
			}
			for i, line := range slices.Clone(lines) {
				lines[i] = line + step
				if s.Optional {
					lines = append(lines, line)
				}
			}
		}
		out = append(out, lines...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

package reports

import (
	"slices"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// pairing is one predicted step and the attempt that answers it, for drawing
// them side by side. It judges nothing.
type pairing struct {
	Step    rollover.Step
	Attempt int // index into the trace; -1: none
}

// nearest pairs the attempts with the predicted sequence they follow best.
func nearest(p rollover.Prediction, attempts []rollover.Attempt) []pairing {
	var best []pairing
	most := -1
	for _, steps := range p.Sequences {
		pairs, met := pair(steps, attempts)
		if met > most {
			best, most = pairs, met
		}
	}
	return best
}

// pair walks down steps and attempts together and counts how many agree.
func pair(steps []rollover.Step, attempts []rollover.Attempt) (pairs []pairing, met int) {
	next := 0
	for _, s := range steps {
		p := pairing{Step: s, Attempt: -1}
		if i := find(s, attempts, next); i >= 0 {
			p.Attempt, next = i, i+1
			met++
			if attempts[i].Outcome == s.Outcome {
				met++
			}
		}
		pairs = append(pairs, p)
	}
	return pairs, met - abs(len(steps)-len(attempts))
}

// find is the next attempt that may be this step, or -1. A step that may be
// missing is only found right where it is due.
func find(s rollover.Step, attempts []rollover.Attempt, from int) int {
	if s.Outcome == rollover.Skipped {
		return -1
	}
	for i := from; i < len(attempts); i++ {
		if slices.Contains(attempts[i].Candidates, s.Rung) {
			return i
		}
		if s.Optional {
			break
		}
	}
	return -1
}

func abs(n int) int {
	return max(n, -n)
}

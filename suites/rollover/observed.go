package rollover

import "strings"

// Observed is a trace's attempts in the notation of contract.md: rungs that
// cannot be told apart stand together, "RTSPU/RTSPT:blocked".
func Observed(t Trace) string {
	words := make([]string, len(t.Attempts))
	for i, a := range t.Attempts {
		words[i] = a.String()
	}
	return strings.Join(words, " ")
}

// String is the attempt in the notation.
func (a Attempt) String() string {
	rungs := make([]string, len(a.Candidates))
	for i, r := range a.Candidates {
		rungs[i] = string(r)
	}
	return strings.Join(rungs, "/") + ":" + string(a.Outcome)
}

// Final is the rung that played last, or "none".
func Final(t Trace) string {
	for i := len(t.Attempts) - 1; i >= 0; i-- {
		if a := t.Attempts[i]; a.Outcome == Played && len(a.Candidates) > 0 {
			return string(a.Candidates[0])
		}
	}
	return "none"
}

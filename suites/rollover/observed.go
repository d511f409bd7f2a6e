package rollover

import (
	"slices"
	"strings"
)

// Observed is a trace's attempts in the notation of contract.md: rungs that
// cannot be told apart stand together, "RTSPU/RTSPT:blocked". Without an
// attempt it is [None]. Of several clients it is each walk that was seen, once,
// with " | " between them.
func Observed(t Trace) string {
	if len(t.Clients) > 0 {
		var walks []string
		for _, one := range t.Clients {
			if walk := Observed(one); !slices.Contains(walks, walk) {
				walks = append(walks, walk)
			}
		}
		return strings.Join(walks, " | ")
	}
	if len(t.Attempts) == 0 {
		return None
	}
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

// Final is the rung that played last, or [None]. Of several clients it is
// [None] if one of them has none, else the last client's.
func Final(t Trace) string {
	if n := len(t.Clients); n > 0 {
		if slices.ContainsFunc(t.Clients, func(one Trace) bool { return Final(one) == None }) {
			return None
		}
		return Final(t.Clients[n-1])
	}
	for i := len(t.Attempts) - 1; i >= 0; i-- {
		if a := t.Attempts[i]; a.Outcome == Played && len(a.Candidates) > 0 {
			return string(a.Candidates[0])
		}
	}
	return None
}

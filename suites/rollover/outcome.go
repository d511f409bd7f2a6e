package rollover

import (
	"fmt"
	"slices"
)

// Outcome is how an attempt ended.
type Outcome string

// The outcomes. Skipped stands in predictions only: it leaves no frame.
const (
	Skipped  Outcome = "skipped"  // switched off by limits
	Blocked  Outcome = "blocked"  // control leg dropped: repeated SYN, no answer
	Refused  Outcome = "refused"  // control leg refused: RST or ICMP error
	Rejected Outcome = "rejected" // an error reply that means "not this way"
	Starved  Outcome = "starved"  // control fine, media never arrives
	Broken   Outcome = "broken"   // protocol violated, mute, or died half-way
	Denied   Outcome = "denied"   // an error reply that ends the search
	Played   Outcome = "played"   // media arrived and is the clip
)

// Outcomes returns all outcomes in the glossary's order.
func Outcomes() []Outcome {
	return []Outcome{Skipped, Blocked, Refused, Rejected, Starved, Broken, Denied, Played}
}

// ParseOutcome reads an outcome's word.
func ParseOutcome(s string) (Outcome, error) {
	if o := Outcome(s); slices.Contains(Outcomes(), o) {
		return o, nil
	}
	return "", fmt.Errorf("unknown outcome %q (known: %s)", s, joinWords(Outcomes()))
}

// Stops reports whether the outcome ends the search for a rung.
func (o Outcome) Stops() bool { return o == Played || o == Denied }

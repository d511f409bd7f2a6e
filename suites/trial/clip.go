package trial

import (
	"slices"
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// Usual is the length of a scenario's clip where nothing asks for more: what the
// scenario says, else what is usual elsewhere.
func Usual(s rollover.Scenario, elsewhere time.Duration) time.Duration {
	if s.Offer.Length > 0 {
		return s.Offer.Length
	}
	return elsewhere
}

// ClipDuration is how long a clip must be for the scenario to show what is
// predicted: usual, unless the client is to starve while the clip is played.
//
// A client that asks for packet pairs learns before PLAY that no datagram
// reaches it. One that waits for media after PLAY is played usual more than it
// waits, unless the usual clip outlasts it anyway: one that ended before its
// patience would end the session instead.
func ClipDuration(p rollover.Prediction, row rollover.ClientRow, t rollover.Timing, usual time.Duration) time.Duration {
	patience := row.Data
	if patience == 0 {
		patience = t.FirstData
	}
	waits := slices.ContainsFunc(p.Sequences, func(sequence []rollover.Step) bool { return starves(sequence, row) })
	if !waits || !row.NoPairs && patience < usual {
		return usual
	}
	return patience + usual
}

// starves reports that the client waits for media in vain, after PLAY.
func starves(sequence []rollover.Step, row rollover.ClientRow) bool {
	return slices.ContainsFunc(sequence, func(s rollover.Step) bool {
		return s.Outcome == rollover.Starved && (row.NoPairs || s.Window.Trigger == rollover.TriggerPlay)
	})
}

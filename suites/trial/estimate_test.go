package trial

import (
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

func TestEstimate(t *testing.T) {
	t.Parallel()
	const clip = 2 * time.Second
	played := rollover.Step{Rung: rollover.MMST, Outcome: rollover.Played}
	starved := func(trigger string) []rollover.Step {
		return []rollover.Step{{Rung: rollover.MMSU, Outcome: rollover.Starved, Window: rollover.Window{Trigger: trigger}}, played}
	}
	for _, c := range []struct {
		name     string
		row      rollover.ClientRow
		timing   rollover.Timing
		sequence []rollover.Step
		want     time.Duration
	}{
		{"played", rollover.ClientRow{}, rollover.Brisk, []rollover.Step{played}, clip},
		{"a wait for media", rollover.ClientRow{}, rollover.Standard, starved(rollover.TriggerPlay), 22 * time.Second},
		{"five for the header", rollover.ClientRow{}, rollover.Brisk, starved(rollover.TriggerHeader), 7500 * time.Millisecond},
		{"each a second whatever the timing", rollover.ClientRow{}, rollover.Standard, starved(rollover.TriggerHeader), 12 * time.Second},
		{"a client with a patience of its own", rollover.ClientRow{Data: 50 * time.Second}, rollover.Brisk, starved(rollover.TriggerHeader), 52 * time.Second},
	} {
		p := rollover.Prediction{Sequences: [][]rollover.Step{{}, c.sequence}}
		if got := Estimate(p, c.row, c.timing, clip); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

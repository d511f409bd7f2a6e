package trial

import (
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

func TestClipDuration(t *testing.T) {
	t.Parallel()
	const usual = 2 * time.Second
	plays := []rollover.Step{{Rung: rollover.RTSPT, Outcome: rollover.Played}}
	rolls := []rollover.Step{{Rung: rollover.RTSPU, Outcome: rollover.Starved}, plays[0]}
	waits := []rollover.Step{{Rung: rollover.RTSPU, Outcome: rollover.Starved, Window: rollover.Window{Trigger: rollover.TriggerPlay}}, plays[0]}
	foreign := rollover.ClientRow{NoPairs: true, Data: 5 * time.Second}
	for _, c := range []struct {
		name      string
		row       rollover.ClientRow
		sequences [][]rollover.Step
		want      time.Duration
	}{
		{"nothing starves", foreign, [][]rollover.Step{plays}, usual},
		{"starved after PLAY", foreign, [][]rollover.Step{rolls}, 7 * time.Second},
		{"starved in one of two", foreign, [][]rollover.Step{plays, rolls}, 7 * time.Second},
		{"a row without timers", rollover.ClientRow{NoPairs: true}, [][]rollover.Step{rolls}, 3 * time.Second},
		{"starved before PLAY", rollover.ClientRow{Data: 5 * time.Second}, [][]rollover.Step{rolls}, usual},
		{"after PLAY in any dialect", rollover.ClientRow{Data: 5 * time.Second}, [][]rollover.Step{waits}, 7 * time.Second},
		{"after PLAY, and no longer than the clip", rollover.ClientRow{}, [][]rollover.Step{waits}, usual},
		{"no frame at all", foreign, [][]rollover.Step{{}}, usual},
	} {
		if got := ClipDuration(rollover.Prediction{Sequences: c.sequences}, c.row, rollover.Brisk, usual); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

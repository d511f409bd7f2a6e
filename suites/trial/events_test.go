package trial

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/rollover-conformance/rollover/netns/firewall"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// A client that starved is held until the path has changed, and by nothing
// that waits for another moment.
func TestStarvedClientWaitsForThePath(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		first string // what the events wait for before
		held  time.Duration
	}{
		{"its own event", "", 300 * time.Millisecond},
		{"behind another moment", rollover.WhenPlaying, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			var then []rollover.Event
			if c.first != "" {
				then = append(then, rollover.Event{When: c.first, Profile: &firewall.Profile{}})
			}
			e := newEvents(append(then, rollover.Event{When: rollover.WhenStarved, Profile: &firewall.Profile{}}), 1)
			go func() { // the conductor
				if e.wait(t.Context(), e.then[0].When, time.Now()) {
					time.Sleep(300 * time.Millisecond) // of fake time: a change that takes a while
					close(e.acted[0])
				}
			}()
			synctest.Wait()
			began := time.Now()
			e.happened(0, rollover.WhenStarved)
			if took := time.Since(began); took != c.held {
				t.Errorf("%s: held for %s, want %s", c.name, took, c.held)
			}
		})
	}
}

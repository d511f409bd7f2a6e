package trace

import (
	"strings"
	"testing"
	"time"
)

// TestClock: a clock that was set makes the capture unbelievable.
func TestClock(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		took time.Duration
		set  time.Duration // before the last frames
		want string        // empty: no problem
	}{
		{"as it was", 10 * time.Second, 0, ""},
		{"a little back", 10 * time.Second, -clockTolerance / 2, ""},
		{"as far back as stamps may differ", 10 * time.Second, -clockTolerance - 2*frameGap, ""},
		{"farther", 10 * time.Second, -clockTolerance - 2*frameGap - time.Microsecond, "the clock went back by 100.001ms before frame"},
		{"back", 10 * time.Second, -time.Second, "the clock went back by"},
		{"ahead", 10 * time.Second, time.Hour, "the clock was set, or this is another trial's"},
		{"ahead, and nobody knows how long it took", 0, time.Hour, ""},
	} {
		f := newFilm(t)
		f.dial(554).playUDP()
		f.now += c.set
		f.canary()
		setup := testSetup()
		setup.TookNS = c.took
		got := strings.Join(f.read(testScenario(), setup).Health.Problems, "; ")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

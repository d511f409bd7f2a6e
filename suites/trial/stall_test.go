package trial

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestWatchStalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		longest := watchStalls(ctx)
		time.Sleep(time.Second) // of fake time, in which the clock is never late
		stop()
		if late := longest(); late != 0 {
			t.Errorf("%v late on a clock that never is", late)
		}
	})
}

func TestLateness(t *testing.T) {
	t.Parallel()
	due := time.Now()
	for _, c := range []struct{ fired, seen, want time.Duration }{
		{0, 0, 0},
		{-time.Millisecond, 0, 0}, // a coarse clock
		{300 * time.Millisecond, 300 * time.Millisecond, 300 * time.Millisecond},
		{0, 300 * time.Millisecond, 300 * time.Millisecond}, // on time, and nobody was there to see it
	} {
		if got := lateness(due, due.Add(c.fired), due.Add(c.seen)); got != c.want {
			t.Errorf("fired after %v, seen after %v: %v late, want %v", c.fired, c.seen, got, c.want)
		}
	}
}

package trial

import (
	"context"
	"time"
)

// stallTick is how often a trial looks at the clock. It is coarse enough to
// cost nothing beside the trial itself.
const stallTick = 50 * time.Millisecond

// watchStalls measures, until ctx ends, the longest time that this machine kept
// the process from running although it had something to do: how late a tick
// came. Fixtures in this process were as late; what they then did proves
// nothing about anybody.
func watchStalls(ctx context.Context) (longest func() time.Duration) {
	result := make(chan time.Duration, 1)
	go func() {
		var late time.Duration
		timer := time.NewTimer(stallTick)
		defer timer.Stop()
		for {
			due := time.Now().Add(stallTick)
			timer.Reset(stallTick)
			select {
			case fired := <-timer.C:
				late = max(late, lateness(due, fired, time.Now()))
			case <-ctx.Done():
				result <- late
				return
			}
		}
	}()
	return func() time.Duration { return <-result }
}

// lateness is how late a tick was: when it came, or when this goroutine got to
// see it.
func lateness(due, fired, seen time.Time) time.Duration {
	return max(0, fired.Sub(due), seen.Sub(due))
}

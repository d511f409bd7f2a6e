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
		time.Sleep(time.Second) // of fake time: the clock is never late
		stop()
		if late := longest(); late != 0 {
			t.Errorf("%v late on a clock that never is", late)
		}
	})
}

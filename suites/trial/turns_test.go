package trial

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		turns := NewTurns(2)
		var working, most atomic.Int32
		var wait sync.WaitGroup
		began := time.Now()
		for range 6 {
			wait.Go(func() {
				err := turns.do(t.Context(), func() error {
					most.Store(max(most.Load(), working.Add(1)))
					<-time.After(time.Second)
					working.Add(-1)
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if took := time.Since(began); most.Load() != 2 || took != 3*time.Second {
			t.Errorf("%d at once, done after %v; want 2, and 3s", most.Load(), took)
		}
	})
}

func TestTurnsEndWithTheContext(t *testing.T) {
	t.Parallel()
	turns, trouble := NewTurns(1), errors.New("trouble")
	ctx, cancel := context.WithCancel(t.Context())
	err := turns.do(ctx, func() error { // nobody else gets a turn meanwhile
		cancel()
		return turns.do(ctx, func() error { return errors.New("played after the end") })
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want the context's end", err)
	}
	if err := Turns(nil).do(ctx, func() error { return trouble }); !errors.Is(err, trouble) {
		t.Errorf("%v, want what was done to have failed", err)
	}
}

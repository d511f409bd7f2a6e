package campaign

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestPacerHoldsBackWhileTheMachineIsBehind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, stop := newPacer(t.Context())
		defer stop()
		began := time.Now()
		p.wait(t.Context(), mostPatience, 1)
		if waited := time.Since(began); waited > 2*paceTick {
			t.Errorf("waited %v on a machine that keeps up", waited)
		}
		began = time.Now()
		p.tick(began, began.Add(-time.Second))
		p.wait(t.Context(), mostPatience, 1)
		if waited := time.Since(began); waited < paceMemory || waited > paceMemory+2*paceTick {
			t.Errorf("waited %v after a late tick, want %v", waited, paceMemory)
		}
	})
}

func TestPacerLosesItsPatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, stop := newPacer(t.Context())
		defer stop()
		p.mu.Lock()
		p.lateAt = time.Now().Add(time.Hour) // late for good
		p.mu.Unlock()
		began := time.Now()
		p.wait(t.Context(), mostPatience, 1)
		if waited := time.Since(began); waited < mostPatience || waited > mostPatience+2*paceTick {
			t.Errorf("waited %v, want %v", waited, mostPatience)
		}
	})
}

// Many clients begin in one trial, and the next one waits for each of them, but
// not for those that began long ago.
func TestPacerCountsClients(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, stop := newPacer(t.Context())
		defer stop()
		p.wait(t.Context(), mostPatience, 20)
		began := time.Now()
		p.wait(t.Context(), mostPatience, 1)
		if waited := time.Since(began); waited < 20*paceTick || waited > 21*paceTick {
			t.Errorf("waited %v behind twenty clients, want twenty ticks of %v", waited, paceTick)
		}
		p.wait(t.Context(), mostPatience, 20)
		time.Sleep(time.Second)
		began = time.Now()
		p.wait(t.Context(), mostPatience, 1)
		if waited := time.Since(began); waited > paceTick {
			t.Errorf("waited %v for clients that began a second ago", waited)
		}
	})
}

// TestPacerStartsOneAtATime: however many wait, each tick starts one of them.
func TestPacerStartsOneAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, stop := newPacer(t.Context())
		defer stop()
		began := time.Now()
		var wait sync.WaitGroup
		for range 10 {
			wait.Go(func() {
				if !p.wait(t.Context(), mostPatience, 1) {
					t.Error("not started")
				}
			})
		}
		wait.Wait()
		if took := time.Since(began); took < 10*paceTick || took > 11*paceTick {
			t.Errorf("ten starts took %v, want ten ticks of %v", took, paceTick)
		}
	})
}

func TestPacerStartsNothingAfterTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, stop := newPacer(t.Context())
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if p.wait(ctx, mostPatience, 1) {
			t.Error("started after the end of the run")
		}
		stop()
		if p.wait(t.Context(), mostPatience, 1) {
			t.Error("started without a pacer")
		}
	})
}

func TestPatience(t *testing.T) {
	t.Parallel()
	for flying, want := range map[int]time.Duration{0: 0, 1: pacePatience, 10: 10 * pacePatience, 64: mostPatience} {
		if got := patience(flying); got != want {
			t.Errorf("%d in flight: %v, want %v", flying, got, want)
		}
	}
}

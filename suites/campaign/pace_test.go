package campaign

import (
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
		p.wait(t.Context())
		if waited := time.Since(began); waited > 2*paceTick {
			t.Errorf("waited %v on a machine that keeps up", waited)
		}
		began = time.Now()
		p.tick(began, began.Add(-time.Second))
		p.wait(t.Context())
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
		p.wait(t.Context())
		if waited := time.Since(began); waited < pacePatience || waited > pacePatience+2*paceTick {
			t.Errorf("waited %v, want %v", waited, pacePatience)
		}
	})
}

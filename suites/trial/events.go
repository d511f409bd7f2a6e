package trial

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// events waits for moments of the trial and acts on them.
type events struct {
	then  []rollover.Event
	first func() // called when media has come, before anything else; nil: not

	mu    sync.Mutex
	seen  map[string]chan struct{} // closed when the moment has come
	acted []chan struct{}          // of each event: closed when it has been acted on
	stop  func()                   // ends the play that runs
	abort bool                     // that play is to end at its first media
}

func newEvents(then []rollover.Event) *events {
	e := &events{then: then, seen: map[string]chan struct{}{}}
	for _, ev := range then {
		e.seen[ev.When] = make(chan struct{})
		e.acted = append(e.acted, make(chan struct{}))
	}
	return e
}

// changeLimit is how long a client that starved waits for the path to change.
const changeLimit = 2 * time.Second

// happened tells that a moment has come; again is no news. A client that
// starved goes on at once, so it is held back until what is to follow was
// done: what its next attempt meets must not be a matter of luck.
func (e *events) happened(moment string) {
	e.tell(moment)
	if moment == rollover.WhenStarved && e.next(moment) {
		ctx, cancel := context.WithTimeout(context.Background(), changeLimit)
		defer cancel()
		e.settle(ctx, moment)
	}
}

// next reports that nothing but the moment is waited for.
func (e *events) next(moment string) bool {
	for i, ev := range e.then {
		select {
		case <-e.acted[i]:
		default:
			return ev.When == moment
		}
	}
	return false
}

func (e *events) tell(moment string) {
	if e.first != nil && moment == rollover.WhenPlaying {
		e.first()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.abort && moment == rollover.WhenPlaying {
		e.stop()
		return
	}
	if ch, ok := e.seen[moment]; ok {
		select {
		case <-ch:
		default:
			close(ch)
		}
	}
}

// run acts on the events in order, each when its moment has come, until all
// are done or ctx ends.
func (e *events) run(ctx context.Context, r *rules) error {
	began := time.Now()
	for i, ev := range e.then {
		if !e.wait(ctx, ev.When, began) {
			return nil
		}
		if ev.Profile != nil {
			if err := r.change(context.WithoutCancel(ctx), *ev.Profile); err != nil {
				return fmt.Errorf("changing the profile when %s: %w", ev.When, err)
			}
		}
		if ev.Do == rollover.DoStop {
			e.end()
		}
		close(e.acted[i])
	}
	return nil
}

// stopBy says how the play that begins now is ended, and whether it shall be
// at its first media.
func (e *events) stopBy(stop func(), abort bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stop, e.abort = stop, abort
}

func (e *events) end() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stop()
}

// settle waits until what is to follow a moment that has come was done.
func (e *events) settle(ctx context.Context, moment string) {
	for i, ev := range e.then {
		if ev.When != moment || !e.came(moment) {
			continue
		}
		select {
		case <-e.acted[i]:
		case <-ctx.Done():
		}
	}
}

func (e *events) came(moment string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	select {
	case <-e.seen[moment]:
		return true
	default:
		return false
	}
}

// wait returns whether the moment came before ctx ended. "after 2s" counts
// from the client's start.
func (e *events) wait(ctx context.Context, moment string, began time.Time) bool {
	if text, ok := strings.CutPrefix(moment, "after "); ok {
		after, err := time.ParseDuration(text)
		if err != nil {
			return false // the loader has refused it
		}
		timer := time.NewTimer(time.Until(began.Add(after)))
		defer timer.Stop()
		select {
		case <-timer.C:
			return true
		case <-ctx.Done():
			return false
		}
	}
	e.mu.Lock()
	ch := e.seen[moment]
	e.mu.Unlock()
	select {
	case <-ch:
		return true
	case <-ctx.Done():
		return false
	}
}

package trial

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// events waits for moments of the trial and acts on them. Of several clients, a
// moment has come when each has come to it, or has ended.
type events struct {
	then    []rollover.Event
	clients int
	first   func() // called when media has come, before anything else; nil: not

	mu    sync.Mutex
	seen  map[string]chan struct{} // closed when the moment has come
	acted []chan struct{}          // of each event: closed when it has been acted on
	had   map[string]map[int]bool  // which clients have come to a moment
	over  map[int]bool             // clients that have ended
	plays map[int]running
}

// running is a play that the scenario may end.
type running struct {
	stop  func()
	abort bool // it is to end at its first media
}

func newEvents(then []rollover.Event, clients int) *events {
	e := &events{then: then, clients: clients, seen: map[string]chan struct{}{},
		had: map[string]map[int]bool{}, over: map[int]bool{}, plays: map[int]running{}}
	for _, ev := range then {
		e.seen[ev.When], e.had[ev.When] = make(chan struct{}), map[int]bool{}
		e.acted = append(e.acted, make(chan struct{}))
	}
	return e
}

// changeLimit is how long a client that starved waits for the path to change.
const changeLimit = 2 * time.Second

// happened tells that a client has come to a moment; again is no news. A client
// that starved goes on at once, so it is held back until what is to follow was
// done: what its next attempt meets must not be a matter of luck.
func (e *events) happened(client int, moment string) {
	e.tell(client, moment)
	if moment == rollover.WhenStarved && e.next(moment) {
		ctx, cancel := context.WithTimeout(context.Background(), changeLimit)
		defer cancel()
		e.settle(ctx, client, moment)
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

func (e *events) tell(client int, moment string) {
	if e.first != nil && moment == rollover.WhenPlaying {
		e.first()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if p := e.plays[client]; p.abort && moment == rollover.WhenPlaying {
		p.stop()
		return
	}
	if had, awaited := e.had[moment]; awaited {
		had[client] = true
		e.come(moment)
	}
}

// gone tells that a client has ended: nothing waits for it any more.
func (e *events) gone(client int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.over[client] = true
	for moment := range e.seen {
		e.come(moment)
	}
}

// come says that a moment has come, if some client has come to it and each has or
// has ended.
func (e *events) come(moment string) {
	had := e.had[moment]
	n := len(had)
	for client := range e.over {
		if !had[client] {
			n++
		}
	}
	if n < e.clients || len(had) == 0 {
		return
	}
	select {
	case <-e.seen[moment]:
	default:
		close(e.seen[moment])
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

// stopBy says how the play that a client begins now is ended, and whether it
// shall be at its first media.
func (e *events) stopBy(client int, stop func(), abort bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.plays[client] = running{stop, abort}
}

// end ends the plays of all clients.
func (e *events) end() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, p := range e.plays {
		p.stop()
	}
}

// settle waits until what is to follow a moment that the client has come to was
// done.
func (e *events) settle(ctx context.Context, client int, moment string) {
	e.mu.Lock()
	came := e.had[moment][client]
	e.mu.Unlock()
	for i, ev := range e.then {
		if ev.When != moment || !came {
			continue
		}
		select {
		case <-e.acted[i]:
		case <-ctx.Done():
		}
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

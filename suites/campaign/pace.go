package campaign

import (
	"context"
	"sync"
	"time"
)

const (
	// paceTick lies between the starts of two trials at least, for each client
	// of the first.
	paceTick = 5 * time.Millisecond
	// tolerable is how late the machine may be before no further trial is
	// started: far less than the shortest timer of any client.
	tolerable = 40 * time.Millisecond
	// paceMemory is how long the machine must have kept up again.
	paceMemory = 200 * time.Millisecond
	// pacePatience is how long a trial is held back at most for each that is in
	// flight: a machine that others keep busy for good still gets through its
	// run, a few trials at a time.
	pacePatience = 100 * time.Millisecond
	// mostPatience is how long it is held back altogether.
	mostPatience = 5 * time.Second
)

// pacer starts trials as fast as the machine bears. Time-outs, not work, fill
// most trials, but all of them work when they begin; a machine that falls
// behind makes every client in flight late, and clients that are late roll
// over. It measures how late its own ticks come, so nothing here depends on how
// fast a machine is.
type pacer struct {
	mu      sync.Mutex
	lateAt  time.Time     // when a tick last came later than is tolerable
	ticked  chan struct{} // closed and replaced with each tick
	stopped chan struct{}
	next    chan struct{} // holds a place while a trial waits for its start
	free    time.Time     // when the clients of the last start have begun; whoever is next has it
}

// newPacer measures until ctx ends; stop waits for that.
func newPacer(ctx context.Context) (p *pacer, stop func()) {
	p = &pacer{ticked: make(chan struct{}), stopped: make(chan struct{}), next: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(ctx)
	go p.run(ctx)
	return p, func() { cancel(); <-p.stopped }
}

func (p *pacer) run(ctx context.Context) {
	defer close(p.stopped)
	timer := time.NewTimer(paceTick)
	defer timer.Stop()
	for {
		due := time.Now().Add(paceTick)
		timer.Reset(paceTick)
		select {
		case <-timer.C:
			p.tick(time.Now(), due)
		case <-ctx.Done():
			return
		}
	}
}

// tick takes note of a tick that came at now and was due before.
func (p *pacer) tick(now, due time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Sub(due) > tolerable {
		p.lateAt = now
	}
	close(p.ticked)
	p.ticked = make(chan struct{})
}

// behind reports whether the machine has been late of late, and the tick after
// which to ask again.
func (p *pacer) behind(now time.Time) (bool, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return now.Sub(p.lateAt) < paceMemory, p.ticked
}

// wait returns when the next trial, of so many clients, may start: a tick after
// the one before for each of that one's, and when the machine keeps up, or the
// patience with it has run out. It reports false where ctx or the pacer ended
// first.
func (p *pacer) wait(ctx context.Context, patience time.Duration, clients int) bool {
	select {
	case p.next <- struct{}{}:
		defer func() { <-p.next }()
	case <-ctx.Done():
		return false
	}
	began := time.Now()
	_, next := p.behind(began)
	for {
		select {
		case <-next:
		case <-p.stopped:
			return false
		case <-ctx.Done():
			return false
		}
		now := time.Now()
		var late bool
		if late, next = p.behind(now); !now.Before(p.free) && (!late || now.Sub(began) > patience) {
			p.free = now.Add(time.Duration(clients) * paceTick)
			return ctx.Err() == nil
		}
	}
}

// patience is how long the machine is given to recover while the trials of so
// many clients are in flight.
func patience(flying int) time.Duration {
	return min(mostPatience, time.Duration(flying)*pacePatience)
}

package capture

import (
	"errors"
	"math"
	"sync"
	"time"
)

// Recording is a capture that runs. Its methods may be called from any
// goroutine.
type Recording struct {
	stopping chan struct{} // closed: the loop shall end
	idle     chan struct{} // closed: the loop has ended
	complete chan struct{} // closed: the file is
	released chan struct{} // closed: so are the sockets
	once     sync.Once

	mu     sync.Mutex // guards what follows
	points []*point
	file   *file
	stats  Stats
	err    error // the first that writing or reading met
}

func newRecording() *Recording {
	return &Recording{
		stopping: make(chan struct{}), idle: make(chan struct{}),
		complete: make(chan struct{}), released: make(chan struct{}),
	}
}

// Started is when the recording went live: the zero of all times that count
// from the start of the capture.
func (r *Recording) Started() time.Time { return r.stats.Started }

const (
	// tick is how often a quiet recording is emptied. All recordings of the
	// process wake at the same moments, multiples of it.
	tick = 50 * time.Millisecond
	// busyTick is the same while much comes in.
	busyTick = 5 * time.Millisecond
	// muchFrames in one tick make a recording busy.
	muchFrames = 500
	// passFrames bounds what is taken from a point before it is written, and
	// with it the memory.
	passFrames = 8192
	// grace is how much later than stamped a frame may enter the kernel's
	// queue; so long it may still have to stand before others.
	grace = 20 * time.Millisecond
)

// run empties the points until the recording is stopped, and closes the
// sockets when the file is complete: closing one takes the kernel a grace
// period, which nobody needs to wait for.
func (r *Recording) run() {
	defer close(r.released)
	r.loop()
	close(r.idle)
	<-r.complete
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = errors.Join(r.err, r.release())
}

func (r *Recording) loop() {
	timer := time.NewTimer(untilTick(tick))
	defer timer.Stop()
	rest := tick
	for {
		select {
		case <-r.stopping:
			return
		case <-timer.C:
		}
		r.mu.Lock()
		taken, empty := r.pass()
		longest := r.hurry()
		r.mu.Unlock()
		switch {
		case !empty:
			rest = busyTick
			timer.Reset(0)
		case taken > muchFrames:
			rest = busyTick
			timer.Reset(rest)
		default:
			// A lull may be short: calm down in steps.
			rest = min(2*rest, longest)
			timer.Reset(untilTick(rest))
		}
	}
}

// untilTick is the time until the next moment that all share.
func untilTick(every time.Duration) time.Duration {
	return every - time.Duration(time.Now().UnixNano())%every
}

// hurry is how long the points may be left alone.
func (r *Recording) hurry() time.Duration {
	rest := tick
	for _, p := range r.points {
		rest = min(rest, max(busyTick, time.Duration(p.source.hurry()*float64(tick))))
	}
	return rest
}

// pass takes what waits at the points and writes what no earlier frame can
// precede any more.
func (r *Recording) pass() (taken int, empty bool) {
	empty = true
	bound := int64(math.MaxInt64)
	for _, p := range r.points {
		before := time.Now().UnixNano()
		n, none := r.drain(p)
		taken += n
		if !none {
			empty = false
			before = p.queue.last()
		}
		bound = min(bound, before-int64(grace))
	}
	r.write(bound)
	return taken, empty
}

func (r *Recording) drain(p *point) (taken int, empty bool) {
	empty, err := p.source.drain(passFrames, func(at int64, length int, data []byte) {
		taken++
		p.take(at, length, data)
	})
	if err != nil {
		r.fail(err)
		return taken, true
	}
	return taken, empty
}

// write writes the frames before the bound. After an error it only forgets
// them: the file ends there, and Stop says so.
func (r *Recording) write(before int64) {
	queues := make([]*queue, len(r.points))
	for i, p := range r.points {
		queues[i] = &p.queue
	}
	err := merge(queues, before, func(point int, f frame) error {
		if r.err != nil {
			return nil
		}
		return r.file.frame(point, f)
	})
	if err == nil && r.err == nil {
		err = r.file.flush()
	}
	r.fail(err)
}

func (r *Recording) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (p *point) take(at int64, length int, data []byte) {
	if isMark(data, endMark) {
		p.ended = true
		return
	}
	if at >= p.canaryAt && isMark(data, canaryMark) {
		p.canary = true
	}
	p.queue.push(at, length, data)
	p.stats.Frames++
	p.stats.Bytes += uint64(length)
}

// release closes all sockets.
func (r *Recording) release() error {
	var errs []error
	for _, p := range r.points {
		errs = append(errs, p.close())
	}
	return errors.Join(errs...)
}

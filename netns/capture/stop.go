package capture

import (
	"errors"
	"fmt"
	"math"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Stop ends the recording and returns when the file is complete: it holds
// every frame that had passed a point when Stop was called, those that Lost
// counts excepted. The error is what kept the file from being complete. Stop
// may be called twice; the second call returns the same.
//
// The sockets are closed behind it; see [Recording.Wait].
func (r *Recording) Stop() (Stats, error) {
	r.once.Do(func() {
		close(r.stopping)
		<-r.idle
		r.finish()
		close(r.complete)
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return r.stats, fmt.Errorf("recording: %w", r.err)
	}
	return r.stats, nil
}

// Wait returns when nothing of a stopped recording is left, its sockets
// included. The kernel takes some 10 ms for them.
func (r *Recording) Wait() { <-r.released }

// markPatience bounds the wait for an end mark. A ring hands its last block
// over after its retirement time; a ring that is full loses the mark.
const markPatience = 250 * time.Millisecond

func (r *Recording) finish() {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	r.markEnds()
	for _, p := range r.points {
		r.drainUntil(p, now)
	}
	r.stats.Stopped = time.Now()
	for _, p := range r.points {
		lost, err := p.source.lost()
		r.fail(err)
		p.stats.Lost += lost
		r.stats.Frames += p.stats.Frames
		r.stats.Lost += p.stats.Lost
		r.stats.Points = append(r.stats.Points, p.stats)
	}
	r.write(math.MaxInt64)
	if r.err == nil {
		r.fail(r.file.end(r.stats))
	}
}

// markEnds sends a mark through each ring: the block that is being filled is
// not to be seen before it is handed over, and when the mark has come, all
// before it has.
func (r *Recording) markEnds() {
	for _, p := range r.points {
		if _, isRing := p.source.(*ringSource); isRing {
			r.fail(p.send(endMark))
		} else {
			p.ended = true
		}
	}
}

// drainUntil takes what waits, and no more than what came before the moment
// where traffic never ends.
func (r *Recording) drainUntil(p *point, stopped time.Time) {
	for {
		_, empty := r.drain(p)
		switch {
		case p.ended && (empty || p.queue.last() > stopped.UnixNano()):
			return
		case time.Since(stopped) > markPatience || r.err != nil:
			return
		case !empty:
			continue
		}
		r.fail(p.wait())
	}
}

// wait returns when frames wait at the point, or when that took too long.
func (p *point) wait() error {
	_, err := unix.Poll([]unix.PollFd{{Fd: int32(p.socket), Events: unix.POLLIN}}, int(markPatience.Milliseconds()))
	if errors.Is(err, unix.EINTR) {
		return nil
	}
	return os.NewSyscallError("poll", err)
}

package capture

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rollover-conformance/rollover/netns"
)

// Point is an observation point: an interface of a host.
type Point struct {
	Name      string // as the file calls it: client-side, server-side
	Host      *netns.Host
	Interface string
}

// options are what only tests vary.
type options struct {
	queueBytes int      // of the kernel's queue; 0: ample
	exact      bool     // the queue is no larger than asked for, and no ring replaces it
	ring       ringSize // zero: a ring only where the queue would be too short
	most       int      // bytes of frames in the file; 0: MaxBytes
}

// Start begins to record at the points, into w. Recording is live when it
// returns; the context bounds the start only. The file is complete when
// [Recording.Stop] returns, and readable, up to the last few frames, before.
func Start(ctx context.Context, w io.Writer, points ...Point) (*Recording, error) {
	return start(ctx, w, options{}, points...)
}

func start(ctx context.Context, w io.Writer, o options, points ...Point) (_ *Recording, err error) {
	if err := validate(points); err != nil {
		return nil, fmt.Errorf("starting capture: %w", err)
	}
	r := newRecording()
	defer func() {
		if err != nil {
			err = fmt.Errorf("starting capture: %w", errors.Join(err, r.release()))
		}
	}()
	if r.file, err = newFile(w, cmp.Or(o.most, MaxBytes), points); err != nil {
		return nil, err
	}
	for _, p := range points {
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
		opened, err := open(p, o)
		if opened != nil {
			r.points = append(r.points, opened)
		}
		if err != nil {
			return nil, fmt.Errorf("at %s: %w", p.Name, err)
		}
	}
	for _, p := range r.points {
		if err := golive(p.socket, p.index); err != nil {
			return nil, fmt.Errorf("at %s: %w", p.Name, err)
		}
	}
	r.stats.Started = time.Now()
	go r.run()
	return r, nil
}

func validate(points []Point) error {
	if len(points) == 0 {
		return errors.New("no observation points")
	}
	seen := map[string]bool{}
	for _, p := range points {
		switch {
		case p.Name == "":
			return errors.New("an observation point needs a name")
		case p.Host == nil:
			return fmt.Errorf("observation point %s: no host", p.Name)
		case seen[p.Name]:
			return fmt.Errorf("observation point %s: named twice", p.Name)
		}
		seen[p.Name] = true
	}
	return nil
}

// point is an observation point that is open.
type point struct {
	Point
	index  int // of the interface
	socket int // that receives; the source owns it
	sender int // that sends marks: a socket does not see what it sends itself
	source source
	queue  queue
	stats  PointStats

	canaryAt int64 // a canary counts from this moment on
	canary   bool  // seen
	ended    bool  // the end mark has come
}

// open makes a point's sockets. On an error it returns what it has opened.
func open(p Point, o options) (*point, error) {
	opened := &point{Point: p, socket: -1, sender: -1, stats: PointStats{Name: p.Name}}
	err := p.Host.Do(func() (err error) {
		if opened.socket, opened.index, err = openSocket(p.Interface); err != nil {
			return err
		}
		opened.sender, _, err = openSocket(p.Interface)
		return err
	})
	if err != nil {
		return opened, err
	}
	opened.source, err = openSource(opened.socket, o)
	return opened, err
}

// openSource chooses between the kernel's queue and a ring.
func openSource(fd int, o options) (source, error) {
	if o.ring != (ringSize{}) {
		return newRingSource(fd, o.ring)
	}
	want := ampleQueue
	if o.queueBytes > 0 {
		want = o.queueBytes
	}
	got, err := growQueue(fd, want, !o.exact)
	if err != nil {
		return nil, err
	}
	if got < enoughQueue && !o.exact {
		return newRingSource(fd, usualRing)
	}
	return newMmsgSource(fd, got)
}

func (p *point) close() error {
	var errs []error
	if p.source != nil {
		errs = append(errs, p.source.close())
	} else if p.socket >= 0 {
		errs = append(errs, unix.Close(p.socket))
	}
	if p.sender >= 0 {
		errs = append(errs, unix.Close(p.sender))
	}
	return errors.Join(errs...)
}

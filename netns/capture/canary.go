package capture

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// CanaryEtherType marks frames of ours: the first of the two that IEEE 802
// reserves for local experiments. No host does anything with them.
const CanaryEtherType = 0x88b5

// CanaryPayload is what a canary carries, and all it carries.
const CanaryPayload = "rollover canary"

const (
	canaryMark = CanaryPayload
	endMark    = "rollover end" // sent at Stop where needed, and never recorded
)

const etherHeader = 14

// mark is a frame of ours, from nobody to nobody: locally administered
// addresses that no interface has.
func mark(payload string) []byte {
	frame := []byte{
		0x02, 0, 0, 0, 0, 0, // destination
		0x02, 0, 0, 0, 0, 1, // source
		CanaryEtherType >> 8, CanaryEtherType & 0xff,
	}
	return append(frame, payload...)
}

func isMark(data []byte, payload string) bool {
	return len(data) >= etherHeader && data[12] == CanaryEtherType>>8 && data[13] == CanaryEtherType&0xff &&
		bytes.Equal(data[etherHeader:], []byte(payload))
}

// send puts a mark on the point's link, outwards.
func (p *point) send(payload string) error {
	err := unix.Sendto(p.sender, mark(payload), 0, &unix.SockaddrLinklayer{Ifindex: p.index})
	if err != nil {
		return fmt.Errorf("sending a mark at %s: %w", p.Name, err)
	}
	return nil
}

// Pace of a canary: how often to look, and after how many looks in vain to
// send another. The kernel begins to stamp frames a moment after the first
// recording of the machine asks it to; a canary without a stamp is none.
const (
	canaryLook    = time.Millisecond
	canaryRepeats = 25
)

// Canary sends a marked frame out at every point and returns when each has
// been recorded there: the recording is alive, and silence in it means
// something. The frame stays in the file, and may be there more than once.
func (r *Recording) Canary(ctx context.Context) error {
	ticker := time.NewTicker(canaryLook)
	defer ticker.Stop()
	r.expectCanaries()
	for look := 0; ; look++ {
		missing, err := r.missCanaries(look%canaryRepeats == 0)
		if err != nil {
			return fmt.Errorf("canary: %w", err)
		}
		if len(missing) == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("canary: not seen at %s: %w", strings.Join(missing, ", "), context.Cause(ctx))
		case <-r.stopping:
			return fmt.Errorf("canary: the recording has been stopped")
		case <-ticker.C:
		}
	}
}

func (r *Recording) expectCanaries() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.points {
		p.canary, p.canaryAt = false, time.Now().UnixNano()
	}
}

// missCanaries looks for the canaries, after sending those that are missing
// if asked, and returns the points that have not seen theirs.
func (r *Recording) missCanaries(send bool) (missing []string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.points {
		if send && !p.canary {
			if err := p.send(canaryMark); err != nil {
				return nil, err
			}
		}
	}
	r.pass()
	for _, p := range r.points {
		if !p.canary {
			missing = append(missing, p.Name)
		}
	}
	return missing, r.err
}

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/rollover-conformance/rollover/suites/campaign"
)

const (
	liveInterval  = time.Second      // between two looks of the live line
	quietInterval = 15 * time.Second // between two lines where nobody watches
)

// progressLine tells how far a run is: one live line on a terminal, a plain
// line now and then elsewhere.
type progressLine struct {
	out   io.Writer
	live  bool
	quiet bool
	stop  chan struct{}
	wait  sync.WaitGroup

	mu    sync.Mutex
	now   campaign.Progress
	at    time.Time // when now was told
	last  time.Time // when a line was written last
	ended bool      // the user has asked for the end
}

// newProgressLine begins to tell; close ends it. It says so when ctx ends.
func newProgressLine(ctx context.Context, w io.Writer, quiet bool) *progressLine {
	_, live := terminalOf(w)
	p := &progressLine{out: w, quiet: quiet, live: live && os.Getenv("TERM") != "dumb",
		stop: make(chan struct{}), last: time.Now()}
	if !quiet {
		p.wait.Go(func() { p.keep(ctx) })
	}
	return p
}

// keep looks at the time, and out for the end.
func (p *progressLine) keep(ctx context.Context) {
	tick := time.NewTicker(liveInterval)
	defer tick.Stop()
	asked := ctx.Done()
	for {
		select {
		case <-p.stop:
			return
		case <-asked:
			asked = nil
			p.write(func() {
				p.ended = true
				p.clear()
				fmt.Fprintln(p.out, "ending: trials in flight are given up, the reports are written")
			})
		case <-tick.C:
			p.write(p.redraw)
		}
	}
}

func (p *progressLine) write(do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	do()
}

// show takes in how far the run is.
func (p *progressLine) show(now campaign.Progress) {
	if p.quiet {
		return
	}
	p.write(func() {
		p.now, p.at = now, time.Now()
		p.redraw()
	})
}

// redraw writes the line where it is due.
func (p *progressLine) redraw() {
	if p.now.Total == 0 || p.ended {
		return
	}
	text := p.text()
	switch {
	case p.live:
		width, _ := terminalOf(p.out)
		fmt.Fprintf(p.out, "\r%s\x1b[K", clipped(text, width-1))
	case time.Since(p.last) >= quietInterval, p.now.Done == p.now.Total && !p.now.Again:
		p.last = time.Now()
		fmt.Fprintln(p.out, text)
	}
}

func (p *progressLine) text() string {
	now := p.now
	text := fmt.Sprintf("%d/%d done", now.Done, now.Total)
	switch {
	case now.Again:
		return fmt.Sprintf("once more, alone: %d/%d, %s (%s)", now.Done+1, now.Total, now.Last.ID, now.Last.Verdict)
	case now.Done == now.Total:
		return text
	default:
		text += fmt.Sprintf(", %d running, about %s left", now.Running, p.left())
	}
	if p.live && now.Last.ID != "" {
		text += fmt.Sprintf("  %s %s", now.Last.ID, now.Last.Verdict)
	}
	return text
}

// left counts down from what was estimated last.
func (p *progressLine) left() time.Duration {
	return max(time.Second, (p.now.Left - time.Since(p.at)).Round(time.Second))
}

// close ends the telling and takes the live line away.
func (p *progressLine) close() {
	close(p.stop)
	p.wait.Wait()
	p.clear()
}

func (p *progressLine) clear() {
	if p.live && !p.quiet {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}

// clipped is a text that fits into so many columns.
func clipped(text string, columns int) string {
	if r := []rune(text); len(r) > columns {
		return string(r[:max(0, columns-1)]) + "…"
	}
	return text
}

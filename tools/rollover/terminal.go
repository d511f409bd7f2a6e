package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/campaign"
)

// tableOptions are how the table is drawn on this output.
func tableOptions(w io.Writer) reports.TableOptions {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return reports.TableOptions{Width: 120}
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		width = 100
	}
	return reports.TableOptions{Width: width, Color: os.Getenv("NO_COLOR") == ""}
}

// quietInterval is how often a run says how far it is where nobody watches.
const quietInterval = 15 * time.Second

// progressLine tells how far a run is: one live line on a terminal, a plain
// line now and then elsewhere.
type progressLine struct {
	out   io.Writer
	live  bool
	quiet bool
	last  time.Time
}

func newProgressLine(w io.Writer, quiet bool) *progressLine {
	f, ok := w.(*os.File)
	return &progressLine{out: w, quiet: quiet, live: ok && term.IsTerminal(int(f.Fd())), last: time.Now()}
}

func (p *progressLine) show(now campaign.Progress) {
	if p.quiet {
		return
	}
	text := fmt.Sprintf("%d/%d done, %d running, about %s left", now.Done, now.Total, now.Running, now.Left)
	switch {
	case p.live:
		fmt.Fprintf(p.out, "\r\x1b[K%s  %s %s", text, now.Last.ID, now.Last.Verdict)
	case time.Since(p.last) >= quietInterval || now.Done == now.Total:
		p.last = time.Now()
		fmt.Fprintln(p.out, text)
	}
}

// clear takes the live line away.
func (p *progressLine) clear() {
	if p.live && !p.quiet {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}

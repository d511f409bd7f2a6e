package trace

import (
	"fmt"
	"slices"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/mms"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// inspectFunnelNames looks at what the client wrote in its UDP funnels. Of a
// TCP funnel neither address nor port means anything.
func (r *reading) inspectFunnelNames(a *attempt, i int) {
	for _, f := range a.mms().funnels {
		if f.Transport != mms.UDP {
			continue
		}
		at := f.asked()
		name := f.req.Message.(*mms.ConnectFunnel).Name
		if addr := f.Addr.Unmap(); addr.IsValid() && !addr.IsUnspecified() && !slices.Contains(r.who.client, addr) {
			r.note(rollover.FactFunnelForeign, i, at.at, []int{at.frame}, fmt.Sprintf("the funnel is called %s; the client is %s", name, f.conn.near().client.Addr()))
		}
		if ranges := r.scenario.Client.Ports; len(ranges) > 0 && !ranges.Contains(f.Port) {
			r.note(rollover.FactFunnelRange, i, at.at, []int{at.frame}, fmt.Sprintf("the funnel is called %s; the client's range is %s", name, ranges))
		}
	}
}

// How often a header that does not come may be asked for: there are four
// retries, and the text does not say whether the last one counts
// (MS-MMSP 3.1.6.1, protocol notes 4.5).
const (
	leastReadBlocks = 4
	mostReadBlocks  = 5
)

// inspectHeaderRetries counts the requests for a header that never arrived.
func (r *reading) inspectHeaderRetries(a *attempt, i int) {
	blocks := a.mms().find(mms.MIDReadBlock)
	if len(blocks) == 0 || a.Pairs.ClientSide > 0 || len(a.mms().starts()) > 0 {
		return
	}
	var frames []int
	for _, s := range blocks {
		frames = append(frames, s.asked().frame)
	}
	last := blocks[len(blocks)-1].asked()
	end := r.leaving(a.conns[len(a.conns)-1])
	left := end.client.seen() && !end.byServer()
	switch {
	case len(blocks) > mostReadBlocks:
		r.note(rollover.FactHeaderRetries, i, last.at, frames,
			fmt.Sprintf("the header was asked for %d times in %s, and none came", len(blocks), (last.at-blocks[0].asked().at).Round(time.Millisecond)))
	case len(blocks) < leastReadBlocks && left && a.Outcome == rollover.Starved:
		r.note(rollover.FactHeaderRetries, i, end.client.at, append(frames, end.client.frame),
			fmt.Sprintf("no header came, and the client left after asking %d times", len(blocks)))
	}
}

// inspectFunnelClosed looks for the client host's word that nobody listens
// where its player asked for data.
func (r *reading) inspectFunnelClosed(a *attempt, i int) {
	var frames []int
	var at time.Duration
	for _, p := range r.unreachable(a.begin.at, a.until) {
		if a.named(p.icmp.dst.Port()) && !r.leftBefore(a, p.at) {
			frames, at = append(frames, p.frames...), p.at
		}
	}
	if len(frames) > 0 {
		r.note(rollover.FactClientPortClosed, i, at, frames, "the client's host says that nobody listens on the port named in ConnectFunnel")
	}
}

// inspectMMSSession looks for a session that the client left behind, and for a
// connection that the server did.
func (r *reading) inspectMMSSession(a *attempt, i int) {
	c := a.conns[len(a.conns)-1]
	asks := r.nearMMS(c).asks
	if len(a.mms().asks) == 0 || asks[len(asks)-1] != a.mms().asks[len(a.mms().asks)-1].ask {
		return // it never stood, or went on to carry the next attempt
	}
	end := r.leaving(c)
	welcome := slices.ContainsFunc(asks, func(x ask) bool { return x.mid() == mms.MIDConnect && x.ok() })
	switch {
	case welcome && !end.client.seen() && !c.far().toClient.rst.seen() && !c.near().toServer.pending():
		last := c.near().last
		r.note(rollover.FactSessionLeft, i, last.at, []int{last.frame}, "neither CloseFile nor the end of the connection from the client")
	case end.client.seen() && !end.server.seen() && c.far().toServer.fin.seen() && r.rec.last-end.client.at >= silence:
		r.note(rollover.FactHalfOpen, i, end.client.at, []int{end.client.frame}, "the client closed the connection, the server did not")
	}
}

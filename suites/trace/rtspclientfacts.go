package trace

import (
	"fmt"
	"strings"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// windowsMedia reports that the client calls itself a Windows Media player:
// only such a one is held to the dialect's habits.
func (a *attempt) windowsMedia() bool {
	for _, s := range a.steps {
		agent := strings.ToLower(s.req.Message.Header.Value("User-Agent"))
		if strings.HasPrefix(agent, "wmplayer/") || strings.HasPrefix(agent, "wmserver/") || strings.HasPrefix(agent, "wmcacheproxy/") {
			return true
		}
	}
	return false
}

// inspectProbe looks at how the client found out whether UDP works
// (MS-RTSP 3.1.5.4, 3.1.5.6), and at the ports it named (5.2 of the notes).
func (r *reading) inspectProbe(a *attempt, i int) {
	r.inspectClosedPort(a, i)
	if !a.windowsMedia() || len(a.selections) == 0 {
		return
	}
	if first := a.selections[0]; a.hasRTX() && !first.rtx {
		r.note(rollover.FactSetupOrder, i, first.asked().at, []int{first.asked().frame},
			fmt.Sprintf("the first stream selected over UDP is %s", lastSegment(first.req.Message.URL)))
	}
	r.inspectClientPorts(a, i)
	if !a.Pairs.Asked {
		return
	}
	arrived := r.firstPair(a)
	for _, s := range a.steps {
		if s.method() == rtsp.Play && (!arrived.seen() || s.asked().at < arrived.at) {
			r.note(rollover.FactPlayBeforeProbe, i, s.asked().at, []int{s.asked().frame},
				"PLAY over UDP before a packet of the pair had arrived")
			return
		}
	}
}

func (r *reading) firstPair(a *attempt) mark {
	for _, g := range r.udp[clientSide] {
		if g.class == classPair && g.at >= a.begin.at {
			return g.mark
		}
	}
	return mark{}
}

// inspectClientPorts holds the ports against the dialect's rule: ordinary
// streams share one, the retransmission stream has another (MS-RTSP
// 2.2.6.11); and against the range the client was given.
func (r *reading) inspectClientPorts(a *attempt, i int) {
	var media, rtx rtsp.Ports
	var haveMedia, haveRTX bool
	for _, s := range a.selections {
		p, ok := s.clientPort()
		if !ok {
			continue
		}
		var fault string
		switch {
		case s.rtx:
			rtx, haveRTX = p, true
		case haveMedia && p.First != media.First:
			fault = fmt.Sprintf("streams on ports %s and %s", media, p)
		default:
			media, haveMedia = p, true
		}
		if fault == "" && haveMedia && haveRTX && media.Overlaps(rtx) {
			fault = fmt.Sprintf("media and retransmissions share a port: %s and %s", media, rtx)
		}
		if ranges := r.scenario.Client.Ports; fault == "" && len(ranges) > 0 && !ranges.Contains(p.First) {
			fault = fmt.Sprintf("port %s outside the client's range %s", p, ranges)
		}
		if fault != "" {
			r.note(rollover.FactClientPorts, i, s.asked().at, []int{s.asked().frame}, fault)
			return
		}
	}
}

// inspectClosedPort looks for the client host's word that nobody listens
// where its player asked for media.
func (r *reading) inspectClosedPort(a *attempt, i int) {
	var frames []int
	var at time.Duration
	for _, p := range r.unreachable(a.begin.at, a.until) {
		if a.wanted(p.icmp.dst.Port()) && !r.leftBefore(a, p.at) {
			frames, at = append(frames, p.frames...), p.at
		}
	}
	if len(frames) > 0 {
		r.note(rollover.FactClientPortClosed, i, at, frames, "the client's host says that nobody listens on the port named in SETUP")
	}
}

// leftBefore reports that the client had turned away from the attempt.
func (r *reading) leftBefore(a *attempt, at time.Duration) bool {
	leave := earlier(r.leaveOf(a), a.conns[len(a.conns)-1].near().toClient.rst)
	return leave.seen() && leave.at <= at
}

// unreachable lists the client host's ICMP errors about datagrams of the
// server's, between two moments.
func (r *reading) unreachable(from, to time.Duration) []*packet {
	var out []*packet
	for i := range r.rec.packets {
		p := &r.rec.packets[i]
		if p.proto == protoICMP && p.point == clientSide && p.icmp.proto == protoUDP && p.at >= from && p.at <= to &&
			r.who.isClient(p.src.Addr()) && r.who.isServer(p.icmp.src.Addr()) {
			out = append(out, p)
		}
	}
	return out
}

// inspectSession looks for a session that the client left behind: no TEARDOWN,
// and its connection neither closed nor reset.
func (r *reading) inspectSession(a *attempt, i int) {
	if len(a.selections) == 0 {
		return
	}
	c := a.selections[len(a.selections)-1].conn
	stood, torn := false, false
	for _, s := range a.selections {
		stood = stood || s.ok()
	}
	for _, x := range r.nearTalk(c).exchanges {
		torn = torn || x.method() == rtsp.Teardown
	}
	end := closingOf(c)
	reset := c.near().toClient.rst.seen() || c.far().toClient.rst.seen() // the gateway's too ends it for the client
	if a.followedOn(r, c) {
		return // the connection went on to carry the next attempt
	}
	switch {
	case stood && !torn && !end.client.seen() && !reset && !c.near().toServer.pending():
		last := c.near().last
		r.note(rollover.FactSessionLeft, i, last.at, []int{last.frame}, "neither TEARDOWN nor the end of the connection from the client")
	case end.client.seen() && !end.server.seen() && !end.reset && c.far().toServer.fin.seen() && r.rec.last-end.client.at >= silence:
		r.note(rollover.FactHalfOpen, i, end.client.at, []int{end.client.frame}, "the client closed the connection, the server did not")
	}
	r.inspectStillOpen(a, i)
}

// followedOn reports that a later request of another attempt used c.
func (a *attempt) followedOn(r *reading, c *connection) bool {
	if len(a.steps) == 0 {
		return false
	}
	last := a.steps[len(a.steps)-1]
	return last.conn == c && last.n+1 < len(r.nearTalk(c).exchanges)
}

// inspectStillOpen looks at UDP media that reaches a client which streams over
// TCP already: its old port must be closed, and its host says so.
func (r *reading) inspectStillOpen(a *attempt, i int) {
	if a.rung() != rollover.RTSPT || a.Outcome != rollover.Played {
		return
	}
	var frames []int
	for _, g := range r.udp[clientSide] {
		if g.fromServer && g.class == classMedia && g.media() && g.at > a.Media.First+grace && g.at < a.Media.Last {
			frames = append(frames, g.frames...)
		}
	}
	if len(frames) > 0 && len(r.unreachable(a.Media.First, r.rec.last)) == 0 {
		r.note(rollover.FactUDPStillOpen, i, a.Media.First, frames,
			fmt.Sprintf("%d UDP media packets reached the client after the switch, and its port took them", len(frames)))
	}
}

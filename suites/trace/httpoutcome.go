package trace

import (
	"fmt"
	"slices"

	"github.com/rollover-conformance/rollover/fixtures/wmsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// decideHTTP finds the outcome of an attempt on the HTTP port.
func (r *reading) decideHTTP(a *attempt) {
	a.noteCalls()
	a.End = r.endOf(a)
	switch {
	case a.Outcome != "":
	case len(a.sent[clientSide]) > 0:
		a.decide(rollover.Played, "", mark{a.Media.FirstFrame, a.Media.First}, mark{a.Media.LastFrame, a.Media.Last}, "media arrived at the client")
	case a.Media.Foreign > 0:
		first := mark{a.Media.FirstFrame, a.Media.First}
		a.decide(rollover.Broken, rollover.PartyServer, first, first, "media arrived that is not the clip")
	case len(a.calls) == 0:
		r.decideMuteClient(a)
	default:
		r.decideCalls(a)
	}
}

func (r *reading) decideMuteClient(a *attempt) {
	end := closingOf(a.conns[0])
	if end.byServer() {
		a.decide(rollover.Broken, end.party(), end.server, end.server, "the connection was closed before a request")
		return
	}
	if icmp := a.conns[0].near().icmp; icmp.seen() {
		a.decide(rollover.Broken, rollover.PartyRig, icmp, icmp, "an ICMP error met the connection")
		return
	}
	a.decide(rollover.Broken, rollover.PartyClient, a.begin, a.begin, "the client sent no request that could be read")
}

// decideCalls decides by the last request for content.
func (r *reading) decideCalls(a *attempt) {
	c := a.lastFetch()
	a.Status = c.status()
	switch {
	case c.reply == nil:
		r.decideNoAnswer(a, c)
	case c.status()/100 == 3:
		a.decide(rollover.Rejected, rollover.PartyServer, c.answered(), c.answered(), "redirected (%d), and the client did not follow", c.status())
	case !c.streamer() && a.rung() == rollover.HTTP:
		a.decide(rollover.Broken, rollover.PartyServer, c.answered(), c.answered(), "answered %d by no streaming server: no Cougar or Rex in Server", c.status())
	case !c.ok():
		a.decide(rollover.HTTPStatusOutcome(c.status()), rollover.PartyServer, c.answered(), c.answered(), "%s was answered %d", c.kind(), c.status())
	case len(c.packets) == 0:
		r.decideNoPackets(a, c)
	case c.kind() == wmsp.Describe:
		r.decideNoPlay(a, c)
	default:
		a.Status = 0
		r.decideNoData(a, c)
	}
}

func (r *reading) decideNoAnswer(a *attempt, c call) {
	end := closingOf(c.conn)
	there := r.calls(c.conn, c.conn.views[serverSide])
	here := r.calls(c.conn, c.conn.near())
	n := slices.IndexFunc(here, func(x call) bool { return x.asked() == c.asked() })
	switch {
	case c.conn.views[serverSide] != nil && (n < 0 || n >= len(there)):
		a.decide(rollover.Broken, rollover.PartyRig, c.asked(), mark{}, "%s did not reach the server", c.kind())
	case n >= 0 && n < len(there) && there[n].reply != nil:
		a.decide(rollover.Broken, rollover.PartyRig, c.asked(), there[n].answered(), "the reply to %s did not reach the client", c.kind())
	case end.byServer():
		a.decide(rollover.Broken, end.party(), end.server, end.server, "the connection was closed instead of an answer to %s", c.kind())
	case end.client.seen() && end.client.at-c.asked().at < grace:
		a.decide(rollover.Broken, rollover.PartyClient, end.client, end.client, "the client closed without waiting for the answer to %s", c.kind())
	default:
		a.decide(rollover.Broken, rollover.PartyServer, c.asked(), mark{}, "mute: %s was never answered", c.kind())
	}
}

func (r *reading) decideNoPackets(a *attempt, c call) {
	by := rollover.PartyServer
	if !c.player() && a.rung() == rollover.HTTP {
		by = rollover.PartyClient // a stranger gets something harmless (MS-WMSP 3.2.5.1)
	}
	a.decide(rollover.Broken, by, c.answered(), c.answered(), "%s was answered %d without a packet", c.kind(), c.status())
}

// decideNoPlay decides an attempt that was described and never asked to play.
func (r *reading) decideNoPlay(a *attempt, c call) {
	last := a.conns[len(a.conns)-1]
	if near := last.near(); last != c.conn && !near.established() && len(near.syns) > 0 {
		by := rollover.PartyRig
		if far := last.views[serverSide]; far != nil {
			by = rollover.PartyServer
		}
		a.decide(rollover.Broken, by, near.syns[0], near.last, "the connection for Play did not open")
		return
	}
	a.decide(rollover.Broken, rollover.PartyClient, c.answered(), c.answered(), "the client gave up after a good Describe")
}

func (r *reading) decideNoData(a *attempt, c call) {
	if len(a.sent[serverSide]) > 0 {
		a.decide(rollover.Starved, rollover.PartyRig, c.asked(), mark{}, "packets left the server, and none reached the client")
		return
	}
	if end := closingOf(c.conn); a.finished() || end.byServer() {
		at := earlier(end.server, c.answered())
		if end.byServer() {
			at = end.server
		}
		a.decide(rollover.Broken, end.party(), at, at, "the stream ended without data")
		return
	}
	a.decide(rollover.Starved, "", c.asked(), c.asked(), "no media left the server")
}

// noteCalls tells the messages as a person would name them.
func (a *attempt) noteCalls() {
	for _, c := range a.conns {
		if n := len(c.near().syns); n > 0 && c.near().established() {
			a.say(c.near().syns[0], true, "%s", times("SYN", n))
		}
	}
	for _, c := range a.calls {
		a.Asked = a.Asked || c.kind() == wmsp.Play
		a.say(c.asked(), true, "%s %s", c.req.Request.Method, c.kind())
		if c.reply == nil {
			continue
		}
		text := fmt.Sprint(c.status())
		if name := c.reply.Response.Server(); name.Name != "" {
			text += " " + name.String()
		}
		if len(c.packets) > 0 {
			text += fmt.Sprintf(", %d packets", len(c.packets))
		}
		a.say(c.answered(), false, "%s", text)
		a.marks = append(a.marks, c.asked(), c.answered())
	}
}

// endsHTTP finds the packet that ends the stream. A client says nothing: it
// closes the connection.
func (r *reading) endsHTTP(a *attempt) (client, server mark) {
	for _, c := range a.calls {
		for _, e := range c.packets {
			if e.Packet.Type == wmsp.EndPacket {
				server = earlier(server, webMark(e))
			}
		}
	}
	return client, server
}

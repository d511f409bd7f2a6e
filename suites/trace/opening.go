package trace

import (
	"fmt"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// unopened decides an attempt whose connection never stood: blocked or
// refused. It is told by frames alone, never by time, and by the point that
// saw them: a RST of the gateway's looks to the client like one of the
// server's.
func (r *reading) unopened(a *attempt, c *connection) bool {
	near, far := c.views[clientSide], c.views[serverSide]
	if near == nil || near.established() {
		return false
	}
	syn := near.syns[0:min(1, len(near.syns))]
	if len(syn) == 0 {
		return false
	}
	a.say(syn[0], true, "%s", times("SYN", len(near.syns)))
	a.marks = append(a.marks, near.syns[1:]...)
	a.End = near.last.at
	switch {
	case near.toClient.rst.seen() && syn[0] != near.syns[len(near.syns)-1] && near.syns[len(near.syns)-1].at > near.toClient.rst.at:
		a.decide(rollover.Blocked, rollover.PartyRig, syn[0], near.toClient.rst, "the server refused, and the client's host did not take the answer")
	case near.toClient.rst.seen():
		by := rollover.PartyRig
		if far != nil && far.toClient.rst.seen() {
			by = rollover.PartyServer
		}
		a.say(near.toClient.rst, false, "RST")
		a.decide(rollover.Refused, by, near.toClient.rst, near.toClient.rst, "reset by the %s", hostOf(by))
	case near.icmp.seen():
		by := rollover.PartyRig
		if r.who.isServer(near.icmpFrom) {
			by = rollover.PartyServer
		}
		a.say(near.icmp, false, "ICMP unreachable")
		a.decide(rollover.Refused, by, near.icmp, near.icmp, "ICMP unreachable from the %s", hostOf(by))
	case far == nil:
		a.decide(rollover.Blocked, rollover.PartyRig, syn[0], mark{}, "%s without an answer; none passed the gateway", times("SYN", len(near.syns)))
	case near.synAck.seen():
		a.decide(rollover.Blocked, rollover.PartyRig, syn[0], near.synAck, "the server answered, and the client's host did not take the answer")
	case far.synAck.seen() || far.toClient.rst.seen():
		a.marks = append(a.marks, far.syns...)
		a.decide(rollover.Blocked, rollover.PartyRig, syn[0], earlier(far.synAck, far.toClient.rst), "the server answered, and the answer did not pass the gateway")
	default:
		a.marks = append(a.marks, far.syns...)
		a.decide(rollover.Blocked, rollover.PartyServer, syn[0], mark{}, "%s reached the server without an answer", times("SYN", len(far.syns)))
	}
	return true
}

// looked reports that somebody looked whether the port is open and said
// nothing: the client opened a connection and closed it.
func (c *connection) looked() bool {
	return !closingOf(c).byServer() && len(c.near().segments) == 0 && !c.near().icmp.seen()
}

func times(what string, n int) string {
	if n == 1 {
		return what
	}
	return fmt.Sprintf("%s x%d", what, n)
}

func hostOf(p rollover.Party) string {
	if p == rollover.PartyRig {
		return "gateway"
	}
	return string(p)
}

// closing is how a connection ended, as the server's side saw it.
type closing struct {
	client mark // the client's FIN or RST
	server mark // the server's
	reset  bool // the server's was a RST
	byRig  bool // the gateway's RST ended it, whichever side heard it
}

func closingOf(c *connection) closing {
	var out closing
	far, near := c.far(), c.near()
	out.client = earlier(near.toServer.fin, near.toServer.rst)
	out.server = earlier(far.toClient.fin, far.toClient.rst)
	out.reset = far.toClient.rst.seen() && out.server == far.toClient.rst
	if !out.server.seen() && near.toClient.rst.seen() {
		out.server, out.reset, out.byRig = near.toClient.rst, true, true
	}
	// What a server says after the gateway has reset it is no word of its own.
	if cut := far.toServer.rst; cut.seen() && near != far && !near.toServer.rst.seen() && (!out.server.seen() || cut.at <= out.server.at) {
		out.byRig = true
	}
	return out
}

// byServer reports whether the server's side closed first. A RST that answers
// data sent after the client's own FIN is not one.
func (c closing) byServer() bool {
	return c.server.seen() && (!c.client.seen() || c.server.at < c.client.at)
}

func (c closing) party() rollover.Party {
	if c.byRig {
		return rollover.PartyRig
	}
	return rollover.PartyServer
}

func earlier(a, b mark) mark {
	if !a.seen() || b.seen() && b.at < a.at {
		return b
	}
	return a
}

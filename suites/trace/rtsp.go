package trace

import (
	"slices"
	"strings"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// readRTSP cuts the RTSP connections into attempts. An attempt is recognised
// by its transport negotiation and not by its SYN: after the Firewall timer
// the client may select its streams over TCP on the connection it has
// (MS-RTSP 3.1.6.1).
func (r *reading) readRTSP(conns []*connection, rungs []rollover.Rung) []*attempt {
	var all []*attempt
	for _, c := range conns {
		if c.near().fromServer {
			continue
		}
		all = append(all, r.cutRTSP(c, rungs)...)
	}
	return mergeRTSP(all, rungs)
}

// talkOf is the conversation on a connection as a point saw it.
func (r *reading) talkOf(c *connection, p point) *talk {
	t := r.talks[c]
	if t == nil {
		t = &[points]talk{}
		for p := range t {
			t[p] = listen(c.views[p])
		}
		r.talks[c] = t
	}
	return &t[p]
}

// nearTalk is the conversation as the client had it.
func (r *reading) nearTalk(c *connection) *talk {
	if c.views[clientSide] == nil {
		return r.talkOf(c, serverSide)
	}
	return r.talkOf(c, clientSide)
}

func (r *reading) cutRTSP(c *connection, rungs []rollover.Rung) []*attempt {
	cur := newAttempt(rollover.ServiceRTSP, c)
	cur.Candidates = rungs
	if r.unopened(cur, c) {
		return []*attempt{cur}
	}
	t := r.nearTalk(c)
	if len(t.exchanges) == 0 && c.looked() {
		return nil // somebody looked whether the port is open
	}
	if lookBack(t.exchanges) {
		return nil
	}
	cur.undecided()
	out := []*attempt{cur}
	for n, x := range t.exchanges {
		s := step{x, c, n}
		if next := cur.follow(s); next != nil {
			next.conns = []*connection{c}
			cur = next
			out = append(out, cur)
		}
		cur.steps = append(cur.steps, s)
		if x.method() == rtsp.Teardown && !slices.ContainsFunc(cur.selections, func(sel selection) bool {
			return sameURL(sel.req.Message.URL, x.req.Message.URL)
		}) {
			cur.torn = true
		}
	}
	for _, a := range out {
		if a.rung() == "" && a.unsettled() {
			a.Candidates = rungs
		}
	}
	return out
}

// lookBack reports a connection on which the client asks for nothing but what
// it had before: it looks whether a session still stands, or bids one goodbye
// whose connection is gone, by its name or without.
func lookBack(all []exchange) bool {
	return len(all) > 0 && !slices.ContainsFunc(all, func(x exchange) bool {
		switch x.method() {
		case rtsp.Pause, rtsp.Teardown:
			return false
		case rtsp.GetParameter:
			return x.req.Message.Session().ID == ""
		}
		return true
	})
}

func (a *attempt) undecided()      { a.Candidates = nil }
func (a *attempt) unsettled() bool { return len(a.Candidates) == 0 }

// follow takes a request into account; it returns a new attempt where the
// request begins one.
func (a *attempt) follow(s step) *attempt {
	if s.method() != rtsp.Setup {
		if a.torn && s.method() == rtsp.Describe {
			return beginAt(s)
		}
		return nil
	}
	sel := selectionOf(s)
	rung := sel.rung()
	next := a
	switch {
	case a.torn:
		next = beginAt(s)
	case a.unsettled(), rung == "", rung == a.rung():
	case len(sel.wants()) > 1 && a.onlyProbed():
		a.setRung(rung) // rollover inside one request: the chosen rung's attempt
	default:
		next = beginAt(s)
	}
	if rung != "" && next.unsettled() {
		next.setRung(rung)
	} else if next.unsettled() && len(sel.wants()) > 0 {
		next.Candidates = sel.wants()
	}
	next.selections = append(next.selections, sel)
	if next == a {
		return nil
	}
	return next
}

// beginAt starts an attempt at a request on a connection that stands.
func beginAt(s step) *attempt {
	a := newAttempt(rollover.ServiceRTSP, s.conn)
	a.begin = s.asked()
	a.marks = []mark{a.begin}
	return a
}

// onlyProbed reports that nothing but the retransmission stream was set up.
func (a *attempt) onlyProbed() bool {
	return !slices.ContainsFunc(a.selections, func(s selection) bool { return !s.rtx })
}

func sameURL(a, b string) bool { return strings.TrimRight(a, "/") == strings.TrimRight(b, "/") }

// mergeRTSP joins connections that one attempt needed: the retry of a
// challenge, the place a redirect names, and a look at the description before
// the streams are selected elsewhere. Knocks that ask nothing but what the
// server can do are no attempts.
func mergeRTSP(all []*attempt, rungs []rollover.Rung) []*attempt {
	var out []*attempt
	for i, a := range all {
		if a.knock(rtsp.Options) {
			continue
		}
		last := len(out) - 1
		if i > 0 && last >= 0 && out[last].continues(a) {
			out[last].absorb(a, rungs)
			continue
		}
		out = append(out, a)
	}
	return out
}

// knock reports that the attempt held only answered requests of these methods.
func (a *attempt) knock(methods ...string) bool {
	if len(a.steps) == 0 || len(a.selections) > 0 {
		return false
	}
	for _, s := range a.steps {
		if !slices.Contains(methods, s.method()) || !s.ok() {
			return false
		}
	}
	return !closingOf(a.conns[0]).byServer()
}

// continues reports whether b goes on with what a began.
func (a *attempt) continues(b *attempt) bool {
	if len(a.steps) == 0 || slices.Contains(a.conns, b.conns[0]) {
		return false
	}
	switch last := a.steps[len(a.steps)-1]; {
	case challenged(last.status()):
		return len(b.steps) > 0 && authorized(b.steps[0].req.Message)
	case last.status()/100 == 3:
		return true
	}
	return a.knock(rtsp.Options, rtsp.Describe) && len(b.selections) > 0
}

func authorized(m *rtsp.Message) bool {
	_, a := m.Header.Lookup("Authorization")
	_, p := m.Header.Lookup("Proxy-Authorization")
	return a || p
}

func (a *attempt) absorb(b *attempt, rungs []rollover.Rung) {
	a.conns = append(a.conns, b.conns...)
	a.steps = append(a.steps, b.steps...)
	a.selections = append(a.selections, b.selections...)
	a.marks = append(a.marks, b.marks...)
	a.Messages = append(a.Messages, b.Messages...)
	a.torn = b.torn
	if len(a.selections) == len(b.selections) || a.unsettled() {
		a.Candidates = b.Candidates
	}
	if a.unsettled() {
		a.Candidates = rungs
	}
	if b.Outcome != "" { // its connection never stood
		a.Outcome, a.Why, a.EndedBy, a.Trigger, a.End = b.Outcome, b.Why, b.EndedBy, b.Trigger, b.End
	}
}

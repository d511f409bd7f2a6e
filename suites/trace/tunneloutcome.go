package trace

import (
	"fmt"
	"slices"

	"github.com/rollover-conformance/rollover/fixtures/modern"
	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// decideTunnel finds the outcome of an attempt through HTTP: by how the tunnel
// opened, and behind that as of any RTSP.
func (r *reading) decideTunnel(a *attempt) {
	a.noteTunnel()
	if a.Outcome == "" && len(a.sent[clientSide]) == 0 && a.Media.Foreign == 0 {
		r.decideOpening(a, a.tunnel)
	}
	r.decideRTSP(a)
}

// decideOpening decides an attempt whose tunnel did not come about; one whose
// tunnel stands it leaves undecided.
func (r *reading) decideOpening(a *attempt, t *tunnel) {
	reply, answered := t.leg.Response, spanMark(t.leg.ResponseSpan)
	switch {
	case t.leg.Request == nil:
		r.decideMuteClient(a)
	case !t.leg.Get():
		asked := spanMark(t.leg.RequestSpan)
		a.decide(rollover.Broken, rollover.PartyClient, asked, asked, "the client asked for no tunnel: no cookie in its %s", t.leg.Request.Method)
	case reply == nil:
		r.decideNoOpening(a, t)
	case reply.Status/100 == 3:
		a.Status = reply.Status
		a.decide(rollover.Rejected, rollover.PartyServer, answered, answered, "redirected (%d), and the client did not follow", reply.Status)
	case reply.Status/100 != 2:
		a.Status = reply.Status
		a.decide(rollover.HTTPStatusOutcome(reply.Status), rollover.PartyServer, answered, answered, "GET was answered %d", reply.Status)
	case !modern.Tunnels(reply):
		a.Status = reply.Status
		a.decide(rollover.Broken, rollover.PartyServer, answered, answered, "GET was answered %d with content of type %q, which is no tunnel", reply.Status, reply.Fields.Value("Content-Type"))
	case len(t.posts) == 0 && t.shut != nil:
		near := t.shut.near()
		by := rollover.PartyRig
		if t.shut.views[serverSide] != nil {
			by = rollover.PartyServer
		}
		a.decide(rollover.Broken, by, near.first, near.last, "the connection for POST did not open")
	case len(t.posts) == 0:
		a.decide(rollover.Broken, rollover.PartyClient, answered, answered, "the client gave up after a good GET")
	case !r.heard(a):
		r.decidePost(a, t)
	}
}

// heard reports that anything the client asked inside was answered.
func (r *reading) heard(a *attempt) bool {
	return slices.ContainsFunc(a.steps, func(s step) bool { return s.reply != nil })
}

// decideNoOpening decides by a GET without an answer that is HTTP.
func (r *reading) decideNoOpening(a *attempt, t *tunnel) {
	c := t.get
	asked := spanMark(t.leg.RequestSpan)
	end := closingOf(c)
	there := legOf(c.views[serverSide])
	switch {
	case slices.ContainsFunc(t.leg.Stray, fromServer):
		a.decide(rollover.Broken, rollover.PartyServer, asked, c.near().toClient.last, "GET was answered with what is no HTTP")
	case c.views[serverSide] != nil && there.Request == nil:
		a.decide(rollover.Broken, rollover.PartyRig, asked, mark{}, "GET did not reach the server")
	case there.Response != nil:
		a.decide(rollover.Broken, rollover.PartyRig, asked, spanMark(there.ResponseSpan), "the reply to GET did not reach the client")
	case end.byServer():
		a.decide(rollover.Broken, end.party(), end.server, end.server, "the connection was closed instead of an answer to GET")
	case end.client.seen() && end.client.at-asked.at < grace:
		a.decide(rollover.Broken, rollover.PartyClient, end.client, end.client, "the client closed without waiting for the answer to GET")
	default:
		a.decide(rollover.Broken, rollover.PartyServer, asked, mark{}, "mute: GET was never answered")
	}
}

// decidePost decides an attempt whose POST led nowhere: nothing inside was
// answered.
func (r *reading) decidePost(a *attempt, t *tunnel) {
	for _, c := range t.posts {
		leg := legOf(c.near())
		if reply := leg.Response; reply != nil && reply.Status/100 != 2 {
			at := spanMark(leg.ResponseSpan)
			a.Status = reply.Status
			a.decide(rollover.Broken, rollover.PartyServer, at, at, "POST was answered %d", reply.Status)
			return
		}
		if at, ok := saidRTSP(leg); ok {
			a.decide(rollover.Broken, rollover.PartyServer, at, at, "what was asked on the POST was answered there, and not on the GET")
			return
		}
		if end := closingOf(c); end.byServer() {
			a.decide(rollover.Broken, end.party(), end.server, end.server, "the POST was closed, and nothing asked on it was answered")
			return
		}
	}
}

// saidRTSP is where a leg has RTSP of the server's that does not belong there.
func saidRTSP(leg *modern.Leg) (mark, bool) {
	for _, e := range rtsp.Dissect(leg.Stray) {
		if !e.FromClient && (e.Kind == rtsp.Response || e.Kind == rtsp.Frame) {
			return markOf(&e), true
		}
	}
	return mark{}, false
}

// noteTunnel tells how the tunnel was opened.
func (a *attempt) noteTunnel() {
	t := a.tunnel
	if r := t.leg.Request; r != nil {
		a.say(spanMark(t.leg.RequestSpan), true, "%s", r.Method)
	}
	if r := t.leg.Response; r != nil {
		a.say(spanMark(t.leg.ResponseSpan), false, "%d %s", r.Status, r.Fields.Value("Content-Type"))
	}
	for _, c := range t.posts {
		leg := legOf(c.near())
		at := spanMark(leg.RequestSpan)
		a.say(at, true, "POST")
		a.marks = append(a.marks, at)
		if r := leg.Response; r != nil {
			a.say(spanMark(leg.ResponseSpan), false, "%s", fmt.Sprint(r.Status))
		}
	}
}

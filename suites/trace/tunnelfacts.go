package trace

import (
	"fmt"
	"maps"
	"slices"

	"github.com/rollover-conformance/rollover/fixtures/modern"
	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// inspectTunnel looks for what a tunnel should not show, and what is inside.
func (r *reading) inspectTunnel(a *attempt, i int) {
	t := a.tunnel
	leg := legOf(t.get.far())
	if reply := leg.Response; reply != nil && modern.Tunnels(reply) {
		at := spanMark(leg.ResponseSpan)
		switch length := reply.Fields.Value("Content-Length"); {
		case length != "":
			r.note(rollover.FactTunnelReply, i, at.at, []int{at.frame}, "the answer to GET states a Content-Length: "+length)
		case reply.Fields.HasToken("Transfer-Encoding", "chunked"):
			r.note(rollover.FactTunnelReply, i, at.at, []int{at.frame}, "the answer to GET comes in chunks")
		}
	}
	for _, c := range t.posts {
		r.inspectPost(a, i, c)
	}
	if len(a.steps) == 0 && len(t.posts) == 0 {
		return
	}
	r.inspectModern(a, i)
	r.inspectMixed(a, i)
	for _, s := range a.selections {
		if slices.ContainsFunc(s.specs, func(spec rtsp.Transport) bool { return spec.UDP() }) {
			r.note(rollover.FactTunnelPorts, i, s.asked().at, []int{s.asked().frame},
				fmt.Sprintf("asked inside the tunnel for %s", transportText(s.req.Message.Header.List("Transport"))))
			return
		}
	}
}

// inspectPost looks at what the server did with a POST: nothing at all is right,
// and an answer of HTTP's that says 200 does no harm.
func (r *reading) inspectPost(a *attempt, i int, c *connection) {
	leg := legOf(c.far())
	if at, ok := saidRTSP(leg); ok {
		r.note(rollover.FactPostAnswered, i, at.at, []int{spanMark(leg.RequestSpan).frame, at.frame}, "RTSP of the server's on the POST")
	}
	if reply := leg.Response; reply != nil && reply.Status/100 != 2 {
		at := spanMark(leg.ResponseSpan)
		r.note(rollover.FactPostRefused, i, at.at, []int{spanMark(leg.RequestSpan).frame, at.frame}, fmt.Sprintf("POST was answered %d", reply.Status))
		return
	}
	end, get := closingOf(c), closingOf(a.tunnel.get)
	over := earlier(get.client, get.server)
	if a.torn || !end.byServer() || end.byRig || over.seen() && over.at <= end.server.at || r.heard(a) {
		return
	}
	r.note(rollover.FactPostRefused, i, end.server.at, []int{spanMark(leg.RequestSpan).frame, end.server.frame},
		"the server hung up on the POST while the GET stood")
}

// inspectMixed looks for what is another session's on the way from the server:
// answers to nothing that was asked here, and media of a source that was named
// to somebody else.
func (r *reading) inspectMixed(a *attempt, i int) {
	t := r.talkOf(a.conns[len(a.conns)-1], serverSide)
	var strange []int
	for j := range t.events {
		e := &t.events[j]
		if e.FromClient || e.Kind != rtsp.Response {
			continue
		}
		if !slices.ContainsFunc(t.exchanges, func(x exchange) bool { return x.reply == e }) {
			strange = append(strange, markOf(e).frame)
		}
	}
	if len(strange) > 0 {
		r.note(rollover.FactTunnelMixed, i, a.begin.at, strange, fmt.Sprintf("%d answers to nothing that was asked through this tunnel", len(strange)))
		return
	}
	for _, n := range slices.Sorted(maps.Keys(a.departures)) {
		d := a.departures[n]
		among := len(d.other) > 0 && len(d.other) < d.count // those of the source that was named
		if among || len(d.other) > 0 && r.namedElsewhere(a, d.ssrc) {
			r.note(rollover.FactTunnelMixed, i, d.at.at, d.other, fmt.Sprintf("media of SSRC %08x, which is another session's", d.ssrc))
			return
		}
	}
}

// namedElsewhere reports that the server named the source to another tunnel of the
// client's.
func (r *reading) namedElsewhere(a *attempt, ssrc uint32) bool {
	for c, talks := range r.talks {
		if slices.Contains(a.conns, c) {
			continue
		}
		for _, x := range talks[serverSide].exchanges {
			if x.method() != rtsp.Setup || !x.ok() {
				continue
			}
			if named, ok := selectionOf(step{x, c, 0}).granted.SSRC(); ok && named == ssrc {
				return true
			}
		}
	}
	return false
}

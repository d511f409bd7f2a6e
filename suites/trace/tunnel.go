package trace

import (
	"cmp"
	"slices"

	"github.com/rollover-conformance/rollover/fixtures/modern"
	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/fixtures/wire"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// tunnel is RTSP through HTTP: the connections that a cookie binds.
type tunnel struct {
	get   *connection
	posts []*connection
	shut  *connection // for a POST that never stood; nil: none
	leg   *modern.Leg // the GET as the client had it
}

func legOf(v *view) *modern.Leg {
	if v == nil {
		return &modern.Leg{}
	}
	return modern.Untunnel(v.segments)
}

// readTunnels joins the connections to the HTTP port into attempts: a GET, and
// the POSTs with its cookie, are one connection as far as RTSP is concerned.
func (r *reading) readTunnels(conns []*connection, rungs []rollover.Rung) []*attempt {
	var all []*attempt
	for _, c := range conns {
		if c.near().fromServer {
			continue
		}
		a := newAttempt(rollover.ServiceHTTP, c)
		a.Candidates = rungs
		shut := r.unopened(a, c)
		leg := legOf(c.near())
		opener := opened(all, leg.Cookie())
		switch {
		case shut && waitsForPost(all):
			all[len(all)-1].tunnel.shut = c
		case !shut && c.looked():
			// somebody looked whether the port is open
		case leg.Post() && opener != nil:
			opener.tunnel.posts = append(opener.tunnel.posts, c)
		case leg.Post():
			// nobody's: its GET never came here
		case leg.Get() && redirects(all, leg):
			last := all[len(all)-1]
			last.tunnel = &tunnel{get: c, leg: leg}
			last.marks = append(last.marks, a.begin)
		default:
			a.tunnel = &tunnel{get: c, leg: leg}
			all = append(all, a)
		}
	}
	for _, a := range all {
		if a.Outcome == "" {
			r.readInside(a)
		}
	}
	return mergeRTSP(all, rungs)
}

// redirects reports that the last GET was answered with another place to go to, or
// with a demand for credentials that this one brings.
func redirects(all []*attempt, leg *modern.Leg) bool {
	if len(all) == 0 || all[len(all)-1].tunnel.leg.Response == nil {
		return false
	}
	status := all[len(all)-1].tunnel.leg.Response.Status
	return status/100 == 3 || challenged(status) && (leg.Request.Fields.Has("Authorization") || leg.Request.Fields.Has("Proxy-Authorization"))
}

// opened is the newest attempt whose GET has that cookie; nil: none.
func opened(all []*attempt, cookie string) *attempt {
	for _, a := range slices.Backward(all) {
		if cookie != "" && a.tunnel.leg.Get() && a.tunnel.leg.Cookie() == cookie {
			return a
		}
	}
	return nil
}

// waitsForPost reports that the last attempt has its GET answered, and no POST.
func waitsForPost(all []*attempt) bool {
	if len(all) == 0 {
		return false
	}
	t := all[len(all)-1].tunnel
	return t.leg.Response != nil && modern.Tunnels(t.leg.Response) && len(t.posts) == 0 && t.shut == nil
}

// readInside reads the RTSP of a tunnel.
func (r *reading) readInside(a *attempt) {
	c := a.tunnel.inside()
	a.conns = []*connection{c}
	for n, x := range r.nearTalk(c).exchanges {
		s := step{x, c, n}
		a.steps = append(a.steps, s)
		switch x.method() {
		case rtsp.Setup:
			a.selections = append(a.selections, selectionOf(s))
		case rtsp.Teardown:
			a.torn = true
		}
	}
}

// inside is the tunnel as one connection: what its GET brings and its POSTs take
// away. The GET is its life: it begins and ends with it.
func (t *tunnel) inside() *connection {
	out := &connection{}
	for p := range points {
		get := t.get.views[p]
		if get == nil {
			continue
		}
		v := *get
		v.segments = slices.Clone(legOf(get).Inside)
		for _, post := range t.posts {
			other := post.views[p]
			if other == nil {
				continue
			}
			v.segments = append(v.segments, legOf(other).Inside...)
			v.toServer = other.toServer
			if other.last.at > v.last.at {
				v.last = other.last
			}
		}
		v.toServer.syn, v.toServer.isn = get.toServer.syn, get.toServer.isn
		v.toServer.fin, v.toServer.rst = get.toServer.fin, get.toServer.rst
		slices.SortStableFunc(v.segments, func(a, b wire.Segment) int { return cmp.Compare(a.At, b.At) })
		out.views[p] = &v
	}
	return out
}

func fromServer(s wire.Segment) bool { return !s.FromClient }

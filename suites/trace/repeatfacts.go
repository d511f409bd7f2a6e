package trace

import (
	"fmt"
	"net/url"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// inspectDoors looks for a port where the server took a connection and later
// refused one.
func (r *reading) inspectDoors(all []*attempt) {
	for i, a := range all {
		if a.Outcome != rollover.Refused || a.EndedBy != rollover.PartyServer {
			continue
		}
		for _, before := range all[:i] {
			c := before.conns[0]
			if c.port() != a.conns[0].port() || !c.near().established() {
				continue
			}
			r.note(rollover.FactDoorShut, i, a.Trigger, append([]int{c.near().first.frame}, framesOf(a.marks)...),
				fmt.Sprintf("port %d of the server took a connection, and now refuses one", c.port()))
			break
		}
	}
}

// tooManyRedirects is more than any real place needs.
const tooManyRedirects = 4

// inspectLoop looks at the frames that sent the client elsewhere: redirects
// without an end.
func (r *reading) inspectLoop(a *attempt, i int, redirects []int) {
	if len(redirects) >= tooManyRedirects {
		r.note(rollover.FactRedirectLoop, i, a.begin.at, redirects, fmt.Sprintf("redirected %d times in one attempt", len(redirects)))
	}
}

// inspectPaths looks for a request for another path than the first attempt's.
// Who is redirected goes where it is sent.
func (r *reading) inspectPaths(all []*attempt) {
	first := ""
	for i, a := range all {
		path, at, sent := a.path()
		switch {
		case sent:
			return
		case path == "":
		case first == "":
			first = path
		case path != first:
			r.note(rollover.FactOtherPath, i, at.at, []int{at.frame}, fmt.Sprintf("asks for %q after %q", path, first))
		}
	}
}

// inspectResendOverTCP looks for the stream of retransmissions granted over TCP,
// and media held back for it.
func (r *reading) inspectResendOverTCP(all []*attempt) {
	for i, a := range all {
		for _, s := range a.selections {
			if a.Outcome == rollover.Starved && s.rtx && s.ok() && s.granted.TCP() {
				r.note(rollover.FactResendOverTCP, i, s.answered().at, []int{s.asked().frame, s.answered().frame},
					fmt.Sprintf("SETUP %s over TCP was answered %d", lastSegment(s.req.Message.URL), s.status()))
			}
		}
	}
}

// path is what an attempt asks for, where it asks anew, and whether the server
// sent it elsewhere.
func (a *attempt) path() (path string, at mark, sent bool) {
	for _, s := range a.steps {
		sent = sent || s.status()/100 == 3
		if s.method() == rtsp.Describe && path == "" {
			path, at = pathOf(s.req.Message.URL), s.asked()
		}
	}
	for _, c := range a.calls {
		sent = sent || c.status()/100 == 3
		if c.fetches() && path == "" {
			path, at = pathOf(c.req.Request.Target), c.asked()
		}
	}
	return path, at, sent
}

func pathOf(target string) string {
	u, err := url.Parse(target)
	if err != nil {
		return ""
	}
	return u.Path
}

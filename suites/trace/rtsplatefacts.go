package trace

import (
	"fmt"
	"slices"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// When a session that lost its connection must be gone, if no time-out was
// announced (MS-RTSP 3.2.2), and what the clock may err (rollover.md B.5).
const (
	defaultSession = 60 * time.Second
	sessionSlack   = 2 * time.Second
)

// order is a moment from which a UDP attempt's media must be silent.
type order struct {
	from time.Duration
	kind rollover.FactKind
	what string
	at   mark
}

// inspectLate looks for media that still leaves the server by UDP when the
// streams have moved to TCP, the session was torn down, or its time-out has
// passed since the connection went away.
func (r *reading) inspectLate(a *attempt, i int) {
	o, ok := r.silenceOf(a)
	if !ok {
		return
	}
	var late []datagram
	for _, g := range r.udp[serverSide] {
		if !g.fromServer || g.class != classMedia || !g.media() || g.at <= o.from+grace || !r.sentFor(a, g) ||
			g.dst.Addr().IsMulticast() != (a.rung() == rollover.RTSPM) {
			continue
		}
		late = append(late, g)
	}
	if len(late) == 0 {
		return
	}
	last := late[len(late)-1]
	r.note(o.kind, i, late[0].at, append([]int{o.at.frame}, framesOfDatagrams(late)...),
		fmt.Sprintf("%d media packets by UDP %s, the last %s later", len(late), o.what, (last.at-o.at.at).Round(time.Millisecond)))
}

// sentFor reports that a datagram can only be this attempt's: it came before
// the next attempt began, or was given to this one all the same. A client that
// comes again at once is sent media of its own, perhaps to the same port.
func (r *reading) sentFor(a *attempt, g datagram) bool {
	return slices.ContainsFunc(a.late, func(l datagram) bool { return l.packet == g.packet }) ||
		!a.followed || g.at <= a.until
}

// silenceOf finds the first order to be silent, as the server's side saw it.
func (r *reading) silenceOf(a *attempt) (order, bool) {
	if len(a.steps) == 0 {
		return order{}, false
	}
	var found []order
	c := a.steps[len(a.steps)-1].conn
	mine, theirs := r.nearTalk(c).exchanges, r.talkOf(c, serverSide).exchanges
	first := a.steps[0].n
	for n := first; n < len(mine); n++ {
		x, ok := twin(mine, theirs, n)
		if !ok || !x.ok() {
			continue
		}
		at := x.answered()
		sel := selectionOf(step{x, c, n})
		switch {
		case x.method() == rtsp.Setup && sel.rung() == rollover.RTSPT:
			found = append(found, order{at.at, rollover.FactUDPAfterSwitch, "after SETUP for TCP was answered", at})
		case x.method() == rtsp.Teardown && a.torn:
			found = append(found, order{at.at, rollover.FactUDPAfterTeardown, "after TEARDOWN was answered", at})
		}
	}
	if end := earlier(c.far().toServer.fin, c.far().toServer.rst); end.seen() {
		wait := a.sessionTimeout()
		found = append(found, order{end.at + wait + sessionSlack, rollover.FactUDPAfterTimeout,
			fmt.Sprintf("after the connection closed and the session timeout of %s passed", wait), end})
	}
	if len(found) == 0 {
		return order{}, false
	}
	slices.SortStableFunc(found, func(a, b order) int { return int(a.from - b.from) })
	return found[0], true
}

func (a *attempt) sessionTimeout() time.Duration {
	for _, s := range a.selections {
		if s.ok() {
			if t := s.reply.Message.Session().Timeout; t > 0 {
				return t
			}
		}
	}
	return defaultSession
}

func sortInts(in []int) { slices.Sort(in) }

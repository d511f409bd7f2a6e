package trace

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// inspectPath looks at what is no single attempt's: the connections as a
// whole, and what the gateway let through.
func (r *reading) inspectPath(all []*attempt) {
	r.inspectLeaks()
	r.inspectOpeners()
	r.inspectSecond(all)
	r.inspectAborted(all)
	r.inspectParallel(all)
	r.inspectDoors(all)
	r.inspectPaths(all)
	r.inspectResendOverTCP(all)
	r.inspectSurvivors(all)
}

// inspectLeaks looks for datagrams at the client that a rule stops. A profile
// that changes in mid-play says nothing about single packets.
func (r *reading) inspectLeaks() {
	if len(r.scenario.Then) > 0 || len(r.setup.Changes) > 0 {
		return
	}
	began := r.openers()
	leaks := map[string][]int{}
	var first time.Duration
	for _, g := range r.udp[clientSide] {
		if !g.fromServer {
			continue
		}
		rule, stopped := r.scenario.StoppedBy(rollover.Datagram{
			From: rollover.PartyServer, Began: began[conversationOf(g)], SPort: g.src.Port(), DPort: g.dst.Port(), Fragment: g.pieces,
		})
		if !stopped {
			continue
		}
		if first == 0 {
			first = g.at
		}
		leaks[rule] = append(leaks[rule], g.frames...)
	}
	for _, rule := range sortedKeys(leaks) {
		r.note(rollover.FactRuleLeak, -1, first, leaks[rule], fmt.Sprintf("%d frames beyond rule %q", len(leaks[rule]), rule))
	}
}

func sortedKeys(m map[string][]int) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// inspectOpeners looks at who opened which connections: the server none, the
// client none to a port whose rungs are all switched off, and none to another
// host than it began with.
func (r *reading) inspectOpeners() {
	var home netip.Addr
	off := r.portsOff()
	for _, c := range r.conns {
		v := c.near()
		at := v.first
		if v.fromServer {
			r.note(rollover.FactSecondConnection, -1, at.at, []int{at.frame}, fmt.Sprintf("the server opens a connection to %s", v.client))
			continue
		}
		if len(v.syns) == 0 {
			continue
		}
		if service, ok := off[v.server.Port()]; ok && r.who.isServer(v.server.Addr()) {
			r.note(rollover.FactSwitchedOff, -1, at.at, []int{at.frame}, fmt.Sprintf("a connection to port %d, whose protocol (%s) is switched off", v.server.Port(), service))
		}
		if !home.IsValid() {
			home = v.server.Addr()
		}
		if v.server.Addr() != home {
			r.note(rollover.FactOtherAddress, -1, at.at, []int{at.frame}, fmt.Sprintf("a connection to %s after the first went to %s", v.server, home))
		}
	}
}

// portsOff are the control ports where every rung that may be sought there is
// switched off by the limits.
// A moniker that names a rung is not bound by limits.
func (r *reading) portsOff() map[uint16]rollover.Service {
	out := map[uint16]rollover.Service{}
	if !slices.Contains(rollover.Generals(), r.scenario.Moniker) || len(r.scenario.Limits) == 0 {
		return out
	}
	on := func(rung rollover.Rung) bool { return !slices.ContainsFunc(r.scenario.Limits, rung.OffBy) }
	for _, row := range r.rows {
		if port := r.portOf(row.service); !slices.ContainsFunc(r.rungsAt(port), on) {
			out[port] = row.service
		}
	}
	return out
}

// inspectSecond looks for a connection left without a word while an older one
// to the same port still stood.
func (r *reading) inspectSecond(all []*attempt) {
	for i, a := range all {
		c := a.conns[len(a.conns)-1]
		if a.Outcome != rollover.Broken || a.EndedBy != rollover.PartyServer || !c.near().established() || c.near().toClient.spoke() {
			continue
		}
		for _, older := range all[:i] {
			o := older.conns[len(older.conns)-1]
			end := closingOf(o)
			gone := earlier(end.client, end.server)
			if o == c || o.port() != c.port() || !o.near().established() || gone.seen() && gone.at < c.near().first.at {
				continue
			}
			r.note(rollover.FactSecondUnanswered, i, a.begin.at, []int{o.near().first.frame, c.near().first.frame},
				"no word on a second connection while the first stands")
			break
		}
	}
}

// inspectAborted looks for a refusal for want of room that only an attempt
// given up before can have used.
func (r *reading) inspectAborted(all []*attempt) {
	for i, a := range all {
		if i == 0 || !r.noRoom(a) || r.scenario.Offer.Reply != nil {
			continue
		}
		if before := all[i-1]; before.service == a.service && r.tookRoom(before) {
			r.note(rollover.FactTwiceRefused, i, a.Trigger, framesOf(a.marks), fmt.Sprintf("%s, after an attempt that the client gave up", a.Why))
		}
	}
}

// noRoom reports a refusal for want of room.
func (r *reading) noRoom(a *attempt) bool {
	if full := rowFor(r.rows, a.service).full; full != nil {
		return full(a)
	}
	return a.Status == 453 || a.Status == 503
}

// tookRoom reports that the server had granted the attempt a transport.
func (r *reading) tookRoom(a *attempt) bool {
	if granted := rowFor(r.rows, a.service).granted; granted != nil {
		return granted(a)
	}
	return slices.ContainsFunc(a.selections, func(s selection) bool { return s.ok() })
}

// inspectParallel looks for a rung opened while media of an earlier one still
// flows to a client that has not turned away from it.
func (r *reading) inspectParallel(all []*attempt) {
	for i, a := range all {
		if a.Outcome != rollover.Played || r.changesPlay() {
			continue
		}
		last := r.lastMedia(a)
		for j, later := range all[i+1:] {
			left := closingOf(a.mediaConn()).client
			if slices.Contains(a.conns, later.conns[0]) || left.seen() && left.at <= later.begin.at+grace || last.at <= later.begin.at+grace {
				continue
			}
			r.note(rollover.FactParallel, i+1+j, later.begin.at, []int{later.begin.frame, last.frame},
				fmt.Sprintf("%s begins while %s still plays", rungText(later), rungText(a)))
		}
	}
}

// lastMedia is where the last media came to the client on the attempt's leg,
// whether or not it had begun another one by then.
func (r *reading) lastMedia(a *attempt) mark {
	last := mark{a.Media.LastFrame, a.Media.Last}
	for _, g := range r.udp[clientSide] {
		rtp := a.rung() != "" && a.rung().Data() != rollover.OverTCP && g.class == classMedia && g.media() && a.streamTo(g.dst) >= 0
		block := a.rung().Data() == rollover.OverUDP && g.class == classBlock && r.names(a, g.dst.Port())
		if g.fromServer && g.at > last.at && (rtp || block) {
			last = g.mark
		}
	}
	return last
}

// names reports a port that the client named for datagrams that are no RTP.
func (r *reading) names(a *attempt, port uint16) bool {
	names := rowFor(r.rows, a.service).names
	return names != nil && names(a, port)
}

func rungText(a *attempt) string {
	if r := a.rung(); r != "" {
		return string(r)
	}
	return "an attempt"
}

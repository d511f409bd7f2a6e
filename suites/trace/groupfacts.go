package trace

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// inspectGroups holds media by multicast against what SETUP was answered: the
// group, the port, and how far it may go.
func (r *reading) inspectGroups(a *attempt, i int) {
	if len(a.wrongPort) > 0 {
		r.note(rollover.FactGroup, i, a.wrongPort[0].at, framesOfDatagrams(a.wrongPort),
			fmt.Sprintf("%d media packets to %s; announced: %s", len(a.wrongPort), a.wrongPort[0].dst, a.groupsText()))
	}
	var far []datagram
	reach := 0
	for _, g := range r.udp[serverSide] {
		if !g.fromServer || g.class != classMedia || g.at < a.begin.at || a.followed && g.at > a.until {
			continue
		}
		if n := a.streamTo(g.dst); n >= 0 {
			if said := a.selections[n].reach(); said > 0 && said != int(g.ttl) {
				far, reach = append(far, g), said
			}
		}
	}
	if len(far) > 0 {
		r.note(rollover.FactReach, i, far[0].at, framesOfDatagrams(far),
			fmt.Sprintf("%d media packets with TTL %d; announced: %d", len(far), far[0].ttl, reach))
	}
}

func (a *attempt) groupsText() string {
	var out []string
	for _, s := range a.selections {
		if to, ok := s.group(); ok {
			out = append(out, to.String())
		}
	}
	if len(out) == 0 {
		return "nothing"
	}
	return strings.Join(out, ", ")
}

// inspectMembership looks for the client's word to its router that it wants the
// groups which it was given: once they are known, and before it lets the server
// send.
func (r *reading) inspectMembership(a *attempt, i int) {
	var play mark
	for _, s := range a.steps {
		if s.method() == rtsp.Play && !play.seen() {
			play = s.asked()
		}
	}
	if !play.seen() {
		return
	}
	var told []netip.Addr
	for _, s := range a.selections {
		to, ok := s.group()
		if !ok || slices.Contains(told, to.Addr()) {
			continue
		}
		told = append(told, to.Addr())
		joined := r.joined(to.Addr())
		switch {
		case !joined.seen() || joined.at > a.leftAt(r):
			r.note(rollover.FactNotJoined, i, play.at, []int{s.answered().frame, play.frame},
				fmt.Sprintf("no membership report for %s on the client's link", to.Addr()))
		case joined.at > play.at:
			a.say(joined, true, "joins %s", to.Addr())
			r.note(rollover.FactJoinedLate, i, joined.at, []int{play.frame, joined.frame},
				fmt.Sprintf("joined %s only %s after PLAY", to.Addr(), (joined.at-play.at).Round(time.Millisecond)))
		default:
			a.say(joined, true, "joins %s", to.Addr())
		}
	}
}

// leftAt is when the client turned away, or the capture ended.
func (a *attempt) leftAt(r *reading) time.Duration {
	if leave := r.leaveOf(a); leave.seen() {
		return leave.at
	}
	return r.rec.last
}

// joined is the first report on the client's link that wants the group.
func (r *reading) joined(group netip.Addr) mark {
	for _, p := range r.rec.packets {
		if p.proto != protoGroup || p.point != clientSide || slices.Contains(r.who.gateway, p.src.Addr()) {
			continue
		}
		for _, m := range p.groups {
			if m.joins && m.group == group {
				return p.mark
			}
		}
	}
	return mark{}
}

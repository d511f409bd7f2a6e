package trace

import (
	"fmt"
	"maps"
	"slices"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// inspectCrossed looks for media of one client's session that the server sent
// to another client: to a port that only the other named, or with a source
// identifier that was granted to the other alone.
func (c crowd) inspectCrossed() {
	granted := map[uint32]int{} // whose session an SSRC is
	for i, all := range c.attempts {
		for ssrc := range grantedIn(all) {
			granted[ssrc] = i
		}
	}
	for i, r := range c.readings {
		own := grantedIn(c.attempts[i])
		found := map[int][]mark{}
		for _, g := range r.udp[serverSide] {
			if !g.fromServer || g.class != classMedia && g.class != classBlock || g.dst.Addr().IsMulticast() {
				continue
			}
			if j, ok := c.meantFor(i, g, own, granted); ok {
				found[j] = append(found[j], g.mark)
			}
		}
		for _, conn := range r.conns {
			for _, e := range r.talkOf(conn, serverSide).events {
				if e.Kind != rtsp.Frame || e.FromClient {
					continue
				}
				if p, err := rtsp.ParseRTP(e.Payload); err == nil {
					if j, other := granted[p.SSRC]; other && j != i && !own[p.SSRC] {
						found[j] = append(found[j], markOf(&e))
					}
				}
			}
		}
		for _, j := range slices.Sorted(maps.Keys(found)) {
			c.note(i, j, rollover.FactCrossed, found[j], fmt.Sprintf("%d media packets of client %d's session", len(found[j]), j+1))
		}
	}
}

// meantFor is the other client that a datagram to the ith was meant for.
func (c crowd) meantFor(i int, g datagram, own map[uint32]bool, granted map[uint32]int) (int, bool) {
	if g.class == classMedia && len(own) > 0 && !own[g.rtp.SSRC] {
		if j, ok := granted[g.rtp.SSRC]; ok && j != i {
			return j, true
		}
	}
	port := g.dst.Port()
	if slices.ContainsFunc(c.attempts[i], func(a *attempt) bool { return c.readings[i].mentions(a, port) }) {
		return 0, false
	}
	j := c.namedBy(port, i)
	return j, j >= 0
}

// grantedIn are the source identifiers that the server granted a client.
func grantedIn(all []*attempt) map[uint32]bool {
	out := map[uint32]bool{}
	for _, a := range all {
		for _, s := range a.selections {
			if ssrc, ok := s.granted.SSRC(); ok {
				out[ssrc] = true
			}
		}
	}
	return out
}

// note adds a fact about the ith client in which the jth takes part. It belongs
// to the attempt that had begun last.
func (c crowd) note(i, j int, kind rollover.FactKind, at []mark, seen string) {
	attempt := -1
	for n, a := range c.attempts[i] {
		if a.begin.at <= at[0].at {
			attempt = n
		}
	}
	c.readings[i].noteOther(kind, attempt, j+1, at, seen)
}

func (r *reading) noteOther(kind rollover.FactKind, attempt, other int, at []mark, seen string) {
	r.note(kind, attempt, at[0].at, framesOf(at), seen)
	r.facts[len(r.facts)-1].Other = other
}

// inspectDoors looks for a port where the server took another client's
// connection and later refused this one's.
func (c crowd) inspectDoors() {
	c.eachServed(func(i, n int, a *attempt) bool {
		return a.Outcome == rollover.Refused && a.EndedBy == rollover.PartyServer
	}, func(*connection, *attempt) bool { return true }, rollover.FactDoorShut, "port %d of the server took a connection of client %d, and now refuses one")
}

// inspectMute looks for a connection left without a word while another client's
// to the same port still stood.
func (c crowd) inspectMute() {
	c.eachServed(func(i, n int, a *attempt) bool {
		last := a.conns[len(a.conns)-1].near()
		return a.Outcome == rollover.Broken && a.EndedBy == rollover.PartyServer && last.established() && !last.toClient.spoke()
	}, func(o *connection, a *attempt) bool {
		end := closingOf(o)
		gone := earlier(end.client, end.server)
		return !gone.seen() || gone.at > a.begin.at
	}, rollover.FactSecondUnanswered, "no word on a connection to port %d while that of client %d stands")
}

// eachServed notes the attempts that ask is true of, where an older connection of
// another client to the same port, of which stood is true, had been taken.
func (c crowd) eachServed(ask func(i, n int, a *attempt) bool, stood func(*connection, *attempt) bool, kind rollover.FactKind, seen string) {
	for i, all := range c.attempts {
		for n, a := range all {
			if !ask(i, n, a) {
				continue
			}
			port := a.conns[0].port()
			for j, r := range c.readings {
				k := slices.IndexFunc(r.conns, func(o *connection) bool {
					return j != i && o.port() == port && o.near().established() && o.near().first.at < a.begin.at && stood(o, a)
				})
				if k >= 0 {
					c.readings[i].noteOther(kind, n, j+1, append([]mark{r.conns[k].near().first}, a.marks...), fmt.Sprintf(seen, port, j+1))
					break
				}
			}
		}
	}
}

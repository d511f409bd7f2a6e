package trace

import (
	"time"

	"github.com/rollover-conformance/rollover/netns/firewall"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// conversation is a pair of UDP ports: the client's and the server's.
type conversation struct{ client, server uint16 }

func conversationOf(g datagram) conversation {
	if g.fromServer {
		return conversation{g.dst.Port(), g.src.Port()}
	}
	return conversation{g.src.Port(), g.dst.Port()}
}

// openers tells which side spoke first between two UDP ports, as the client's
// link shows it. What the client's own host stops was not said: a datagram that
// a firewall drops begins no connection in its table.
func (r *reading) openers() map[conversation]rollover.Party {
	out := map[conversation]rollover.Party{}
	for _, g := range r.udp[clientSide] {
		key := conversationOf(g)
		switch {
		case out[key] != "":
		case !g.fromServer:
			out[key] = rollover.PartyClient
		case !r.stopped(g, rollover.PartyServer):
			out[key] = rollover.PartyServer
		}
	}
	return out
}

// profileAt is the profile in force at a moment.
func (r *reading) profileAt(at time.Duration) firewall.Profile {
	p := r.scenario.Profile
	n := 0
	for _, e := range r.scenario.Then {
		if e.Profile == nil {
			continue
		}
		if n == len(r.setup.Changes) || r.setup.Changes[n].At > at {
			break
		}
		p, n = *e.Profile, n+1
	}
	return p.WithDefaults()
}

// hidden reports that the client's own host stops a datagram that its link
// shows: the program never had it.
func (r *reading) hidden(g datagram, began map[conversation]rollover.Party) bool {
	by := began[conversationOf(g)]
	if by == "" {
		by = rollover.PartyServer
	}
	return r.stopped(g, by)
}

// stopped reports that the client's own host stops a datagram of the server's in
// a conversation that this side began.
func (r *reading) stopped(g datagram, began rollover.Party) bool {
	p := r.profileAt(g.at)
	if p.At != firewall.AtClient {
		return false
	}
	fate := p.Fate(firewall.Flow{
		From: firewall.Server, Began: firewall.Side(began), Proto: firewall.UDP,
		SPort: g.src.Port(), DPort: g.dst.Port(), Fragment: g.pieces,
	})
	return fate.Action != firewall.Accept
}

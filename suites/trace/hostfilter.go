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
// link shows it.
func (r *reading) openers() map[conversation]rollover.Party {
	out := map[conversation]rollover.Party{}
	for _, g := range r.udp[clientSide] {
		from := rollover.PartyClient
		if g.fromServer {
			from = rollover.PartyServer
		}
		if key := conversationOf(g); out[key] == "" {
			out[key] = from
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
	p := r.profileAt(g.at)
	if p.At != firewall.AtClient {
		return false
	}
	fate := p.Fate(firewall.Flow{
		From: firewall.Server, Began: firewall.Side(began[conversationOf(g)]), Proto: firewall.UDP,
		SPort: g.src.Port(), DPort: g.dst.Port(), Fragment: g.pieces,
	})
	return fate.Action != firewall.Accept
}

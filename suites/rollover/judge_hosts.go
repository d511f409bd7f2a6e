package rollover

import (
	"slices"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// A host's own firewall stands between its program and the points that see
// its packets: what the server's stops never shows, and what the client's
// stops shows as if it had arrived.

// serverSends: no firewall on the server's host keeps media from leaving it.
func (b *bench) serverSends(f Fact) bool { return !b.hostFilters(firewall.AtServer, f) }

// clientHears: no firewall on the client's host answers or hides media that
// reached it.
func (b *bench) clientHears(f Fact) bool { return !b.hostFilters(firewall.AtClient, f) }

// clientLeaves: no firewall on the client's host keeps back what it sends on
// its control connections, the end of them included.
func (b *bench) clientLeaves(f Fact) bool {
	return b.passes(firewall.AtClient, firewall.TCP, b.serviceOf(f.Attempt))
}

// serverResends: no firewall on the server's host keeps a request for lost
// packets from the program, or the packets from leaving it.
func (b *bench) serverResends(f Fact) bool {
	return b.serverSends(f) && b.passes(firewall.AtServer, firewall.UDP, b.firstOf(f.Attempt).speaks().feedback)
}

// passes reports that no profile at that place ever stops what the client sends
// to the endpoint.
func (b *bench) passes(at firewall.Place, proto string, to Service) bool {
	return !b.anyProfile(at, func(p firewall.Profile) bool {
		return p.Fate(firewall.Flow{From: firewall.Client, Began: firewall.Client, Proto: proto,
			SPort: clientPort, DPort: b.Setup.PortOf(to)}).Action != firewall.Accept
	})
}

// serverResets: no firewall on the server's host resets connections in the
// server's name, and the gateway does not make a stranger of the client on the
// way.
func (b *bench) serverResets(Fact) bool {
	renamed := slices.ContainsFunc(b.Scenario.Then, func(e Event) bool {
		return e.Profile != nil && e.Profile.WithDefaults().NAT != b.Scenario.Profile.WithDefaults().NAT
	})
	return !renamed && !b.anyProfile(firewall.AtServer, func(p firewall.Profile) bool {
		return slices.ContainsFunc(p.Rules, func(r firewall.Rule) bool {
			return r.Action == firewall.Reset && r.Proto != firewall.UDP
		})
	})
}

// anyProfile asks the profiles at that place, whenever they are in force.
func (b *bench) anyProfile(at firewall.Place, ask func(firewall.Profile) bool) bool {
	profiles := []firewall.Profile{b.Scenario.Profile}
	for _, e := range b.Scenario.Then {
		if e.Profile != nil {
			profiles = append(profiles, *e.Profile)
		}
	}
	return slices.ContainsFunc(profiles, func(p firewall.Profile) bool {
		p = p.WithDefaults()
		return p.At == at && ask(p)
	})
}

// hostFilters reports that at some time a profile at that place stops or thins
// what the server sends from its media port.
func (b *bench) hostFilters(at firewall.Place, f Fact) bool {
	media := b.Setup.PortOf(b.firstOf(f.Attempt).speaks().media)
	return b.anyProfile(at, func(p firewall.Profile) bool {
		return slices.ContainsFunc(portsToAsk(b.Setup.Row.portsIn(b.Scenario), p), func(port uint16) bool {
			fate := p.Fate(firewall.Flow{From: firewall.Server, Began: firewall.Server, Proto: firewall.UDP,
				SPort: media, DPort: port, Fragment: at == firewall.AtClient})
			return fate.Action != firewall.Accept || fate.Lossy
		})
	})
}

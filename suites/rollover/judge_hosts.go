package rollover

import "github.com/rollover-conformance/rollover/netns/firewall"

// A host's own firewall stands between its program and the points that see
// its packets: what the server's stops never shows, and what the client's
// stops shows as if it had arrived.

// serverSends: no firewall on the server's host keeps media from leaving it.
func (b *bench) serverSends(Fact) bool { return !b.hostFilters(firewall.AtServer) }

// clientHears: no firewall on the client's host answers or hides media that
// reached it.
func (b *bench) clientHears(Fact) bool { return !b.hostFilters(firewall.AtClient) }

// hostFilters reports that at some time a profile at that place stops or thins
// what the server sends from its media port.
func (b *bench) hostFilters(at firewall.Place) bool {
	profiles := []firewall.Profile{b.Scenario.Profile}
	for _, e := range b.Scenario.Then {
		if e.Profile != nil {
			profiles = append(profiles, *e.Profile)
		}
	}
	for _, p := range profiles {
		if p = p.WithDefaults(); p.At != at {
			continue
		}
		for _, port := range portsToAsk(b.Scenario.Client.Ports, p) {
			fate := p.Fate(firewall.Flow{From: firewall.Server, Began: firewall.Server, Proto: firewall.UDP,
				SPort: b.Setup.RTP, DPort: port, Fragment: at == firewall.AtClient})
			if fate.Action != firewall.Accept || fate.Lossy {
				return true
			}
		}
	}
	return false
}

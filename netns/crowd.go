package netns

import (
	"fmt"
	"net/netip"
)

// MostClients bounds the client hosts of a lab: each has an address of the
// client's network.
const MostClients = 200

// ClientName is the host of the nth of several clients, counted from 1.
func ClientName(n int) string { return fmt.Sprintf("%s-%d", Client, n) }

// neighbourOf is the address of the client's network for the nth of several
// clients: 192.0.2.17 and 2001:db8:1::17 are client 7.
func neighbourOf(n int) []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix(fmt.Sprintf("192.0.2.%d/24", 10+n)),
		netip.MustParsePrefix(fmt.Sprintf("2001:db8:1::%d/64", 10+n)),
	}
}

// addClients makes a switch of the host at the gateway's link and joins the
// clients to it. Their links are as wide as the gateway's: what is too large for
// that one is too large at its sender.
func (t *Topology) addClients(o Options) {
	t.Hosts[0], t.Links[0].B.Addrs = HostSpec{Name: Client, Switch: true}, nil
	for n := range o.Clients {
		name := ClientName(n + 1)
		t.Hosts = append(t.Hosts, HostSpec{Name: name, Routes: defaultVia(clientSide)})
		t.Links = append(t.Links, LinkSpec{A: End{name, neighbourOf(n + 1)}, B: End{Client, nil}, MTU: o.MTU})
	}
}

// across are the ends that packets from this one may go to at once: the far end,
// or through a switch those of its other links. Of two hosts that are no router
// neither has anything to say to the other.
func (p *endpoint) across() []*endpoint {
	joint := p.far.site
	if !joint.spec.Switch {
		return []*endpoint{p.far}
	}
	var out []*endpoint
	for _, port := range joint.ends {
		if other := port.far; port != p.far && (p.site.spec.Forward || other.site.spec.Forward) {
			out = append(out, other)
		}
	}
	return out
}

// join makes a switch of the host's links.
func (s *site) join(t *train) {
	const name = "switch"
	index := s.index + 1
	t.bridge(name, index)
	for _, p := range s.ends {
		if !p.near() {
			t.up(p.veth.index)
		}
		t.enslave(p.veth.index, index)
		if p.link.Rate != 0 {
			t.shape(p.veth.index, p.link.Rate, p.link.mtu())
		}
	}
}

// Clients are the hosts that clients play from: the one, or those at the
// clients' switch, in the order of their numbers.
func (l *Lab) Clients() []*Host {
	var several []*Host
	for n := 1; ; n++ {
		h := l.Host(ClientName(n))
		if h == nil {
			break
		}
		several = append(several, h)
	}
	if several != nil {
		return several
	}
	if h := l.Host(Client); h != nil {
		return []*Host{h}
	}
	return nil
}

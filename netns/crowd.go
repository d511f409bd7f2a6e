package netns

import (
	"fmt"
	"net/netip"
)

// MostClients bounds the client hosts of a lab: a number has one place in an
// address.
const MostClients = 250

// The networks of several clients: one for each, so that its address tells its
// number. IPv4 is the range for benchmarks (RFC 2544 C.2.2), of which no host
// is anywhere; IPv6 is for documentation, as everywhere in a lab.
var crowdNets = []netip.Prefix{netip.MustParsePrefix("198.18.0.0/16"), netip.MustParsePrefix("2001:db8:3::/48")}

// ClientName is the host of the nth of several clients, counted from 1.
func ClientName(n int) string { return fmt.Sprintf("%s-%d", Client, n) }

// crowdNet is the link of the nth client, with the host number of one end:
// 198.18.7.10 and 2001:db8:3:7::10 are client 7.
func crowdNet(n, host int) []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix(fmt.Sprintf("198.18.%d.%d/24", n, host)),
		netip.MustParsePrefix(fmt.Sprintf("2001:db8:3:%d::%d/64", n, host)),
	}
}

// addClients makes a router of the host at the gateway's link and puts the
// clients behind it. Their links are as wide as the gateway's: what is too
// large for that one is too large at its sender.
func (t *Topology) addClients(o Options) {
	router, gateway := &t.Hosts[0], &t.Hosts[1]
	router.Forward, router.Routes = true, defaultVia(clientSide)
	for i, net := range crowdNets {
		gateway.Routes = append(gateway.Routes, RouteSpec{To: net, Via: clientNet[i].Addr()})
	}
	for n := range o.Clients {
		n++
		near, far := crowdNet(n, 1), crowdNet(n, 10)
		t.Hosts = append(t.Hosts, HostSpec{Name: ClientName(n), Routes: defaultVia(near)})
		t.Links = append(t.Links, LinkSpec{A: End{ClientName(n), far}, B: End{Client, near}, MTU: o.MTU})
	}
}

// Clients are the hosts that clients play from: the one, or those behind the
// clients' router, in the order of their numbers.
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

package netns

import (
	"net/netip"
	"slices"
)

// The hosts of the routed topology.
const (
	Client  = "client"
	Gateway = "gateway"
	Server  = "server"
)

// The addresses of every routed lab, from the documentation ranges (RFC 5737,
// RFC 3849), so that captures of different runs compare.
var (
	clientNet  = []netip.Prefix{netip.MustParsePrefix("192.0.2.10/24"), netip.MustParsePrefix("2001:db8:1::10/64")}
	clientSide = []netip.Prefix{netip.MustParsePrefix("192.0.2.1/24"), netip.MustParsePrefix("2001:db8:1::1/64")}
	serverSide = []netip.Prefix{netip.MustParsePrefix("198.51.100.1/24"), netip.MustParsePrefix("2001:db8:2::1/64")}
	secondNet  = []netip.Prefix{netip.MustParsePrefix("198.51.100.11/24"), netip.MustParsePrefix("2001:db8:2::11/64")}
	serverNet  = []netip.Prefix{netip.MustParsePrefix("198.51.100.10/24"), netip.MustParsePrefix("2001:db8:2::10/64")}
)

// Options vary the routed topology; the zero value is the usual lab.
type Options struct {
	MTU  int    // of both links, bytes; 0: 1500; below 1280: IPv4 only
	Rate uint64 // of both links, bits a second; 0: unlimited

	SecondServer bool // the server has a second address of each family

	Clients int // client hosts, at a switch; 0 or 1: the one host at the gateway's link

	Server *Foreign // where the server is; nil: in a namespace of the lab's own
}

// Routed is client — gateway — server over IPv4 and IPv6. The gateway forwards
// and is the default route of both ends. Of several clients each is a host of
// its own ([ClientName]), and the host at the gateway's link is their switch:
// what all of them send and get still passes that one link.
func Routed(o Options) Topology {
	server := serverNet
	if o.SecondServer {
		server = append(slices.Clone(serverNet), secondNet...)
	}
	t := Topology{
		Hosts: []HostSpec{
			{Name: Client, Routes: defaultVia(clientSide)},
			{Name: Gateway, Forward: true},
			{Name: Server, Routes: defaultVia(serverSide)},
		},
		Links: []LinkSpec{
			{A: End{Gateway, clientSide}, B: End{Client, clientNet}, MTU: o.MTU, Rate: o.Rate},
			{A: End{Gateway, serverSide}, B: End{Server, server}, MTU: o.MTU, Rate: o.Rate},
		},
	}
	if o.Clients > 1 {
		t.addClients(o)
	}
	if o.Server != nil {
		t.serverIn(o.Server)
	}
	return t
}

// serverIn puts the server into a namespace that is not the lab's. A default
// route may be there already, so it gets routes to the clients alone; and a
// machine behind a wire gets none, but clients that seem to be its neighbours.
func (t *Topology) serverIn(f *Foreign) {
	server := &t.Hosts[2]
	server.In, server.Routes = f, nil
	if f.wire != nil {
		t.serverBehind(f.wire)
		return
	}
	for i, net := range clientNet {
		server.Routes = append(server.Routes, RouteSpec{To: net.Masked(), Via: serverSide[i].Addr()})
	}
}

func defaultVia(gateway []netip.Prefix) []RouteSpec {
	var routes []RouteSpec
	for _, p := range gateway {
		all := netip.PrefixFrom(netip.IPv4Unspecified(), 0)
		if p.Addr().Is6() {
			all = netip.PrefixFrom(netip.IPv6Unspecified(), 0)
		}
		routes = append(routes, RouteSpec{To: all, Via: p.Addr()})
	}
	return routes
}

package main

import (
	"context"
	"net"
	"net/netip"

	"github.com/rollover-conformance/rollover/fixtures/stream"
)

// hostNetwork is this machine's own network: serve and watch use no lab.
func hostNetwork() stream.Network {
	var dialer net.Dialer
	var listen net.ListenConfig
	return stream.Network{
		DialContext:  dialer.DialContext,
		Listen:       listen.Listen,
		ListenPacket: listen.ListenPacket,
		Resolve: func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		},
	}
}

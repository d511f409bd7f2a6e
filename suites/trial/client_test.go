package trial

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"

	"github.com/rollover-conformance/rollover/fixtures/stream"
	"github.com/rollover-conformance/rollover/netns/firewall"
)

// A client that is given several ranges takes no port between them.
func TestClientStaysWithinItsPorts(t *testing.T) {
	t.Parallel()
	set, err := firewall.ParsePorts("2000-2003")
	if err != nil {
		t.Fatal(err)
	}
	set = append(set, firewall.Range{Lo: 30000, Hi: 30000})
	var asked []uint16
	network := stream.Network{ListenPacket: within(set, func(_ context.Context, _, address string) (net.PacketConn, error) {
		asked = append(asked, netip.MustParseAddrPort(address).Port())
		return nil, nil
	})}
	local := netip.MustParseAddr("192.0.2.10")
	for range 20 {
		if _, err := stream.ListenInRange(t.Context(), network, "udp", local, stream.PortRange{Lo: 2000, Hi: 30000}); err != nil {
			t.Fatal(err)
		}
	}
	for _, port := range asked {
		if !set.Contains(port) {
			t.Errorf("port %d was asked for; the set is %s", port, set)
		}
	}
	asked = nil
	if _, err := network.ListenPacket(t.Context(), "udp4", "239.77.1.1:5500"); err != nil || len(asked) != 1 {
		t.Errorf("a group's port, which is the server's choice: %v", err)
	}
	if _, err := stream.ListenInRange(t.Context(), network, "udp", local, stream.PortRange{Lo: 5000, Hi: 6000}); !errors.Is(err, stream.ErrNoFreePort) {
		t.Errorf("between the ranges: %v", err)
	}
}

package trial

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"syscall"
)

// portPool is the UDP ports that a scenario gives to all of its clients, or that
// they have where one address stands for all of them: each is for the whole trial
// the client's that took it first. To the others it looks taken. A port of a
// multicast group is everybody's.
type portPool struct {
	mu    sync.Mutex
	owner map[uint16]int
}

// of is the host of the nth client with the pool's ports.
func (p *portPool) of(n int, listen listenPacket) listenPacket {
	return func(ctx context.Context, network, address string) (net.PacketConn, error) {
		at, err := netip.ParseAddrPort(address)
		if err != nil || at.Addr().IsMulticast() {
			return listen(ctx, network, address)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		if owner, taken := p.owner[at.Port()]; taken && owner != n {
			return nil, &net.OpError{Op: "listen", Net: network, Addr: net.UDPAddrFromAddrPort(at), Err: syscall.EADDRINUSE}
		}
		c, err := listen(ctx, network, address)
		if err == nil {
			p.owner[at.Port()] = n
		}
		return c, err
	}
}

package netns

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// udpBuffer is what a UDP socket asks for as receive buffer, bytes: a full
// buffer looks like loss in the firewall. Without root the kernel gives
// net.core.rmem_max at most; see UDPErrors.
const udpBuffer = 4 << 20

// Listen opens a TCP listener inside the host. The address is literal, its
// host part may be empty for all addresses of both families.
func (h *Host) Listen(ctx context.Context, network, address string) (net.Listener, error) {
	if err := literal(network, "tcp", address); err != nil {
		return nil, listenError(network, err)
	}
	config := net.ListenConfig{}
	config.SetMultipathTCP(false) // Go's default; its options are not what a plain peer sends
	var l net.Listener
	err := h.Do(func() (err error) {
		l, err = config.Listen(ctx, network, address)
		return err
	})
	return l, err
}

// ListenPacket opens a UDP socket inside the host, as Listen does. Its
// datagrams over IPv4 leave "don't fragment" off.
func (h *Host) ListenPacket(ctx context.Context, network, address string) (net.PacketConn, error) {
	if err := literal(network, "udp", address); err != nil {
		return nil, listenError(network, err)
	}
	config := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		var inner error
		err := c.Control(func(fd uintptr) { inner = setUDPOptions(int(fd)) })
		return errors.Join(err, inner)
	}}
	var p net.PacketConn
	err := h.Do(func() (err error) {
		p, err = config.ListenPacket(ctx, network, address)
		return err
	})
	return p, err
}

func listenError(network string, err error) error {
	return &net.OpError{Op: "listen", Net: network, Err: err}
}

// setUDPOptions is what every UDP socket of a host is born with.
func setUDPOptions(fd int) error {
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, udpBuffer) != nil {
		// Without privilege over the machine: as much as rmem_max allows.
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, udpBuffer); err != nil {
			return os.NewSyscallError("setsockopt SO_RCVBUF", err)
		}
	}
	// On IPv6 sockets too: they carry IPv4 when they are dual-stack.
	if err := unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, unix.IP_PMTUDISC_DONT); err != nil {
		return os.NewSyscallError("setsockopt IP_MTU_DISCOVER", err)
	}
	return nil
}

// literal reports an address or network that would need a resolver or a
// family that is not wanted.
func literal(network, proto, address string) error {
	if strings.TrimRight(network, "46") != proto {
		return net.UnknownNetworkError(network)
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil || host == "" {
		return err
	}
	if _, err := netip.ParseAddr(host); err != nil {
		return fmt.Errorf("address %q is not literal: names go through Resolve", address)
	}
	return nil
}

package netns

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// DialContext connects from inside the host to a literal address, over tcp or
// udp, optionally with a 4 or 6. Only the birth of the socket needs the
// namespace; the wait for the peer happens outside of it, so that any number
// of blocked connects holds no thread. Errors are [*net.OpError]: a refusal is
// ECONNREFUSED, a context that ends is context.DeadlineExceeded or Canceled.
func (h *Host) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	to, err := dialTarget(network, address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	fail := func(err error) error {
		addr := net.Addr(net.TCPAddrFromAddrPort(to))
		if isUDP(network) {
			addr = net.UDPAddrFromAddrPort(to)
		}
		return &net.OpError{Op: "dial", Net: network, Addr: addr, Err: err}
	}
	if err := ctx.Err(); err != nil {
		return nil, fail(err)
	}
	var fd int
	err = h.Do(func() (err error) {
		fd, err = newSocket(network, to.Addr())
		return err
	})
	if err != nil {
		return nil, fail(err)
	}
	conn, err := connect(ctx, fd, to)
	if err != nil {
		return nil, fail(err)
	}
	return conn, nil
}

func isUDP(network string) bool { return strings.HasPrefix(network, "udp") }

// dialTarget reads network and address strictly.
func dialTarget(network, address string) (netip.AddrPort, error) {
	var none netip.AddrPort
	proto := "tcp"
	if isUDP(network) {
		proto = "udp"
	}
	if err := literal(network, proto, address); err != nil {
		return none, err
	}
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return none, err
	}
	to = netip.AddrPortFrom(to.Addr().Unmap(), to.Port())
	if strings.HasSuffix(network, "4") && !to.Addr().Is4() || strings.HasSuffix(network, "6") && to.Addr().Is4() {
		return none, fmt.Errorf("address %s is not of network %s", address, network)
	}
	if to.Addr().Zone() != "" {
		return none, fmt.Errorf("address %s: zones are not supported", address)
	}
	return to, nil
}

// newSocket opens a non-blocking socket in the calling thread's namespace.
func newSocket(network string, to netip.Addr) (int, error) {
	kind := unix.SOCK_STREAM
	if isUDP(network) {
		kind = unix.SOCK_DGRAM
	}
	fd, err := unix.Socket(int(family(to)), kind|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, os.NewSyscallError("socket", err)
	}
	if isUDP(network) {
		if err := setUDPOptions(fd); err != nil {
			unix.Close(fd)
			return -1, err
		}
	}
	return fd, nil
}

func sockaddr(to netip.AddrPort) unix.Sockaddr {
	if to.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}
	}
	return &unix.SockaddrInet6{Port: int(to.Port()), Addr: to.Addr().As16()}
}

// connect connects the socket, which it owns from here on. The connect comes
// before the runtime's poller learns of the socket: an unconnected one would
// be reported as ready at once.
func connect(ctx context.Context, fd int, to netip.AddrPort) (net.Conn, error) {
	err := unix.Connect(fd, sockaddr(to))
	f := os.NewFile(uintptr(fd), to.String())
	defer f.Close()
	switch {
	case err == nil:
	case errors.Is(err, unix.EINPROGRESS), errors.Is(err, unix.EINTR):
		if err := waitConnected(ctx, f); err != nil {
			return nil, err
		}
	default:
		return nil, os.NewSyscallError("connect", err)
	}
	// FileConn works on a duplicate, so closing f is right either way.
	return net.FileConn(f)
}

// waitConnected waits in the poller until the connect has ended or the context
// has.
func waitConnected(ctx context.Context, f *os.File) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { f.SetWriteDeadline(time.Unix(1, 0)) })
	defer stop()
	var outcome error
	err = raw.Write(func(fd uintptr) (done bool) {
		done, outcome = connected(int(fd))
		return done
	})
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return errors.Join(err, outcome)
}

// connected tells whether a connect in progress has ended, and how. A wake-up
// alone proves nothing: without an error and without a peer it goes on.
func connected(fd int) (done bool, err error) {
	errno, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil {
		return true, os.NewSyscallError("getsockopt", err)
	}
	if errno != 0 {
		return true, os.NewSyscallError("connect", unix.Errno(errno))
	}
	if _, err := unix.Getpeername(fd); err != nil {
		return false, nil
	}
	return true, nil
}

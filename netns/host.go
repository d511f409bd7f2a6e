package netns

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
)

// Host is one host of a lab: a network namespace held by descriptor.
type Host struct {
	name       string
	ns         *os.File // the namespace
	in         *Foreign // where the namespace is not the lab's
	dropped    uint64   // datagrams that were dropped in it before the lab came
	interfaces []iface
	table      []hostEntry // the host's own hosts file
}

// iface is one interface of a host, called after the neighbour it leads to
// unless the namespace is not the lab's.
type iface struct {
	peer  string
	name  string
	index int
	addrs []netip.Prefix
}

// Name is the host's name in the topology.
func (h *Host) Name() string { return h.name }

// Addr is the host's first address of the family; invalid when it has none.
// The gateway's first is the one that faces the client.
func (h *Host) Addr(v6 bool) netip.Addr {
	for _, a := range h.Addrs() {
		if a.Is6() == v6 {
			return a
		}
	}
	return netip.Addr{}
}

// Addrs is every address of the host, in the order of its links.
func (h *Host) Addrs() []netip.Addr {
	var all []netip.Addr
	for _, i := range h.interfaces {
		for _, p := range i.addrs {
			all = append(all, p.Addr())
		}
	}
	return all
}

// Interface is the name and index of the interface that leads to a neighbour;
// the index is 0 when there is none.
func (h *Host) Interface(peer string) (name string, index int) {
	for _, i := range h.interfaces {
		if i.peer == peer {
			return i.name, i.index
		}
	}
	return "", 0
}

// Attached tells whether the host is somebody else's: a namespace that others
// use at the same time, or a machine behind a wire.
func (h *Host) Attached() bool { return h.in != nil && !h.in.own }

// Remote tells whether the host is a machine of its own, behind a wire: nothing
// of it can be seen but its packets, and nothing be started in it.
func (h *Host) Remote() bool { return h.in != nil && h.in.wire != nil }

// Do runs f on a thread inside the host's namespace and returns its error.
// Sockets that f opens and processes that it starts are born in the host;
// goroutines that it starts are not, so nothing in f may resolve names or
// dial several addresses at once.
func (h *Host) Do(f func() error) error {
	return h.held(func(fd int) error { return inNamespace(fd, f) })
}

// held runs f with the descriptor of the namespace, which stays open until f
// has returned, whatever Close does meanwhile.
func (h *Host) held(f func(fd int) error) error {
	var inner error
	raw, err := h.ns.SyscallConn()
	if err == nil {
		err = raw.Control(func(fd uintptr) { inner = f(int(fd)) })
	}
	if err != nil { // holding a descriptor fails for one reason only
		return h.fail(ErrClosed)
	}
	return inner
}

// fd is the descriptor of the namespace; it is good until the lab is closed.
func (h *Host) fd() int { return int(h.ns.Fd()) }

// fail names the host in an error about its namespace.
func (h *Host) fail(err error) error { return fmt.Errorf("host %s: %w", h.name, err) }

// ErrClosed is the error of a host whose lab has been closed.
var ErrClosed = errors.New("the lab is closed")

// Resolve looks a name up in the host's own hosts file; a literal address
// resolves to itself. There is no other source of names in a lab.
func (h *Host) Resolve(_ context.Context, name string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(name); err == nil {
		return []netip.Addr{a}, nil
	}
	var found []netip.Addr
	for _, e := range h.table {
		if e.name == name {
			found = append(found, e.addr)
		}
	}
	if found == nil {
		return nil, &net.DNSError{Err: "not in the hosts file of " + h.name, Name: name, IsNotFound: true}
	}
	return found, nil
}

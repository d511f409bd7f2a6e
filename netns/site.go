package netns

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// site is a host being built, with its netlink socket.
type site struct {
	spec  HostSpec
	host  *Host
	rtnl  *rtnl
	ends  []*endpoint
	index int // of the interface made last; lo is 1
}

// site makes an empty namespace for the host, or enters the one it is in.
func (h HostSpec) site() (*site, error) {
	if h.In != nil {
		return h.In.site(h)
	}
	return newSite(h)
}

// endpoint is one end of a link.
type endpoint struct {
	site *site
	far  *endpoint
	link LinkSpec
	veth vethEnd
	end  End
}

// newSite makes an empty namespace and leaves the thread in it.
func newSite(spec HostSpec) (*site, error) {
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return nil, fmt.Errorf("making a network namespace: %w", os.NewSyscallError("unshare", err))
	}
	for _, s := range spec.sysctls() {
		if err := s.write(); err != nil {
			return nil, err
		}
	}
	if err := ownConnections.try(); err != nil { // for the host made next
		return nil, err
	}
	fd, err := unix.Open(threadNetns, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: threadNetns, Err: err}
	}
	ns := os.NewFile(uintptr(fd), "namespace of "+spec.Name)
	r, err := openRTNL()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening netlink: %w", err), ns.Close())
	}
	return &site{spec: spec, host: &Host{name: spec.Name, ns: ns}, rtnl: r, index: 1}, nil
}

// addrs is what the link can carry of the end's addresses.
func (p *endpoint) addrs() []netip.Prefix {
	var carried []netip.Prefix
	for _, a := range p.end.Addrs {
		if p.link.carries(a.Addr()) {
			carried = append(carried, a)
		}
	}
	return carried
}

// proxy is what the end answers for beside its own addresses.
func (p *endpoint) proxy() []netip.Addr {
	if !p.near() {
		return nil
	}
	return p.link.Proxy
}

// near tells whether the end's host makes the link.
func (p *endpoint) near() bool { return p.link.A.Host == p.site.spec.Name }

// configure brings the host's interfaces up with all they need, in one train.
func (s *site) configure() error {
	for _, p := range s.ends {
		if err := s.rtnl.noOffload(p.veth.name); err != nil {
			return err
		}
	}
	if err := s.settings(); err != nil {
		return err
	}
	var t train
	s.describe(&t)
	return s.rtnl.send(&t)
}

// describe writes all that the host's interfaces need.
func (s *site) describe(t *train) {
	if s.host.Remote() { // the machine behind the wire has its addresses
		p := s.ends[0]
		t.enslave(p.veth.index, s.spec.In.wire.bridge)
		t.up(p.veth.index)
		if p.link.Rate != 0 {
			t.shape(p.veth.index, p.link.Rate, p.link.mtu())
		}
		return
	}
	if s.spec.Switch {
		s.join(t)
		return
	}
	if s.spec.In == nil {
		t.up(1) // lo
	}
	for _, p := range s.ends {
		if !p.near() {
			t.up(p.veth.index)
		}
		for _, a := range p.addrs() {
			t.address(p.veth.index, a)
		}
		for _, other := range p.across() {
			if other.site.host.Remote() {
				continue
			}
			for _, a := range other.addrs() {
				t.neighbour(p.veth.index, a.Addr(), other.veth.mac)
			}
		}
		for _, a := range p.proxy() {
			t.proxy(p.veth.index, a)
		}
		if p.link.Rate != 0 {
			t.shape(p.veth.index, p.link.Rate, p.link.mtu())
		}
	}
	for _, r := range s.spec.Routes {
		switch index, carried := s.leaves(r); {
		case index != 0 && carried:
			t.route(r, index)
		case index == 0 && s.reaches(r.Via):
			t.route(r, 0)
		}
	}
}

// leaves is the interface that a route names, and whether its link carries the
// family; 0: it names none.
func (s *site) leaves(r RouteSpec) (index int, carried bool) {
	for _, p := range s.ends {
		if r.Link != "" && p.far.site.spec.Name == r.Link {
			return p.veth.index, p.link.carries(r.To.Addr())
		}
	}
	return 0, false
}

// settings are those of single interfaces: the lab's link in a namespace that
// is not the lab's, and a link on which others are answered for.
func (s *site) settings() error {
	var all []sysctl
	if s.spec.In != nil && !s.host.Remote() {
		all = linkSysctls()
	}
	for _, p := range s.ends {
		if len(p.proxy()) > 0 {
			all = append(all, proxySysctls(p.veth.name)...)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return s.host.Do(func() error {
		for _, c := range all {
			if err := c.write(); err != nil && !errors.Is(err, os.ErrNotExist) { // a kernel without IPv6
				return err
			}
		}
		return nil
	})
}

// reaches tells whether a gateway is on a link that carries its family.
func (s *site) reaches(via netip.Addr) bool {
	for _, p := range s.ends {
		for _, a := range p.addrs() {
			if a.Contains(via) {
				return true
			}
		}
	}
	return false
}

// answersAtOnce is how many links are asked for in one train: the answers, of
// some 2 kB each, wait in the socket's buffer.
const answersAtOnce = 32

// settle waits until the host's links pass packets and its addresses are
// complete.
func (s *site) settle(ctx context.Context) error {
	for {
		for ends := range slices.Chunk(s.ends, answersAtOnce) {
			var t train
			for _, p := range ends {
				t.askLink(p.veth.index)
			}
			if err := s.rtnl.send(&t); err != nil {
				return err
			}
		}
		if s.linksUp() {
			break
		}
		// Only before Linux 6.7, where asking does not hurry the kernel.
		if err := pause(ctx, time.Millisecond); err != nil {
			return fmt.Errorf("waiting for the links to come up: %w", err)
		}
	}
	if s.host.Remote() {
		return nil
	}
	for _, p := range s.ends {
		for _, a := range p.addrs() {
			if a.Addr().Is4() {
				continue
			}
			if err := s.rtnl.await(a.Addr()); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *site) linksUp() bool {
	for _, p := range s.ends {
		if s.rtnl.oper[p.veth.index] != operUp {
			return false
		}
	}
	return true
}

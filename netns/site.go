package netns

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
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

// near tells whether the end's host makes the link.
func (p *endpoint) near() bool { return p.link.A.Host == p.site.spec.Name }

// configure brings the host's interfaces up with all they need, in one train.
func (s *site) configure() error {
	for _, p := range s.ends {
		if err := s.rtnl.noOffload(p.veth.name); err != nil {
			return err
		}
	}
	var t train
	s.describe(&t)
	return s.rtnl.send(&t)
}

// describe writes all that the host's interfaces need.
func (s *site) describe(t *train) {
	t.up(1) // lo
	for _, p := range s.ends {
		if !p.near() {
			t.up(p.veth.index)
		}
		for _, a := range p.addrs() {
			t.address(p.veth.index, a)
		}
		for _, a := range p.far.addrs() {
			t.neighbour(p.veth.index, a.Addr(), p.far.veth.mac)
		}
		if p.link.Rate != 0 {
			t.shape(p.veth.index, p.link.Rate, p.link.mtu())
		}
	}
	for _, r := range s.spec.Routes {
		if s.reaches(r.Via) {
			t.route(r)
		}
	}
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

// settle waits until the host's links pass packets and its addresses are
// complete.
func (s *site) settle(ctx context.Context) error {
	for {
		var t train
		for _, p := range s.ends {
			t.askLink(p.veth.index)
		}
		if err := s.rtnl.send(&t); err != nil {
			return err
		}
		if s.linksUp() {
			break
		}
		// Only before Linux 6.7, where asking does not hurry the kernel.
		if err := pause(ctx, time.Millisecond); err != nil {
			return fmt.Errorf("waiting for the links to come up: %w", err)
		}
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
	const up = 6 // IF_OPER_UP
	for _, p := range s.ends {
		if s.rtnl.oper[p.veth.index] != up {
			return false
		}
	}
	return true
}

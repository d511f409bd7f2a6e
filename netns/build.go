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

// builder is a lab half built.
type builder struct {
	hosts map[string]*site
	order []*site
}

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

// build runs the steps in the order that leaves nothing to wait for: links are
// born while the namespaces are empty, far ends come up before near ends get
// addresses, and the kernel's deferred work is asked for at the end.
func build(ctx context.Context, t Topology) (hosts []*Host, err error) {
	b := &builder{hosts: map[string]*site{}}
	defer func() {
		for _, s := range b.order {
			err = errors.Join(err, s.rtnl.close())
		}
		if err != nil {
			for _, s := range b.order {
				err = errors.Join(err, s.host.ns.Close())
			}
			hosts = nil
		}
	}()
	if err := onThread(func() error { return b.namespaces(t.Hosts) }); err != nil {
		return nil, err
	}
	b.plan(t.Links)
	if err := b.links(); err != nil {
		return nil, err
	}
	for _, s := range b.farFirst() {
		if err := s.configure(); err != nil {
			return nil, fmt.Errorf("host %s: %w", s.spec.Name, err)
		}
	}
	for _, s := range b.order {
		if err := s.settle(ctx); err != nil {
			return nil, fmt.Errorf("host %s: %w", s.spec.Name, err)
		}
		hosts = append(hosts, s.host)
	}
	table := hostsTable(hosts)
	for _, h := range hosts {
		h.table = table
	}
	return hosts, nil
}

// namespaces makes one for each host, on a thread that may be moved.
func (b *builder) namespaces(specs []HostSpec) error {
	for _, spec := range specs {
		s, err := newSite(spec)
		if err != nil {
			return fmt.Errorf("host %s: %w", spec.Name, err)
		}
		b.hosts[spec.Name] = s
		b.order = append(b.order, s)
	}
	return nil
}

// newSite makes an empty namespace and leaves the thread in it.
func newSite(spec HostSpec) (*site, error) {
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return nil, fmt.Errorf("making a network namespace: %w", os.NewSyscallError("unshare", err))
	}
	settings := append(append([]sysctl(nil), inheritedSysctls...), hostSysctls...)
	if spec.Forward {
		settings = append(settings, forwardSysctls...)
	}
	for _, s := range settings {
		if err := s.write(); err != nil {
			return nil, err
		}
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

// plan gives every link end its name, index and MAC address, before anything
// is made: nothing has to be asked back from the kernel.
func (b *builder) plan(links []LinkSpec) {
	for n, l := range links {
		a, z := b.endpoint(n, 0, l, l.A, l.B.Host), b.endpoint(n, 1, l, l.B, l.A.Host)
		a.far, z.far = z, a
	}
}

func (b *builder) endpoint(link, side int, l LinkSpec, e End, peer string) *endpoint {
	s := b.hosts[e.Host]
	s.index++
	p := &endpoint{site: s, link: l, end: e, veth: vethEnd{
		name: peer, index: s.index,
		// Locally administered, unicast.
		mac: [6]byte{0x02, 0, 0, byte(link >> 8), byte(link), byte(side + 1)},
	}}
	s.ends = append(s.ends, p)
	s.host.interfaces = append(s.host.interfaces, iface{name: peer, index: s.index, addrs: p.addrs()})
	return p
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

// links makes every link, those of a near host in one train.
func (b *builder) links() error {
	for _, s := range b.order {
		var t train
		for _, p := range s.ends {
			if p.near() {
				t.veth(p.veth, p.far.veth, p.link.mtu(), p.far.site.host.fd())
			}
		}
		if err := s.rtnl.send(&t); err != nil {
			return fmt.Errorf("host %s: %w", s.spec.Name, err)
		}
	}
	return nil
}

// farFirst puts hosts that make no link before those that do.
func (b *builder) farFirst() []*site {
	var far, near []*site
	for _, s := range b.order {
		if len(s.ends) > 0 && s.ends[0].near() {
			near = append(near, s)
		} else {
			far = append(far, s)
		}
	}
	return append(far, near...)
}

// configure brings the host's interfaces up with all they need, in one train.
func (s *site) configure() error {
	for _, p := range s.ends {
		if err := s.rtnl.noOffload(p.veth.name); err != nil {
			return err
		}
	}
	var t train
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
	return s.rtnl.send(&t)
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

// pause waits for a tick of a poll, or for the context.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

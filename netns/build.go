package netns

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// builder is a lab half built.
type builder struct {
	hosts map[string]*site
	order []*site
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
	if err := b.links(ctx); err != nil {
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
		s, err := spec.site()
		if err != nil {
			return fmt.Errorf("host %s: %w", spec.Name, err)
		}
		b.hosts[spec.Name] = s
		b.order = append(b.order, s)
	}
	return nil
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
	name := peer
	if s.spec.In == nil {
		s.index++
	} else {
		name = linkName // its index is the kernel's to choose
	}
	p := &endpoint{site: s, link: l, end: e, veth: vethEnd{
		name: name, index: s.index,
		// Locally administered, unicast.
		mac: [6]byte{0x02, 0, 0, byte(link >> 8), byte(link), byte(side + 1)},
	}}
	s.ends = append(s.ends, p)
	s.host.interfaces = append(s.host.interfaces, iface{peer: peer, name: name, index: s.index, addrs: p.addrs()})
	return p
}

// links makes every link, those of a near host in one train.
func (b *builder) links(ctx context.Context) error {
	for _, s := range b.order {
		var t train
		for _, p := range s.ends {
			if p.near() && p.far.site.spec.In == nil {
				t.veth(p.veth, p.far.veth, p.link.mtu(), p.far.site.host.fd())
			}
		}
		if err := s.rtnl.send(&t); err != nil {
			return fmt.Errorf("host %s: %w", s.spec.Name, err)
		}
		for _, p := range s.ends {
			if p.near() && p.far.site.spec.In != nil {
				if err := p.lead(ctx); err != nil {
					return fmt.Errorf("host %s: %w", s.spec.Name, err)
				}
			}
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

package netns

import (
	"errors"
	"fmt"
	"net/netip"
)

// Topology is the plan of a lab: values only, nothing runs yet.
type Topology struct {
	Hosts []HostSpec
	Links []LinkSpec
}

// HostSpec is one host of the plan.
type HostSpec struct {
	Name    string // at most 15 bytes: its neighbours' interfaces are called after it
	Forward bool   // forwards packets of both families
	Switch  bool   // joins its links as a cable would, and has no address
	Routes  []RouteSpec
	In      *Foreign // the namespace it is in; nil: one of the lab's own
}

// RouteSpec is one route of a host. Via must be on one of its links, unless
// Link says by which it is reached.
type RouteSpec struct {
	To   netip.Prefix
	Via  netip.Addr // invalid: To is on the link itself
	Link string     // the host at the other end of the link; empty: whichever Via is on
}

// LinkSpec joins two hosts. An interface is called after the host at its other
// end, so two hosts have at most one link.
type LinkSpec struct {
	A, B End
	MTU  int    // bytes; 0: 1500. Below 1280 the link carries no IPv6 (RFC 8200 5)
	Rate uint64 // bits a second in each direction, shaped by a token bucket; 0: unlimited

	Proxy []netip.Addr // of hosts behind A: asked for them on this link, A names itself
}

// End is one end of a link.
type End struct {
	Host  string
	Addrs []netip.Prefix
}

// minIPv6MTU is the smallest MTU on which the kernel runs IPv6 (RFC 8200 5).
const minIPv6MTU = 1280

func (l LinkSpec) mtu() int {
	if l.MTU == 0 {
		return 1500
	}
	return l.MTU
}

// carries tells whether the link can have the address's family.
func (l LinkSpec) carries(a netip.Addr) bool { return a.Is4() || l.mtu() >= minIPv6MTU }

// Validate reports what is wrong with the plan, all of it.
func (t Topology) Validate() error {
	var errs []error
	seen := map[string]bool{}
	for _, h := range t.Hosts {
		errs = append(errs, t.validateForeign(h))
		if h.Name == "" || len(h.Name) > 15 || h.Name == "lo" {
			errs = append(errs, fmt.Errorf("host %q: the name must have 1 to 15 bytes and not be lo", h.Name))
		}
		if seen[h.Name] {
			errs = append(errs, fmt.Errorf("host %q: defined twice", h.Name))
		}
		seen[h.Name] = true
	}
	joined := map[[2]string]bool{}
	for _, l := range t.Links {
		if !seen[l.A.Host] || !seen[l.B.Host] || l.A.Host == l.B.Host {
			errs = append(errs, fmt.Errorf("link %s-%s: it must join two hosts of the topology", l.A.Host, l.B.Host))
		}
		if joined[[2]string{l.A.Host, l.B.Host}] || joined[[2]string{l.B.Host, l.A.Host}] {
			errs = append(errs, fmt.Errorf("link %s-%s: defined twice", l.A.Host, l.B.Host))
		}
		joined[[2]string{l.A.Host, l.B.Host}] = true
		if l.mtu() < 68 || l.mtu() > 65535 {
			errs = append(errs, fmt.Errorf("link %s-%s: MTU %d is outside 68-65535", l.A.Host, l.B.Host, l.MTU))
		}
		if l.Rate != 0 && l.Rate < minRate {
			errs = append(errs, fmt.Errorf("link %s-%s: rate %d bit/s is below %d", l.A.Host, l.B.Host, l.Rate, minRate))
		}
	}
	return errors.Join(errs...)
}

// validateForeign reports what cannot be done in a namespace that is not the
// lab's.
func (t Topology) validateForeign(h HostSpec) error {
	if h.In == nil {
		return nil
	}
	if h.Forward {
		return fmt.Errorf("host %s: forwarding is not ours to set in %s", h.Name, h.In.name)
	}
	near, far := 0, 0
	for _, l := range t.Links {
		if l.A.Host == h.Name {
			near++
		}
		if l.B.Host == h.Name {
			far++
		}
	}
	if near > 0 || far != 1 {
		return fmt.Errorf("host %s: in %s it must have one link, and be its end B", h.Name, h.In.name)
	}
	return nil
}

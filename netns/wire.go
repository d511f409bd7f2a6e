package netns

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// Wire is the way to a machine behind a network card: a namespace of ours in
// which the card and the lab's link are ports of one bridge. The card is taken
// out of its namespace once, and not for each lab, because it may take seconds
// until it has a carrier again.
type Wire struct {
	number  int // of the card among those that were taken
	card    string
	bridge  int            // its index
	machine []netip.Prefix // at most one of each family
}

// The names of a wire's own two interfaces. A card keeps its name, so that it
// has it when the kernel has to bring it back.
const bridgeName = "rollover-bridge"

// carrierPatience is how long a card may take until it has a carrier.
const carrierPatience = 15 * time.Second

// OpenWire takes a network card out of a namespace and makes a wire of it, to a
// machine with these addresses; the prefixes say which others are its
// neighbours. In a lab ([Options.Server]) the client has an address among those, and
// the gateway answers for it: nothing has to be set on the machine. Close
// brings the card back, with the addresses and routes it had.
//
// When the process is killed, PID 1 of its sandbox brings the card back; when
// that is killed as well, the kernel gives a physical card to the machine's own
// namespace, without addresses, and a virtual one is lost.
func OpenWire(ctx context.Context, home *Foreign, card string, machine ...netip.Prefix) (*Foreign, error) {
	w := &Wire{number: int(wires.Add(1)), card: card, machine: machine}
	if err := w.validate(); err != nil {
		return nil, fmt.Errorf("the machine behind %s: %w", card, err)
	}
	f, err := NewForeign("the machine behind " + card)
	if err != nil {
		return nil, err
	}
	f.own, f.wire = false, w
	if err := w.plug(f, home); err != nil {
		return nil, errors.Join(fmt.Errorf("taking the network card %s: %w", card, err), f.ns.Close())
	}
	if err := w.carrier(ctx, f); err != nil {
		return nil, errors.Join(fmt.Errorf("waiting for the machine behind %s: %w", card, err), f.Close())
	}
	return f, nil
}

// wires counts those that were opened.
var wires atomic.Int64

// validate asks for room: the client and the gateway need an address each
// beside the machine's.
func (w *Wire) validate() error {
	seen := map[int]bool{}
	for _, p := range w.machine {
		size := p.Addr().BitLen()
		if !p.IsValid() || seen[size] {
			return fmt.Errorf("%v: at most one address of each family", w.machine)
		}
		if seen[size] = true; p.Bits() > size-3 {
			return fmt.Errorf("%s leaves no room for the client and the gateway; /%d at most", p, size-3)
		}
	}
	if len(w.machine) == 0 {
		return errors.New("it needs an address")
	}
	return nil
}

// plug makes the bridge and has the card brought to it.
func (w *Wire) plug(f, home *Foreign) error {
	err := inNamespace(f.fd(), func() error {
		r, err := openRTNL()
		if err != nil {
			return err
		}
		var t train
		t.bridge(bridgeName, 0)
		t.find(bridgeName)
		if err := r.send(&t); err != nil {
			return errors.Join(err, r.close())
		}
		w.bridge = r.index[bridgeName]
		return r.close()
	})
	if err != nil {
		return err
	}
	return askKeeper(errand{Number: w.number, Card: w.card, Bridge: w.bridge}, home.ns, f.ns)
}

// unplug has the card brought back.
func (w *Wire) unplug() error { return askKeeper(errand{Number: w.number}) }

// carrier waits until the card has one.
func (w *Wire) carrier(ctx context.Context, f *Foreign) error {
	ctx, cancel := context.WithTimeout(ctx, carrierPatience)
	defer cancel()
	return inNamespace(f.fd(), func() (err error) {
		r, err := openRTNL()
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, r.close()) }()
		for {
			var t train
			t.find(w.card)
			if err := r.send(&t); err != nil {
				return err
			}
			if r.oper[r.index[w.card]] == operUp {
				return nil
			}
			if pause(ctx, 10*time.Millisecond) != nil {
				return fmt.Errorf("the card has no carrier within %v", carrierPatience)
			}
		}
	})
}

// operUp is IF_OPER_UP (linux/if.h).
const operUp = 6

// wireLink is the gateway's side of the client's link when the server is
// behind a wire: addresses that lead nowhere else.
var wireLink = []netip.Prefix{netip.MustParsePrefix("169.254.0.1/32"), netip.MustParsePrefix("fe80::1/128")}

// wireLocal is the link-local address without which the gateway would solicit
// nobody; it follows from the gateway's MAC address on that link, as usual.
var wireLocal = netip.MustParsePrefix("fe80::ff:fe00:101/64")

// serverBehind makes a neighbour of the machine's out of the client.
func (t *Topology) serverBehind(w *Wire) {
	client, gateway := &t.Hosts[0], &t.Hosts[1]
	access, wire := &t.Links[0], &t.Links[1]
	client.Routes, gateway.Routes = nil, nil
	access.A.Addrs, access.B.Addrs, wire.A.Addrs = nil, nil, nil
	wire.B.Addrs = w.machine
	for _, p := range w.machine {
		near := wireLink[0]
		all := netip.PrefixFrom(netip.IPv4Unspecified(), 0)
		if p.Addr().Is6() {
			near, all = wireLink[1], netip.PrefixFrom(netip.IPv6Unspecified(), 0)
		}
		own, clients := neighbours(p)
		alone := netip.PrefixFrom(clients, clients.BitLen())
		access.A.Addrs = append(access.A.Addrs, near)
		access.B.Addrs = append(access.B.Addrs, alone)
		wire.A.Addrs = append(wire.A.Addrs, netip.PrefixFrom(own, p.Bits()))
		wire.Proxy = append(wire.Proxy, clients)
		client.Routes = append(client.Routes, RouteSpec{To: all, Via: near.Addr(), Link: Gateway})
		gateway.Routes = append(gateway.Routes, RouteSpec{To: alone, Link: Client})
		if p.Addr().Is6() {
			wire.A.Addrs = append(wire.A.Addrs, wireLocal)
		}
	}
}

// neighbours are the two highest addresses of the machine's network that are
// not its own; the very highest of IPv4 is for broadcasts.
func neighbours(machine netip.Prefix) (gateway, client netip.Addr) {
	raw := machine.Masked().Addr().AsSlice()
	for bit := machine.Bits(); bit < len(raw)*8; bit++ {
		raw[bit/8] |= 1 << (7 - bit%8)
	}
	a, _ := netip.AddrFromSlice(raw)
	if a.Is4() {
		a = a.Prev()
	}
	var two []netip.Addr
	for ; len(two) < 2; a = a.Prev() {
		if a != machine.Addr() {
			two = append(two, a)
		}
	}
	return two[0], two[1]
}

// bridge makes a bridge and sets it up; index 0 leaves the number to the kernel.
// It floods multicast as a cable would.
func (t *train) bridge(name string, index int) {
	const multicastSnooping = 23 // IFLA_BR_MCAST_SNOOPING (linux/if_link.h)
	t.message("making a bridge", unix.RTM_NEWLINK, create, linkBody(index, unix.IFF_UP, unix.IFF_UP))
	t.attrString(unix.IFLA_IFNAME, name)
	t.nest(unix.IFLA_LINKINFO, func() {
		t.attrString(unix.IFLA_INFO_KIND, "bridge")
		t.nest(unix.IFLA_INFO_DATA, func() { t.attr(multicastSnooping, []byte{0}) })
	})
}

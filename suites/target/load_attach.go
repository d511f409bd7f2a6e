package target

import (
	"fmt"
	"net/netip"

	"github.com/rollover-conformance/rollover/suites/rollover/strict"
)

func loadAttach(n strict.Node) *Attach {
	a := &Attach{Ready: Ready{Within: defaultWithin}}
	var address, ready strict.Node
	n.Object(
		strict.Key("netns", text(&a.NetNS)),
		strict.Key("pid", func(n strict.Node) { a.PID = n.Int(1, 1<<22) }),
		strict.Key("interface", text(&a.Interface)),
		strict.Key("address", func(n strict.Node) { address, a.Address = n, loadPrefix(n, "attach.address") }),
		strict.Key("address6", func(n strict.Node) {
			a.Address6 = loadPrefix(n, "attach.address6")
			if p, err := netip.ParsePrefix(a.Address6); err == nil && p.Addr().Is4() {
				n.Fail(fmt.Sprintf("attach.address6: found %q", a.Address6), "an IPv6 address, beside an IPv4 one in address")
			}
		}),
		strict.Key("ready", func(n strict.Node) {
			ready = n
			a.Ready.load(n)
			if a.Ready.Line != "" || len(a.Ready.Command) > 0 {
				n.Fail("attach.ready is no list of ports", "listen and within: the lab has neither output nor folder of a program that runs already")
			}
		}),
	)
	a.check(n, address, ready)
	return a
}

// check reports what contradicts itself.
func (a *Attach) check(n, address, ready strict.Node) {
	ways := 0
	for _, set := range []bool{a.NetNS != "", a.PID != 0, a.Interface != ""} {
		if set {
			ways++
		}
	}
	switch {
	case ways != 1:
		n.Fail(fmt.Sprintf("attach names %d places", ways), "exactly one of netns, pid, interface")
	case a.Interface != "" && a.Address == "":
		n.Fail("attach.address is missing", "the address of the machine behind the interface")
	case a.Interface == "" && a.Address != "":
		address.Fail("attach.address without interface", "")
	case a.Interface == "" && a.Address6 != "":
		n.Fail("attach.address6 without interface", "")
	case a.Interface != "" && len(a.Ready.Listen) > 0:
		ready.Fail("attach.ready with interface", "nothing: what listens on a machine of its own cannot be seen")
	}
	if p, err := netip.ParsePrefix(a.Address); err == nil && p.Addr().Is6() && a.Address6 != "" {
		n.Fail("attach has two IPv6 addresses", "one of each family")
	}
	for _, p := range a.Prefixes() {
		if room := p.Addr().BitLen() - 3; p.Bits() > room {
			n.Fail(fmt.Sprintf("attach: found %s, which has no room for the client and the gateway", p), fmt.Sprintf("a prefix length of %d at most", room))
		}
	}
}

func loadPrefix(n strict.Node, key string) string {
	text := n.Text()
	if !isPrefix(text) {
		n.Fail(fmt.Sprintf("%s: found %q", key, text), "an address with its prefix length, such as 192.0.2.10/24")
	}
	return text
}

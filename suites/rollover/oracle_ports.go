package rollover

import (
	"slices"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// fewPorts is up to how many client ports the oracle works out which of them
// a client can use for what; beyond, any may serve for anything.
const fewPorts = 16

// destinations are the ports a datagram may go to: of a group, whichever the
// server likes. A client of RFC 2326 has a pair of ports for each stream, and
// media comes to the even one (RFC 3550 11). A Windows Media client
// listens for packet pairs on an even port whose neighbour takes reports, and
// for media on another one (MS-RTSP 2.2.6.11); with few ports to choose from
// that decides.
func (o *oracle) destinations(r Rung, d datagram, p firewall.Profile) []uint16 {
	all := portsOf(o.s.Client.Ports, fewPorts)
	switch {
	case r.Data() == OverMulticast:
		return portsToAsk(firewall.Ports{{Lo: 1024, Hi: 65535}}, p)
	case all != nil && o.s.Dialect.has(traitStreams):
		return evenOf(all)
	}
	if all == nil || !d.paired || !o.asksForPairs() {
		return portsToAsk(o.s.Client.Ports, p)
	}
	var forPairs, forMedia []uint16
	for _, first := range all {
		if first%2 != 0 || !slices.Contains(all, first+1) {
			continue
		}
		forPairs = append(forPairs, first)
		for _, other := range all {
			if other != first && other != first+1 && !slices.Contains(forMedia, other) {
				forMedia = append(forMedia, other)
			}
		}
	}
	if len(forMedia) == 0 {
		return all // too few to tell: any of them
	}
	if d.trigger == TriggerPair {
		return forPairs
	}
	return forMedia
}

// evenOf are the even ports whose neighbours are there too; if none has one, any
// may serve.
func evenOf(all []uint16) []uint16 {
	var out []uint16
	for _, port := range all {
		if port%2 == 0 && slices.Contains(all, port+1) {
			out = append(out, port)
		}
	}
	if len(out) == 0 {
		return all
	}
	return out
}

// portsOf lists the ports of a set, or nothing if there are more than limit.
func portsOf(set firewall.Ports, limit int) []uint16 {
	var out []uint16
	for _, r := range set.Normal() {
		for port := int(r.Lo); port <= int(r.Hi); port++ {
			if len(out) == limit {
				return nil
			}
			out = append(out, uint16(port))
		}
	}
	return out
}

// portsToAsk returns ports of the set such that every class of ports the
// profile treats alike has one: the ends of each range, and the edges of each
// rule that lie inside.
func portsToAsk(set firewall.Ports, p firewall.Profile) []uint16 {
	var out []uint16
	add := func(port int) {
		if port < 1 || port > 65535 || !set.Contains(uint16(port)) || slices.Contains(out, uint16(port)) {
			return
		}
		out = append(out, uint16(port))
	}
	for _, r := range set {
		add(int(r.Lo))
		add(int(r.Hi))
	}
	for _, rule := range p.Rules {
		for _, r := range slices.Concat(rule.SPort, rule.DPort) {
			add(int(r.Lo) - 1)
			add(int(r.Lo))
			add(int(r.Hi))
			add(int(r.Hi) + 1)
		}
	}
	slices.Sort(out)
	return out
}

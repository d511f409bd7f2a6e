package trace

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/rollover-conformance/rollover/fixtures/asf"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// crowd is the capture of several clients being read: each client's packets are
// read as if there were no other, and then the readings are held against each
// other.
type crowd struct {
	readings []*reading
	attempts [][]*attempt
}

// readCrowd reads what each client did.
func readCrowd(rec recording, s rollover.Scenario, setup rollover.Setup, clip asf.Clip) rollover.Trace {
	parts, strays := rec.split(setup)
	c := crowd{}
	for i, part := range parts {
		r := newReading(part, s.Of(i+1), setup.Of(i+1), clip)
		c.readings = append(c.readings, r)
		c.attempts = append(c.attempts, r.cut())
	}
	c.claim(strays)
	for i, r := range c.readings {
		r.look(c.attempts[i])
	}
	c.inspectCrossed()
	c.inspectDoors()
	c.inspectMute()
	out := rollover.Trace{Attempts: []rollover.Attempt{}}
	for i, r := range c.readings {
		out.Clients = append(out.Clients, r.trace(c.attempts[i]))
	}
	out.Health = rec.healthOf(out.Clients)
	return out
}

// healthOf is the health of the whole capture: what of it is each client's, is
// in its own.
func (rec recording) healthOf(clients []rollover.Trace) rollover.Health {
	h := rollover.Health{Frames: rec.frames, Lost: rec.lost, Last: rec.last, Problems: rec.problems, Canary: true}
	for _, one := range clients {
		h.Canary = h.Canary && one.Health.Canary
		h.Problems = append(h.Problems, one.Health.Problems...)
		if one.Health.ClientFrames > 0 && (h.ClientFrames == 0 || one.Health.FirstClient < h.FirstClient) {
			h.FirstClient = one.Health.FirstClient
		}
		h.ClientFrames += one.Health.ClientFrames
	}
	return h
}

// split deals the packets out to the clients by their addresses, and TCP behind
// address translation by the opener's first sequence number, as elsewhere. What
// remains are datagrams between the server and an address that is no client's:
// the gateway's in the place of one, or a stranger's.
func (rec recording) split(setup rollover.Setup) (parts []recording, strays []packet) {
	d := dealer{at: map[netip.Addr]int{}, opened: map[opening]int{}, behind: map[netip.AddrPort]int{}}
	for i, h := range setup.Clients {
		for _, a := range unmap(h.Addrs) {
			d.at[a] = i
		}
		part := rec
		part.packets, part.problems = nil, nil
		parts = append(parts, part)
	}
	for _, p := range rec.packets {
		i, ok := d.owner(&p)
		switch {
		case ok:
			parts[i].packets = append(parts[i].packets, p)
		case p.proto == protoGroup, p.dst.Addr().IsMulticast():
			for i := range parts { // it is for whoever is in the group
				parts[i].packets = append(parts[i].packets, p)
			}
		case p.proto == protoUDP:
			strays = append(strays, p)
		}
	}
	return parts, strays
}

// dealer knows whose packet is whose. Packets must come in time order.
type dealer struct {
	at     map[netip.Addr]int     // clients by address
	opened map[opening]int        // by the first SYN, as the client's link shows it
	behind map[netip.AddrPort]int // by the port that the gateway gave the connection
}

// opening is what address translation leaves of a connection's beginning.
type opening struct {
	server netip.AddrPort
	isn    uint32
}

func (d dealer) owner(p *packet) (client int, ok bool) {
	if p.proto == protoICMP {
		if i, ok := d.owner(p.icmp); ok {
			return i, true
		}
	}
	for _, a := range []netip.Addr{p.src.Addr(), p.dst.Addr()} {
		if i, ok := d.at[a]; ok {
			if p.proto == protoTCP && p.tcp.syn && !p.tcp.acq && a == p.src.Addr() {
				d.opened[opening{p.dst, p.tcp.seq}] = i
			}
			return i, true
		}
	}
	if p.proto != protoTCP {
		return 0, false
	}
	if p.tcp.syn && !p.tcp.acq {
		if i, ok := d.opened[opening{p.dst, p.tcp.seq}]; ok {
			d.behind[p.src] = i
		}
	}
	for _, a := range []netip.AddrPort{p.src, p.dst} {
		if i, ok := d.behind[a]; ok {
			return i, true
		}
	}
	return 0, false
}

// claim gives each stray datagram to the client that named its port.
func (c crowd) claim(strays []packet) {
	for _, p := range strays {
		port := p.dst.Port()
		if c.readings[0].who.isServer(p.dst.Addr()) {
			port = p.src.Port()
		}
		if i := c.namedBy(port, -1); i >= 0 {
			r := c.readings[i]
			r.rec.packets = append(r.rec.packets, p)
		}
	}
	for _, r := range c.readings {
		slices.SortStableFunc(r.rec.packets, func(a, b packet) int { return cmp.Compare(a.at, b.at) })
	}
}

// namedBy is the first client but one that named the port for media or its
// reports; -1: none did.
func (c crowd) namedBy(port uint16, but int) int {
	for i, all := range c.attempts {
		if i != but && slices.ContainsFunc(all, func(a *attempt) bool { return c.readings[i].mentions(a, port) }) {
			return i
		}
	}
	return -1
}

// mentions reports that the client named the port in the attempt.
func (r *reading) mentions(a *attempt, port uint16) bool {
	return r.names(a, port) || slices.ContainsFunc(a.selections, func(s selection) bool {
		p, ok := s.clientPort()
		return ok && (p.First == port || p.Pair && p.Second == port)
	})
}

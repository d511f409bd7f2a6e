package trace

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/rollover-conformance/rollover/fixtures/wire"
)

// view is a TCP connection as one point saw it. "Client" and "server" are the
// hosts of those names; which of them opened it is another matter.
type view struct {
	client, server netip.AddrPort
	toServer       half
	toClient       half
	segments       []wire.Segment
	syns           []mark // the opener's
	synAck         mark
	shaken         mark       // the opener's acknowledgement of it
	icmp           mark       // the first ICMP error about it
	icmpFrom       netip.Addr // who complained
	first, last    mark
	fromServer     bool // the server opened it
}

// established reports whether both hosts took part. A SYN-ACK alone does not
// do: the opener's own host may filter it.
func (v *view) established() bool { return v != nil && v.shaken.seen() }

// opener is the direction in which the first SYN went.
func (v *view) opener() *half {
	if v.fromServer {
		return &v.toClient
	}
	return &v.toServer
}

// connection is one TCP connection with what each point saw of it; a view is
// nil where the point saw nothing.
type connection struct {
	views [points]*view
}

// near is the view nearest to the client that saw the connection.
func (c *connection) near() *view {
	if v := c.views[clientSide]; v != nil {
		return v
	}
	return c.views[serverSide]
}

// far is the view nearest to the server.
func (c *connection) far() *view {
	if v := c.views[serverSide]; v != nil {
		return v
	}
	return c.views[clientSide]
}

func (c *connection) port() uint16 { return c.near().server.Port() }

// roles says which addresses are whose. Behind NAT the gateway stands for the
// client on the server's side.
type roles struct {
	client, server, gateway []netip.Addr
}

func (r roles) isServer(a netip.Addr) bool { return slices.Contains(r.server, a) }

func (r roles) isClient(a netip.Addr) bool {
	return slices.Contains(r.client, a) || slices.Contains(r.gateway, a)
}

// sides tells whether a packet goes from one of the two hosts to the other,
// and whether the server sent it. A connection of the client to somebody else
// counts as one to a server.
func (r roles) sides(p *packet) (fromServer, ok bool) {
	switch {
	case r.isServer(p.src.Addr()):
		return true, !r.isServer(p.dst.Addr())
	case r.isServer(p.dst.Addr()):
		return false, true
	case slices.Contains(r.client, p.src.Addr()):
		return false, true
	}
	return true, slices.Contains(r.client, p.dst.Addr())
}

type viewKey struct {
	point          point
	client, server netip.AddrPort
}

// connections sorts the TCP packets into connections, in the order in which
// they were opened.
func connections(packets []packet, who roles) []*connection {
	current := map[viewKey]*view{}
	var seen [points][]*view
	for i := range packets {
		p := &packets[i]
		if p.proto == protoICMP && p.icmp.proto == protoTCP {
			complain(current, p, who)
			continue
		}
		if p.proto != protoTCP {
			continue
		}
		fromServer, ok := who.sides(p)
		if !ok {
			continue
		}
		key := viewKey{p.point, p.src, p.dst}
		if fromServer {
			key.client, key.server = p.dst, p.src
		}
		v := current[key]
		if v == nil || renewed(v, p, fromServer) {
			v = &view{client: key.client, server: key.server, first: p.mark, fromServer: fromServer && p.tcp.syn && !p.tcp.acq}
			v.toServer.fromClient = true
			current[key] = v
			seen[p.point] = append(seen[p.point], v)
		}
		v.add(p, fromServer)
	}
	return pairUp(seen)
}

// renewed reports a first SYN with another number on ports that were used
// before: a connection of its own.
func renewed(v *view, p *packet, fromServer bool) bool {
	if !p.tcp.syn || p.tcp.acq {
		return false
	}
	return fromServer != v.fromServer || v.opener().isn != p.tcp.seq
}

func (v *view) add(p *packet, fromServer bool) {
	v.last = p.mark
	if p.tcp.syn && !p.tcp.acq {
		v.syns = append(v.syns, p.mark)
	}
	if p.tcp.syn && p.tcp.acq && !v.synAck.seen() {
		v.synAck = p.mark
	}
	if p.tcp.syn && p.tcp.acq && !v.shaken.seen() {
		mine, theirs := &v.toServer, &v.toClient
		if fromServer {
			mine, theirs = theirs, mine
		}
		if mine.restart(p.tcp.seq) {
			theirs.rst = mark{} // what ended the answer before this one
		}
	}
	if v.synAck.seen() && !v.shaken.seen() && fromServer == v.fromServer && p.tcp.acq && !p.tcp.syn && !p.tcp.rst {
		v.shaken = p.mark
	}
	mine, peer := &v.toServer, &v.toClient
	if fromServer {
		mine, peer = peer, mine
	}
	mine.take(p, func(s wire.Segment) { v.segments = append(v.segments, s) })
	if p.tcp.acq && !p.tcp.rst {
		peer.acknowledge(p.tcp.ack)
	}
}

// again takes in a repeated SYN that address translation gave another port:
// the gateway had forgotten the first.
func (v *view) again(later *view) {
	v.syns = append(v.syns, later.syns...)
	if !v.synAck.seen() {
		v.synAck = later.synAck
	}
	if !v.toClient.rst.seen() {
		v.toClient.rst = later.toClient.rst
	}
	v.last = later.last
}

// strayOf reports packets that reach the server from the middle of a
// connection, because the gateway began or ceased to translate it: they have
// no beginning, and the server takes them for nobody's.
func (v *view) strayOf(near *view) bool { return near.server == v.server }

// complain notes an ICMP error about a connection that it quotes.
func complain(current map[viewKey]*view, p *packet, who roles) {
	about := p.icmp
	fromServer, ok := who.sides(about)
	if !ok {
		return
	}
	key := viewKey{p.point, about.src, about.dst}
	if fromServer {
		key.client, key.server = about.dst, about.src
	}
	// What the opener's own host complains about is its own affair.
	if v := current[key]; v != nil && !v.icmp.seen() && fromServer == v.fromServer {
		v.icmp, v.icmpFrom = p.mark, p.src.Addr()
	}
}

// pairUp joins the sights of one connection. NAT changes addresses and ports
// but not the opener's first sequence number.
func pairUp(seen [points][]*view) []*connection {
	var out []*connection
	type opening struct {
		server netip.AddrPort
		isn    uint32
		by     bool
	}
	key := func(v *view) opening { return opening{v.server, v.opener().isn, v.fromServer} }
	open := map[opening][]*connection{}
	for _, v := range seen[clientSide] {
		c := &connection{}
		c.views[clientSide] = v
		out = append(out, c)
		open[key(v)] = append(open[key(v)], c)
	}
	paired := map[opening]*connection{}
	for _, v := range seen[serverSide] {
		k := key(v)
		if waiting := open[k]; len(waiting) > 0 {
			waiting[0].views[serverSide] = v
			open[k], paired[k] = waiting[1:], waiting[0]
			continue
		}
		if c := paired[k]; c != nil {
			c.views[serverSide].again(v)
			continue
		}
		if len(v.syns) == 0 && slices.ContainsFunc(seen[clientSide], v.strayOf) {
			continue
		}
		c := &connection{}
		c.views[serverSide] = v
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(a, b *connection) int {
		return cmp.Or(cmp.Compare(a.near().first.at, b.near().first.at), cmp.Compare(a.near().first.frame, b.near().first.frame))
	})
	return out
}

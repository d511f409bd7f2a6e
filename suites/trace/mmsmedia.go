package trace

import (
	"net/netip"
	"slices"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/mms"
	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// mmsPorts are the ports by which MMS datagrams are known, gathered from all
// conversations.
type mmsPorts struct {
	funnels []uint16 // of the client
	server  []uint16 // those that the client connected to
}

// claimMMS recognises the datagrams of the conversations.
func claimMMS(attempts []*attempt) claim {
	ports := mmsPortsOf(attempts)
	return func(g *datagram) bool { return g.classifyMMS(ports) }
}

func mmsPortsOf(attempts []*attempt) mmsPorts {
	var out mmsPorts
	for _, a := range attempts {
		if len(a.mms().asks) > 0 {
			out.server = append(out.server, a.conns[0].port())
		}
		for _, f := range a.mms().funnels {
			if f.named {
				out.funnels = append(out.funnels, f.Port)
			}
		}
	}
	return out
}

// classifyMMS recognises data packets and requests for lost ones, and reports
// whether it is one. Data has no mark of its own; its length must be right, and
// one of its ports, unless it cannot be RTP either: servers may send from any
// port, and bad ones to any.
func (g *datagram) classifyMMS(ports mmsPorts) bool {
	if len(ports.server) == 0 {
		return false
	}
	if !g.fromServer {
		if _, err := mms.ParseResend(g.data); err != nil {
			return false
		}
		g.class = classResend
		return true
	}
	d, err := mms.ParseData(g.data)
	if err != nil {
		return false
	}
	_, notRTP := rtsp.ParseRTP(g.data)
	known := slices.Contains(ports.funnels, g.dst.Port()) || slices.Contains(ports.server, g.src.Port())
	if !known && (rtsp.IsRTCP(g.data) || notRTP == nil) {
		return false
	}
	g.class, g.own = classBlock, d
	return true
}

// giveBlocks hands each MMS datagram of the server's to the attempt it came in.
func (r *reading) giveBlocks(attempts []*attempt, d *depacketizers) {
	for p := range points {
		for _, g := range r.udp[p] {
			if g.class != classBlock {
				continue
			}
			if a := funnelFor(attempts, g); a != nil {
				r.giveBlock(a, p, g, d)
			}
		}
	}
}

// funnelFor is the attempt that a datagram belongs to: the last one whose UDP
// funnel names its port, else the last whose TCP funnel does, where the port
// means nothing, else the last that has a funnel at all.
func funnelFor(attempts []*attempt, g datagram) *attempt {
	var best *attempt
	rank := 0
	for _, a := range attempts {
		if a.begin.at > g.at {
			continue
		}
		for _, f := range a.mms().funnels {
			n := 1
			switch {
			case f.Port == g.dst.Port() && f.Transport == mms.UDP:
				n = 4
			case f.Port == g.dst.Port():
				n = 3
			case f.Transport == mms.UDP:
				n = 2
			}
			if n >= rank {
				best, rank = a, n
			}
		}
	}
	return best
}

func (r *reading) giveBlock(a *attempt, p point, g datagram, d *depacketizers) {
	if a.rung() != rollover.MMSU {
		if p == serverSide {
			a.mms().byUDP = append(a.mms().byUDP, g)
		}
		return
	}
	turned := a.turnedFromMMS()
	over, raced := a.followed && g.at > turned, turned > a.until
	switch {
	case p == serverSide && g.dst.Addr() != a.peer(g.dst.Addr()):
		a.mms().astray = append(a.mms().astray, g)
	case over && !raced && p == clientSide && a.Media.FirstFrame == 0:
		// The client had gone on: what comes now makes nothing good.
	case over && g.at > turned+grace:
		if p == serverSide {
			a.late = append(a.late, g)
		}
	case !a.named(g.dst.Port()):
		if p == serverSide {
			a.wrongPort = append(a.wrongPort, g)
		}
	default:
		a.block(p, g.mark, g.own.(mms.Data), d)
	}
}

// turnedFromMMS is when the client had turned to another attempt. While it still
// asks for media here it has not, whatever it opened beside.
func (a *attempt) turnedFromMMS() time.Duration {
	end := a.until
	for _, s := range a.mms().asks {
		if id := s.mid(); id == mms.MIDOpenFile || id == mms.MIDReadBlock || id == mms.MIDStartPlaying {
			end = max(end, s.asked().at)
		}
	}
	return end
}

// named reports whether a UDP funnel of the attempt names the port.
func (a *attempt) named(port uint16) bool {
	return slices.ContainsFunc(a.mms().funnels, func(f funnel) bool { return f.Transport == mms.UDP && f.Port == port })
}

// peer is the client's address as the server has it from the connection: behind
// address translation the gateway's. Where the server's side saw none, it is
// whatever is asked about.
func (a *attempt) peer(other netip.Addr) netip.Addr {
	if v := a.conns[len(a.conns)-1].views[serverSide]; v != nil {
		return v.client.Addr()
	}
	return other
}

// stray is a data packet on the connection of an attempt by UDP.
type stray struct {
	mark
	kind blockKind
}

// giveMMS hands data packets on the connections to the attempt: over TCP they
// are its media, over UDP they have no business there.
func (r *reading) giveMMS(a *attempt, d *depacketizers) {
	for p := range points {
		for _, c := range a.conns {
			t := r.mmsTalkOf(c, p)
			for i := range t.events {
				e := &t.events[i]
				if e.Kind != mms.DataEvent || e.Span.End < a.begin.at || e.Span.End > a.here {
					continue
				}
				switch at := mmsMark(e); {
				case a.rung() == rollover.MMST:
					a.block(p, at, *e.Data, d)
				case a.rung() == rollover.MMSU && p == serverSide:
					a.mms().onTCP = append(a.mms().onTCP, stray{at, a.blockKind(at.at, *e.Data, d)})
				}
			}
		}
	}
}

package trace

import (
	"slices"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// rtxOf gathers where retransmissions and packet pairs go.
func rtxOf(attempts []*attempt) rtxPorts {
	var out rtxPorts
	for _, a := range attempts {
		for _, s := range a.steps {
			if s.method() != rtsp.Describe || !s.ok() {
				continue
			}
			if sdp, err := rtsp.ParseSDP(s.reply.Message.Body); err == nil {
				if m, ok := sdp.RTX(); ok && m.PayloadType >= 0 {
					out.types = append(out.types, uint8(m.PayloadType))
				}
			}
		}
		for _, sel := range a.selections {
			if p, ok := sel.clientPort(); ok && sel.rtx {
				out.ports = append(out.ports, p.First)
			}
		}
	}
	return out
}

// giveDatagrams hands each media datagram and packet pair to the UDP attempt
// it came in. What comes when that attempt is over is late: it is nobody's
// media.
func (r *reading) giveDatagrams(attempts []*attempt) {
	began := r.openers()
	for p := range points {
		for _, g := range r.udp[p] {
			if !g.fromServer || g.class != classMedia && g.class != classPair || p == clientSide && r.hidden(g, began) {
				continue
			}
			if a := takerOf(attempts, g); a != nil {
				a.give(p, g)
			}
		}
	}
}

// takerOf is the last attempt over UDP that had begun by then: by multicast for
// what goes to a group.
func takerOf(attempts []*attempt, g datagram) *attempt {
	rung := rollover.RTSPU
	if g.dst.Addr().IsMulticast() {
		rung = rollover.RTSPM
	}
	var found *attempt
	for _, a := range attempts {
		if a.rung() == rung && a.begin.at <= g.at {
			found = a
		}
	}
	return found
}

func (a *attempt) give(p point, g datagram) {
	turned := a.turned()
	over := a.followed && g.at > turned
	if g.class == classPair {
		if p == serverSide {
			a.Pairs.ServerSide++
		} else if a.rtxPort(g.dst.Port()) && !over {
			a.Pairs.ClientSide++
		}
		return
	}
	if raced := turned > a.until; over && !raced && a.Media.FirstFrame == 0 && p == clientSide {
		return // the client had gone on: what comes now makes nothing good
	}
	if over && g.at > turned+grace {
		if p == serverSide {
			a.late = append(a.late, g)
		}
		return
	}
	stream := a.streamTo(g.dst)
	if stream < 0 || a.swapped(stream, g.rtp.SSRC) {
		if p == serverSide {
			a.wrongPort = append(a.wrongPort, g)
		}
		return
	}
	if p == clientSide && !(a.announced(g.src.Port()) && a.agreedSource(g.rtp.SSRC)) {
		a.oddSource++
	}
	switch {
	case !g.media():
	case p == clientSide:
		a.feed(stream, g.mark)
	default:
		a.leaves(stream, g.rtp, g.mark)
	}
	if p == serverSide && !a.rtxPort(g.dst.Port()) {
		a.left(parcel{mark: g.mark, content: g.clip, byUDP: true, rtp: g.rtp})
	}
	a.carried(p, g.mark, g.yield)
}

// turned is when the client had turned to another attempt. While it still asks
// for media here it has not, whatever it opened beside.
func (a *attempt) turned() time.Duration {
	end := a.until
	for _, s := range a.steps {
		if m := s.method(); m == rtsp.Setup || m == rtsp.Play || isPairRequest(s.req.Message) {
			end = max(end, s.asked().at)
		}
	}
	return end
}

// wanted reports whether the client named the port for RTP.
func (a *attempt) wanted(port uint16) bool {
	for _, s := range a.selections {
		if p, ok := s.clientPort(); ok && p.First == port {
			return true
		}
	}
	return false
}

func (a *attempt) rtxPort(port uint16) bool {
	for _, s := range a.selections {
		if p, ok := s.clientPort(); ok && s.rtx && p.First == port {
			return true
		}
	}
	return false
}

// announced reports whether the server named the port as its RTP port. Where
// it named none at all, none can be wrong.
func (a *attempt) announced(port uint16) bool {
	named := false
	for _, s := range a.selections {
		if p, ok := s.serverPort(); ok {
			if p.First == port {
				return true
			}
			named = true
		}
	}
	return !named
}

// giveFrames hands interleaved media to the attempts over TCP.
func (r *reading) giveFrames(a *attempt, d *depacketizers) {
	if !a.interleaves() {
		return
	}
	for p := range points {
		for _, c := range a.conns {
			v := c.views[p]
			if v == nil {
				continue
			}
			for _, e := range r.talkOf(c, p).events {
				if e.Kind != rtsp.Frame || e.FromClient || e.Span.End < a.begin.at || e.Span.End > a.here {
					continue
				}
				packet, err := rtsp.ParseRTP(e.Payload)
				if err != nil {
					continue
				}
				y := d.push(placeTCP{v, e.Channel}, packet)
				switch {
				case !y.media():
				case p == clientSide:
					a.feed(a.streamOn(e.Channel), markOf(&e))
				default:
					a.leaves(a.streamOn(e.Channel), packet, markOf(&e))
				}
				switch {
				case p == serverSide:
					a.left(parcel{mark: markOf(&e), content: y.clip, rtp: packet})
				case !a.agreedSource(packet.SSRC):
					a.oddSource++
				}
				a.carried(p, markOf(&e), y)
			}
		}
	}
}

// interleaves reports that the attempt's media comes in frames on its connection.
func (a *attempt) interleaves() bool {
	return a.rung() == rollover.RTSPT || a.rung() == rollover.RTSPH
}

type placeTCP struct {
	view    *view
	channel byte
}

// hasRTX reports whether the description the client read offers a
// retransmission stream.
func (a *attempt) hasRTX() bool {
	return slices.ContainsFunc(a.steps, func(s step) bool {
		if s.method() != rtsp.Describe || !s.ok() {
			return false
		}
		sdp, err := rtsp.ParseSDP(s.reply.Message.Body)
		if err != nil {
			return false
		}
		_, ok := sdp.RTX()
		return ok
	})
}

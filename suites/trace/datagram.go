package trace

import (
	"slices"

	"github.com/rollover-conformance/rollover/fixtures/asf"
	"github.com/rollover-conformance/rollover/fixtures/rtsp"
)

// class says what a datagram carries.
type class byte

const (
	classOther class = iota // a punch, or anything else
	classMedia              // RTP with packets of the clip, or with foreign ones
	classPair               // RTP of a packet pair: a probe, no media
	classRTCP
	classBlock  // data outside RTP: of the ASF header, of the clip, or of something else
	classResend // a request for such data
)

// datagram is a UDP packet between the two hosts.
type datagram struct {
	*packet
	fromServer bool
	class      class
	rtp        rtsp.RTP // of media and pairs
	own        any      // of blocks: the packet, as its protocol has it
	yield
}

// yield is what carried packets amount to.
type yield struct {
	clip    []int // numbers of the clip's packets that this completes; of other content, send times in ms
	foreign int   // packets of something else
}

// media tells whether there was anything of content.
func (y yield) media() bool { return len(y.clip) > 0 || y.foreign > 0 }

// rtxPorts are the client ports and payload types of retransmission streams,
// gathered from all conversations: what packet pairs are sent to.
type rtxPorts struct {
	ports []uint16
	types []uint8
}

// depacketizers keep one depacketizer for each stream of RTP packets.
type depacketizers struct {
	clip    asf.Clip
	anyASF  bool // any valid packet will do, it need not be the clip's
	streams map[streamKey]*rtsp.Depacketizer
	modern  *modernContent // of clients of RFC 2326; nil: the content is ASF
}

type streamKey struct {
	place any // a point and a port, or a connection's view and a channel
	ssrc  uint32
}

// push takes an RTP packet and counts what it completes. A packet of a clip
// is known by its bytes.
func (d *depacketizers) push(place any, p rtsp.RTP) yield {
	if d.modern != nil {
		return d.modern.push(streamKey{place, p.SSRC}, p)
	}
	if d.streams == nil {
		d.streams = map[streamKey]*rtsp.Depacketizer{}
	}
	key := streamKey{place, p.SSRC}
	stream := d.streams[key]
	if stream == nil {
		stream = &rtsp.Depacketizer{}
		d.streams[key] = stream
	}
	packets, err := stream.Push(p)
	var y yield
	if err != nil {
		y.foreign++
	}
	for _, b := range packets {
		d.count(&y, b)
	}
	return y
}

// count takes one packet of content. Where any will do, it must be ASF, and its
// send time stands for its number: media that does not advance is one packet.
func (d *depacketizers) count(y *yield, packet []byte) {
	if d.anyASF {
		if info, err := asf.ParsePacket(packet); err == nil {
			y.clip = append(y.clip, int(info.SendTime.Milliseconds()))
		} else {
			y.foreign++
		}
		return
	}
	if k, ok := d.clip.Index(packet); ok {
		y.clip = append(y.clip, k)
		return
	}
	if k, ok := d.padded(packet); ok {
		y.clip = append(y.clip, k)
		return
	}
	y.foreign++
}

// padded looks again at a packet that is a few bytes longer or shorter than
// the clip's: a Length that counts the payload header leaves that many behind
// or takes that many from the next (protocols/rtsp.md 7.3).
func (d *depacketizers) padded(packet []byte) (int, bool) {
	if extra := len(packet) - d.clip.PacketSize(); extra > 0 && extra <= 16 {
		return d.clip.Index(packet[:d.clip.PacketSize()])
	}
	return 0, false
}

// claim recognises a datagram that is no RTP and sets what it carries.
type claim func(*datagram) bool

// datagrams classifies the UDP packets of one point, in time order: what no
// protocol claims may be RTP.
func datagrams(packets []packet, p point, who roles, claims []claim, rtx rtxPorts, d *depacketizers) []datagram {
	var out []datagram
	for i := range packets {
		pkt := &packets[i]
		if pkt.proto != protoUDP || pkt.point != p {
			continue
		}
		fromServer, ok := who.sides(pkt)
		if !ok {
			continue
		}
		g := datagram{packet: pkt, fromServer: fromServer}
		if !slices.ContainsFunc(claims, func(known claim) bool { return known(&g) }) {
			g.classify(rtx, d)
		}
		out = append(out, g)
	}
	return out
}

func (g *datagram) classify(rtx rtxPorts, d *depacketizers) {
	if rtsp.IsRTCP(g.data) {
		g.class = classRTCP
		return
	}
	p, err := rtsp.ParseRTP(g.data)
	if err != nil || !g.fromServer {
		return
	}
	g.rtp = p
	g.class = classMedia
	_, looksPair := rtsp.ParsePairPacket(p)
	toRTX := slices.Contains(rtx.ports, g.dst.Port()) || slices.Contains(rtx.types, p.PayloadType)
	if looksPair && toRTX && !d.holdsClip(p) {
		g.class = classPair
		return
	}
	g.yield = d.push(placeUDP{g.point, g.dst.Port()}, p)
}

type placeUDP struct {
	point point
	port  uint16
}

// holdsClip reports whether a lone RTP packet holds a packet of the clip:
// packet 0 looks like a probe, having send time 0 as well.
func (d *depacketizers) holdsClip(p rtsp.RTP) bool {
	packets, err := (&rtsp.Depacketizer{}).Push(p)
	if err != nil {
		return false
	}
	for _, b := range packets {
		if _, ok := d.clip.Index(b); ok {
			return true
		}
	}
	return false
}

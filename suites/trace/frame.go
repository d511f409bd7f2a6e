package trace

import (
	"net/netip"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/wire"
)

// point is an observation point: which side of the gateway saw a frame.
type point int

const (
	clientSide point = iota
	serverSide
	points // how many there are
)

// pointNames are the interface names of a capture file, by point.
var pointNames = [points]string{"client-side", "server-side"}

func (p point) String() string { return pointNames[p] }

// mark is a place in the capture; the zero mark is nowhere.
type mark struct {
	frame int
	at    time.Duration
}

// spanMark is where a message was complete.
func spanMark(s wire.Span) mark {
	m := mark{at: s.End}
	if n := len(s.Frames); n > 0 {
		m.frame = s.Frames[n-1]
	}
	return m
}

func (m mark) seen() bool { return m.frame != 0 }

// protocol is the transport of a packet.
type protocol byte

const (
	protoOther protocol = iota
	protoTCP
	protoUDP
	protoICMP
	protoGroup // IGMP or MLD: what a host says of multicast groups
)

// packet is one IP packet at one point, put together again where it travelled
// in fragments.
type packet struct {
	mark   // the frame that completed it
	point  point
	frames []int // all that carried it
	proto  protocol
	src    netip.AddrPort
	dst    netip.AddrPort
	data   []byte // payload of the transport
	tcp    tcpHeader
	icmp   *packet      // the packet an ICMP error complains about, as far as it is quoted
	groups []membership // of protoGroup
	ttl    byte         // or hop limit, as it was seen
	pieces bool         // it came in fragments
}

type tcpHeader struct {
	seq, ack           uint32
	syn, fin, rst, acq bool // acq: the ACK flag
}

// recording is what a capture file holds.
type recording struct {
	packets  []packet // in time order
	frames   int
	lost     int
	canary   [points]mark
	last     time.Duration
	newest   map[int]time.Duration // of each interface, by its number in the file
	problems []string
}

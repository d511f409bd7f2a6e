package trace

import (
	"bytes"
	"net/netip"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"github.com/rollover-conformance/rollover/fixtures/asf"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// film is a capture written by a script: what a test wants to have happened.
type film struct {
	t      *testing.T
	v6     bool
	client netip.Addr // who acts from now on; invalid: the only client
	now    time.Duration
	shots  []shot
	ports  uint16
	seq    uint16 // of RTP
	lost   uint64
	silent bool // no statistics at the end
}

type shot struct {
	at    time.Duration
	point point
	data  []byte
}

// Where frames are seen: a packet that the gateway drops is seen on its
// sender's side only.
const (
	both = 1<<clientSide | 1<<serverSide
	near = 1 << clientSide
	far  = 1 << serverSide
)

var (
	clientAddr  = netip.MustParseAddr("192.0.2.10")
	gatewayAddr = netip.MustParseAddr("192.0.2.1")
	serverAddr  = netip.MustParseAddr("198.51.100.10")
	clientAddr6 = netip.MustParseAddr("2001:db8:1::10")
	serverAddr6 = netip.MustParseAddr("2001:db8:2::10")
	testClip    = asf.NewClip(2 * time.Second)
)

func newFilm(t *testing.T) *film {
	f := &film{t: t, ports: 40000}
	f.canary()
	return f
}

func testSetup() rollover.Setup {
	return rollover.Setup{
		SUT: rollover.PartyServer, Content: "clip", RTP: 5004, RTCP: 5005,
		Ports:   map[rollover.Service]uint16{rollover.ServiceRTSP: 554, rollover.ServiceHTTP: 80, rollover.ServiceMMS: 1755, rollover.ServiceTLS: 322},
		Client:  rollover.HostSetup{Name: "client", Addrs: []netip.Addr{clientAddr, clientAddr6}},
		Server:  rollover.HostSetup{Name: "server", Addrs: []netip.Addr{serverAddr, serverAddr6}},
		Gateway: []netip.Addr{gatewayAddr, netip.MustParseAddr("198.51.100.1")},
	}
}

func testScenario() rollover.Scenario {
	return rollover.Scenario{
		ID: "test", Dialect: "wmp11", Moniker: "mms",
		Offer: rollover.Offer{WMS: "9.1", HTTP: "wmsp", Content: "vod", Rungs: []rollover.Rung{rollover.RTSPU, rollover.RTSPT, rollover.HTTP}},
	}
}

func (f *film) wait(d time.Duration) { f.now += d }

func (f *film) hosts() (client, server netip.Addr) {
	if f.client.IsValid() {
		return f.client, serverAddr
	}
	if f.v6 {
		return clientAddr6, serverAddr6
	}
	return clientAddr, serverAddr
}

func (f *film) shoot(points int, fromServer bool, data []byte) {
	order := []point{clientSide, serverSide}
	if fromServer {
		order = []point{serverSide, clientSide}
	}
	for _, p := range order {
		f.now += 20 * time.Microsecond
		if points&(1<<p) != 0 {
			f.shots = append(f.shots, shot{f.now, p, data})
		}
	}
}

func (f *film) canary() {
	frame := append([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 0x88, 0xB5}, "rollover canary"...)
	f.shoot(both, false, append(frame, make([]byte, 46)...))
}

// ip frames a transport layer between two addresses.
func (f *film) ip(src, dst netip.Addr, proto layers.IPProtocol, rest ...gopacket.SerializableLayer) []byte {
	f.t.Helper()
	eth := &layers.Ethernet{SrcMAC: []byte{2, 0, 0, 0, 0, 1}, DstMAC: []byte{2, 0, 0, 0, 0, 2}, EthernetType: layers.EthernetTypeIPv4}
	var network gopacket.SerializableLayer
	if src.Is4() {
		network = &layers.IPv4{Version: 4, TTL: 64, Protocol: proto, SrcIP: src.AsSlice(), DstIP: dst.AsSlice()}
	} else {
		eth.EthernetType = layers.EthernetTypeIPv6
		network = &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: proto, SrcIP: src.AsSlice(), DstIP: dst.AsSlice()}
	}
	for _, l := range rest {
		switch l := l.(type) {
		case *layers.TCP:
			l.SetNetworkLayerForChecksum(network.(gopacket.NetworkLayer))
		case *layers.UDP:
			l.SetNetworkLayerForChecksum(network.(gopacket.NetworkLayer))
		}
	}
	buf := gopacket.NewSerializeBuffer()
	all := append([]gopacket.SerializableLayer{eth, network}, rest...)
	if err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, all...); err != nil {
		f.t.Fatal(err)
	}
	return bytes.Clone(buf.Bytes())
}

// datagram shows a UDP packet at the points where it came.
func (f *film) datagram(fromServer bool, sport, dport uint16, payload []byte, points int) {
	client, server := f.hosts()
	src, dst := client, server
	if fromServer {
		src, dst = server, client
	}
	udp := &layers.UDP{SrcPort: layers.UDPPort(sport), DstPort: layers.UDPPort(dport)}
	f.shoot(points, fromServer, f.ip(src, dst, layers.IPProtocolUDP, udp, gopacket.Payload(payload)))
}

// portUnreachable is the client host's word about a datagram of the server's.
func (f *film) portUnreachable(sport, dport uint16) {
	quoted := f.ip(serverAddr, clientAddr, layers.IPProtocolUDP, &layers.UDP{SrcPort: layers.UDPPort(sport), DstPort: layers.UDPPort(dport)})[14:]
	icmp := &layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(3, 3)}
	f.shoot(both, false, f.ip(clientAddr, serverAddr, layers.IPProtocolICMPv4, icmp, gopacket.Payload(quoted)))
}

// tcp is a connection in a film.
type tcp struct {
	f            *film
	host         netip.Addr // the client's
	cport, sport uint16
	cseq, sseq   uint32
	clientToward int // where packets of the client are seen
	serverToward int
	clientCSeq   int
	arrived      uint32 // what the client may acknowledge
}

func (f *film) conn(port uint16) *tcp {
	f.ports++
	client, _ := f.hosts()
	return &tcp{f: f, host: client, cport: f.ports, sport: port, cseq: 0xFFFFFF00 + uint32(f.ports), sseq: 0xFFFFF000, clientToward: both, serverToward: both}
}

// dial opens a connection.
func (f *film) dial(port uint16) *tcp {
	c := f.conn(port)
	c.flags(false, layers.TCP{SYN: true})
	c.flags(true, layers.TCP{SYN: true, ACK: true})
	c.flags(false, layers.TCP{ACK: true})
	return c
}

func (c *tcp) flags(fromServer bool, l layers.TCP) { c.segment(fromServer, l, nil) }

func (c *tcp) segment(fromServer bool, l layers.TCP, data []byte) {
	f := c.f
	_, server := f.hosts()
	client := c.host
	src, dst, points := client, server, c.clientToward
	l.SrcPort, l.DstPort, l.Seq, l.Ack = layers.TCPPort(c.cport), layers.TCPPort(c.sport), c.cseq, c.arrived
	next := &c.cseq
	if fromServer {
		src, dst, points = server, client, c.serverToward
		l.SrcPort, l.DstPort, l.Seq, l.Ack = layers.TCPPort(c.sport), layers.TCPPort(c.cport), c.sseq, c.cseq
		next = &c.sseq
	}
	if !l.ACK {
		l.Ack = 0
	}
	l.Window = 65535
	f.shoot(points, fromServer, f.ip(src, dst, layers.IPProtocolTCP, &l, gopacket.Payload(data)))
	*next += uint32(len(data))
	if l.SYN || l.FIN {
		*next++
	}
	if fromServer && points&near != 0 {
		c.arrived = c.sseq
	}
}

func (c *tcp) client(data []byte) { c.segment(false, layers.TCP{ACK: true, PSH: true}, data) }

func (c *tcp) server(data []byte) {
	for len(data) > 1400 {
		c.segment(true, layers.TCP{ACK: true}, data[:1400])
		data = data[1400:]
	}
	c.segment(true, layers.TCP{ACK: true, PSH: true}, data)
}

func (c *tcp) finClient() { c.flags(false, layers.TCP{FIN: true, ACK: true}) }
func (c *tcp) finServer() { c.flags(true, layers.TCP{FIN: true, ACK: true}) }
func (c *tcp) rstServer() { c.flags(true, layers.TCP{RST: true, ACK: true}) }

// close is the ordinary end, by the client.
func (c *tcp) close() {
	c.finClient()
	c.finServer()
	c.flags(false, layers.TCP{ACK: true})
}

// knock is a connection that never stands: so many SYNs, seen where said.
func (f *film) knock(port uint16, syns int, points int) *tcp {
	c := f.conn(port)
	c.clientToward = points
	for n := range syns {
		if n > 0 {
			f.wait(time.Second)
			c.cseq--
		}
		c.flags(false, layers.TCP{SYN: true})
	}
	return c
}

// write makes the capture file.
func (f *film) write() []byte {
	f.t.Helper()
	var out bytes.Buffer
	iface := func(p point) pcapgo.NgInterface {
		return pcapgo.NgInterface{Name: p.String(), LinkType: layers.LinkTypeEthernet, TimestampResolution: 9, SnapLength: 65536}
	}
	w, err := pcapgo.NewNgWriterInterface(&out, iface(clientSide), pcapgo.DefaultNgWriterOptions)
	if err != nil {
		f.t.Fatal(err)
	}
	if _, err := w.AddInterface(iface(serverSide)); err != nil {
		f.t.Fatal(err)
	}
	zero := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, s := range f.shots {
		info := gopacket.CaptureInfo{Timestamp: zero.Add(s.at), CaptureLength: len(s.data), Length: len(s.data), InterfaceIndex: int(s.point)}
		if err := w.WritePacket(info, s.data); err != nil {
			f.t.Fatal(err)
		}
	}
	for p := range points {
		if f.silent {
			break
		}
		stats := pcapgo.NgInterfaceStatistics{LastUpdate: zero.Add(f.now), PacketsReceived: uint64(len(f.shots)), PacketsDropped: f.lost}
		if err := w.WriteInterfaceStats(int(p), stats); err != nil {
			f.t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		f.t.Fatal(err)
	}
	return out.Bytes()
}

// read makes the trace of the film.
func (f *film) read(s rollover.Scenario, setup rollover.Setup) rollover.Trace {
	f.t.Helper()
	out, err := Read(bytes.NewReader(f.write()), s, setup, testClip)
	if err != nil {
		f.t.Fatal(err)
	}
	return out
}

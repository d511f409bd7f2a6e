package trace

import (
	"net/netip"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/rollover-conformance/rollover/fixtures/mms"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

const (
	funnelPort   = 1790
	oldPlayer    = "NSPlayer/7.1.0.3055; {00112233-4455-6677-8899-AABBCCDDEEFF}; Host: server"
	newPlayer    = "NSPlayer/11.0.5721.5145; {00112233-4455-6677-8899-AABBCCDDEEFF}; Host: server"
	mmsServer    = "9.01.01.3841"
	mmsClientID  = 0x11223344
	blockMark    = 1 // incarnation of the first ReadBlock
	playMark     = 10
	headerTimer  = 1050 * time.Millisecond
	mmsSourceUDP = 1755
)

// mmsPeers is an MMS connection in a film.
type mmsPeers struct {
	*tcp
	port           uint16 // of the UDP funnel
	said, answered uint16 // packets of each side
	blocks         uint32 // ReadBlocks
	sent           uint32 // media packets
}

func (f *film) dialMMS() *mmsPeers { return &mmsPeers{tcp: f.dial(1755), port: funnelPort} }

func (c *mmsPeers) say(m ...mms.Message) {
	for _, m := range m {
		c.client(mms.AppendPacket(nil, c.said, m))
		c.said++
	}
}

func (c *mmsPeers) answer(m ...mms.Message) {
	for _, m := range m {
		c.server(mms.AppendPacket(nil, c.answered, m))
		c.answered++
	}
}

func (c *mmsPeers) connectAs(subscriber, version string) {
	c.say(&mms.Connect{Incarnation: mms.NoPacketPair, Subscriber: subscriber})
	c.answer(&mms.ReportConnectedEX{Incarnation: mms.NoPacketPair, Version: version})
	c.say(&mms.FunnelInfo{Incarnation: mms.NoPacketPair})
	c.answer(&mms.ReportFunnelInfo{Incarnation: mms.NoPacketPair, ClientID: mmsClientID})
}

func (c *mmsPeers) connect() { c.connectAs(oldPlayer, mmsServer) }

func (c *mmsPeers) askFunnel(transport string) {
	name := mms.Funnel{Addr: c.host, Transport: transport, Port: c.port}
	if transport == mms.TCP {
		name.Port = c.cport
	}
	c.say(&mms.ConnectFunnel{Name: name.String()})
}

func (c *mmsPeers) grant() { c.answer(&mms.ReportConnectedFunnel{Name: mms.FunnelName}) }

func (c *mmsPeers) funnel(transport string) { c.askFunnel(transport); c.grant() }

func (c *mmsPeers) refuseFunnel(transport string) {
	c.askFunnel(transport)
	c.answer(&mms.ReportDisconnectedFunnel{Result: mms.UDPDisabled})
}

func (c *mmsPeers) open() { c.openAs(829, 334) }

func (c *mmsPeers) openAs(packet, header uint32) {
	c.say(&mms.OpenFile{Incarnation: 9, FileName: "clip.asf"})
	c.answer(&mms.ReportOpenFile{Incarnation: 9, FileID: 1, PacketSize: packet, PacketCount: 40, HeaderSize: header})
}

// readBlock asks for the header and announces it.
func (c *mmsPeers) readBlock() {
	c.blocks++
	c.say(&mms.ReadBlock{FileID: 1, Incarnation: c.blocks})
	c.answer(&mms.ReportReadBlock{Incarnation: c.blocks})
}

func (c *mmsPeers) headerBlock() []byte {
	return mms.Data{Incarnation: byte(c.blocks), Flags: mms.HeaderLast, Payload: testClip.Header()}.Append(nil)
}

// headerUDP asks for the header, which is seen by UDP where said.
func (c *mmsPeers) headerUDP(points int) {
	c.readBlock()
	c.f.datagram(true, mmsSourceUDP, c.port, c.headerBlock(), points)
}

func (c *mmsPeers) headerTCP() {
	c.readBlock()
	c.server(c.headerBlock())
}

func (c *mmsPeers) start() {
	c.say(&mms.StreamSwitch{Entries: []mms.SwitchEntry{{Source: mms.NoStream, Destination: 1}}},
		&mms.StartPlaying{FileID: 1, ASFOffset: mms.Unspecified, LocationID: mms.Unspecified, Incarnation: playMark})
	c.answer(&mms.ReportStreamSwitch{}, &mms.ReportStartedPlaying{Incarnation: playMark, FileID: 1})
}

// packet is one packet of the clip as data.
func (c *mmsPeers) packet(k int) []byte {
	d := mms.Data{Location: uint32(k), Incarnation: playMark, Flags: byte(c.sent), Payload: testClip.Packet(k)}
	c.sent++
	return d.Append(nil)
}

// mediaUDP shows packets of the clip by UDP, 50 ms apart.
func (c *mmsPeers) mediaUDP(from, to int, dport uint16, points int) {
	for k := from; k < to; k++ {
		c.f.datagram(true, mmsSourceUDP, dport, c.packet(k), points)
		c.f.wait(50 * time.Millisecond)
	}
}

func (c *mmsPeers) mediaTCP(from, to int) {
	for k := from; k < to; k++ {
		c.server(c.packet(k))
		c.f.wait(50 * time.Millisecond)
	}
}

func (c *mmsPeers) endOfStream() { c.endAs(playMark) }

func (c *mmsPeers) endAs(mark uint32) { c.answer(&mms.ReportEndOfStream{Incarnation: mark}) }

// goodbye is the client's end: CloseFile, whereupon the server closes.
func (c *mmsPeers) goodbye() {
	c.say(&mms.CloseFile{FileID: 1})
	c.finServer()
	c.finClient()
}

// finish is the end of a stream that has played.
func (c *mmsPeers) finish() {
	c.endOfStream()
	c.say(&mms.Logging{Transport: "UDP"})
	c.goodbye()
	c.f.wait(2 * time.Second)
	c.f.trailer()
}

// playMMSU is a whole good attempt over UDP behind Connect.
func (c *mmsPeers) playMMSU() {
	c.funnel(mms.UDP)
	c.open()
	c.headerUDP(both)
	c.start()
	c.mediaUDP(0, 40, funnelPort, both)
	c.finish()
}

// playMMST is a whole good attempt over TCP behind Connect.
func (c *mmsPeers) playMMST() {
	c.funnel(mms.TCP)
	c.open()
	c.headerTCP()
	c.start()
	c.mediaTCP(0, 40)
	c.finish()
}

// starveHeader asks for the header so many times, and each time it does not
// arrive; then the client leaves.
func (c *mmsPeers) starveHeader(times int, header func()) {
	c.awaitHeader(times, header)
	c.goodbye()
}

func (c *mmsPeers) awaitHeader(times int, header func()) {
	c.funnel(mms.UDP)
	c.open()
	for n := range times {
		if n > 0 {
			c.say(&mms.CancelReadBlock{Incarnation: c.blocks})
		}
		header()
		c.f.wait(headerTimer)
	}
}

func (c *mmsPeers) starved() { c.starveHeader(5, func() { c.headerUDP(far) }) }

// newMMST plays over TCP on a connection of its own.
func (f *film) newMMST() {
	c := f.dialMMS()
	c.connect()
	c.playMMST()
}

// datagramTo shows a datagram of the server's to any address.
func (f *film) datagramTo(to netip.Addr, dport uint16, payload []byte, points int) {
	udp := &layers.UDP{SrcPort: mmsSourceUDP, DstPort: layers.UDPPort(dport)}
	f.shoot(points, true, f.ip(serverAddr, to, layers.IPProtocolUDP, udp, gopacket.Payload(payload)))
}

// mmsScenario is a ladder of old players.
func mmsScenario(s *rollover.Scenario) {
	s.Dialect, s.Moniker = rollover.WMP6, "mms"
	s.Offer.Rungs = []rollover.Rung{rollover.MMSU, rollover.MMST, rollover.HTTP}
}

// redirectMMS asks for the clip by UDP and is sent elsewhere.
func (f *film) redirectMMS(to string) {
	c := f.dialMMS()
	c.connect()
	c.funnel(mms.UDP)
	c.say(&mms.OpenFile{Incarnation: 9, FileName: "clip.asf"})
	c.answer(&mms.ReportRedirect{Type: mms.RedirectURL, Location: to})
	c.finServer()
	c.finClient()
}

package trace

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/rollover-conformance/rollover/fixtures/modern"
	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

const (
	labURL   = "rtsp://198.51.100.10/lab"
	firstSeq = 500 // of both streams
)

var (
	modernClip = modern.NewClip(testClip.Duration())
	ssrcs      = [2]uint32{0x11223344, 0x55667788}
	groups     = [2]netip.AddrPort{netip.MustParseAddrPort("239.77.1.1:5500"), netip.MustParseAddrPort("239.77.1.1:5502")}
)

func modernScenario() rollover.Scenario {
	return rollover.Scenario{
		ID: "test", Dialect: rollover.Modern, Moniker: "rtsp",
		Offer: rollover.Offer{WMS: "9.1", HTTP: "off", Content: "vod",
			Rungs: []rollover.Rung{rollover.RTSPU, rollover.RTSPM, rollover.RTSPT, rollover.RTSPH}},
	}
}

func labSDP() []byte {
	return []byte(strings.Join([]string{
		"v=0", "o=- 1 1 IN IP4 198.51.100.10", "s=rig", "t=0 0", "a=control:*",
		"m=video 0 RTP/AVP 96", "c=IN IP4 0.0.0.0", "a=rtpmap:96 H264/90000", "a=control:trackID=0",
		"m=audio 0 RTP/AVP 0", "c=IN IP4 0.0.0.0", "a=rtpmap:0 PCMU/8000", "a=control:trackID=1", "",
	}, "\r\n"))
}

// talker is what RTSP of the modern ladder is said on: a connection, or the two
// of a tunnel.
type talker struct {
	f       *film
	say     func([]byte) // the client
	answers func([]byte) // the server
	close   func()
	cseq    int
	session string
}

func (c *tcp) talker() *talker {
	return &talker{f: c.f, say: c.client, answers: c.server, close: c.close}
}

func (t *talker) ask(method, url string, fields ...string) *rtsp.Message {
	t.cseq++
	m := rtsp.NewRequest(method, url, t.cseq)
	for i := 0; i < len(fields); i += 2 {
		m.Header.Add(fields[i], fields[i+1])
	}
	if t.session != "" {
		m.Header.Add("Session", t.session)
	}
	t.say(m.Bytes())
	return m
}

func (t *talker) answer(to *rtsp.Message, status int, body []byte, fields ...string) {
	m := rtsp.NewReply(to, status)
	for i := 0; i < len(fields); i += 2 {
		m.Header.Add(fields[i], fields[i+1])
	}
	m.Body = body
	t.answers(m.Bytes())
}

func (t *talker) begin() {
	t.answer(t.ask("OPTIONS", labURL), 200, nil, "Public", "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN, GET_PARAMETER")
	t.answer(t.ask("DESCRIBE", labURL, "Accept", "application/sdp"), 200, labSDP(),
		"Content-Type", "application/sdp", "Content-Base", labURL+"/")
}

func trackURL(track int) string { return fmt.Sprintf("%s/trackID=%d", labURL, track) }

// setup selects a track; a grant of "" is a refusal.
func (t *talker) setup(track int, spec string, status int, grant string) {
	m := t.ask("SETUP", trackURL(track), "Transport", spec)
	if grant == "" {
		t.answer(m, status, nil)
		return
	}
	t.session = "7K2Q9ZB4"
	t.answer(m, status, nil, "Session", t.session+";timeout=10", "Transport", grant)
}

func pairFor(track int) int { return 3000 + 2*track }

func askUDP(track int) string {
	return fmt.Sprintf("RTP/AVP;unicast;client_port=%d-%d", pairFor(track), pairFor(track)+1)
}

func grantUDP(track int) string {
	return askUDP(track) + fmt.Sprintf(";server_port=5004-5005;ssrc=%08x", ssrcs[track])
}

func askTCP(track int) string {
	return fmt.Sprintf("RTP/AVP/TCP;unicast;interleaved=%d-%d", 2*track, 2*track+1)
}

func grantTCP(track int) string { return askTCP(track) + fmt.Sprintf(";ssrc=%08x", ssrcs[track]) }

const askGroup = "RTP/AVP;multicast"

func grantGroup(track int) string {
	return fmt.Sprintf("RTP/AVP;multicast;destination=%s;port=%d-%d;ttl=4;ssrc=%08x",
		groups[track].Addr(), groups[track].Port(), groups[track].Port()+1, ssrcs[track])
}

func (t *talker) overUDP() {
	for track := range 2 {
		t.setup(track, askUDP(track), 200, grantUDP(track))
	}
}

func (t *talker) overTCP() {
	for track := range 2 {
		t.setup(track, askTCP(track), 200, grantTCP(track))
	}
}

func (t *talker) overGroups() {
	for track := range 2 {
		t.setup(track, askGroup, 200, grantGroup(track))
	}
}

func infoOf(seq int) string {
	return fmt.Sprintf("url=%s;seq=%d;rtptime=0,url=%s;seq=%d;rtptime=0", trackURL(0), seq, trackURL(1), seq)
}

func (t *talker) play() {
	t.answer(t.ask("PLAY", labURL+"/", "Range", "npt=0.000-"), 200, nil, "Range", "npt=0.000-", "RTP-Info", infoOf(firstSeq))
}

func (t *talker) teardown() { t.answer(t.ask("TEARDOWN", labURL+"/"), 200, nil) }

// goes is the ordinary end of a session and its connection.
func (t *talker) goes() {
	t.teardown()
	t.close()
	t.f.wait(2 * time.Second)
	t.f.trailer()
}

func rtpOf(track modern.Track, k int) []byte {
	p := modernClip.Packet(track, k)
	return rtsp.RTP{PayloadType: track.PayloadType(), Marker: p.Marker, Sequence: uint16(firstSeq + k), Timestamp: p.Time,
		SSRC: ssrcs[track], Payload: p.Payload}.Append(nil)
}

// send delivers the first so many pictures and their sound, in the clip's time.
func (f *film) send(pictures int, deliver func(track modern.Track, rtp []byte)) {
	parts := modernClip.Packets(modern.Video) / modernClip.Pictures()
	sounds := modernClip.Packets(modern.Audio) / modernClip.Pictures()
	for k := range pictures {
		for n := range parts {
			deliver(modern.Video, rtpOf(modern.Video, k*parts+n))
		}
		for n := range sounds {
			deliver(modern.Audio, rtpOf(modern.Audio, k*sounds+n))
			f.wait(20 * time.Millisecond)
		}
	}
}

func (f *film) sendUDP(pictures, points int) {
	f.send(pictures, func(track modern.Track, rtp []byte) { f.datagram(true, 5004, uint16(pairFor(int(track))), rtp, points) })
}

func (t *talker) sendTCP(pictures int) {
	t.f.send(pictures, func(track modern.Track, rtp []byte) { t.answers(rtsp.AppendFrame(nil, byte(2*track), rtp)) })
}

func (f *film) sendGroups(pictures, points int) {
	f.send(pictures, func(track modern.Track, rtp []byte) { f.groupcast(groups[track], 4, rtp, points) })
}

// groupcast shows a datagram of the server's to a group.
func (f *film) groupcast(to netip.AddrPort, ttl uint8, payload []byte, points int) {
	_, server := f.hosts()
	udp := &layers.UDP{SrcPort: 5004, DstPort: layers.UDPPort(to.Port())}
	f.shoot(points, true, f.reaching(ttl, f.ip(server, to.Addr(), layers.IPProtocolUDP, udp, gopacket.Payload(payload))))
}

// reaching sets a frame's TTL. Nobody looks at the checksum of the header.
func (f *film) reaching(ttl uint8, frame []byte) []byte {
	frame[14+8] = ttl
	return frame
}

// joins is the client's report that it wants a group (RFC 3376 4.2).
func (f *film) joins(group netip.Addr) {
	client, _ := f.hosts()
	report := append([]byte{igmpReport3, 0, 0, 0, 0, 0, 0, 1, changeToExclude, 0, 0, 0}, group.AsSlice()...)
	f.shoot(near, false, f.ip(client, netip.MustParseAddr("224.0.0.22"), layers.IPProtocolIGMP, gopacket.Payload(report)))
}

// playsUDP, playsTCP and playsGroups are whole good attempts behind the
// description.
func (t *talker) playsUDP() {
	t.overUDP()
	t.play()
	t.f.sendUDP(modernClip.Pictures(), both)
	t.goes()
}

func (t *talker) playsTCP() {
	t.overTCP()
	t.play()
	t.sendTCP(modernClip.Pictures())
	t.goes()
}

func (t *talker) playsGroups() {
	t.overGroups()
	t.f.joins(groups[0].Addr())
	t.play()
	t.f.sendGroups(modernClip.Pictures(), both)
	t.goes()
}

// tunnelled opens a tunnel; what it answers GET with is the caller's.
type tunnelled struct {
	*talker
	get, post *tcp
}

func (f *film) tunnel(cookie string) *tunnelled {
	get := f.dial(80)
	get.client(modern.Get("/lab", "198.51.100.10", cookie, "rig/1").Append(nil))
	get.server(modern.GetReply("lab/1").Append(nil))
	return f.posted(get, cookie)
}

func (f *film) posted(get *tcp, cookie string) *tunnelled {
	post := f.dial(80)
	post.client(modern.Post("/lab", "198.51.100.10", cookie, "rig/1").Append(nil))
	t := &tunnelled{get: get, post: post}
	t.talker = &talker{f: f, say: func(b []byte) { post.client(modern.Encode(b)) }, answers: get.server, close: func() {
		post.close()
		get.close()
	}}
	return t
}

// The records of a handshake, and one with so many sealed bytes.
var (
	clientHello = []byte("\x16\x03\x01\x00\x06\x01\x00\x00\x02xx")
	serverHello = []byte("\x16\x03\x03\x00\x06\x02\x00\x00\x02xx\x14\x03\x03\x00\x01\x01")
)

func sealedBytes(n int) []byte {
	return append([]byte{23, 3, 3, byte(n >> 8), byte(n)}, make([]byte, n)...)
}

// handshake opens TLS on a new connection.
func (f *film) handshake(port uint16) *tcp {
	c := f.dial(port)
	c.client(clientHello)
	c.server(append(serverHello, sealedBytes(900)...))
	c.client(sealedBytes(60))
	return c
}

// asksInside is a number of requests and answers that nobody can read.
func (c *tcp) asksInside(n int) {
	for range n {
		c.client(sealedBytes(200))
		c.server(sealedBytes(300))
	}
}

func (c *tcp) playsInside(records, points int) {
	c.asksInside(5)
	c.serverToward = points
	c.f.wait(150 * time.Millisecond)
	for range records {
		c.server(sealedBytes(1200))
		c.f.wait(20 * time.Millisecond)
	}
	c.finClient()
	c.finServer()
	c.f.wait(2 * time.Second)
	c.f.trailer()
}

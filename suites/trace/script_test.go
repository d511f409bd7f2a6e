package trace

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/fixtures/wmsp"
)

const (
	testURL   = "rtsp://198.51.100.10/clip"
	rtxSSRC   = 0x1a2b3c4d
	mediaSSRC = 0x11223344
	rtxPort   = 1788
	mediaPort = 1790
)

func testSDP() []byte {
	return []byte(strings.Join([]string{
		"v=0", "o=- 1 1 IN IP4 198.51.100.10", "s=clip", "c=IN IP4 0.0.0.0", "t=0 0", "a=control:" + testURL + "/",
		"a=pgmpu:data:application/vnd.ms.wms-hdr.asfv1;base64," + base64.StdEncoding.EncodeToString(testClip.Header()),
		"m=audio 0 RTP/AVP 96", "b=RS:0", "b=RR:0", "a=rtpmap:96 x-asf-pf/1000", "a=control:audio", "a=stream:1",
		"m=application 0 RTP/AVP 97", "b=RS:0", "b=RR:0", "a=rtpmap:97 x-wms-rtx/1000", "a=control:rtx", "a=stream:65536", "",
	}, "\r\n"))
}

// ask sends a request; answer replies to it.
func (c *tcp) ask(method, url string, fields ...string) *rtsp.Message {
	c.clientCSeq++
	m := rtsp.NewRequest(method, url, c.clientCSeq)
	m.Header.Add("User-Agent", "WMPlayer/11.0.5721.5145")
	for i := 0; i < len(fields); i += 2 {
		m.Header.Add(fields[i], fields[i+1])
	}
	c.client(m.Bytes())
	return m
}

func (c *tcp) answer(to *rtsp.Message, status int, body []byte, fields ...string) {
	m := rtsp.NewReply(to, status)
	m.Header.Add("Server", "WMServer/9.1.1.3814")
	m.Header.Add("Supported", "com.microsoft.wm.srvppair, com.microsoft.wm.packetpairssrc, com.microsoft.wm.eosmsg")
	for i := 0; i < len(fields); i += 2 {
		m.Header.Add(fields[i], fields[i+1])
	}
	m.Body = body
	c.server(m.Bytes())
}

func (c *tcp) describe() {
	c.answer(c.ask("DESCRIBE", testURL), 200, testSDP(), "Content-Type", "application/sdp")
}

func udpSpec(port int) string {
	return fmt.Sprintf("RTP/AVP/UDP;unicast;client_port=%d;ssrc=6095d7d7;mode=PLAY", port)
}

func udpGrant(port int, ssrc uint32) string {
	return fmt.Sprintf("RTP/AVP/UDP;unicast;server_port=5004-5005;client_port=%d;ssrc=%08x;mode=PLAY", port, ssrc)
}

const (
	tcpSpec  = "RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=6095d7d8;mode=PLAY"
	tcpGrant = "RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=11223344;mode=PLAY"
)

// setup selects a stream; a grant of "" leaves the Transport header out.
func (c *tcp) setup(stream, spec string, status int, grant string) {
	m := c.ask("SETUP", testURL+"/"+stream, "Transport", spec)
	fields := []string{"Session", "7741;timeout=10"}
	if grant != "" {
		fields = append(fields, "Transport", grant)
	}
	c.answer(m, status, nil, fields...)
}

func (c *tcp) setupRTX() { c.setup("rtx", udpSpec(rtxPort), 200, udpGrant(rtxPort, rtxSSRC)) }

func (c *tcp) setupUDP() { c.setup("audio", udpSpec(mediaPort), 200, udpGrant(mediaPort, mediaSSRC)) }

func (c *tcp) setupTCP() { c.setup("audio", tcpSpec, 200, tcpGrant) }

func (c *tcp) askPair() *rtsp.Message {
	c.clientCSeq++
	m := rtsp.NewRequest("SET_PARAMETER", testURL, c.clientCSeq)
	m.Header.Add("User-Agent", "WMPlayer/11.0.5721.5145")
	m.Header.Add("Content-Type", rtsp.TypeUDPPacketPair+";charset=UTF-8")
	m.Body = []byte(rtsp.PairRequest + "\r\n")
	c.client(m.Bytes())
	return m
}

// pair asks for a packet pair and shows it where it came.
func (c *tcp) pair(points int) {
	c.answer(c.askPair(), 200, nil)
	c.f.pairs(5004, rtxPort, rtxSSRC, points)
}

func (f *film) pairs(sport, dport uint16, ssrc uint32, points int) {
	for _, p := range rtsp.PacketPair(ssrc, 97, 1, rtsp.PairSizes(false)) {
		f.datagram(true, sport, dport, p, points)
	}
}

// probe is the way to the first media SETUP.
func (c *tcp) probe(points int) {
	c.describe()
	c.setupRTX()
	c.pair(points)
}

func (c *tcp) play() { c.answer(c.ask("PLAY", testURL), 200, nil, "Range", "npt=0.000-") }

func (c *tcp) logs() {
	m := c.ask("SET_PARAMETER", testURL, "Content-Type", "application/x-wms-Logconnectstats;charset=UTF-8")
	c.answer(m, 200, nil)
}

// rtpOf is one packet of the clip as RTP.
func (f *film) rtpOf(k int) []byte {
	p := rtsp.Packetizer{SSRC: mediaSSRC, PayloadType: 96, Sequence: f.seq}
	f.seq++
	return p.Packets(testClip.Packet(k), k, testClip.SendTime(k))[0]
}

// media shows packets of the clip by UDP, 50 ms apart.
func (f *film) media(from, to int, sport, dport uint16, points int) {
	for k := from; k < to; k++ {
		f.datagram(true, sport, dport, f.rtpOf(k), points)
		f.wait(50 * time.Millisecond)
	}
}

// frames shows packets of the clip interleaved.
func (c *tcp) frames(from, to int, channel byte) {
	for k := from; k < to; k++ {
		c.server(rtsp.AppendFrame(nil, channel, c.f.rtpOf(k)))
		c.f.wait(50 * time.Millisecond)
	}
}

func (c *tcp) endOfStream(fields ...string) {
	m := rtsp.NewRequest("SET_PARAMETER", testURL, 1)
	for i := 0; i < len(fields); i += 2 {
		m.Header.Add(fields[i], fields[i+1])
	}
	m.Header.Add("Content-Type", rtsp.TypeExtensionCmd)
	m.Body = rtsp.EndOfStream{Session: "7741", EOF: true}.Bytes()
	c.server(m.Bytes())
	reply := rtsp.NewReply(m, 200)
	c.client(reply.Bytes())
}

func (c *tcp) teardown() { c.answer(c.ask("TEARDOWN", testURL), 200, nil) }

// playUDP is a whole good RTSPU attempt behind the probe.
func (c *tcp) playUDP() {
	c.setupUDP()
	c.play()
	c.logs()
	c.f.media(0, 40, 5004, mediaPort, both)
	c.finish()
}

// playTCP is a whole good RTSPT attempt on a connection that is described.
func (c *tcp) playTCP() {
	c.setupTCP()
	c.play()
	c.logs()
	c.frames(0, 40, 0)
	c.finish()
}

func (c *tcp) finish() {
	c.endOfStream()
	c.teardown()
	c.close()
	c.f.wait(2 * time.Second)
	c.f.trailer()
}

// trailer is a frame that belongs to nothing: the capture goes on.
func (f *film) trailer() { f.canary() }

// starveUDP is a probe whose pair does not arrive, and the timer.
func (c *tcp) starveUDP() {
	c.probe(far)
	c.f.wait(1100 * time.Millisecond)
}

// get sends an HTTP request.
func (c *tcp) get(method string, pragmas string, agent string) {
	r := wmsp.Request{Method: method, Target: "/clip", Proto: "HTTP/1.0"}
	if agent != "" {
		r.Fields.Add("User-Agent", agent)
	}
	if pragmas != "" {
		r.Fields.Add("Pragma", pragmas)
	}
	if method == "POST" {
		r.Fields.Add("Content-Type", "application/x-wms-LogStats")
		r.Fields.Add("Content-Length", "0")
	}
	c.client(r.Append(nil))
}

const (
	describePragma = "no-cache,rate=1.000,stream-time=0,xClientGUID={0F2E4C11-9D5B-4A53-8F0C-2A7D5E6B9C01}"
	playPragma     = describePragma + ",xPlayStrm=1"
	player         = "NSPlayer/11.0.5721.5145"
	cougar         = "Cougar/9.1.1.3814"
)

func (c *tcp) head(status int, server string, length int, fields ...string) {
	r := wmsp.Response{Proto: "HTTP/1.0", Status: status, Reason: "Whatever"}
	if server != "" {
		r.Fields.Add("Server", server)
	}
	if length >= 0 {
		r.Fields.Add("Content-Length", strconv.Itoa(length))
	}
	if status == 200 {
		r.Fields.Add("Pragma", "no-cache, client-id=2067314511")
	}
	for i := 0; i < len(fields); i += 2 {
		r.Fields.Add(fields[i], fields[i+1])
	}
	c.server(r.Append(nil))
}

// asfHeader is what comes in front of the data.
func asfHeader() []byte {
	return headerPacket(metadataPacket(), testClip.Header())
}

func metadataPacket() []byte {
	return wmsp.Packet{Type: wmsp.MetadataPacket, Flags: wmsp.Only, Payload: wmsp.ContentMetadata{PlaylistID: 1}.Append(nil)}.Append(nil)
}

func headerPacket(b, header []byte) []byte {
	return wmsp.Packet{Type: wmsp.HeaderPacket, Flags: wmsp.Only, Payload: header}.Append(b)
}

// described is a good Describe on a connection that stays.
func (c *tcp) described(server, agent string) {
	c.get("GET", describePragma, agent)
	header := asfHeader()
	c.head(200, server, len(header))
	c.server(header)
}

// streamed is the answer to Play: header, data, end, close.
func (c *tcp) streamed(from, to int) {
	c.server(asfHeader())
	c.data(from, to, func(int, *wmsp.Packet) {})
	c.ended()
}

// playHTTP is a whole good attempt: Describe and Play on one connection, the
// log on another.
func (f *film) playHTTP() {
	c := f.dial(80)
	c.described(cougar, player)
	c.get("GET", playPragma, player)
	c.head(200, cougar, -1)
	c.streamed(0, 40)
	f.log()
}

func (f *film) log() {
	c := f.dial(80)
	c.get("POST", "", player)
	c.head(204, cougar, -1)
	c.close()
	f.wait(2 * time.Second)
	f.trailer()
}

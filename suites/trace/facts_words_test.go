package trace

import (
	"bytes"
	"slices"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/mms"
	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/fixtures/wmsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// mediaWith plays RTSPU with RTP that is changed, packet by packet; nil: the
// packet is left out.
func mediaWith(change func(k int, p *rtsp.RTP) bool) func(*film) {
	return udpWith(func(f *film) {
		for k := range 40 {
			p, err := rtsp.ParseRTP(f.rtpOf(k))
			if err != nil {
				f.t.Fatal(err)
			}
			if change(k, &p) {
				f.datagram(true, 5004, mediaPort, p.Append(nil), both)
			}
			f.wait(50 * time.Millisecond)
		}
	})
}

// swapped is the clip with neighbours in each other's place.
func swapped() []int {
	var out []int
	for k := range 40 {
		out = append(out, k^1)
	}
	return out
}

// describedAs plays RTSPT behind another description.
func describedAs(change func(sdp []byte) []byte) func(f *film) {
	return func(f *film) {
		c := f.dial(554)
		c.answer(c.ask("DESCRIBE", testURL), 200, change(testSDP()), "Content-Type", "application/sdp")
		c.playTCP()
	}
}

// endWith is how RTSPT ends where the end of the stream is told otherwise.
func endWith(end func(c *tcp)) func(f *film) {
	return func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setupTCP()
		c.play()
		c.logs()
		c.frames(0, 40, 0)
		end(c)
		c.teardown()
		c.close()
		f.wait(2 * time.Second)
		f.trailer()
	}
}

// wordFactCases are captures of what the messages and packets of a right
// sequence can have wrong.
var wordFactCases = []factCase{
	{kind: rollover.FactRTPSource, play: mediaWith(func(_ int, p *rtsp.RTP) bool { p.SSRC++; return true })},
	{kind: rollover.FactRTPSource, name: "and the client does without it", play: func(f *film) {
		c := f.dial(554)
		c.probe(both)
		c.setup("audio", udpSpec(mediaPort), 200, udpGrant(mediaPort, mediaSSRC+1))
		c.play()
		c.logs()
		f.media(0, 20, 5004, mediaPort, both)
		c.answer(c.ask("PAUSE", testURL), 200, nil)
		f.wait(time.Second)
		c.playTCP()
	}},
	{kind: rollover.FactRTPType, play: mediaWith(func(_ int, p *rtsp.RTP) bool { p.PayloadType = 97; return true })},
	{kind: rollover.FactRTPSequence, name: "left out", play: tcpWith(func(c *tcp) {
		c.play()
		c.logs()
		c.frames(0, 20, 0)
		c.f.seq++
		c.frames(20, 40, 0)
	})},
	{kind: rollover.FactRTPSequence, name: "used twice", play: mediaWith(func(k int, p *rtsp.RTP) bool { p.Sequence = uint16(max(k, 1)); return true })},
	{kind: rollover.FactRTPSequence, name: "wrapped to 1", play: mediaWith(func(k int, p *rtsp.RTP) bool {
		if p.Sequence += 65530; k >= 6 {
			p.Sequence++
		}
		return true
	})},
	{kind: rollover.FactRTPTime, play: mediaWith(func(_ int, p *rtsp.RTP) bool { p.Timestamp *= 90; return true })},
	{kind: rollover.FactRTPMarker, play: mediaWith(func(_ int, p *rtsp.RTP) bool { p.Marker = false; return true })},
	{kind: rollover.FactMediaOrder, name: "swapped, rtsp", play: tcpWith(func(c *tcp) {
		c.play()
		c.logs()
		for _, k := range swapped() {
			c.frames(k, k+1, 0)
		}
	})},
	{kind: rollover.FactMediaOrder, name: "again, rtsp", play: udpWith(func(f *film) {
		for k := range 40 {
			f.media(k, k+1, 5004, mediaPort, both)
			f.media(k, k+1, 5004, mediaPort, both)
		}
	})},
	{kind: rollover.FactMediaOrder, name: "http", play: webStream(func(k int, p *wmsp.Packet) {
		p.Payload, p.Location = testClip.Packet(k^1), uint32(k^1)
	})},
	{kind: rollover.FactMediaOrder, name: "mms", scenario: mmsScenario, play: mmsPlay(func(f *film, c *mmsPeers) {
		c.funnel(mms.UDP)
		c.open()
		c.headerUDP(both)
		c.start()
		for _, k := range swapped() {
			c.mediaUDP(k, k+1, funnelPort, both)
		}
		c.finish()
	})},
	{kind: rollover.FactHeaderDiffers, name: "none, rtsp", play: describedAs(func(sdp []byte) []byte {
		return bytes.Replace(sdp, []byte("a=pgmpu"), []byte("a=other"), 1)
	})},
	{kind: rollover.FactHeaderDiffers, name: "http", play: webHeader(func(h []byte) []byte { return otherSize(h) })},
	{kind: rollover.FactHeaderDiffers, name: "cut, http", play: webHeader(func(h []byte) []byte { return h[:len(h)-50] })},
	{kind: rollover.FactHeaderDiffers, name: "none in Play", play: func(f *film) {
		c := f.dial(80)
		c.described(cougar, player)
		c.get("GET", playPragma, player)
		c.head(200, cougar, -1)
		c.data(0, 40, func(int, *wmsp.Packet) {})
		c.ended()
		f.log()
	}},
	{kind: rollover.FactHeaderDiffers, name: "mms", scenario: mmsScenario, play: mmsPlay(func(f *film, c *mmsPeers) {
		c.funnel(mms.TCP)
		c.openAs(829, 334)
		c.readBlock()
		c.server(mms.Data{Incarnation: byte(c.blocks), Flags: mms.HeaderLast, Payload: otherSize(testClip.Header())}.Append(nil))
		c.start()
		c.mediaTCP(0, 40)
		c.finish()
	})},
	{kind: rollover.FactEndMissing, name: "rtsp", play: endWith(func(c *tcp) { c.f.wait(2 * time.Second) })},
	{kind: rollover.FactEndMissing, name: "http", play: func(f *film) {
		c := f.dial(80)
		c.described(cougar, player)
		c.get("GET", playPragma, player)
		c.head(200, cougar, -1)
		c.server(asfHeader())
		c.data(0, 40, func(int, *wmsp.Packet) {})
		c.finServer()
		c.finClient()
		f.log()
	}},
	{kind: rollover.FactEndMissing, name: "mms", scenario: mmsScenario, play: mmsPlay(func(f *film, c *mmsPeers) {
		c.funnel(mms.UDP)
		c.open()
		c.headerUDP(both)
		c.start()
		c.mediaUDP(0, 40, funnelPort, both)
		f.wait(2 * time.Second)
		c.goodbye()
	})},
	{kind: rollover.FactEndEarly, name: "rtspt", play: tcpWith(func(c *tcp) {
		c.play()
		c.logs()
		c.frames(0, 39, 0)
		c.endOfStream()
		c.frames(39, 40, 0)
	}), also: []rollover.FactKind{rollover.FactMediaIncomplete}},
	{kind: rollover.FactEndEarly, name: "rtspu", play: func(f *film) {
		c := f.dial(554)
		c.probe(both)
		c.setupUDP()
		c.play()
		c.logs()
		f.media(0, 30, 5004, mediaPort, both)
		c.endOfStream()
		f.media(30, 40, 5004, mediaPort, both)
		c.teardown()
		c.close()
		f.wait(2 * time.Second)
		f.trailer()
	}, also: []rollover.FactKind{rollover.FactMediaIncomplete}},
	{kind: rollover.FactEndEarly, name: "http", play: func(f *film) {
		c := f.dial(80)
		c.described(cougar, player)
		c.get("GET", playPragma, player)
		c.head(200, cougar, -1)
		c.server(asfHeader())
		c.data(0, 39, func(int, *wmsp.Packet) {})
		c.server(wmsp.Packet{Type: wmsp.EndPacket}.Append(nil))
		c.data(39, 40, func(int, *wmsp.Packet) {})
		c.finServer()
		c.finClient()
		f.log()
	}},
	{kind: rollover.FactEndEarly, name: "mms", scenario: mmsScenario, play: mmsPlay(func(f *film, c *mmsPeers) {
		c.funnel(mms.TCP)
		c.open()
		c.headerTCP()
		c.start()
		c.mediaTCP(0, 39)
		c.endOfStream()
		c.mediaTCP(39, 40)
		c.goodbye()
	}), also: []rollover.FactKind{rollover.FactMediaIncomplete}},
	{kind: rollover.FactEndNumber, name: "rtsp", play: endWith(func(c *tcp) { c.endOfStream("RTP-Info", "url="+testURL+"/audio;seq=39") })},
	{kind: rollover.FactEndNumber, name: "mms", scenario: mmsScenario, play: mmsPlay(func(f *film, c *mmsPeers) {
		c.funnel(mms.TCP)
		c.open()
		c.headerTCP()
		c.start()
		c.mediaTCP(0, 40)
		c.endAs(playMark + 1)
		c.goodbye()
	})},
	{kind: rollover.FactPacketNumber, name: "http", play: webStream(func(_ int, p *wmsp.Packet) { p.Location++ })},
	{kind: rollover.FactPacketNumber, name: "mms", scenario: mmsScenario, play: blocksWith(func(_ int, d *mms.Data) { d.Location++ })},
	{kind: rollover.FactPacketCount, name: "http", play: webStream(func(_ int, p *wmsp.Packet) { p.Flags++ })},
	{kind: rollover.FactPacketCount, name: "mms", scenario: mmsScenario, play: blocksWith(func(_ int, d *mms.Data) { d.Flags *= 2 })},
	{kind: rollover.FactLogRefused, name: "rtsp", play: tcpWith(func(c *tcp) {
		c.play()
		c.answer(c.ask("SET_PARAMETER", testURL, "Content-Type", "application/x-wms-Logconnectstats"), 501, nil)
		c.frames(0, 40, 0)
	})},
	{kind: rollover.FactLogRefused, name: "http", play: func(f *film) { f.playHTTPWithLog(func(c *tcp) { c.head(500, cougar, 0); c.close() }) }},
	{kind: rollover.FactLogRefused, name: "never answered, http", play: func(f *film) {
		f.playHTTPWithLog(func(c *tcp) { f.wait(2 * time.Second); c.finClient(); c.finServer() })
	}},
	{kind: rollover.FactPairSizes, play: func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setupRTX()
		c.answer(c.askPair(), 200, nil)
		for _, p := range rtsp.PacketPair(rtxSSRC, 97, 1, []int{1456, 1456, 1456}) {
			f.datagram(true, 5004, rtxPort, p, both)
		}
		c.playUDP()
	}},
	{kind: rollover.FactResendMisplaced, play: udpWith(func(f *film) {
		f.media(0, 20, 5004, mediaPort, both)
		lost := f.rtpOf(20)
		f.datagram(true, 5004, mediaPort, lost, far)
		f.datagram(false, rtxPort+1, 5005, rtsp.NACK{Sender: 1, RTX: rtxSSRC, Media: mediaSSRC, Lost: []uint16{20}}.Append(nil), both)
		f.datagram(true, 5004, mediaPort, lost, both)
		f.media(21, 40, 5004, mediaPort, both)
	})},
	{kind: rollover.FactReplyNumber, name: "none", play: func(f *film) {
		c := f.dial(554)
		m := c.ask("DESCRIBE", testURL)
		m.Header = slices.DeleteFunc(m.Header, func(h rtsp.Field) bool { return h.Name == "CSeq" })
		c.answer(m, 200, testSDP(), "Content-Type", "application/sdp")
		c.playTCP()
	}},
	{kind: rollover.FactReplyNumber, name: "that of the request before it", play: func(f *film) {
		c := f.dial(554)
		c.describe()
		m := c.ask("SETUP", testURL+"/rtx", "Transport", udpSpec(rtxPort))
		c.answer(m, 461, nil)
		c.ask("SETUP", testURL+"/audio", "Transport", tcpSpec)
		c.answer(m, 200, nil, "Session", "7741", "Transport", tcpGrant)
		f.wait(2 * time.Second)
		c.close()
		f.playHTTP()
	}},
	{kind: rollover.FactReplyOrder, play: tcpWith(func(c *tcp) {
		p := c.ask("PLAY", testURL)
		c.logs()
		c.answer(p, 200, nil)
		c.frames(0, 40, 0)
	})},
	{kind: rollover.FactSessionChanged, play: func(f *film) {
		c := f.dial(554)
		c.probe(both)
		m := c.ask("SETUP", testURL+"/audio", "Transport", udpSpec(mediaPort), "Session", "7741")
		c.answer(m, 200, nil, "Session", "7742;timeout=10", "Transport", udpGrant(mediaPort, mediaSSRC))
		c.play()
		c.logs()
		f.media(0, 40, 5004, mediaPort, both)
		c.finish()
	}},
	{kind: rollover.FactSessionSurvives, play: lookBackPlay(200)},
	{kind: rollover.FactTeardownFailed, play: func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setupTCP()
		c.play()
		c.logs()
		c.frames(0, 40, 0)
		c.endOfStream()
		c.ask("TEARDOWN", testURL)
		f.wait(2 * time.Second)
		c.close()
	}},
	{kind: rollover.FactPacketMark, scenario: mmsScenario, play: blocksWith(func(_ int, d *mms.Data) { d.Incarnation = 9 })},
	{kind: rollover.FactDataBeforeStart, scenario: mmsScenario, play: mmsPlay(func(f *film, c *mmsPeers) {
		c.funnel(mms.TCP)
		c.open()
		c.headerTCP()
		c.say(&mms.StartPlaying{FileID: 1, ASFOffset: mms.Unspecified, LocationID: mms.Unspecified, Incarnation: playMark})
		c.mediaTCP(0, 1)
		c.answer(&mms.ReportStartedPlaying{Incarnation: playMark, FileID: 1})
		c.mediaTCP(1, 40)
		c.finish()
	})},
	{kind: rollover.FactFileDiffers, name: "header", scenario: mmsScenario, play: fileSaid(829, 284)},
	{kind: rollover.FactFileDiffers, name: "packets", scenario: mmsScenario, play: fileSaid(1400, 334)},
	{kind: rollover.FactLengthDiffers, name: "too short", play: func(f *film) {
		c := f.dial(80)
		c.get("GET", describePragma, player)
		c.head(200, cougar, len(asfHeader())-12)
		c.server(asfHeader())
		c.finServer()
		c.finClient()
		f.wait(2 * time.Second)
		f.trailer()
	}},
	{kind: rollover.FactLengthDiffers, name: "too long", play: func(f *film) {
		c := f.dial(80)
		c.get("GET", describePragma, player)
		c.head(200, cougar, len(asfHeader())+12)
		c.server(append(asfHeader(), '$'))
		f.wait(2 * time.Second)
		c.finClient()
		c.finServer()
		f.trailer()
	}},
	{kind: rollover.FactClientID, name: "none", play: func(f *film) {
		c := f.dial(80)
		c.get("GET", describePragma, player)
		c.server([]byte("HTTP/1.0 200 OK\r\nServer: " + cougar + "\r\n\r\n"))
		c.server(asfHeader())
		c.finServer()
		c.finClient()
		f.playHTTP()
	}},
	{kind: rollover.FactClientID, name: "another", play: func(f *film) {
		c := f.dial(80)
		c.described(cougar, player)
		c.get("GET", playPragma+",client-id=2067314511", player)
		c.server([]byte("HTTP/1.0 200 OK\r\nServer: " + cougar + "\r\nPragma: client-id=5\r\n\r\n"))
		c.streamed(0, 40)
		f.log()
	}},
	{kind: rollover.FactMetadata, name: "missing", play: func(f *film) {
		c := f.dial(80)
		c.describedAs(headerPacket(nil, testClip.Header()), player)
		c.get("GET", playPragma, player)
		c.head(200, cougar, -1)
		c.streamed(0, 40)
		f.log()
	}},
	{kind: rollover.FactMetadata, name: "to an old player", play: httpWith(cougar, "NSPlayer/7.1.0.3055")},
	{kind: rollover.FactDescribeMore, play: func(f *film) {
		c := f.dial(80)
		c.describedAs(append(asfHeader(), dataPacket(0).Append(nil)...), player)
		c.get("GET", playPragma, player)
		c.head(200, cougar, -1)
		c.streamed(0, 40)
		f.log()
	}},
}

// otherSize is a header that promises packets of another size.
func otherSize(header []byte) []byte {
	at := bytes.Index(header, []byte("\xa1\xdc\xab\x8c\x47\xa9\xcf\x11\x8e\xe4\x00\xc0\x0c\x20\x53\x65")) + 96
	out := bytes.Clone(header)
	out[at]++
	return out
}

func dataPacket(k int) wmsp.Packet {
	return wmsp.Packet{Type: wmsp.DataPacket, Location: uint32(k), Flags: byte(k), Payload: testClip.Packet(k)}
}

// webStream plays HTTP with data packets that are changed.
func webStream(change func(k int, p *wmsp.Packet)) func(f *film) {
	return func(f *film) {
		c := f.dial(80)
		c.described(cougar, player)
		c.get("GET", playPragma, player)
		c.head(200, cougar, -1)
		c.server(asfHeader())
		c.data(0, 40, change)
		c.ended()
		f.log()
	}
}

// webHeader plays HTTP behind another header.
func webHeader(change func([]byte) []byte) func(f *film) {
	return func(f *film) {
		c := f.dial(80)
		c.describedAs(headerPacket(metadataPacket(), change(testClip.Header())), player)
		c.get("GET", playPragma, player)
		c.head(200, cougar, -1)
		c.streamed(0, 40)
		f.log()
	}
}

// describedAs is a Describe that is answered with a body.
func (c *tcp) describedAs(body []byte, agent string) {
	c.get("GET", describePragma, agent)
	c.head(200, cougar, len(body))
	c.server(body)
}

func (c *tcp) data(from, to int, change func(k int, p *wmsp.Packet)) {
	for k := from; k < to; k++ {
		p := dataPacket(k)
		change(k, &p)
		c.server(p.Append(nil))
		c.f.wait(50 * time.Millisecond)
	}
}

func (c *tcp) ended() {
	c.server(wmsp.Packet{Type: wmsp.EndPacket}.Append(nil))
	c.finServer()
	c.finClient()
}

// playHTTPWithLog plays HTTP, and the log is answered so.
func (f *film) playHTTPWithLog(answer func(c *tcp)) {
	c := f.dial(80)
	c.described(cougar, player)
	c.get("GET", playPragma, player)
	c.head(200, cougar, -1)
	c.streamed(0, 40)
	c = f.dial(80)
	c.get("POST", "", player)
	answer(c)
	f.wait(2 * time.Second)
	f.trailer()
}

// blocksWith plays MMST with data packets that are changed.
func blocksWith(change func(k int, d *mms.Data)) func(f *film) {
	return mmsPlay(func(f *film, c *mmsPeers) {
		c.funnel(mms.TCP)
		c.open()
		c.headerTCP()
		c.start()
		for k := range 40 {
			d := mms.Data{Location: uint32(k), Incarnation: playMark, Flags: byte(k), Payload: testClip.Packet(k)}
			change(k, &d)
			c.server(d.Append(nil))
			f.wait(50 * time.Millisecond)
		}
		c.finish()
	})
}

// fileSaid plays MMST of a file that is opened as one of other sizes.
func fileSaid(packet, header uint32) func(f *film) {
	return mmsPlay(func(f *film, c *mmsPeers) {
		c.funnel(mms.TCP)
		c.openAs(packet, header)
		c.headerTCP()
		c.start()
		c.mediaTCP(0, 40)
		c.finish()
	})
}

// lookBackPlay plays, and then asks for the session that it has torn down.
func lookBackPlay(status int) func(f *film) {
	return func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setupTCP()
		c.play()
		c.logs()
		c.frames(0, 40, 0)
		c.endOfStream()
		c.answer(c.ask("TEARDOWN", testURL, "Session", "7741"), 200, nil)
		c.close()
		c = f.dial(554)
		c.answer(c.ask("GET_PARAMETER", testURL, "Session", "7741"), status, nil)
		c.close()
		f.wait(2 * time.Second)
		f.trailer()
	}
}

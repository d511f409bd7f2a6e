package trace

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/modern"
	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

const testCookie = "q8Zt41mVbX0sKd72RjHcwA"

// lab is a fact case of the modern ladder.
func lab(kind rollover.FactKind, name string, play func(f *film), also ...rollover.FactKind) factCase {
	return factCase{kind: kind, name: name, play: play, also: also, scenario: func(s *rollover.Scenario) { *s = modernScenario() }}
}

// described opens a connection to the RTSP port and is told of the streams.
func (f *film) described() *talker {
	c := f.dial(554).talker()
	c.begin()
	return c
}

// modernFactCases are captures of what either side can do wrong on the modern
// ladder.
var modernFactCases = []factCase{
	lab(rollover.FactRTPSource, "by udp", func(f *film) {
		c := f.described()
		for track := range 2 {
			c.setup(track, askUDP(track), 200, strings.Replace(grantUDP(track), "ssrc=", "ssrc=9", 1)[:len(grantUDP(track))])
		}
		c.play()
		f.sendUDP(modernClip.Pictures(), both)
		c.goes()
	}),
	lab(rollover.FactRTPSource, "on the connection", func(f *film) {
		c := f.described()
		for track := range 2 {
			c.setup(track, askTCP(track), 200, askTCP(track)+";ssrc=99999999")
		}
		c.play()
		c.sendTCP(modernClip.Pictures())
		c.goes()
	}),
	lab(rollover.FactRTPInfo, "another number", func(f *film) {
		c := f.described()
		c.overTCP()
		c.answer(c.ask("PLAY", labURL+"/"), 200, nil, "RTP-Info", infoOf(firstSeq+1))
		c.sendTCP(modernClip.Pictures())
		c.goes()
	}),
	lab(rollover.FactRTPInfo, "another time", func(f *film) {
		c := f.described()
		c.overUDP()
		c.answer(c.ask("PLAY", labURL+"/"), 200, nil, "RTP-Info", strings.ReplaceAll(infoOf(firstSeq), "rtptime=0", "rtptime=7"))
		f.sendUDP(modernClip.Pictures(), both)
		c.goes()
	}),
	lab(rollover.FactGroupMissing, "no group", func(f *film) {
		c := f.described()
		c.setup(0, askGroup, 200, "RTP/AVP;multicast;port=5500-5501;ttl=4")
		c.close()
	}),
	lab(rollover.FactGroup, "another port", func(f *film) {
		c := f.described()
		c.overGroups()
		f.joins(groups[0].Addr())
		c.play()
		f.send(6, func(track modern.Track, rtp []byte) {
			f.groupcast(netip.AddrPortFrom(groups[track].Addr(), groups[track].Port()+100), 4, rtp, both)
		})
		c.goes()
	}),
	lab(rollover.FactReach, "further than said", func(f *film) {
		c := f.described()
		c.overGroups()
		f.joins(groups[0].Addr())
		c.play()
		f.send(modernClip.Pictures(), func(track modern.Track, rtp []byte) { f.groupcast(groups[track], 64, rtp, both) })
		c.goes()
	}),
	lab(rollover.FactLateFrames, "on the connection", func(f *film) {
		c := f.described()
		c.overTCP()
		c.play()
		c.sendTCP(modernClip.Pictures() - 1)
		c.teardown()
		c.sendTCP(1)
		c.close()
	}),
	lab(rollover.FactTeardownFailed, "refused", func(f *film) {
		c := f.described()
		c.overTCP()
		c.play()
		c.sendTCP(modernClip.Pictures())
		c.answer(c.ask("TEARDOWN", labURL+"/"), 500, nil)
		c.close()
	}),
	lab(rollover.FactTeardownFailed, "not answered", func(f *film) {
		c := f.described()
		c.overTCP()
		c.play()
		c.sendTCP(modernClip.Pictures())
		c.ask("TEARDOWN", labURL+"/")
		f.wait(2 * time.Second)
		c.close()
	}),
	lab(rollover.FactMediaClientPort, "the streams swapped", func(f *film) {
		c := f.described()
		c.overUDP()
		c.play()
		f.send(6, func(track modern.Track, rtp []byte) {
			f.datagram(true, 5004, uint16(pairFor(1-int(track))), rtp, both)
		})
		c.goes()
	}),
	lab(rollover.FactMediaClientPort, "everything to the first stream's port", func(f *film) {
		c := f.described()
		c.overUDP()
		c.play()
		f.send(6, func(_ modern.Track, rtp []byte) { f.datagram(true, 5004, uint16(pairFor(0)), rtp, both) })
		c.goes()
	}, rollover.FactMediaIncomplete),
	lab(rollover.FactRTCPPort, "reports to the media's port", func(f *film) {
		c := f.described()
		c.overUDP()
		c.play()
		f.datagram(true, 5004, uint16(pairFor(0)), rtsp.SenderReport(ssrcs[0], 1, 1, 1, 1, "x"), both)
		f.sendUDP(modernClip.Pictures(), both)
		c.goes()
	}),
	lab(rollover.FactUDPAfterTeardown, "to the group", func(f *film) {
		c := f.described()
		c.overGroups()
		f.joins(groups[0].Addr())
		c.play()
		f.sendGroups(5, both)
		c.teardown()
		c.close()
		f.sendGroups(5, far)
	}),
	lab(rollover.FactForeignMedia, "one byte of a picture", func(f *film) {
		c := f.described()
		c.overTCP()
		c.play()
		n := 0
		f.send(modernClip.Pictures(), func(track modern.Track, rtp []byte) {
			if n++; track == modern.Video && n%15 == 3 {
				rtp[200] ^= 4
			}
			c.answers(rtsp.AppendFrame(nil, byte(2*track), rtp))
		})
		c.goes()
	}, rollover.FactMediaIncomplete),
	lab(rollover.FactForeignMedia, "one byte of sound", func(f *film) {
		c := f.described()
		c.overTCP()
		c.play()
		f.send(modernClip.Pictures(), func(track modern.Track, rtp []byte) {
			if track == modern.Audio {
				rtp[100] ^= 4
			}
			c.answers(rtsp.AppendFrame(nil, byte(2*track), rtp))
		})
		c.goes()
	}, rollover.FactMediaIncomplete),
	lab(rollover.FactMediaIncomplete, "the server stops early", func(f *film) {
		c := f.described()
		c.overTCP()
		c.play()
		c.sendTCP(5)
		f.wait(2 * time.Second)
		c.goes()
	}),
	lab(rollover.FactTunnelReply, "a length", func(f *film) {
		get := f.dial(80)
		get.client(modern.Get("/lab", "h", testCookie, "").Append(nil))
		get.head(200, "lab/1", 32767, "Content-Type", modern.TunnelType)
		c := f.posted(get, testCookie)
		c.begin()
		c.playsTCP()
	}),
	lab(rollover.FactTunnelReply, "chunks", func(f *film) {
		get := f.dial(80)
		get.client(modern.Get("/lab", "h", testCookie, "").Append(nil))
		get.head(200, "lab/1", -1, "Content-Type", modern.TunnelType, "Transfer-Encoding", "chunked")
		c := f.posted(get, testCookie)
		c.begin()
		c.playsTCP()
	}),
	lab(rollover.FactPostRefused, "405", func(f *film) {
		c := f.tunnel(testCookie)
		c.ask("OPTIONS", labURL)
		c.post.head(405, "lab/1", 0)
		c.close()
	}),
	lab(rollover.FactPostRefused, "hung up", func(f *film) {
		c := f.tunnel(testCookie)
		c.ask("OPTIONS", labURL)
		c.post.finServer()
		c.post.finClient()
		f.wait(time.Second)
		c.get.close()
	}),
	lab(rollover.FactPostAnswered, "and never on the GET", func(f *film) {
		c := f.tunnel(testCookie)
		c.answers = c.post.server
		c.answer(c.ask("OPTIONS", labURL), 200, nil)
		f.wait(2 * time.Second)
		c.close()
	}),
	lab(rollover.FactPostAnswered, "on both", func(f *film) {
		c := f.tunnel(testCookie)
		get, post := c.answers, c.post.server
		c.answers = func(b []byte) { get(b); post(b) }
		c.begin()
		c.answers = get
		c.playsTCP()
	}),
	lab(rollover.FactTunnelMixed, "another session's answers", func(f *film) {
		c := f.tunnel(testCookie)
		c.begin()
		stranger := rtsp.NewRequest("OPTIONS", labURL, 77)
		c.answer(stranger, 200, nil)
		c.playsTCP()
	}),
	lab(rollover.FactTunnelMixed, "another session's media", func(f *film) {
		first := f.tunnel(testCookie)
		first.begin()
		first.overTCP()
		first.goes()
		second := f.tunnel(testCookie)
		second.begin()
		for track := range 2 {
			second.setup(track, askTCP(track), 200, askTCP(track)+";ssrc=01020304")
		}
		second.play()
		second.sendTCP(modernClip.Pictures())
		second.goes()
	}, rollover.FactRTPSource),
	lab(rollover.FactTunnelMixed, "another client's media", func(f *film) {
		c := f.tunnel(testCookie)
		c.begin()
		c.overTCP()
		c.play()
		f.send(modernClip.Pictures(), func(track modern.Track, rtp []byte) {
			c.answers(rtsp.AppendFrame(nil, byte(2*track), rtp))
			rtp[8] ^= 0x40 // of its SSRC
			c.answers(rtsp.AppendFrame(nil, byte(2*track), rtp))
		})
		c.goes()
	}, rollover.FactRTPSource),
	lab(rollover.FactPlainMedia, "", func(f *film) {
		c := f.handshake(322)
		c.asksInside(5)
		f.sendUDP(3, both)
		c.close()
	}),
	lab(rollover.FactSessionLeft, "inside tls", func(f *film) {
		c := f.handshake(322)
		c.asksInside(5)
		f.wait(2 * time.Second)
		f.trailer()
	}),
	lab(rollover.FactResetAfterAccept, "instead of tls", func(f *film) {
		c := f.dial(322)
		c.client(clientHello)
		c.rstServer()
	}),
	lab(rollover.FactPortsShared, "both streams on one pair", func(f *film) {
		c := f.described()
		for range 2 {
			c.setup(0, askUDP(0), 200, grantUDP(0))
		}
		c.close()
	}),
	lab(rollover.FactPortsShared, "an odd port", func(f *film) {
		c := f.described()
		c.setup(0, "RTP/AVP;unicast;client_port=3001-3002", 200, "RTP/AVP;unicast;client_port=3001-3002;server_port=5004-5005")
		c.close()
	}),
	lab(rollover.FactTunnelPorts, "", func(f *film) {
		c := f.tunnel(testCookie)
		c.begin()
		c.setup(0, askUDP(0), 461, "")
		c.playsTCP()
	}),
	lab(rollover.FactKeptWaiting, "", func(f *film) {
		c := f.described()
		c.overUDP()
		c.play()
		f.sendUDP(modernClip.Pictures()-1, both)
		f.wait(11 * time.Second)
		f.sendUDP(modernClip.Pictures(), both)
		c.goes()
	}),
	lab(rollover.FactNotJoined, "", func(f *film) {
		c := f.described()
		c.overGroups()
		c.play()
		f.sendGroups(modernClip.Pictures(), both)
		c.goes()
	}),
	lab(rollover.FactJoinedLate, "", func(f *film) {
		c := f.described()
		c.overGroups()
		c.play()
		f.wait(300 * time.Millisecond)
		f.joins(groups[0].Addr())
		f.sendGroups(modernClip.Pictures(), both)
		c.goes()
	}),
}

// What keeps a session alive: a request, or a report.
func TestKeepAlives(t *testing.T) {
	t.Parallel()
	for name, sign := range map[string]func(*talker){
		"request": func(c *talker) { c.answer(c.ask("GET_PARAMETER", labURL+"/"), 200, nil) },
		"report":  func(c *talker) { c.f.datagram(false, uint16(pairFor(0)+1), 5005, rtsp.ReceiverReport(1, "x"), both) },
	} {
		f := newFilm(t)
		c := f.described()
		c.overUDP()
		c.play()
		f.sendUDP(modernClip.Pictures()-1, both)
		f.wait(8 * time.Second)
		sign(c)
		f.wait(8 * time.Second)
		f.sendUDP(modernClip.Pictures(), both)
		c.goes()
		if got := f.read(modernScenario(), testSetup()); len(got.Facts) > 0 {
			t.Errorf("%s: %+v", name, got.Facts)
		}
	}
}

// Reports of every version of either family's protocol say which groups a host
// wants.
func TestMemberships(t *testing.T) {
	t.Parallel()
	v4, v6 := []byte{239, 77, 1, 1}, netip.MustParseAddr("ff3e::4d01").AsSlice()
	record := func(kind byte, sources byte, group []byte) []byte {
		b := append([]byte{kind, 0, 0, sources}, group...)
		return append(b, make([]byte, int(sources)*len(group))...)
	}
	report := func(kind byte, records ...[]byte) []byte {
		b := []byte{kind, 0, 0, 0, 0, 0, 0, byte(len(records))}
		for _, r := range records {
			b = append(b, r...)
		}
		return b
	}
	for _, c := range []struct {
		name  string
		b     []byte
		read  func([]byte) []membership
		joins []bool
	}{
		{"version 1", append([]byte{0x12, 0, 0, 0}, v4...), igmpMemberships, []bool{true}},
		{"version 2", append([]byte{0x16, 0, 0, 0}, v4...), igmpMemberships, []bool{true}},
		{"version 2 leaves", append([]byte{0x17, 0, 0, 0}, v4...), igmpMemberships, []bool{false}},
		{"a query", append([]byte{0x11, 0, 0, 0}, v4...), igmpMemberships, nil},
		{"version 3", report(0x22, record(4, 0, v4), record(3, 0, v4), record(5, 2, v4), record(6, 1, v4), record(2, 0, v4)), igmpMemberships,
			[]bool{true, false, true, true}},
		{"version 3, cut off", report(0x22, record(4, 0, v4), record(4, 3, v4)[:9]), igmpMemberships, []bool{true, true}},
		{"nothing", nil, igmpMemberships, nil},
		{"MLD", append(make([]byte, 0), append([]byte{131, 0, 0, 0, 0, 0, 0, 0}, v6...)...), mldMemberships, []bool{true}},
		{"MLD leaves", append([]byte{132, 0, 0, 0, 0, 0, 0, 0}, v6...), mldMemberships, []bool{false}},
		{"MLD version 2", report(143, record(4, 0, v6), record(3, 0, v6)), mldMemberships, []bool{true, false}},
		{"neighbour discovery", append([]byte{135, 0, 0, 0, 0, 0, 0, 0}, v6...), mldMemberships, nil},
	} {
		got := c.read(c.b)
		if len(got) != len(c.joins) {
			t.Errorf("%s: %+v", c.name, got)
			continue
		}
		for i, m := range got {
			if m.joins != c.joins[i] || !m.group.IsMulticast() {
				t.Errorf("%s: %+v", c.name, got)
			}
		}
		for n := range c.b {
			c.read(c.b[:n])
		}
	}
}

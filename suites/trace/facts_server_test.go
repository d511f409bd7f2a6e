package trace

import (
	"time"

	"github.com/google/gopacket/layers"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// serverFactCases are captures of what an RTSP server can do wrong.
var serverFactCases = []factCase{
	{kind: rollover.FactUDPAfterSwitch, play: func(f *film) {
		c := f.dial(554)
		c.starveUDP()
		c.setupTCP()
		c.play()
		for k := range 40 {
			f.datagram(true, 5004, rtxPort, f.rtpOf(k), far)
			c.frames(k, k+1, 0)
		}
		c.finish()
	}, also: []rollover.FactKind{rollover.FactRTPSequence}}, // both ways share the numbers
	{kind: rollover.FactUDPAfterTeardown, play: func(f *film) {
		c := f.dial(554)
		c.probe(both)
		c.setupUDP()
		c.play()
		c.logs()
		f.media(0, 10, 5004, mediaPort, both)
		c.teardown()
		c.close()
		f.media(10, 30, 5004, mediaPort, both)
	}},
	{kind: rollover.FactUDPAfterTimeout, play: func(f *film) {
		c := f.dial(554)
		c.probe(both)
		c.setupUDP()
		c.play()
		c.logs()
		f.media(0, 10, 5004, mediaPort, both)
		c.close()
		f.wait(13 * time.Second)
		f.media(10, 20, 5004, mediaPort, both)
	}},
	{kind: rollover.FactMediaSourcePort, play: udpWith(func(f *film) { f.media(0, 40, 6004, mediaPort, both) })},
	{kind: rollover.FactMediaClientPort, play: udpWith(func(f *film) { f.media(0, 40, 5004, mediaPort+2, both) })},
	{kind: rollover.FactRTCPPort, play: udpWith(func(f *film) {
		f.datagram(true, 5004, mediaPort, rtsp.SenderReport(mediaSSRC, 1, 1, 1, 1, "x"), both)
		f.media(0, 40, 5004, mediaPort, both)
	})},
	{kind: rollover.FactServerPortMissing, play: func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setup("rtx", udpSpec(rtxPort), 200, "RTP/AVP/UDP;unicast;client_port=1788;ssrc=1a2b3c4d")
		c.pair(both)
		c.playUDP()
	}},
	{kind: rollover.FactTransportMissing, play: func(f *film) {
		c := f.dial(554)
		c.probe(both)
		c.setup("audio", udpSpec(mediaPort), 200, "")
		c.play()
		c.logs()
		f.media(0, 40, 5004, mediaPort, both)
		c.finish()
	}},
	{kind: rollover.FactOtherTransport, play: func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setup("rtx", udpSpec(rtxPort), 200, tcpGrant)
		c.close()
		f.playHTTP()
	}},
	{kind: rollover.FactClosedAfter461, play: func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setup("rtx", udpSpec(rtxPort), 461, "")
		c.finServer()
		c.finClient()
		c = f.dial(554)
		c.describe()
		c.playTCP()
	}},
	{kind: rollover.FactSwitchRefused, name: "after 461", play: func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setup("rtx", udpSpec(rtxPort), 461, "")
		c.setup("audio", tcpSpec, 455, "")
		c.close()
		f.playHTTP()
	}},
	{kind: rollover.FactSwitchRefused, name: "after silence", play: func(f *film) {
		c := f.dial(554)
		c.starveUDP()
		c.setup("audio", tcpSpec, 459, "")
		c.close()
		f.playHTTP()
	}},
	{kind: rollover.FactPauseRefused, play: func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setupUDP2()
		c.play()
		f.media(0, 20, 5004, mediaPort, far)
		c.answer(c.ask("PAUSE", testURL), 455, nil)
		c.playTCP()
	}},
	{kind: rollover.FactPairUnanswered, name: "501", play: func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setupRTX()
		c.answer(c.askPair(), 501, nil)
		c.playTCP()
	}},
	{kind: rollover.FactPairUnanswered, name: "silence", play: func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setupRTX()
		c.askPair()
		f.wait(1100 * time.Millisecond)
		c.playTCP()
	}},
	{kind: rollover.FactPairsMissing, play: func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setupRTX()
		c.answer(c.askPair(), 200, nil)
		f.wait(1100 * time.Millisecond)
		c.playTCP()
	}},
	{kind: rollover.FactPairsMisplaced, name: "port", play: pairsWith(5004, mediaPort, rtxSSRC)},
	{kind: rollover.FactPairsMisplaced, name: "source", play: pairsWith(6004, rtxPort, rtxSSRC)},
	{kind: rollover.FactPairsMisplaced, name: "ssrc", play: pairsWith(5004, rtxPort, 0xdeadbeef)},
	{kind: rollover.FactFramesBeforePlay, play: tcpWith(func(c *tcp) {
		c.frames(0, 1, 0)
		c.play()
		c.logs()
		c.frames(1, 40, 0)
	})},
	{kind: rollover.FactGarbage, play: tcpWith(func(c *tcp) {
		c.play()
		c.logs()
		c.server([]byte("\x01\x02 what is this\r\n"))
		c.frames(0, 40, 0)
	})},
	{kind: rollover.FactChannel, play: tcpWith(func(c *tcp) { c.play(); c.logs(); c.frames(0, 40, 4) })},
	{kind: rollover.FactSecondConnection, play: func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setupTCP()
		c.play()
		c.logs()
		back := f.conn(7070)
		back.flags(true, layers.TCP{SYN: true})
		c.frames(0, 40, 0)
		c.finish()
	}},
	{kind: rollover.FactForeignMedia, play: tcpWith(func(c *tcp) {
		c.play()
		c.logs()
		c.server(rtsp.AppendFrame(nil, 0, foreignRTP()))
		c.frames(0, 40, 0)
	}), also: []rollover.FactKind{rollover.FactRTPSequence}},
	{kind: rollover.FactMediaIncomplete, name: "stops", play: tcpWith(func(c *tcp) { c.play(); c.logs(); c.frames(0, 20, 0) })},
	{kind: rollover.FactMediaIncomplete, name: "skips", play: tcpWith(func(c *tcp) { c.play(); c.logs(); c.frames(7, 40, 0) })},
	{kind: rollover.FactMediaIncomplete, name: "stalls", play: func(f *film) {
		c := f.dial(554)
		c.probe(both)
		c.setupUDP()
		c.play()
		c.logs()
		f.media(0, 20, 5004, mediaPort, both)
		f.wait(2 * time.Second)
		c.teardown()
		c.close()
	}},
	{kind: rollover.FactLossUnanswered, play: udpWith(func(f *film) {
		f.media(0, 20, 5004, mediaPort, both)
		f.datagram(false, rtxPort+1, 5005, rtsp.NACK{Sender: 1, RTX: rtxSSRC, Media: mediaSSRC, Lost: []uint16{3, 4}}.Append(nil), both)
		f.media(20, 40, 5004, mediaPort, both)
	})},
	{kind: rollover.FactSecondUnanswered, play: func(f *film) {
		first := f.dial(554)
		first.probe(far)
		f.wait(1100 * time.Millisecond)
		second := f.dial(554)
		second.ask("DESCRIBE", testURL)
		f.wait(2 * time.Second)
		second.finClient()
		first.teardown()
		first.close()
		f.playHTTP()
	}},
	{kind: rollover.FactRedirectKept, play: func(f *film) {
		c := f.dial(554)
		c.answer(c.ask("DESCRIBE", testURL), 302, nil, "Location", testURL+"2")
		f.wait(1100 * time.Millisecond)
		c.finClient()
		f.wait(time.Second)
		f.trailer()
	}},
	{kind: rollover.FactRedirectLoop, play: func(f *film) {
		for range 5 {
			c := f.dial(554)
			c.answer(c.ask("DESCRIBE", testURL), 302, nil, "Location", testURL)
			c.finServer()
			c.finClient()
		}
	}},
	{kind: rollover.FactClosedOn401, play: func(f *film) {
		c := f.dial(554)
		c.answer(c.ask("DESCRIBE", testURL), 401, nil)
		c.finServer()
		c.finClient()
	}},
	{kind: rollover.FactClosedOn401, name: "http", play: func(f *film) {
		c := f.dial(80)
		c.get("GET", describePragma, player)
		c.head(401, cougar, 0)
		c.finServer()
		c.finClient()
	}},
	{kind: rollover.FactResetAfterAccept, name: "before a word", play: func(f *film) {
		f.dial(554).rstServer()
		f.playHTTP()
	}, also: []rollover.FactKind{rollover.FactSecondUnanswered}},
	{kind: rollover.FactResetAfterAccept, name: "at DESCRIBE", play: func(f *film) {
		c := f.dial(554)
		c.ask("DESCRIBE", testURL)
		c.rstServer()
		f.playHTTP()
	}},
	{kind: rollover.FactHalfOpen, play: func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setupTCP()
		c.play()
		c.logs()
		c.frames(0, 40, 0)
		c.endOfStream()
		c.teardown()
		c.finClient()
		f.wait(2 * time.Second)
		f.trailer()
	}},
	{kind: rollover.FactTwiceRefused, play: func(f *film) {
		c := f.dial(554)
		c.starveUDP()
		c.teardown()
		c.close()
		c = f.dial(554)
		c.answer(c.ask("DESCRIBE", testURL), 453, nil)
		c.close()
	}},
}

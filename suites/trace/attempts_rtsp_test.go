package trace

import (
	"time"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// negotiationCases are what a client and a server of RTSP say to each other, and
// what comes of it.
var negotiationCases = []attemptCase{
	{name: "nothing", play: func(f *film) {}, want: "none"},
	{name: "udp plays", play: func(f *film) { c := f.dial(554); c.probe(both); c.playUDP() }, want: "RTSPU:played"},
	{name: "udp plays over ipv6", play: func(f *film) { f.v6 = true; c := f.dial(554); c.probe(both); c.playUDP() }, want: "RTSPU:played"},
	{name: "udp starves, tcp plays on the same connection", play: func(f *film) {
		c := f.dial(554)
		c.starveUDP()
		c.playTCP()
	}, want: "RTSPU:starved RTSPT:played"},
	{name: "udp starves, tcp plays on a new connection", play: func(f *film) {
		c := f.dial(554)
		c.starveUDP()
		c.teardown()
		c.close()
		c = f.dial(554)
		c.describe()
		c.playTCP()
	}, want: "RTSPU:starved RTSPT:played"},
	{name: "tcp first", play: func(f *film) {
		c := f.dial(554)
		c.describe()
		c.playTCP()
	}, want: "RTSPT:played"},
	{name: "media starves after PLAY", play: func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setupUDP()
		c.play()
		f.media(0, 40, 5004, mediaPort, far)
		c.teardown()
		c.close()
	}, want: "RTSPU:starved"},
	{name: "461 to udp", play: func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setup("rtx", udpSpec(rtxPort), 461, "")
		c.playTCP()
	}, want: "RTSPU:rejected RTSPT:played", by: rollover.PartyServer, status: 461},
	{name: "461 to everything, then http", play: func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setup("rtx", udpSpec(rtxPort), 461, "")
		c.setup("audio", tcpSpec, 461, "")
		c.close()
		f.playHTTP()
	}, want: "RTSPU:rejected RTSPT:rejected HTTP:played", by: rollover.PartyServer, status: 461},
	{name: "400 to udp", play: func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setup("rtx", udpSpec(rtxPort), 400, "")
		c.playTCP()
	}, want: "RTSPU:broken RTSPT:played", by: rollover.PartyServer, status: 400},
	{name: "453 to DESCRIBE", play: func(f *film) {
		c := f.dial(554)
		c.answer(c.ask("DESCRIBE", testURL), 453, nil)
		c.close()
	}, want: "RTSPU/RTSPT:denied", by: rollover.PartyServer, status: 453},
	{name: "401, retried on the connection", play: func(f *film) {
		c := f.dial(554)
		c.answer(c.ask("DESCRIBE", testURL), 401, nil)
		c.answer(c.ask("DESCRIBE", testURL, "Authorization", "Digest x"), 200, testSDP(), "Content-Type", "application/sdp")
		c.setupRTX()
		c.pair(both)
		c.playUDP()
	}, want: "RTSPU:played"},
	{name: "401, retried on another connection", play: func(f *film) {
		c := f.dial(554)
		c.answer(c.ask("DESCRIBE", testURL), 401, nil)
		c.close()
		c = f.dial(554)
		c.answer(c.ask("DESCRIBE", testURL, "Authorization", "Digest x"), 200, testSDP(), "Content-Type", "application/sdp")
		c.playTCP()
	}, want: "RTSPT:played"},
	{name: "401 and another knock without credentials", play: func(f *film) {
		c := f.dial(554)
		c.answer(c.ask("DESCRIBE", testURL), 401, nil)
		c.close()
		c = f.dial(554)
		c.describe()
		c.playTCP()
	}, want: "RTSPU/RTSPT:denied RTSPT:played", by: rollover.PartyServer, status: 401},
	{name: "redirect followed", play: func(f *film) {
		c := f.dial(554)
		c.answer(c.ask("DESCRIBE", testURL), 302, nil, "Location", testURL+"2")
		c.close()
		c = f.dial(554)
		c.describe()
		c.playTCP()
	}, want: "RTSPT:played"},
	{name: "options knock is no attempt", play: func(f *film) {
		c := f.dial(554)
		c.answer(c.ask("OPTIONS", testURL), 200, nil)
		c.close()
		c = f.dial(554)
		c.describe()
		c.playTCP()
	}, want: "RTSPT:played"},
	{name: "credentials taken, and then a refusal", play: func(f *film) {
		c := f.dial(554)
		c.answer(c.ask("DESCRIBE", testURL), 401, nil)
		c.answer(c.ask("DESCRIBE", testURL, "Authorization", "Digest x"), 500, nil)
		c.close()
	}, want: "RTSPU/RTSPT:broken", by: rollover.PartyServer, status: 500},
	{name: "credentials refused", play: func(f *film) {
		c := f.dial(554)
		c.answer(c.ask("DESCRIBE", testURL), 401, nil)
		c.answer(c.ask("DESCRIBE", testURL, "Authorization", "Digest x"), 401, nil)
		c.close()
	}, want: "RTSPU/RTSPT:denied", by: rollover.PartyServer, status: 401},
	{name: "media that comes when the client has gone on to tcp", play: func(f *film) {
		c := f.dial(554)
		c.starveUDP()
		m := c.ask("SETUP", testURL+"/audio", "Transport", tcpSpec)
		f.datagram(true, 5004, rtxPort, f.rtpOf(0), both)
		f.pairs(5004, rtxPort, rtxSSRC, both)
		c.answer(m, 200, nil, "Session", "7741;timeout=10", "Transport", tcpGrant)
		c.play()
		c.frames(0, 40, 0)
		c.finish()
	}, want: "RTSPU:starved RTSPT:played"},
	{name: "mute", play: func(f *film) {
		c := f.dial(554)
		c.ask("DESCRIBE", testURL)
		f.wait(2 * time.Second)
		c.finClient()
		f.playHTTP()
	}, want: "RTSPU/RTSPT:broken HTTP:played", by: rollover.PartyServer},
	{name: "closed without a reply", play: func(f *film) {
		c := f.dial(554)
		c.ask("DESCRIBE", testURL)
		c.finServer()
		c.finClient()
	}, want: "RTSPU/RTSPT:broken", by: rollover.PartyServer},
	{name: "foreign media", play: func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setupTCP()
		c.play()
		c.server(rtsp.AppendFrame(nil, 0, foreignRTP()))
		c.close()
	}, want: "RTSPT:broken", by: rollover.PartyServer},
	{name: "two rungs at once", play: func(f *film) {
		udp, tcp := f.dial(554), f.dial(554)
		udp.probe(both)
		tcp.describe()
		tcp.setupTCP()
		tcp.play()
		udp.setupUDP()
		f.wait(time.Second)
		udp.play()
		for k := range 40 {
			f.media(k, k+1, 5004, mediaPort, both)
			tcp.server(rtsp.AppendFrame(nil, 0, f.rtpOf(k)))
		}
		udp.finish()
		tcp.finish()
	}, want: "RTSPU:played RTSPT:played"},
	{name: "both transports in one SETUP", play: func(f *film) {
		c := f.dial(554)
		c.probe(both)
		c.setup("audio", udpSpec(mediaPort)+", "+tcpSpec, 200, tcpGrant)
		c.play()
		c.frames(0, 40, 0)
		c.finish()
	}, want: "RTSPT:played"},
}

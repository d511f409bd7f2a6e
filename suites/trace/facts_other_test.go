package trace

import (
	"time"

	"github.com/rollover-conformance/rollover/netns/firewall"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// webFactCases are captures of what an HTTP server can do wrong.
var webFactCases = []factCase{
	{kind: rollover.FactTokenMissing, play: httpWith("Apache/2.4", player)},
	{kind: rollover.FactStranger, play: httpWith(cougar, "Mozilla/5.0"), also: []rollover.FactKind{rollover.FactAgent}},
	{kind: rollover.FactCoding, play: func(f *film) {
		c := f.dial(80)
		c.described(cougar, player)
		c.get("GET", playPragma, player)
		c.head(200, cougar, -1, "Content-Encoding", "gzip")
		c.streamed(0, 40)
		f.log()
	}},
	{kind: rollover.FactHTTPServed, scenario: func(s *rollover.Scenario) {
		s.Offer.HTTP, s.Offer.Rungs = "off", []rollover.Rung{rollover.RTSPU}
	}, play: (*film).playHTTP},
	{kind: rollover.FactPlayUnanswered, name: "404", play: func(f *film) {
		c := f.dial(80)
		c.described(cougar, player)
		c.get("GET", playPragma, player)
		c.head(404, cougar, 0)
		c.close()
	}},
	{kind: rollover.FactPlayUnanswered, name: "mute", play: func(f *film) {
		c := f.dial(80)
		c.described(cougar, player)
		c.close()
		c = f.dial(80)
		c.get("GET", playPragma, player)
		f.wait(2 * time.Second)
		c.finClient()
	}},
}

// otherFactCases are captures of what the client and the rig can do wrong.
var otherFactCases = []factCase{
	{kind: rollover.FactPlayBeforeProbe, play: func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setupRTX()
		m := c.askPair()
		c.setupUDP()
		p := c.ask("PLAY", testURL)
		c.answer(m, 200, nil)
		f.pairs(5004, rtxPort, rtxSSRC, both)
		c.answer(p, 200, nil)
		c.logs()
		f.media(0, 40, 5004, mediaPort, both)
		c.finish()
	}, also: []rollover.FactKind{rollover.FactReplyOrder}},
	{kind: rollover.FactSetupOrder, play: func(f *film) {
		c := f.dial(554)
		c.describe()
		c.playUDP()
	}},
	{kind: rollover.FactClientPorts, name: "shared", play: func(f *film) {
		c := f.dial(554)
		c.probe(both)
		c.setup("audio", udpSpec(rtxPort), 200, udpGrant(rtxPort, mediaSSRC))
		c.play()
		c.logs()
		f.media(0, 40, 5004, rtxPort, both)
		c.finish()
	}},
	{kind: rollover.FactClientPorts, name: "range", scenario: func(s *rollover.Scenario) {
		s.Client.Ports = firewall.Ports{{Lo: 3000, Hi: 4000}}
	}, play: goodPlays[0].play},
	{kind: rollover.FactClientPortClosed, play: func(f *film) {
		c := f.dial(554)
		c.probe(both)
		c.setupUDP()
		c.play()
		c.logs()
		f.media(0, 5, 5004, mediaPort, both)
		f.portUnreachable(5004, mediaPort)
		f.media(5, 40, 5004, mediaPort, both)
		c.finish()
	}},
	{kind: rollover.FactUDPStillOpen, play: func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setupUDP2()
		c.play()
		f.media(0, 10, 5004, mediaPort, far)
		c.setupTCP()
		c.play()
		for k := range 40 {
			f.datagram(true, 5004, mediaPort, f.rtpOf(k), both)
			c.frames(k, k+1, 0)
		}
		c.finish()
	}, also: []rollover.FactKind{rollover.FactUDPAfterSwitch, rollover.FactRTPSequence, rollover.FactMediaOrder}},
	{kind: rollover.FactUDPStillOpen, name: "where the path opened after the switch", play: func(f *film) {
		c := f.dial(554)
		c.starveUDP()
		c.setupTCP()
		c.play()
		for k := range 40 {
			f.datagram(true, 5004, rtxPort, f.rtpOf(k), both)
			c.frames(k, k+1, 0)
		}
		c.finish()
	}, also: []rollover.FactKind{rollover.FactUDPAfterSwitch, rollover.FactRTPSequence}},
	{kind: rollover.FactSessionLeft, play: func(f *film) {
		c := f.dial(554)
		c.starveUDP()
		c = f.dial(554)
		c.describe()
		c.playTCP()
	}},
	{kind: rollover.FactAgent, play: func(f *film) {
		c := f.dial(80)
		c.get("GET", describePragma, "")
		c.head(400, cougar, 0)
		c.close()
	}},
	{kind: rollover.FactSwitchedOff, scenario: func(s *rollover.Scenario) {
		s.Limits = []rollover.Switch{rollover.SwitchHTTP}
	}, play: func(f *film) { f.knock(554, 3, near); f.playHTTP() }},
	{kind: rollover.FactOtherAddress, play: func(f *film) {
		c := f.dial(554)
		c.answer(c.ask("DESCRIBE", testURL), 453, nil)
		c.close()
		f.v6 = true
		f.playHTTP()
	}},
	{kind: rollover.FactParallel, play: func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setupTCP()
		c.play()
		c.logs()
		c.frames(0, 10, 0)
		web := f.dial(80)
		web.described(cougar, player)
		web.close()
		c.frames(10, 40, 0)
		c.finish()
	}},
	{kind: rollover.FactParallel, name: "udp", play: func(f *film) {
		c := f.dial(554)
		c.probe(both)
		c.setupUDP()
		c.play()
		c.logs()
		f.media(0, 10, 5004, mediaPort, both)
		web := f.dial(80)
		web.described(cougar, player)
		web.close()
		f.media(10, 40, 5004, mediaPort, both)
		c.finish()
	}},
	{kind: rollover.FactLogMissing, play: func(f *film) {
		c := f.dial(80)
		c.described(cougar, player)
		c.get("GET", playPragma, player)
		c.head(200, cougar, -1)
		c.streamed(0, 40)
	}},
	{kind: rollover.FactRuleLeak, scenario: func(s *rollover.Scenario) {
		s.Profile.Rules = []firewall.Rule{{Name: "no rtp", Action: firewall.Drop, From: firewall.Server, Proto: firewall.UDP, SPort: firewall.Ports{{Lo: 5004, Hi: 5004}}}}
	}, play: goodPlays[0].play},
	{kind: rollover.FactMediaLost, play: udpWith(func(f *film) {
		f.media(0, 20, 5004, mediaPort, both)
		f.media(20, 22, 5004, mediaPort, far)
		f.media(22, 40, 5004, mediaPort, both)
	})},
}

package trace

import (
	"slices"
	"testing"
	"time"

	"github.com/google/gopacket/layers"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/netns/firewall"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// goodPlays are trials in which nobody does anything wrong: none of them may
// show a fact. They are the clean counterpart of every case below.
var goodPlays = []struct {
	name string
	play func(f *film)
}{
	{"udp", func(f *film) { c := f.dial(554); c.probe(both); c.playUDP() }},
	{"udp, then tcp on the same connection", func(f *film) { c := f.dial(554); c.starveUDP(); c.playTCP() }},
	{"udp, then tcp on a new connection", func(f *film) {
		c := f.dial(554)
		c.starveUDP()
		c.teardown()
		c.close()
		c = f.dial(554)
		c.describe()
		c.playTCP()
	}},
	{"461, then tcp", func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setup("rtx", udpSpec(rtxPort), 461, "")
		c.playTCP()
	}},
	{"554 blocked, then http", func(f *film) { f.knock(554, 3, near); f.playHTTP() }},
	{"loss, report and resend", func(f *film) {
		c := f.dial(554)
		c.probe(both)
		c.setupUDP()
		c.play()
		c.logs()
		f.media(0, 20, 5004, mediaPort, both)
		lost := f.rtpOf(20)
		f.datagram(true, 5004, mediaPort, lost, far)
		f.datagram(false, rtxPort+1, 5005, rtsp.NACK{Sender: 1, RTX: rtxSSRC, Media: mediaSSRC, Lost: []uint16{f.seq - 1}}.Append(nil), both)
		f.datagram(true, 5004, rtxPort, lost, both)
		f.media(21, 40, 5004, mediaPort, both)
		c.finish()
	}},
	{"401 to a client that wanted the connection closed", func(f *film) {
		c := f.dial(80)
		c.client([]byte("GET /clip HTTP/1.0\r\nUser-Agent: " + player + "\r\nConnection: Close\r\nPragma: " + describePragma + "\r\n\r\n"))
		c.head(401, cougar, 0)
		c.finServer()
		c.finClient()
	}},
	{"461, and the server closes much later", func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setup("rtx", udpSpec(rtxPort), 461, "")
		f.wait(5 * time.Second)
		c.finServer()
		c.finClient()
	}},
	{"in-flight udp at the switch", func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setupUDP2()
		c.play()
		f.media(0, 20, 5004, mediaPort, far)
		c.setupTCP()
		f.media(20, 22, 5004, mediaPort, far)
		c.play()
		c.frames(0, 40, 0)
		c.finish()
	}},
}

// setupUDP2 is a whole selection over UDP, in the dialect's order.
func (c *tcp) setupUDP2() { c.setupRTX(); c.setupUDP() }

func TestGoodPlaysShowNoFact(t *testing.T) {
	t.Parallel()
	for _, test := range goodPlays {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := newFilm(t)
			test.play(f)
			if got := f.read(testScenario(), testSetup()); len(got.Facts) > 0 {
				t.Errorf("facts: %+v", got.Facts)
			}
		})
	}
}

// udpWith plays RTSPU with something else in the place of the media.
func udpWith(media func(f *film)) func(*film) {
	return func(f *film) {
		c := f.dial(554)
		c.probe(both)
		c.setupUDP()
		c.play()
		c.logs()
		media(f)
		c.finish()
	}
}

// tcpWith plays RTSPT with something else behind SETUP.
func tcpWith(rest func(c *tcp)) func(*film) {
	return func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setupTCP()
		rest(c)
		c.finish()
	}
}

// One capture for each kind of fact, which shows it and nothing else of
// weight.
func TestFacts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind     rollover.FactKind
		name     string
		scenario func(s *rollover.Scenario)
		play     func(f *film)
		also     []rollover.FactKind // that come with it
	}{
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
		}},
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
		})},
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
		}},
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
		}, also: []rollover.FactKind{rollover.FactUDPAfterSwitch}},
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
		}, also: []rollover.FactKind{rollover.FactUDPAfterSwitch}},
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
		}, play: goodPlays[4].play},
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
	seen := map[rollover.FactKind]bool{}
	for _, test := range tests {
		seen[test.kind] = true
		t.Run(string(test.kind)+" "+test.name, func(t *testing.T) {
			t.Parallel()
			f := newFilm(t)
			test.play(f)
			s := testScenario()
			if test.scenario != nil {
				test.scenario(&s)
			}
			got := f.read(s, testSetup())
			found := false
			for _, fact := range got.Facts {
				found = found || fact.Kind == test.kind
				if fact.Kind != test.kind && !slices.Contains(test.also, fact.Kind) {
					t.Errorf("a fact too many: %+v", fact)
				}
				if fact.Seen == "" || len(fact.Frames) == 0 {
					t.Errorf("the fact says too little: %+v", fact)
				}
			}
			if !found {
				t.Errorf("not seen; observed %s, facts %+v", rollover.Observed(got), got.Facts)
			}
		})
	}
	for _, kind := range rollover.FactKinds() {
		if !seen[kind] {
			t.Errorf("no capture shows %s", kind)
		}
	}
}

// pairsWith shows a packet pair that comes otherwise than promised, and the
// client that does without it.
func pairsWith(sport, dport uint16, ssrc uint32) func(f *film) {
	return func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setupRTX()
		c.answer(c.askPair(), 200, nil)
		f.pairs(sport, dport, ssrc, both)
		f.wait(1100 * time.Millisecond)
		c.playTCP()
	}
}

// httpWith plays HTTP between peers that call themselves so.
func httpWith(server, agent string) func(f *film) {
	return func(f *film) {
		c := f.dial(80)
		c.described(server, agent)
		c.get("GET", playPragma, agent)
		c.head(200, server, -1)
		c.streamed(0, 40)
		f.log()
	}
}

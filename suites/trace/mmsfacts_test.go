package trace

import (
	"net/netip"
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/mms"
	"github.com/rollover-conformance/rollover/netns/firewall"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// mmsPlay is a case of the ladder of old players.
func mmsPlay(play func(f *film, c *mmsPeers)) func(f *film) {
	return func(f *film) {
		c := f.dialMMS()
		c.connect()
		play(f, c)
	}
}

// mmsFactCases are captures of what the sides of an MMS session can do wrong;
// goodMMS are their clean counterparts.
var mmsFactCases = []factCase{
	{kind: rollover.FactConnectUnanswered, name: "text", play: func(f *film) {
		c := f.dialMMS()
		c.say(&mms.Connect{Subscriber: oldPlayer})
		c.server([]byte("RTSP/1.0 400 Bad Request\r\nCSeq: 1\r\n\r\n"))
		c.close()
	}},
	{kind: rollover.FactConnectUnanswered, name: "silence", play: func(f *film) {
		c := f.dialMMS()
		c.say(&mms.Connect{Subscriber: oldPlayer})
		f.wait(2 * time.Second)
		c.close()
	}},
	{kind: rollover.FactConnectUnanswered, name: "closed", play: func(f *film) {
		c := f.dialMMS()
		c.say(&mms.Connect{Subscriber: oldPlayer})
		c.finServer()
		c.finClient()
	}},
	{kind: rollover.FactSecondUnanswered, name: "mms", play: mmsPlay(func(f *film, c *mmsPeers) {
		c.funnel(mms.UDP)
		second := f.dialMMS()
		second.say(&mms.Connect{Subscriber: oldPlayer})
		f.wait(2 * time.Second)
		second.close()
		c.close()
	})},
	{kind: rollover.FactFunnelName, play: mmsPlay(func(f *film, c *mmsPeers) {
		c.askFunnel(mms.UDP)
		c.answer(&mms.ReportConnectedFunnel{Name: "Funnel Of The Mortals"})
		c.open()
		c.headerUDP(both)
		c.start()
		c.mediaUDP(0, 40, funnelPort, both)
		c.finish()
	})},
	{kind: rollover.FactFunnelName, name: "of the other transport", play: mmsPlay(func(f *film, c *mmsPeers) {
		c.askFunnel(mms.UDP)
		c.answer(&mms.ReportConnectedFunnel{Name: `\\192.0.2.10\TCP\1790`})
		c.close()
		f.newMMST()
	})},
	{kind: rollover.FactFunnelClosed, play: mmsPlay(func(f *film, c *mmsPeers) {
		c.askFunnel(mms.UDP)
		c.finServer()
		c.finClient()
		f.newMMST()
	})},
	{kind: rollover.FactFunnelIgnored, play: mmsPlay(func(f *film, c *mmsPeers) {
		c.refuseFunnel(mms.UDP)
		c.askFunnel(mms.TCP)
		f.wait(2 * time.Second)
		c.close()
		f.playHTTP()
	})},
	{kind: rollover.FactFunnelAddress, play: mmsPlay(func(f *film, c *mmsPeers) {
		c.starveHeader(5, func() {
			c.readBlock()
			f.datagramTo(netip.MustParseAddr("203.0.113.77"), funnelPort, c.headerBlock(), far)
		})
		f.newMMST()
	})},
	{kind: rollover.FactFunnelPort, name: "header", play: mmsPlay(func(f *film, c *mmsPeers) {
		c.starveHeader(5, func() {
			c.readBlock()
			f.datagram(true, mmsSourceUDP, funnelPort+2, c.headerBlock(), both)
		})
		f.newMMST()
	})},
	{kind: rollover.FactFunnelPort, name: "media", play: mmsPlay(func(f *film, c *mmsPeers) {
		c.funnel(mms.UDP)
		c.open()
		c.headerUDP(both)
		c.start()
		c.mediaUDP(0, 40, funnelPort+2, both)
		c.goodbye()
		f.newMMST()
	})},
	{kind: rollover.FactDataOverTCP, name: "all of it", play: mmsPlay(func(f *film, c *mmsPeers) {
		c.starveHeader(5, c.headerTCP)
		f.newMMST()
	}), also: []rollover.FactKind{rollover.FactHeaderOverTCP}},
	{kind: rollover.FactDataOverTCP, name: "media", play: mmsPlay(func(f *film, c *mmsPeers) {
		c.funnel(mms.UDP)
		c.open()
		c.headerUDP(both)
		c.start()
		c.mediaTCP(0, 40)
		c.goodbye()
		f.newMMST()
	})},
	{kind: rollover.FactDataOverUDP, play: mmsPlay(func(f *film, c *mmsPeers) {
		c.funnel(mms.TCP)
		c.open()
		c.readBlock()
		f.datagram(true, mmsSourceUDP, c.cport, c.headerBlock(), both)
		f.wait(2 * time.Second)
		c.goodbye()
		f.playHTTP()
	})},
	{kind: rollover.FactHeaderOverTCP, play: mmsPlay(func(f *film, c *mmsPeers) {
		c.funnel(mms.UDP)
		c.open()
		c.headerTCP()
		c.start()
		c.mediaUDP(0, 40, funnelPort, both)
		c.finish()
	})},
	{kind: rollover.FactHeaderOnce, play: mmsPlay(func(f *film, c *mmsPeers) {
		c.funnel(mms.UDP)
		c.open()
		c.headerUDP(far)
		f.wait(headerTimer)
		c.say(&mms.CancelReadBlock{Incarnation: c.blocks}, &mms.ReadBlock{FileID: 1, Incarnation: 2})
		c.finServer()
		c.finClient()
		f.newMMST()
	})},
	{kind: rollover.FactUDPAfterClose, play: mmsPlay(func(f *film, c *mmsPeers) {
		c.funnel(mms.UDP)
		c.open()
		c.headerUDP(both)
		c.start()
		c.mediaUDP(0, 10, funnelPort, both)
		c.close()
		c.mediaUDP(10, 40, funnelPort, both)
		f.wait(2 * time.Second)
		f.trailer()
	})},
	{kind: rollover.FactReaderServed, play: func(f *film) {
		c := f.dialMMS()
		c.connectAs(newPlayer, mmsServer)
		c.playMMSU()
	}},
	{kind: rollover.FactResendUnanswered, play: mmsPlay(func(f *film, c *mmsPeers) {
		c.funnel(mms.UDP)
		c.open()
		c.headerUDP(both)
		c.start()
		c.mediaUDP(0, 20, funnelPort, both)
		f.datagram(false, funnelPort, 1755, mms.Resend{ClientID: mmsClientID, SourceID: 1, Sequences: []uint32{3, 4}}.Append(nil), both)
		c.mediaUDP(20, 40, funnelPort, both)
		c.finish()
	})},
	{kind: rollover.FactGarbage, name: "mms", play: mmsPlay(func(f *film, c *mmsPeers) {
		c.funnel(mms.TCP)
		c.open()
		c.headerTCP()
		c.start()
		c.mediaTCP(0, 40)
		c.server([]byte("\x01\x02\x03\x04\x05\x06\x00\x00 what is this"))
		c.say(&mms.CloseFile{FileID: 1})
		c.finServer()
		c.finClient()
	})},
	{kind: rollover.FactResetAfterAccept, name: "before a word of mms", play: func(f *film) {
		f.dial(1755).rstServer()
		f.playHTTP()
	}},
	{kind: rollover.FactResetAfterAccept, name: "at Connect", play: func(f *film) {
		c := f.dialMMS()
		c.say(&mms.Connect{Subscriber: oldPlayer})
		c.rstServer()
		f.playHTTP()
	}},
	{kind: rollover.FactTwiceRefused, name: "mms", play: mmsPlay(func(f *film, c *mmsPeers) {
		c.starved()
		c = f.dialMMS()
		c.say(&mms.Connect{Subscriber: oldPlayer})
		c.answer(&mms.ReportConnectedEX{Result: mms.TooManySessions})
		c.close()
	})},
	{kind: rollover.FactMediaIncomplete, name: "mms stops", play: mmsPlay(func(f *film, c *mmsPeers) {
		c.funnel(mms.UDP)
		c.open()
		c.headerUDP(both)
		c.start()
		c.mediaUDP(0, 20, funnelPort, both)
		c.finish()
	})},
	{kind: rollover.FactForeignMedia, name: "mms", play: mmsPlay(func(f *film, c *mmsPeers) {
		c.funnel(mms.TCP)
		c.open()
		c.headerTCP()
		c.start()
		c.server(mms.Data{Incarnation: playMark, Payload: []byte("\x82\x00\x00 and nothing of the clip")}.Append(nil))
		c.mediaTCP(0, 40)
		c.finish()
	})},
	{kind: rollover.FactMediaLost, name: "mms", play: mmsPlay(func(f *film, c *mmsPeers) {
		c.funnel(mms.UDP)
		c.open()
		c.headerUDP(both)
		c.start()
		c.mediaUDP(0, 20, funnelPort, both)
		c.mediaUDP(20, 22, funnelPort, far)
		c.mediaUDP(22, 40, funnelPort, both)
		c.finish()
	})},
	{kind: rollover.FactHalfOpen, name: "mms", play: mmsPlay(func(f *film, c *mmsPeers) {
		c.refuseFunnel(mms.UDP)
		c.finClient()
		f.wait(2 * time.Second)
		f.trailer()
	})},

	{kind: rollover.FactFunnelForeign, play: mmsPlay(func(f *film, c *mmsPeers) {
		c.say(&mms.ConnectFunnel{Name: `\\203.0.113.77\UDP\1790`})
		c.grant()
		c.open()
		c.headerUDP(both)
		c.start()
		c.mediaUDP(0, 40, funnelPort, both)
		c.finish()
	})},
	{kind: rollover.FactFunnelRange, scenario: func(s *rollover.Scenario) {
		s.Client.Ports = firewall.Ports{{Lo: 3000, Hi: 4000}}
	}, play: goodMMS[0].play},
	{kind: rollover.FactHeaderRetries, name: "none", play: mmsPlay(func(f *film, c *mmsPeers) {
		c.starveHeader(1, func() { c.headerUDP(far) })
		f.newMMST()
	})},
	{kind: rollover.FactHeaderRetries, name: "without end", play: mmsPlay(func(f *film, c *mmsPeers) {
		c.starveHeader(12, func() { c.headerUDP(far) })
	})},
	{kind: rollover.FactClientPortClosed, name: "mms", play: mmsPlay(func(f *film, c *mmsPeers) {
		c.starveHeader(5, func() {
			c.headerUDP(both)
			f.portUnreachable(mmsSourceUDP, funnelPort)
		})
		f.newMMST()
	})},
	{kind: rollover.FactSessionLeft, name: "mms", play: mmsPlay(func(f *film, c *mmsPeers) {
		c.refuseFunnel(mms.UDP)
		f.wait(2 * time.Second)
		f.newMMST()
	})},
	{kind: rollover.FactSessionLeft, name: "mms, until the server ends it", play: mmsPlay(func(f *film, c *mmsPeers) {
		c.awaitHeader(5, func() { c.headerUDP(far) })
		f.newMMST()
		c.finServer()
	})},
	{kind: rollover.FactParallel, name: "mms", play: mmsPlay(func(f *film, c *mmsPeers) {
		c.funnel(mms.UDP)
		c.open()
		c.headerUDP(both)
		c.start()
		c.mediaUDP(0, 10, funnelPort, both)
		second := f.dialMMS()
		second.connect()
		second.refuseFunnel(mms.TCP)
		second.close()
		c.mediaUDP(10, 40, funnelPort, both)
		c.finish()
	})},
}

// Behind address translation data must go to the peer of the connection, which
// is the gateway, though the funnel names the client.
func TestMMSBehindNAT(t *testing.T) {
	t.Parallel()
	gateway := netip.MustParseAddr("198.51.100.1")
	for _, test := range []struct {
		name string
		to   netip.Addr
		want int
	}{{"to the peer", gateway, 0}, {"to the funnel's address", clientAddr, 1}} {
		f := newFilm(t)
		c := f.dialMMS()
		c.connect()
		c.starveHeader(5, func() { c.readBlock() })
		for i := range f.shots {
			if s := &f.shots[i]; s.point == serverSide {
				s.data = translate(s.data)
			}
		}
		f.datagramTo(test.to, funnelPort, c.headerBlock(), far)
		s := testScenario()
		mmsScenario(&s)
		got := f.read(s, testSetup())
		n := 0
		for _, fact := range got.Facts {
			if fact.Kind != rollover.FactFunnelAddress {
				t.Errorf("%s: a fact too many: %+v", test.name, fact)
				continue
			}
			n++
		}
		if seen := rollover.Observed(got); n != test.want || seen != "MMSU:starved" {
			t.Errorf("%s: observed %s, facts %+v", test.name, seen, got.Facts)
		}
	}
}

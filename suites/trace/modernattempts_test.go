package trace

import (
	"slices"
	"testing"
	"time"

	"github.com/google/gopacket/layers"

	"github.com/rollover-conformance/rollover/fixtures/modern"
	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// modernCase is a trial of the modern ladder.
type modernCase struct {
	name  string
	play  func(f *film)
	setup func(*rollover.Setup)
	want  string
	by    rollover.Party // who decided the first attempt
	fact  bool           // it shows one
}

// Every outcome on the rungs of the modern ladder, as the two points show it. An
// attempt that plays shows no fact.
func TestModernAttempts(t *testing.T) {
	t.Parallel()
	for _, test := range slices.Concat(plainCases, tunnelCases, sealedCases) {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := newFilm(t)
			test.play(f)
			setup := testSetup()
			if test.setup != nil {
				test.setup(&setup)
			}
			seen := f.read(modernScenario(), setup)
			if got := rollover.Observed(seen); got != test.want {
				t.Fatalf("observed %s, want %s\n%s", got, test.want, text(seen))
			}
			if len(seen.Attempts) > 0 && test.by != "" && seen.Attempts[0].EndedBy != test.by {
				t.Errorf("ended by %q, want %q\n%s", seen.Attempts[0].EndedBy, test.by, text(seen))
			}
			if (len(seen.Facts) > 0) != test.fact {
				t.Errorf("facts:\n%s", text(seen))
			}
			if len(seen.Health.Problems) > 0 {
				t.Errorf("health: %+v", seen.Health)
			}
		})
	}
}

// plainCases are RTSP on its own connection.
var plainCases = []modernCase{
	{name: "udp plays", play: func(f *film) { c := f.dial(554).talker(); c.begin(); c.playsUDP() }, want: "RTSPU:played"},
	{name: "udp plays over ipv6", play: func(f *film) { f.v6 = true; c := f.dial(554).talker(); c.begin(); c.playsUDP() }, want: "RTSPU:played"},
	{name: "tcp plays", play: func(f *film) { c := f.dial(554).talker(); c.begin(); c.playsTCP() }, want: "RTSPT:played"},
	{name: "multicast plays", play: func(f *film) { c := f.dial(554).talker(); c.begin(); c.playsGroups() }, want: "RTSPM:played"},
	{name: "461 all the way down", play: func(f *film) {
		c := f.dial(554).talker()
		c.begin()
		c.setup(0, askUDP(0), 461, "")
		c.setup(0, askGroup, 461, "")
		c.playsTCP()
	}, want: "RTSPU:rejected RTSPM:rejected RTSPT:played", by: rollover.PartyServer},
	{name: "400 to multicast", play: func(f *film) {
		c := f.dial(554).talker()
		c.begin()
		c.setup(0, askUDP(0), 461, "")
		c.setup(0, askGroup, 400, "")
		c.close()
	}, want: "RTSPU:rejected RTSPM:broken", by: rollover.PartyServer},
	{name: "udp starves, a new connection, tcp plays", play: func(f *film) {
		c := f.dial(554).talker()
		c.begin()
		c.overUDP()
		c.play()
		f.sendUDP(6, far)
		c.teardown()
		c.close()
		c = f.dial(554).talker()
		c.begin()
		c.playsTCP()
	}, want: "RTSPU:starved RTSPT:played"},
	{name: "udp starves, PAUSE, tcp plays on the same connection without the session", play: func(f *film) {
		c := f.dial(554).talker()
		c.begin()
		c.overUDP()
		c.play()
		f.sendUDP(6, far)
		c.answer(c.ask("PAUSE", labURL+"/"), 200, nil)
		c.session = ""
		c.playsTCP()
	}, want: "RTSPU:starved RTSPT:played"},
	{name: "reports are no media", play: func(f *film) {
		c := f.dial(554).talker()
		c.begin()
		c.overUDP()
		c.play()
		for range 3 {
			f.datagram(true, 5005, uint16(pairFor(0)+1), rtsp.SenderReport(ssrcs[0], 1, 1, 1, 1, "x"), both)
			f.wait(500 * time.Millisecond)
		}
		c.teardown()
		c.close()
		c = f.dial(554).talker()
		c.begin()
		c.playsTCP()
	}, want: "RTSPU:starved RTSPT:played"},
	{name: "a connection that only bids the lost session goodbye", play: func(f *film) {
		c := f.dial(554).talker()
		c.begin()
		c.overUDP()
		c.play()
		f.sendUDP(6, far)
		c.close()
		c = f.dial(554).talker()
		c.answer(c.ask("PAUSE", labURL+"/"), 454, nil)
		c.answer(c.ask("TEARDOWN", labURL+"/"), 454, nil)
		c.close()
	}, want: "RTSPU:starved"},
	{name: "one stream starves, and the client goes on", play: func(f *film) {
		c := f.dial(554).talker()
		c.begin()
		c.overUDP()
		c.play()
		f.send(6, func(track modern.Track, rtp []byte) {
			f.datagram(true, 5004, uint16(pairFor(int(track))), rtp, []int{both, far}[track])
		})
		c.teardown()
		c.close()
		c = f.dial(554).talker()
		c.begin()
		c.playsTCP()
	}, want: "RTSPU:starved RTSPT:played"},
	{name: "one stream starves, and the client stays", play: func(f *film) {
		c := f.dial(554).talker()
		c.begin()
		c.overUDP()
		c.play()
		f.send(modernClip.Pictures(), func(track modern.Track, rtp []byte) {
			f.datagram(true, 5004, uint16(pairFor(int(track))), rtp, []int{both, far}[track])
		})
		c.goes()
	}, want: "RTSPU:played", fact: true},
	{name: "multicast that no router forwards", play: func(f *film) {
		c := f.dial(554).talker()
		c.begin()
		c.overGroups()
		f.joins(groups[0].Addr())
		c.play()
		f.sendGroups(6, far)
		c.teardown()
		c.close()
		c = f.dial(554).talker()
		c.begin()
		c.playsTCP()
	}, want: "RTSPM:starved RTSPT:played"},
	{name: "media of another kind will do", setup: func(s *rollover.Setup) { s.Content = "media" }, play: func(f *film) {
		c := f.dial(554).talker()
		c.begin()
		c.overUDP()
		c.play()
		for k := range 50 {
			f.datagram(true, 5004, uint16(pairFor(0)), rtsp.RTP{PayloadType: 96, Sequence: uint16(firstSeq + k), Timestamp: uint32(3000 * k), SSRC: ssrcs[0], Payload: []byte{1, 2}}.Append(nil), both)
			f.wait(33 * time.Millisecond)
		}
		c.goes()
	}, want: "RTSPU:played"},
	{name: "media of a type that was not described", setup: func(s *rollover.Setup) { s.Content = "media" }, play: func(f *film) {
		c := f.dial(554).talker()
		c.begin()
		c.overUDP()
		c.play()
		for k := range 10 {
			f.datagram(true, 5004, uint16(pairFor(0)), rtsp.RTP{PayloadType: 33, Sequence: uint16(firstSeq + k), Timestamp: uint32(3000 * k), SSRC: ssrcs[0], Payload: []byte{1, 2}}.Append(nil), both)
		}
		c.goes()
	}, want: "RTSPU:broken", by: rollover.PartyServer, fact: true},
	{name: "a clip that the server cut in its own way", play: func(f *film) {
		c := f.dial(554).talker()
		c.begin()
		c.setup(0, askUDP(0), 200, grantUDP(0))
		c.play()
		seq := uint16(firstSeq)
		for k := range modernClip.Pictures() {
			for _, p := range cutAgain(k) {
				f.datagram(true, 5004, uint16(pairFor(0)), rtsp.RTP{PayloadType: 96, Sequence: seq, Timestamp: uint32(18000 * k), SSRC: ssrcs[0], Payload: p}.Append(nil), both)
				seq++
			}
			f.wait(200 * time.Millisecond)
		}
		c.goes()
	}, want: "RTSPU:played", fact: true}, // and there is no sound
	{name: "the client's host refuses media", play: func(f *film) {
		c := f.dial(554).talker()
		c.begin()
		c.overUDP()
		c.play()
		f.sendUDP(6, far)
		f.portUnreachable(5004, uint16(pairFor(0)))
		c.teardown()
		c.close()
	}, want: "RTSPU:starved", fact: true},
	{name: "nobody listens", play: func(f *film) {
		c := f.conn(554)
		c.flags(false, layers.TCP{SYN: true})
		c.rstServer()
		c = f.conn(80)
		c.flags(false, layers.TCP{SYN: true})
		c.rstServer()
	}, want: "RTSPU/RTSPM/RTSPT:refused RTSPH:refused", by: rollover.PartyServer},
}

// cutAgain is a picture in other pieces than the reference server's.
func cutAgain(k int) [][]byte {
	var d modern.Depacketizer
	var out [][]byte
	parts := modernClip.Packets(modern.Video) / modernClip.Pictures()
	for n := range parts {
		p := modernClip.Packet(modern.Video, k*parts+n)
		nals, _ := d.Push(rtsp.RTP{Sequence: uint16(p.Number), Payload: p.Payload})
		for _, nal := range nals {
			if len(nal) > 1000 {
				out = append(out, modern.FuA(nal, 900)...)
			} else {
				out = append(out, nal)
			}
		}
	}
	return out
}

package trace

import (
	"slices"
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/mms"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// goodMMS are trials in which nobody does anything wrong.
var goodMMS = []struct {
	name string
	play func(f *film)
	want string
}{
	{"udp plays", func(f *film) { c := f.dialMMS(); c.connect(); c.playMMSU() }, "MMSU:played"},
	{"udp plays over ipv6", func(f *film) { f.v6 = true; c := f.dialMMS(); c.connect(); c.playMMSU() }, "MMSU:played"},
	{"tcp plays", func(f *film) { f.newMMST() }, "MMST:played"},
	{"udp starves, tcp plays on a new connection", func(f *film) {
		c := f.dialMMS()
		c.connect()
		c.starved()
		f.newMMST()
	}, "MMSU:starved MMST:played"},
	{"four requests for the header are enough", func(f *film) {
		c := f.dialMMS()
		c.connect()
		c.starveHeader(4, func() { c.headerUDP(far) })
		f.newMMST()
	}, "MMSU:starved MMST:played"},
	{"the header comes at the second request", func(f *film) {
		c := f.dialMMS()
		c.connect()
		c.funnel(mms.UDP)
		c.open()
		c.headerUDP(far)
		f.wait(headerTimer)
		c.say(&mms.CancelReadBlock{Incarnation: c.blocks})
		c.headerUDP(both)
		c.start()
		c.mediaUDP(0, 40, funnelPort, both)
		c.finish()
	}, "MMSU:played"},
	{"the header in pieces, before its announcement", func(f *film) {
		c := f.dialMMS()
		c.connect()
		c.funnel(mms.UDP)
		c.open()
		c.say(&mms.ReadBlock{FileID: 1, Incarnation: blockMark})
		for _, d := range mms.HeaderPieces(testClip.Header(), 100, blockMark) {
			f.datagram(true, 40123, funnelPort, d.Append(nil), both)
		}
		c.answer(&mms.ReportReadBlock{Incarnation: blockMark})
		c.start()
		c.mediaUDP(0, 40, funnelPort, both)
		c.finish()
	}, "MMSU:played"},
	{"media starves behind the header", func(f *film) {
		c := f.dialMMS()
		c.connect()
		c.funnel(mms.UDP)
		c.open()
		c.headerUDP(both)
		c.start()
		c.mediaUDP(0, 40, funnelPort, far)
		c.goodbye()
		f.newMMST()
	}, "MMSU:starved MMST:played"},
	{"udp refused, tcp plays on the same connection", func(f *film) {
		c := f.dialMMS()
		c.connect()
		c.refuseFunnel(mms.UDP)
		c.playMMST()
	}, "MMSU:rejected MMST:played"},
	{"udp refused, tcp plays on a new connection", func(f *film) {
		c := f.dialMMS()
		c.connect()
		c.refuseFunnel(mms.UDP)
		c.goodbye()
		f.newMMST()
	}, "MMSU:rejected MMST:played"},
	{"both refused, then http", func(f *film) {
		c := f.dialMMS()
		c.connect()
		c.refuseFunnel(mms.UDP)
		c.refuseFunnel(mms.TCP)
		c.close()
		f.playHTTP()
	}, "MMSU:rejected MMST:rejected HTTP:played"},
	{"tcp before udp, as one player does", func(f *film) {
		c := f.dialMMS()
		c.connect()
		c.refuseFunnel(mms.TCP)
		c.goodbye()
		c = f.dialMMS()
		c.connect()
		c.playMMSU()
	}, "MMST:rejected MMSU:played"},
	{"a player that speaks RTSP is turned away", func(f *film) {
		c := f.dialMMS()
		c.say(&mms.Connect{Subscriber: newPlayer})
		c.answer(&mms.ReportConnectedEX{Result: mms.ProtocolMismatch, Version: mmsServer})
		c.close()
		f.playHTTP()
	}, "MMSU/MMST:rejected HTTP:played"},
	{"a player that speaks RTSP, served by version 4", func(f *film) {
		c := f.dialMMS()
		c.connectAs(oldPlayer, "4.1.0.3928")
		c.playMMSU()
	}, "MMSU:played"},
	{"full", func(f *film) {
		c := f.dialMMS()
		c.say(&mms.Connect{Subscriber: oldPlayer})
		c.answer(&mms.ReportConnectedEX{Result: mms.TooManyClients})
		c.close()
	}, "MMSU/MMST:denied"},
	{"full, and the player asks on all the same", func(f *film) {
		c := f.dialMMS()
		c.say(&mms.Connect{Subscriber: oldPlayer})
		c.answer(&mms.ReportConnectedEX{Result: mms.TooManyClients})
		c.askFunnel(mms.TCP)
		c.finServer()
		c.finClient()
	}, "MMST:denied"},
	{"no such file", func(f *film) {
		c := f.dialMMS()
		c.connect()
		c.funnel(mms.UDP)
		c.say(&mms.OpenFile{Incarnation: 9, FileName: "x"})
		c.answer(&mms.ReportOpenFile{Result: mms.FileMissing, Incarnation: 9})
		c.goodbye()
	}, "MMSU:denied"},
	{"credentials asked for", func(f *film) {
		c := f.dialMMS()
		c.connect()
		c.funnel(mms.UDP)
		c.say(&mms.OpenFile{Incarnation: 9, FileName: "clip.asf"})
		c.answer(&mms.SecurityChallenge{Incarnation: 9, Cookie: 1})
		c.goodbye()
	}, "MMSU:denied"},
	{"credentials given", func(f *film) {
		c := f.dialMMS()
		c.connect()
		c.funnel(mms.TCP)
		c.say(&mms.OpenFile{Incarnation: 9, FileName: "clip.asf"})
		c.answer(&mms.SecurityChallenge{Incarnation: 9, Cookie: 1})
		c.say(&mms.SecurityResponse{Incarnation: 9, Cookie: 1, Token: []byte("x")})
		c.answer(&mms.ReportOpenFile{Incarnation: 9, FileID: 1})
		c.headerTCP()
		c.start()
		c.mediaTCP(0, 40)
		c.finish()
	}, "MMST:played"},
	{"redirect followed", func(f *film) {
		f.redirectMMS("mmsu://198.51.100.10/other")
		c := f.dialMMS()
		c.connect()
		c.playMMSU()
	}, "MMSU:played"},
	{"redirect to the other transport", func(f *film) {
		f.redirectMMS("mmst://198.51.100.10/other")
		f.newMMST()
	}, "MMSU:rejected MMST:played"},
	{"pings, a pause and another start", func(f *film) {
		c := f.dialMMS()
		c.connect()
		c.funnel(mms.TCP)
		c.open()
		c.headerTCP()
		c.start()
		c.mediaTCP(0, 20)
		c.answer(&mms.Ping{})
		c.say(&mms.Pong{})
		c.say(&mms.StopPlaying{FileID: 1, Incarnation: playMark})
		c.answer(&mms.ReportEndOfStream{Incarnation: playMark})
		f.wait(time.Second)
		c.say(&mms.StartPlaying{FileID: 1, LocationID: 20, Incarnation: playMark})
		c.answer(&mms.ReportStartedPlaying{Incarnation: playMark})
		c.mediaTCP(20, 40)
		c.finish()
	}, "MMST:played"},
	{"1755 blocked, then http", func(f *film) { f.knock(1755, 3, near); f.playHTTP() }, "MMSU/MMST:blocked HTTP:played"},
	{"a look whether the port is open", func(f *film) { f.dial(1755).close(); f.newMMST() }, "MMST:played"},
	{"loss, request and resend", func(f *film) {
		c := f.dialMMS()
		c.connect()
		c.funnel(mms.UDP)
		c.open()
		c.headerUDP(both)
		c.start()
		c.mediaUDP(0, 20, funnelPort, both)
		lost := c.packet(20)
		f.datagram(true, mmsSourceUDP, funnelPort, lost, far)
		f.datagram(false, funnelPort, 1755, mms.Resend{ClientID: mmsClientID, SourceID: 1, Sequences: []uint32{20}}.Append(nil), both)
		f.datagram(true, mmsSourceUDP, funnelPort, lost, both)
		c.mediaUDP(21, 40, funnelPort, both)
		c.finish()
	}, "MMSU:played"},
	{"a request that does not reach the server", func(f *film) {
		c := f.dialMMS()
		c.connect()
		c.funnel(mms.UDP)
		c.open()
		c.headerUDP(both)
		c.start()
		c.mediaUDP(0, 20, funnelPort, both)
		f.datagram(false, funnelPort, 1755, mms.Resend{ClientID: mmsClientID, SourceID: 1, Sequences: []uint32{3}}.Append(nil), near)
		c.mediaUDP(20, 40, funnelPort, both)
		c.finish()
	}, "MMSU:played"},
	{"in-flight udp behind the goodbye", func(f *film) {
		c := f.dialMMS()
		c.connect()
		c.starveHeader(5, func() { c.headerUDP(far) })
		f.datagram(true, mmsSourceUDP, funnelPort, c.headerBlock(), far)
		f.newMMST()
	}, "MMSU:starved MMST:played"},
}

func TestGoodMMS(t *testing.T) {
	t.Parallel()
	for _, test := range goodMMS {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := newFilm(t)
			test.play(f)
			s := testScenario()
			mmsScenario(&s)
			got := f.read(s, testSetup())
			if seen := rollover.Observed(got); seen != test.want {
				t.Errorf("observed %s, want %s: %+v", seen, test.want, got.Attempts)
			}
			if len(got.Facts) > 0 {
				t.Errorf("facts: %+v", got.Facts)
			}
		})
	}
}

// A header in pieces has arrived when all of them have.
func TestMMSHeaderPieces(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		lost, client int
		why          string
	}{{-1, 1, "the header arrived, and the client did not ask for media"}, {2, 0, "the header left the server, and did not reach the client whole"}} {
		f := newFilm(t)
		c := f.dialMMS()
		c.connect()
		c.awaitHeader(5, func() {
			c.readBlock()
			for i, d := range mms.HeaderPieces(testClip.Header(), 100, byte(c.blocks)) {
				seen := both
				if i == test.lost || test.lost < 0 && c.blocks < 5 {
					seen = far
				}
				f.datagram(true, mmsSourceUDP, funnelPort, d.Append(nil), seen)
				f.datagram(true, mmsSourceUDP, funnelPort, d.Append(nil), seen)
			}
		})
		c.goodbye()
		s := testScenario()
		mmsScenario(&s)
		got := f.read(s, testSetup())
		if a := got.Attempts[0]; a.Outcome != rollover.Starved || a.Pairs.ServerSide != 5 || a.Pairs.ClientSide != test.client || a.Why != test.why {
			t.Errorf("%+v", a)
		}
	}
}

// The trigger of a starved attempt is what the client waited from; its header
// is a probe, and no media.
func TestMMSAttempt(t *testing.T) {
	t.Parallel()
	f := newFilm(t)
	c := f.dialMMS()
	c.connect()
	c.starved()
	f.newMMST()
	s := testScenario()
	mmsScenario(&s)
	got := f.read(s, testSetup())
	u, p := got.Attempts[0], got.Attempts[1]
	texts := func(a rollover.Attempt) []string {
		var out []string
		for _, m := range a.Messages {
			out = append(out, m.Text)
		}
		return out
	}
	want := []string{"SYN", "Connect NSPlayer/7.1.0.3055", "connected 9.01.01.3841", "FunnelInfo", "client id 11223344",
		"ConnectFunnel UDP 1790", "connected funnel", "OpenFile clip.asf", "file 1", "ReadBlock", "header comes",
		"CancelReadBlock", "ReadBlock (again)", "header comes"}
	if said := texts(u); len(said) < len(want) || !slices.Equal(said[:len(want)], want) {
		t.Errorf("messages: %q", said)
	}
	first := slices.IndexFunc(u.Messages, func(m rollover.Message) bool { return m.Text == "ReadBlock" })
	if u.Trigger != u.Messages[first].At || u.Asked || !u.Pairs.Asked || u.Pairs.ServerSide != 5 || u.Pairs.ClientSide != 0 || u.Media.ServerSide != 0 {
		t.Errorf("%+v", u)
	}
	if !p.Asked || p.Pairs.ClientSide != 1 || p.Media.ClientSide != 40 || p.Media.ServerSide != 40 || p.Media.Total != 40 || p.Start <= u.Trigger {
		t.Errorf("%+v", p)
	}
	if said := texts(p); !slices.Contains(said, "media: 40 packets") || !slices.Contains(said, "EndOfStream") || said[len(said)-1] != "CloseFile" {
		t.Errorf("messages: %q", said)
	}
}

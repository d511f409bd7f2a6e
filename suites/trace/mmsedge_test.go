package trace

import (
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/mms"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// mmsEdge is a trial of MMS in which one message is not answered.
type mmsEdge struct {
	name string
	play func(f *film)
	want string
	by   rollover.Party
}

// onMMS is a connection, and what becomes of it.
func onMMS(rest func(f *film, c *mmsPeers)) func(*film) {
	return func(f *film) { rest(f, f.dialMMS()) }
}

// leftMMS leaves so long after a Connect that nobody answers.
func leftMMS(after time.Duration) func(*film) {
	return onMMS(func(f *film, c *mmsPeers) {
		c.say(&mms.Connect{Subscriber: oldPlayer})
		f.until(f.seenAt(clientSide) + after)
		c.finClient()
		f.wait(3 * time.Second)
		f.trailer()
	})
}

// mute waits for what does not come.
func (c *mmsPeers) mute() { c.f.wait(2 * time.Second); c.close() }

var mmsEdges = []mmsEdge{
	{"Connect is lost", onMMS(func(f *film, c *mmsPeers) {
		c.clientToward = near
		c.say(&mms.Connect{Subscriber: oldPlayer})
		c.mute()
	}), "MMSU/MMST:broken", rollover.PartyRig},
	{"the answer to Connect is lost", onMMS(func(f *film, c *mmsPeers) {
		c.say(&mms.Connect{Subscriber: oldPlayer})
		c.serverToward = far
		c.answer(&mms.ReportConnectedEX{Version: mmsServer})
		c.mute()
	}), "MMSU/MMST:broken", rollover.PartyRig},
	{"reset instead of an answer", onMMS(func(f *film, c *mmsPeers) { c.say(&mms.Connect{Subscriber: oldPlayer}); c.rstServer() }),
		"MMSU/MMST:broken", rollover.PartyServer},
	{"left just before the time", leftMMS(grace - time.Microsecond), "MMSU/MMST:broken", rollover.PartyClient},
	{"left at the time", leftMMS(grace), "MMSU/MMST:broken", rollover.PartyServer},
	{"FunnelInfo without an answer, and nothing behind it", onMMS(func(f *film, c *mmsPeers) {
		c.say(&mms.Connect{Subscriber: oldPlayer})
		c.answer(&mms.ReportConnectedEX{Version: mmsServer})
		c.say(&mms.FunnelInfo{})
		c.mute()
	}), "MMSU/MMST:broken", rollover.PartyServer},
	{"FunnelInfo without an answer, and all else granted", onMMS(func(f *film, c *mmsPeers) {
		c.say(&mms.Connect{Subscriber: oldPlayer})
		c.answer(&mms.ReportConnectedEX{Version: mmsServer})
		c.say(&mms.FunnelInfo{})
		c.playMMST()
	}), "MMST:played", ""},
	{"ConnectFunnel without an answer", onMMS(func(f *film, c *mmsPeers) { c.connect(); c.askFunnel(mms.UDP); c.mute() }),
		"MMSU:broken", rollover.PartyServer},
	{"OpenFile without an answer", onMMS(func(f *film, c *mmsPeers) {
		c.connect()
		c.funnel(mms.UDP)
		c.say(&mms.OpenFile{Incarnation: 9, FileName: "clip.asf"})
		c.mute()
	}), "MMSU:broken", rollover.PartyServer},
	{"ReadBlock without an answer", onMMS(func(f *film, c *mmsPeers) {
		c.connect()
		c.funnel(mms.UDP)
		c.open()
		c.say(&mms.ReadBlock{FileID: 1, Incarnation: 1})
		c.mute()
	}), "MMSU:broken", rollover.PartyServer},
	{"StartPlaying without an answer", onMMS(func(f *film, c *mmsPeers) {
		c.connect()
		c.funnel(mms.UDP)
		c.open()
		c.headerUDP(both)
		c.say(&mms.StartPlaying{FileID: 1, Incarnation: playMark})
		c.mute()
	}), "MMSU:broken", rollover.PartyServer},
	{"the end told without data", onMMS(func(f *film, c *mmsPeers) {
		c.connect()
		c.funnel(mms.UDP)
		c.open()
		c.headerUDP(both)
		c.start()
		c.endOfStream()
		c.mute()
	}), "MMSU:broken", rollover.PartyServer},
	{"data lost, and the end told", onMMS(func(f *film, c *mmsPeers) {
		c.connect()
		c.funnel(mms.UDP)
		c.open()
		c.headerUDP(both)
		c.start()
		c.mediaUDP(0, 40, funnelPort, far)
		c.endOfStream()
		c.mute()
	}), "MMSU:starved", ""},
	{"redirected", func(f *film) { f.redirectMMS("mms://198.51.100.10/other") }, "MMSU:rejected", rollover.PartyServer},
}

// Whose doing it is that a message of MMS was not answered.
func TestUnansweredMMS(t *testing.T) {
	t.Parallel()
	s := testScenario()
	mmsScenario(&s)
	var all []told
	for _, c := range mmsEdges {
		all = append(all, told{c.name, c.play, s, testSetup()})
		f := newFilm(t)
		c.play(f)
		seen := f.read(s, testSetup())
		if got := rollover.Observed(seen); got != c.want || seen.Attempts[0].EndedBy != c.by {
			t.Errorf("%s: %s by %q, want %s by %q\n%s", c.name, got, seen.Attempts[0].EndedBy, c.want, c.by, brief(seen))
		}
	}
	tell(t, "mms-unanswered", all)
}

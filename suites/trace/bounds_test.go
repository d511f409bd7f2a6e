package trace

import (
	"slices"
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/mms"
	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// frameGap is how far apart the two points see a frame in a film.
const frameGap = 20 * time.Microsecond

// seenAt is when a point saw the last frame that it has.
func (f *film) seenAt(p point) time.Duration {
	for _, s := range slices.Backward(f.shots) {
		if s.point == p {
			return s.at
		}
	}
	return 0
}

// until lets time pass to where the next frame is seen by its sender's side, or
// alone, at that moment; untilBeyond, by the other side.
func (f *film) until(at time.Duration)       { f.now = at - frameGap }
func (f *film) untilBeyond(at time.Duration) { f.now = at - 2*frameGap }

// endsAt is a capture whose last frame is seen at that moment.
func (f *film) endsAt(at time.Duration) { f.untilBeyond(at); f.canary() }

// boundCase is a trial in which one span of time decides whether there is a
// fact.
type boundCase struct {
	name     string
	kind     rollover.FactKind
	scenario func(*rollover.Scenario)
	bound    time.Duration
	below    bool // there is one while the span is shorter
	at       bool // and where it is the bound itself
	play     func(f *film, span time.Duration)
}

// udpBegun is an attempt by UDP up to PLAY.
func (f *film) udpBegun() *tcp {
	c := f.dial(554)
	c.probe(both)
	c.setupUDP()
	c.play()
	c.logs()
	return c
}

func (f *film) mmsuBegun() *mmsPeers {
	c := f.dialMMS()
	c.connect()
	c.funnel(mms.UDP)
	c.open()
	c.headerUDP(both)
	c.start()
	return c
}

// nack reports a packet lost that was never sent again.
func (f *film) nack() {
	f.datagram(false, rtxPort+1, 5005, rtsp.NACK{Sender: 1, RTX: rtxSSRC, Media: mediaSSRC, Lost: []uint16{3}}.Append(nil), both)
}

var boundCases = []boundCase{
	{"media stops, and the capture ends", rollover.FactMediaIncomplete, nil, silence, false, true, func(f *film, span time.Duration) {
		f.udpBegun()
		f.media(0, 20, 5004, mediaPort, both)
		f.endsAt(f.seenAt(serverSide) + span)
	}},
	{"media stops, and the client leaves", rollover.FactMediaIncomplete, nil, silence, false, true, func(f *film, span time.Duration) {
		c := f.udpBegun()
		f.media(0, 20, 5004, mediaPort, both)
		f.until(f.seenAt(serverSide) + span)
		c.teardown()
		c.close()
		f.wait(2 * time.Second)
		f.trailer()
	}},
	{"a packet lost before the capture ends", rollover.FactMediaLost, nil, grace, false, true, func(f *film, span time.Duration) {
		f.udpBegun()
		f.media(0, 20, 5004, mediaPort, both)
		f.media(20, 21, 5004, mediaPort, far)
		f.endsAt(f.seenAt(serverSide) + span)
	}},
	{"a packet lost before the client leaves", rollover.FactMediaLost, nil, grace, false, true, func(f *film, span time.Duration) {
		c := f.udpBegun()
		f.media(0, 20, 5004, mediaPort, both)
		f.media(20, 21, 5004, mediaPort, far)
		f.until(f.seenAt(serverSide) + span)
		c.teardown()
		c.close()
		f.wait(2 * time.Second)
		f.trailer()
	}},
	{"media behind TEARDOWN", rollover.FactUDPAfterTeardown, nil, grace, false, false, func(f *film, span time.Duration) {
		c := f.udpBegun()
		f.media(0, 20, 5004, mediaPort, both)
		c.teardown()
		f.until(f.seenAt(serverSide) + span)
		f.media(20, 21, 5004, mediaPort, far)
		c.close()
		f.trailer()
	}},
	{"media behind the session's time", rollover.FactUDPAfterTimeout, nil, 10*time.Second + sessionSlack + grace, false, false, func(f *film, span time.Duration) {
		c := f.udpBegun()
		f.media(0, 20, 5004, mediaPort, both)
		c.finClient()
		gone := f.seenAt(serverSide)
		c.finServer()
		f.until(gone + span)
		f.media(20, 21, 5004, mediaPort, far)
		f.trailer()
	}},
	{"a pair request without an answer", rollover.FactPairUnanswered, nil, grace, false, true, func(f *film, span time.Duration) {
		c := f.dial(554)
		c.describe()
		c.setupRTX()
		c.askPair()
		f.endsAt(f.seenAt(clientSide) + span)
	}},
	{"a pair that was promised", rollover.FactPairsMissing, nil, grace, false, true, func(f *film, span time.Duration) {
		c := f.dial(554)
		c.describe()
		c.setupRTX()
		c.answer(c.askPair(), 200, nil)
		f.endsAt(f.seenAt(clientSide) + span)
	}},
	{"a redirect, and the capture ends", rollover.FactRedirectKept, nil, silence, false, true, func(f *film, span time.Duration) {
		f.sentAway()
		f.endsAt(f.seenAt(clientSide) + span)
	}},
	{"a redirect, and the client closes", rollover.FactRedirectKept, nil, silence, false, true, func(f *film, span time.Duration) {
		c := f.sentAway()
		f.until(f.seenAt(clientSide) + span)
		c.close()
		f.wait(2 * time.Second)
		f.trailer()
	}},
	{"a redirect, and the server closes", rollover.FactRedirectKept, nil, silence, false, true, func(f *film, span time.Duration) {
		c := f.sentAway()
		f.until(f.seenAt(clientSide) + span)
		c.finServer()
		c.finClient()
		f.wait(2 * time.Second)
		f.trailer()
	}},
	{"closed behind 461", rollover.FactClosedAfter461, nil, silence, true, false, func(f *film, span time.Duration) {
		c := f.dial(554)
		c.describe()
		c.setup("rtx", udpSpec(rtxPort), 461, "")
		f.until(f.seenAt(serverSide) + span)
		c.finServer()
		c.finClient()
	}},
	{"closed behind 401", rollover.FactClosedOn401, nil, silence, true, false, func(f *film, span time.Duration) {
		c := f.dial(554)
		c.answer(c.ask("DESCRIBE", testURL), 401, nil)
		f.until(f.seenAt(serverSide) + span)
		c.finServer()
		c.finClient()
	}},
	{"closed behind 407", rollover.FactClosedOn401, nil, silence, true, false, func(f *film, span time.Duration) {
		c := f.dial(554)
		c.answer(c.ask("DESCRIBE", testURL), 407, nil)
		f.until(f.seenAt(serverSide) + span)
		c.finServer()
		c.finClient()
	}},
	{"closed behind 407, on which the client came again", rollover.FactClosedOn401, nil, silence, true, false, func(f *film, span time.Duration) {
		c := f.dial(554)
		c.answer(c.ask("DESCRIBE", testURL), 407, nil)
		answered := f.seenAt(serverSide)
		f.wait(100 * time.Millisecond)
		c.ask("DESCRIBE", testURL, "Proxy-Authorization", "Basic dTpw")
		f.until(answered + span)
		c.finServer()
		c.finClient()
	}},
	{"half open", rollover.FactHalfOpen, nil, silence, false, true, func(f *film, span time.Duration) {
		c := f.udpBegun()
		f.media(0, 40, 5004, mediaPort, both)
		c.endOfStream()
		c.teardown()
		c.finClient()
		f.endsAt(f.seenAt(clientSide) + span)
	}},
	{"a loss report, and the capture ends", rollover.FactLossUnanswered, nil, resendWithin, false, true, func(f *film, span time.Duration) {
		f.udpBegun()
		f.media(0, 20, 5004, mediaPort, both)
		f.nack()
		f.endsAt(f.seenAt(serverSide) + span)
	}},
	{"a loss report, and the client leaves", rollover.FactLossUnanswered, nil, resendWithin, false, true, func(f *film, span time.Duration) {
		c := f.udpBegun()
		f.media(0, 20, 5004, mediaPort, both)
		f.nack()
		f.until(f.seenAt(serverSide) + span)
		c.teardown()
		c.close()
		f.wait(2 * time.Second)
		f.trailer()
	}},
	{"media by UDP while TCP plays", rollover.FactUDPStillOpen, nil, grace, false, false, func(f *film, span time.Duration) {
		c := f.dial(554)
		c.starveUDP()
		c.setupTCP()
		c.play()
		c.logs()
		c.frames(0, 1, 0)
		f.untilBeyond(f.seenAt(clientSide) + span)
		f.media(1, 2, 5004, rtxPort, both)
		c.frames(2, 40, 0)
		c.finish()
	}},
	{"another attempt beside one that plays", rollover.FactParallel, nil, grace, false, false, func(f *film, span time.Duration) {
		c := f.udpBegun()
		f.media(0, 20, 5004, mediaPort, both)
		later := f.dial(554)
		begun := f.seenAt(clientSide) - 4*frameGap // its SYN
		later.ask("DESCRIBE", testURL)
		f.untilBeyond(begun + span)
		f.media(20, 21, 5004, mediaPort, both)
		f.wait(time.Second)
		c.teardown()
		c.close()
		later.close()
		f.trailer()
	}},
	{"the end told before the last of the media", rollover.FactEndEarly, nil, grace, false, false, func(f *film, span time.Duration) {
		c := f.udpBegun()
		f.media(0, 39, 5004, mediaPort, both)
		c.endOfStream()
		told := f.seenAt(serverSide) - 3*frameGap // the reply came behind it
		f.until(told + span)
		f.media(39, 40, 5004, mediaPort, both)
		c.teardown()
		c.close()
		f.trailer()
	}},
	{"no end told, and the client leaves", rollover.FactEndMissing, nil, silence, false, true, func(f *film, span time.Duration) {
		c := f.udpBegun()
		f.media(0, 40, 5004, mediaPort, both)
		f.until(f.seenAt(serverSide) + span)
		c.teardown()
		c.close()
		f.wait(2 * time.Second)
		f.trailer()
	}},
	{"no end told, and the capture ends", rollover.FactEndMissing, nil, silence, false, true, func(f *film, span time.Duration) {
		f.udpBegun()
		f.media(0, 40, 5004, mediaPort, both)
		f.endsAt(f.seenAt(serverSide) + span)
	}},
	{"mms data behind the end of the connection", rollover.FactUDPAfterClose, mmsScenario, afterClose, false, false, func(f *film, span time.Duration) {
		c := f.mmsuBegun()
		c.mediaUDP(0, 20, funnelPort, both)
		c.finClient()
		gone := f.seenAt(serverSide)
		c.finServer()
		f.until(gone + span)
		c.mediaUDP(20, 21, funnelPort, far)
		f.trailer()
	}},
	{"mms resend asked, and the capture ends", rollover.FactResendUnanswered, mmsScenario, grace, false, true, func(f *film, span time.Duration) {
		c := f.mmsuBegun()
		c.mediaUDP(0, 20, funnelPort, both)
		c.asksAgain(3)
		f.endsAt(f.seenAt(serverSide) + span)
	}},
	{"mms resend asked, and the client leaves", rollover.FactResendUnanswered, mmsScenario, grace, false, true, func(f *film, span time.Duration) {
		c := f.mmsuBegun()
		c.mediaUDP(0, 20, funnelPort, both)
		c.asksAgain(3)
		f.until(f.seenAt(serverSide) + span)
		c.finClient()
		c.finServer()
		f.wait(2 * time.Second)
		f.trailer()
	}},
	{"mms half open", rollover.FactHalfOpen, mmsScenario, silence, false, true, func(f *film, span time.Duration) {
		c := f.mmsuBegun()
		c.mediaUDP(0, 40, funnelPort, both)
		c.endOfStream()
		c.say(&mms.CloseFile{FileID: 1})
		closed := f.seenAt(clientSide)
		c.finClient()
		f.endsAt(closed + span)
	}},
}

// sentAway is a connection on which DESCRIBE was answered with a redirect.
func (f *film) sentAway() *tcp {
	c := f.dial(554)
	c.answer(c.ask("DESCRIBE", testURL), 302, nil, "Location", "rtsp://198.51.100.10/other")
	return c
}

// asksAgain asks for a data packet to be sent again.
func (c *mmsPeers) asksAgain(count uint32) {
	m := mms.Resend{ClientID: mmsClientID, Sequences: []uint32{count}}
	c.f.datagram(false, funnelPort, mmsSourceUDP, m.Append(nil), both)
}

// A span of time that decides is compared to the microsecond, the bound itself
// falls to the side that it must.
func TestBounds(t *testing.T) {
	t.Parallel()
	for _, c := range boundCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := testScenario()
			if c.scenario != nil {
				c.scenario(&s)
			}
			for _, step := range []time.Duration{-1, 0, 1} {
				f := newFilm(t)
				c.play(f, c.bound+step*time.Microsecond)
				want := c.at
				if step != 0 {
					want = c.below == (step < 0)
				}
				seen := f.read(s, testSetup())
				got := slices.ContainsFunc(seen.Facts, func(fact rollover.Fact) bool { return fact.Kind == c.kind })
				if got != want {
					t.Errorf("%s and %d µs: %s is %v, want %v\n%s", c.bound, step, c.kind, got, want, brief(seen))
				}
			}
		})
	}
}

package trace

import (
	"slices"
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

func noted(f *film, kind rollover.FactKind) bool {
	return slices.ContainsFunc(f.read(testScenario(), testSetup()).Facts, func(f rollover.Fact) bool { return f.Kind == kind })
}

// A request that crosses the server's hanging up behind the end of the stream is
// met by a reset that refuses nothing. In mid-play it would.
func TestRequestThatCrossesTheHangUp(t *testing.T) {
	t.Parallel()
	for _, over := range []bool{true, false} {
		f := newFilm(t)
		c := f.dial(554)
		c.describe()
		c.setupTCP()
		c.play()
		c.frames(0, 40, 0)
		if over {
			c.endOfStream()
		}
		c.ask("TEARDOWN", testURL)
		c.rstServer()
		f.trailer()
		if reset := noted(f, rollover.FactResetAfterAccept); reset == over {
			t.Errorf("over %t: reset noted %t", over, reset)
		}
	}
}

// A server owes nothing for a loss report soon after which the client leaves; it
// does to one that stays.
func TestLossReportOfALeavingClient(t *testing.T) {
	t.Parallel()
	for stays, owed := range map[time.Duration]bool{0: false, 500 * time.Millisecond: false, 1100 * time.Millisecond: true} {
		f := newFilm(t)
		c := f.dial(554)
		c.describe()
		c.setupRTX()
		c.pair(both)
		c.setupUDP()
		c.play()
		f.media(0, 40, 5004, mediaPort, both)
		f.datagram(false, rtxPort+1, 5005, rtsp.NACK{Sender: 1, RTX: rtxSSRC, Media: mediaSSRC, Lost: []uint16{3, 4}}.Append(nil), both)
		f.wait(stays)
		c.teardown()
		c.close()
		f.wait(2 * time.Second)
		f.trailer()
		if got := noted(f, rollover.FactLossUnanswered); got != owed {
			t.Errorf("stays %v: unanswered noted %t", stays, got)
		}
	}
}

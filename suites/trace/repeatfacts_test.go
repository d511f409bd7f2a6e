package trace

import (
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// repeatFactCases are what only an attempt that follows another can show, and
// retransmissions over TCP.
var repeatFactCases = []factCase{
	{kind: rollover.FactDoorShut, play: func(f *film) {
		f.dial(554).playUDP()
		f.knock(554, 1, both).rstServer()
		f.playHTTP()
	}},
	{kind: rollover.FactClosedOn401, name: "under the retry", play: func(f *film) {
		c := f.dial(554)
		c.answer(c.ask("DESCRIBE", testURL), 401, nil, "WWW-Authenticate", `Basic realm="x"`)
		c.ask("DESCRIBE", testURL, "Authorization", "Basic dTpw")
		c.finServer()
		c.finClient()
	}},
	{kind: rollover.FactRedirectLoop, name: "over HTTP", play: func(f *film) {
		for range 5 {
			c := f.dial(80)
			c.get("GET", "no-cache", player)
			c.head(302, cougar, 0, "Location", "http://198.51.100.10/clip.asf")
			c.finServer()
			c.finClient()
		}
	}},
	{kind: rollover.FactRedirectLoop, name: "over MMS", scenario: mmsScenario, play: func(f *film) {
		for range 5 {
			f.redirectMMS("mmsu://198.51.100.10/clip.asf")
		}
	}},
	{kind: rollover.FactOtherPath, play: func(f *film) {
		c := f.dial(554)
		c.answer(c.ask("DESCRIBE", testURL+"-once"), 453, nil)
		c.close()
		f.playHTTP()
	}},
	{kind: rollover.FactResendOverTCP, play: func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setup("rtx", "RTP/AVP/TCP;unicast;interleaved=2-3;ssrc=6095d7d7;mode=PLAY", 200, "RTP/AVP/TCP;unicast;interleaved=2-3;ssrc=1a2b3c4d;mode=PLAY")
		c.setupTCP()
		c.play()
		f.wait(1100 * time.Millisecond)
		c.teardown()
		c.close()
	}},
}

package trace

import (
	"slices"
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/mms"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// A client whose last words the path stops can send nothing behind them: it
// has not left its session open. One that is heard has.
func TestPathThatKeepsTheLastWords(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"open", "closed", "resets the client"} {
		f := newFilm(t)
		c := f.dial(554)
		c.describe()
		c.setupTCP()
		c.play()
		c.frames(0, 10, 0)
		switch path {
		case "open":
			c.answer(c.ask("GET_PARAMETER", testURL), 200, nil)
		case "closed":
			c.clientToward, c.serverToward = near, far
			c.answer(c.ask("GET_PARAMETER", testURL), 200, nil)
		default:
			c.serverToward = near
			c.rstServer()
		}
		f.wait(3 * time.Second)
		f.trailer()
		s := testScenario()
		s.Then = []rollover.Event{{When: rollover.WhenPlaying}}
		left := slices.ContainsFunc(f.read(s, testSetup()).Facts, func(f rollover.Fact) bool { return f.Kind == rollover.FactSessionLeft })
		if left != (path == "open") {
			t.Errorf("path %s: session left %t", path, left)
		}
	}
}

func TestPathThatKeepsTheLastWordsOfMMS(t *testing.T) {
	t.Parallel()
	for _, heard := range []bool{true, false} {
		f := newFilm(t)
		c := f.dialMMS()
		c.connect()
		c.funnel(mms.UDP)
		c.open()
		c.headerUDP(far)
		f.wait(headerTimer)
		if !heard {
			c.clientToward, c.serverToward = near, far
		}
		c.say(&mms.CancelReadBlock{Incarnation: blockMark})
		c.readBlock()
		f.wait(3 * time.Second)
		f.trailer()
		s := testScenario()
		s.Dialect, s.Then = "wmp6", []rollover.Event{{When: "after 1s"}}
		left := slices.ContainsFunc(f.read(s, testSetup()).Facts, func(f rollover.Fact) bool { return f.Kind == rollover.FactSessionLeft })
		if left != heard {
			t.Errorf("heard %t: session left %t", heard, left)
		}
	}
}

// A server whose media the path stops answers nothing behind it, and a reset
// of its own says nothing then.
func TestPathThatKeepsTheAnswer(t *testing.T) {
	t.Parallel()
	for _, heard := range []bool{true, false} {
		f := newFilm(t)
		c := f.dial(554)
		c.describe()
		c.setupTCP()
		c.play()
		if !heard {
			c.serverToward = far
		}
		c.frames(0, 10, 0)
		c.ask("TEARDOWN", testURL)
		c.rstServer()
		s := testScenario()
		s.Then = []rollover.Event{{When: rollover.WhenPlaying}}
		reset := slices.ContainsFunc(f.read(s, testSetup()).Facts, func(f rollover.Fact) bool { return f.Kind == rollover.FactResetAfterAccept })
		if reset != heard {
			t.Errorf("heard %t: reset %t", heard, reset)
		}
	}
}

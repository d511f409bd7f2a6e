package campaign

import (
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

func TestGauge(t *testing.T) {
	t.Parallel()
	plays := []play{{index: 0, estimate: 6 * time.Second}, {index: 1, estimate: 2 * time.Second}, {index: 2, estimate: 2 * time.Second}, {index: 3, estimate: 2 * time.Second}}
	g := newGauge(plays, 2, 1)
	at := func(seconds float64) time.Time {
		return time.Unix(0, 0).Add(time.Duration(seconds * float64(time.Second)))
	}
	check := func(seconds float64, done, running int, left time.Duration) {
		t.Helper()
		p := g.progress(at(seconds))
		if p.Done != done || p.Running != running || p.Total != 4 || p.Left != left {
			t.Errorf("after %vs: %d done, %d running, %v left; want %d, %d, %v", seconds, p.Done, p.Running, p.Left, done, running, left)
		}
	}
	check(0, 0, 0, 6*time.Second) // twelve seconds of trials, two at once
	g.begin(plays[0], at(0))
	g.begin(plays[1], at(0))
	check(1, 0, 2, 5*time.Second)                    // the longest decides
	g.end(plays[1], rollover.Result{ID: "b"}, at(4)) // twice what was thought
	g.begin(plays[2], at(4))
	check(4, 1, 2, 8*time.Second) // twelve seconds rather than six, of which four are over
	g.end(plays[0], rollover.Result{}, at(6))
	g.begin(plays[3], at(6))
	g.end(plays[2], rollover.Result{}, at(8))
	check(30, 3, 1, 0) // overdue
}

func TestGaugeCountsRepetitions(t *testing.T) {
	t.Parallel()
	g := newGauge([]play{{estimate: time.Second}}, 64, 5)
	if left := g.progress(time.Unix(0, 0)).Left; left != 5*time.Second {
		t.Errorf("%v left, five seconds of work", left)
	}
}

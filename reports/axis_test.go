package reports

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// TestAxisKeepsItsPromises draws random axes: later is never higher, and
// whatever was asked to be apart is.
func TestAxisKeepsItsPromises(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		a := &axis{}
		last := a.add(time.Duration(random.IntN(1e9)))
		for range random.IntN(40) {
			if random.IntN(3) == 0 {
				a.add(time.Duration(random.IntN(3e9)))
				continue
			}
			last = a.next(last, time.Duration(random.IntN(3e9)), forever, px(random.IntN(50)))
		}
		bottom := a.layOut(topY)
		order := a.order()
		for i, m := range order {
			if i > 0 && a.y(m) < a.y(order[i-1]) {
				t.Fatalf("moment %d lies above one before it", m)
			}
			if a.y(m) < topY || a.y(m) > bottom {
				t.Fatalf("moment %d lies outside", m)
			}
		}
		for _, d := range a.apart {
			if got := a.y(d.to) - a.y(d.from); got < d.least-1e-6 {
				t.Fatalf("moments %d and %d are %v apart, want %v", d.from, d.to, got, d.least)
			}
		}
	}
}

func TestAxisOrdersGaps(t *testing.T) {
	t.Parallel()
	last := px(-1)
	for _, d := range []time.Duration{0, ms, 10 * ms, 100 * ms, time.Second, 10 * time.Second} {
		if g := gapOf(d); g <= last {
			t.Errorf("a gap of %v is drawn as %v, no longer than a shorter one", d, g)
		} else {
			last = g
		}
	}
	if gapOf(30*time.Second) > 60 {
		t.Errorf("thirty seconds take %v", gapOf(30*time.Second))
	}
}

// TestLadderBoxesDoNotOverlap looks at every sample, and at attempts whose
// times overlap.
func TestLadderBoxesDoNotOverlap(t *testing.T) {
	t.Parallel()
	results := sampleRun().Results
	tangled := noUDP("tangled", rollover.IPv4)
	tangled.Trace.Attempts[0].End = 3 * time.Second
	tangled.Trace.Attempts[0].Messages = append(tangled.Trace.Attempts[0].Messages, rollover.Message{At: 2 * time.Second, Frame: 99, Text: "late"})
	results = append(results, tangled)
	drawn := 0
	for _, r := range results {
		p := drawLadder(r)
		if p == nil {
			continue
		}
		drawn++
		var steps, attempts []box
		for _, s := range p.Steps {
			steps = append(steps, s.box)
			for _, l := range s.Lines {
				if l.Y > s.Y+s.H {
					t.Errorf("%s: %q hangs out of its step", r.ID, l.Text)
				}
			}
		}
		for _, a := range p.Attempts {
			attempts = append(attempts, a.box)
			for _, row := range a.Rows {
				if row.Y < a.Y+30 || row.Y > a.Y+a.H {
					t.Errorf("%s: %q is not inside its attempt", r.ID, row.Text)
				}
			}
		}
		for _, column := range [][]box{steps, attempts} {
			for i := 1; i < len(column); i++ {
				if column[i].Y < column[i-1].Y+column[i-1].H {
					t.Errorf("%s: box %d begins at %v, above the end of the one before at %v", r.ID, i, column[i].Y, column[i-1].Y+column[i-1].H)
				}
			}
			for _, b := range column {
				if b.H <= 0 || b.Y+b.H > p.Height {
					t.Errorf("%s: a box from %v, %v high, in a picture of %v", r.ID, b.Y, b.H, p.Height)
				}
			}
		}
	}
	if drawn < 20 {
		t.Errorf("only %d pictures were drawn", drawn)
	}
}

func TestLadderShowsWhatStopped(t *testing.T) {
	t.Parallel()
	blocked := drawLadder(closedByDrop("x")).Attempts[0].Rows[0]
	if !blocked.Stopped || blocked.To != gatewayX {
		t.Errorf("a dropped SYN ends at %v, stopped %v", blocked.To, blocked.Stopped)
	}
	reset := drawLadder(closedByReset("x")).Attempts[0].Rows
	if reset[1].From != gatewayX || reset[1].To != clientX || reset[1].Stopped {
		t.Errorf("the gateway's RST goes from %v to %v", reset[1].From, reset[1].To)
	}
	rows := drawLadder(noUDP("x", rollover.IPv4)).Attempts[0].Rows
	var media arrow
	for _, row := range rows {
		if row.Media {
			media = row
		}
	}
	if !media.Stopped || media.From != serverX || media.To != gatewayX {
		t.Errorf("starved media goes from %v to %v, stopped %v", media.From, media.To, media.Stopped)
	}
}

func TestLadderJudgesWindows(t *testing.T) {
	t.Parallel()
	r := noUDP("x", rollover.IPv4)
	if w := drawLadder(r).Windows; len(w) != 1 || w[0].Late || w[0].Dot == 0 {
		t.Errorf("in time: %+v", w)
	}
	r.Trace.Attempts[1].Start = 500 * ms
	if w := drawLadder(r).Windows; len(w) != 1 || !w[0].Late {
		t.Errorf("too early: %+v", w)
	}
	r.Prediction.Sequences[0][0].Window.Advice = true
	if w := drawLadder(r).Windows; w[0].Late {
		t.Errorf("advice is no offence: %+v", w)
	}
}

func TestNearestPrefersTheSequenceThatWasWalked(t *testing.T) {
	t.Parallel()
	p := rollover.Prediction{Sequences: [][]rollover.Step{{udpPlays}, {udpStarve, tcpPlays}}}
	pairs := nearest(p, noUDP("x", rollover.IPv4).Trace.Attempts)
	if len(pairs) != 2 || pairs[0].Attempt != 0 || pairs[1].Attempt != 1 {
		t.Errorf("got %+v", pairs)
	}
	pairs = nearest(closedByDrop("x").Prediction, closedByDrop("x").Trace.Attempts)
	if pairs[1].Attempt != -1 || pairs[2].Attempt != 1 {
		t.Errorf("the optional step is paired with %d, the last with %d", pairs[1].Attempt, pairs[2].Attempt)
	}
}

func TestTopologyClosesTheRightLegs(t *testing.T) {
	t.Parallel()
	closed := func(r rollover.Result) string {
		out := ""
		for _, l := range drawTopology(r).Legs {
			if l.Closed {
				out += l.Label + "=" + l.Rule + ";"
			}
		}
		return out
	}
	for _, c := range []struct {
		r    rollover.Result
		want string
	}{
		{open("x", rollover.IPv4, rollover.Core), ""},
		{noUDP("x", rollover.IPv4), "RTSPU media, UDP=udp to client: 3 packets;"},
		{closedByDrop("x"), "RTSP control, TCP 554=rtsp control: 3 packets;"},
		{offer461("x"), ""},
	} {
		if got := closed(c.r); got != c.want {
			t.Errorf("closed legs are %q, want %q", got, c.want)
		}
	}
}

package trial

import (
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// Estimate is about how long a trial takes whose longest predicted sequence
// comes true: the waiting of each step, and the clip, which is usual or as long
// as [ClipDuration] says. A campaign starts the longest first; it is no limit.
func Estimate(p rollover.Prediction, row rollover.ClientRow, t rollover.Timing, usual time.Duration) time.Duration {
	return estimate(p, row, t, ClipDuration(p, row, t, usual))
}

func estimate(p rollover.Prediction, row rollover.ClientRow, t rollover.Timing, clip time.Duration) time.Duration {
	t.Connect, t.FirstData = max(t.Connect, row.Connect), max(t.FirstData, row.Data)
	var longest time.Duration
	for _, sequence := range p.Sequences {
		var sum time.Duration
		for _, step := range sequence {
			sum += waiting(step, t, clip)
		}
		longest = max(longest, sum)
	}
	if p.InTurn {
		longest += queueing(p, t)
	}
	return longest
}

// queueing is what the last of several clients waits that come one after the
// other: until each before it plays, or has ended.
func queueing(p rollover.Prediction, t rollover.Timing) time.Duration {
	var sum time.Duration
	for _, one := range p.Clients[:max(0, len(p.Clients)-1)] {
		var longest time.Duration
		for _, sequence := range one.Sequences {
			var before time.Duration
			for _, step := range sequence {
				if step.Outcome != rollover.Played {
					before += waiting(step, t, 0)
				}
			}
			longest = max(longest, before)
		}
		sum += longest
	}
	return sum
}

// headerTimer is about what each request for the header waits, over MMS: a
// second, and a short header (rollover.md B.5).
const headerTimer = 1100 * time.Millisecond

// lawful is the longest that the windows of a prediction leave a client.
func lawful(p rollover.Prediction) time.Duration {
	var longest time.Duration
	for _, sequence := range p.Sequences {
		var sum time.Duration
		for _, step := range sequence {
			if !step.Window.Advice {
				sum += step.Window.Max
			}
		}
		longest = max(longest, sum)
	}
	return longest
}

func waiting(step rollover.Step, t rollover.Timing, clip time.Duration) time.Duration {
	switch step.Outcome {
	case rollover.Blocked:
		return t.Connect
	case rollover.Broken:
		return t.Reply
	case rollover.Starved:
		if step.Window.Trigger == rollover.TriggerHeader {
			return max(t.FirstData, time.Duration(t.Retries+1)*headerTimer)
		}
		return t.FirstData
	case rollover.Played:
		if step.Cut {
			return clip + t.Silence
		}
		return clip
	}
	return 0
}

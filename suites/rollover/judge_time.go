package rollover

import (
	"fmt"
	"slices"
	"time"
)

// windows asks of every step that fits whether the next attempt began in its
// time. Too early and too late are the client's: the trigger is either its own
// frame or the one that told it. A window that is advice is reported only.
func (b *bench) windows() {
	attempts := b.Trace.Attempts
	for i := 0; i+1 < len(attempts); i++ {
		s, ok := b.match.step(i)
		if !ok || s.Window == (Window{}) {
			continue
		}
		from := attempts[i].Trigger
		if s.Window.Trigger == TriggerSYN {
			from = attempts[i].Start
		}
		took := attempts[i+1].Start - from
		if took < 0 {
			continue // two at once: that is another finding
		}
		early := took < s.Window.Min
		late := s.Window.Max > 0 && took > s.Window.Max
		if !early && !late {
			continue
		}
		expected := fmt.Sprintf("the next attempt %s after the %s of %s", spanText(s.Window), s.Window.Trigger, s)
		seen := fmt.Sprintf("%s after %s", attempts[i+1], took.Round(time.Millisecond))
		frames := append(append([]FrameRef{}, last(attempts[i].Frames)...), first(attempts[i+1].Frames)...)
		if s.Window.Advice || early && b.interrupted() {
			b.note(PartyClient, windowRule(s), expected, seen, frames)
			continue
		}
		b.find(PartyClient, windowRule(s), expected, seen, frames)
	}
}

// interrupted reports that the path changes at a time: what a client waits for
// may become hopeless meanwhile.
func (b *bench) interrupted() bool {
	return slices.ContainsFunc(b.Scenario.Then, func(e Event) bool {
		_, timed := e.After()
		return timed && e.Profile != nil
	})
}

func spanText(w Window) string {
	if w.Max == 0 {
		return "no sooner than " + w.Min.String()
	}
	return fmt.Sprintf("between %s and %s", w.Min, w.Max)
}

// windowRule is the requirement behind a step's time.
func windowRule(s Step) string {
	if s.Outcome == Starved {
		return s.Rung.breaks(breachTimer)
	}
	return "RO-ROLL-05"
}

func first(frames []FrameRef) []FrameRef { return frames[:min(1, len(frames))] }

func last(frames []FrameRef) []FrameRef { return frames[max(0, len(frames)-1):] }

package reports

import (
	"strconv"
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// expect draws the predicted steps. A step begins where the attempt that
// answers it began, so that the two stand beside each other; one without an
// attempt begins when it was due.
func (d *ladderDrawing) expect(pairs []pairing) {
	var last mark
	due := startOf(d.result.Trace)
	for i, p := range pairs {
		start, seen := d.starts[p.Attempt]
		limit := d.limit(pairs[i+1:])
		switch {
		case !seen && i == 0:
			start = d.axis.add(min(due, limit))
		case !seen:
			start = d.axis.next(last, due, limit, 6)
		case i > 0:
			d.axis.keep(last, start, 6)
		}
		begun := d.axis.moments[start].at
		due = max(begun, d.window(p, pairs[i+1:], begun))
		lines := stepLines(p.Step, i+1 < len(pairs))
		last = d.axis.next(start, d.endOf(p, due), limit, 30+lineH*px(len(lines)))
		d.axis.moments[last].told = d.axis.moments[last].at
		d.placeStep(p, start, last, lines)
	}
}

// limit is the last moment before the next step that was seen begins.
func (d *ladderDrawing) limit(rest []pairing) time.Duration {
	if next, ok := following(rest); ok {
		return d.result.Trace.Attempts[next].Start - 1
	}
	return forever
}

// endOf is when a step would end if nothing followed.
func (d *ladderDrawing) endOf(p pairing, due time.Duration) time.Duration {
	switch {
	case p.Attempt >= 0:
		return d.result.Trace.Attempts[p.Attempt].End
	case p.Step.Outcome == rollover.Played:
		return due + d.result.Setup.Clip.Duration
	}
	return due
}

// following is the attempt of the next step that was seen.
func following(rest []pairing) (attempt int, ok bool) {
	for _, p := range rest {
		if p.Attempt >= 0 {
			return p.Attempt, true
		}
	}
	return 0, false
}

// stepLines is what is written into a step's box.
func stepLines(s rollover.Step, followed bool) []string {
	lines := wrap(shorten(s.Why, 4*whyColumns), whyColumns, ' ')
	if text := windowText(s.Window); text != "" && followed {
		lines = append(lines, wrap("then "+text, whyColumns, ' ')...)
	}
	return lines
}

func (d *ladderDrawing) placeStep(p pairing, start, end mark, lines []string) {
	d.place = append(d.place, func(pic *ladderPicture) {
		top := d.axis.y(start)
		b := stepBox{box: box{expectedX, top, expectedW, d.axis.y(end) - top - 4}, Rung: p.Step.Rung, Outcome: p.Step.Outcome}
		switch {
		case p.Attempt < 0 && p.Step.Optional:
			b.Note = "optional"
		case p.Attempt < 0 && p.Step.Outcome != rollover.Skipped && len(d.result.Trace.Attempts) > 0:
			b.Note = "not seen"
		}
		for i, text := range lines {
			b.Lines = append(b.Lines, textLine{expectedX + 12, top + 35 + lineH*px(i), text})
		}
		pic.Steps = append(pic.Steps, b)
	})
}

// window draws when the attempt after this step is due and returns the
// earliest moment of it. Without the attempt nothing started the clock, so
// there is nothing to draw.
func (d *ladderDrawing) window(p pairing, rest []pairing, start time.Duration) (due time.Duration) {
	w := p.Step.Window
	if p.Attempt < 0 || w.Trigger == "" {
		return start + w.Min
	}
	trigger := d.result.Trace.Attempts[p.Attempt].Trigger
	if w.Max == 0 || len(rest) == 0 {
		return trigger + w.Min
	}
	from, to := d.axis.add(trigger+w.Min), d.axis.add(trigger+w.Max)
	d.axis.keep(from, to, 14)
	next, seen := following(rest)
	d.place = append(d.place, func(pic *ladderPicture) {
		bar := windowBar{box: box{windowX, d.axis.y(from), 6, d.axis.y(to) - d.axis.y(from)}, Title: "next attempt " + windowText(w)}
		if seen {
			came := d.result.Trace.Attempts[next].Start
			bar.DotX, bar.Dot, bar.Late = windowX+3, d.axis.y(d.starts[next]), !w.Advice && (came < trigger+w.Min || came > trigger+w.Max)
		}
		pic.Windows = append(pic.Windows, bar)
	})
	return trigger + w.Min
}

// windowText says when the next attempt is due.
func windowText(w rollover.Window) string {
	if w.Max == 0 {
		return ""
	}
	text := "within " + brief(w.Max)
	if w.Min > 0 {
		text = brief(w.Min) + " to " + brief(w.Max)
	}
	if w.Trigger != "" {
		text += " after the " + w.Trigger
	}
	if w.Advice {
		text += " (advice)"
	}
	return text
}

// brief is a round time as a person says it.
func brief(d time.Duration) string {
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + " s"
}

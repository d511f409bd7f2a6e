package reports

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// account tells a result in plain text: what was predicted, what was seen,
// why that is the verdict, and how to play it again.
func account(r rollover.Result) string {
	var b strings.Builder
	field := func(name, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%-11s%s\n", name, text)
		}
	}
	field("purpose", r.Scenario.Purpose)
	field("predicted", r.Predicted)
	field("observed", r.Observed)
	for _, w := range walksOf(r) {
		field("", w.headline())
	}
	field("reason", r.Reason)
	field("known", knownText(r))
	for _, e := range r.Earlier {
		field("earlier", string(e.Verdict)+", observed "+e.Observed)
	}
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "\n%s\n", blame(f))
		field("  expected", f.Expected)
		field("  seen", f.Seen)
		field("  frames", frameList(f.Frames, len(f.Frames)))
	}
	if r.Rerun != "" {
		fmt.Fprintf(&b, "\nagain: %s\n", r.Rerun)
	}
	return b.String()
}

// conversation tells the observed attempts, their messages and the rules.
func conversation(r rollover.Result) string {
	var b strings.Builder
	for _, w := range walksOf(r) {
		if text := w.headline(); text != "" {
			b.WriteString(text + "\n")
		}
		attempts(&b, w.Result.Trace)
	}
	for _, c := range r.Rules {
		fmt.Fprintf(&b, "rule %q met %d packets\n", c.Name, c.Packets)
	}
	return b.String()
}

func attempts(b *strings.Builder, t rollover.Trace) {
	zero := startOf(t)
	for _, a := range t.Attempts {
		fmt.Fprintf(b, "%9s  %s:%s", seconds(a.Start-zero), rungNames(a.Candidates), a.Outcome)
		if a.Why != "" {
			fmt.Fprintf(b, "  %s", a.Why)
		}
		b.WriteByte('\n')
		for _, m := range a.Messages {
			arrow := "<-"
			if m.FromClient {
				arrow = "->"
			}
			fmt.Fprintf(b, "%9s    %s %s  (frame %d)\n", seconds(m.At-zero), arrow, m.Text, m.Frame)
		}
	}
}

// blame is who a finding is about and which requirement it breaks.
func blame(f rollover.Finding) string {
	var words []string
	for _, w := range []string{accused(f), f.Requirement} {
		if w != "" {
			words = append(words, w)
		}
	}
	text := strings.Join(words, ", ")
	if f.Note {
		text += " (note)"
	}
	return text
}

// accused is the party of a finding, and where there are several clients, which
// of them it is or met it.
func accused(f rollover.Finding) string {
	switch {
	case f.Client == 0:
		return string(f.Party)
	case f.Party == rollover.PartyClient:
		return fmt.Sprintf("client %d", f.Client)
	}
	return fmt.Sprintf("%s, to client %d", f.Party, f.Client)
}

// sentence is a finding on one line.
func sentence(f rollover.Finding) string {
	text := blame(f)
	if f.Expected != "" {
		text += ": expected " + f.Expected
	}
	if f.Seen != "" {
		text += "; seen: " + f.Seen
	}
	if len(f.Frames) > 0 {
		text += " (" + framesWord(f.Frames, 8) + ")"
	}
	return text
}

// startOf is the moment a trial's times are told from: its first attempt.
func startOf(t rollover.Trace) time.Duration {
	if len(t.Clients) > 0 {
		first := startOf(t.Clients[0])
		for _, one := range t.Clients {
			first = min(first, startOf(one))
		}
		return first
	}
	if len(t.Attempts) == 0 {
		return 0
	}
	return t.Attempts[0].Start
}

func rungNames(rungs []rollover.Rung) string {
	names := make([]string, len(rungs))
	for i, r := range rungs {
		names[i] = string(r)
	}
	return strings.Join(names, "/")
}

// frameList names frames, at most so many.
func frameList(frames []rollover.FrameRef, most int) string {
	var b strings.Builder
	for i, f := range frames {
		if i == most {
			fmt.Fprintf(&b, " and %d more", len(frames)-most)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(f))
	}
	return b.String()
}

func framesWord(frames []rollover.FrameRef, most int) string {
	switch len(frames) {
	case 0:
		return ""
	case 1:
		return "frame " + frameList(frames, most)
	}
	return "frames " + frameList(frames, most)
}

// seconds is a time of a trial, exact to the millisecond.
func seconds(d time.Duration) string {
	return strconv.FormatFloat(d.Seconds(), 'f', 3, 64)
}

// wall is a time a person waited for.
func wall(d time.Duration) string {
	switch {
	case d >= time.Hour:
		return fmt.Sprintf("%dh %02dm", int(d.Hours()), int(d.Minutes())%60)
	case d >= time.Minute:
		return fmt.Sprintf("%dm %02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%.1fs", d.Seconds())
}

// count is a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

var escapes = regexp.MustCompile("\x1b\\[[0-9;?]*[ -/]*[@-~]")

// printable removes terminal escapes and every character that XML 1.0 forbids
// or a terminal would act on; line feeds and tabs stay.
func printable(s string) string {
	s = escapes.ReplaceAllString(s, "")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case r < ' ', r >= 0x7f && r <= 0x9f, r == 0xfffe, r == 0xffff:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// cut shortens a text to at most so many bytes, saying so at its end, and
// never in the middle of a character.
func cut(s string, most int) string {
	const mark = "\n… cut, see the evidence\n"
	if len(s) <= most {
		return s
	}
	end := most - len(mark)
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + mark
}

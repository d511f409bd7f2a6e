package reports

import (
	"fmt"
	"io"
	"strings"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// WriteTrial writes one result in full, for a terminal: what it was about, what
// was predicted and seen, message by message, what the rules met, and why that
// is the verdict, which stands last, where the eye is.
func WriteTrial(w io.Writer, r rollover.Result, o TableOptions) error {
	if o.Width <= 0 {
		o.Width = defaultWidth
	}
	t := &table{o: o, width: max(o.Width, leastWidth)}
	t.line(bold, r.ID)
	t.named("purpose", r.Scenario.Purpose)
	t.named("predicted", r.Predicted)
	for _, w := range walksOf(r) {
		if text := w.headline(); text != "" {
			t.WriteByte('\n')
			t.line(bold, gap+text)
		}
		t.attempts(w.Result.Trace)
	}
	t.met(r.Rules)
	t.findings(r.Findings)
	if text := knownText(r); text != "" {
		t.WriteByte('\n')
		t.named("known", text)
	}
	t.WriteByte('\n')
	t.verdict(r)
	if _, err := io.WriteString(w, t.String()); err != nil {
		return fmt.Errorf("write trial: %w", err)
	}
	return nil
}

// named writes a name and its text at the margin.
func (t *table) named(name, text string) {
	if text == "" {
		return
	}
	for i, part := range wrap(printable(text), t.width-13, ' ') {
		if i > 0 {
			name = ""
		}
		t.WriteString(gap + t.paint(faint, pad(name, 11)) + part + "\n")
	}
}

// attempts is the walk as the capture shows it.
func (t *table) attempts(trace rollover.Trace) {
	zero := startOf(trace)
	for _, a := range trace.Attempts {
		t.WriteByte('\n')
		head := gap + padLeft(seconds(a.Start-zero), 8) + gap
		step := rungNames(a.Candidates) + ":" + string(a.Outcome)
		for i, part := range wrap(printable(step+"  "+a.Why), t.width-runes(head), ' ') {
			if i == 0 {
				t.WriteString(head + t.paint(bold, step) + strings.TrimPrefix(part, step) + "\n")
				continue
			}
			t.WriteString(strings.Repeat(" ", runes(head)) + part + "\n")
		}
		for _, m := range a.Messages {
			arrow := "<-"
			if m.FromClient {
				arrow = "->"
			}
			text := fmt.Sprintf("  %s %s", arrow, printable(m.Text))
			t.WriteString(gap + padLeft(seconds(m.At-zero), 8) + gap + text + t.paint(faint, fmt.Sprintf("  frame %d", m.Frame)) + "\n")
		}
	}
}

// met is what each rule of the firewall saw.
func (t *table) met(rules []rollover.RuleCount) {
	if len(rules) == 0 {
		return
	}
	t.WriteByte('\n')
	name := "rules"
	for _, r := range rules {
		t.WriteString(gap + t.paint(faint, pad(name, 11)) + padLeft(fmt.Sprint(r.Packets), 6) + gap + printable(r.Name) + "\n")
		name = ""
	}
}

// findings are the reasons of the verdict, and what else is worth a word.
func (t *table) findings(findings []rollover.Finding) {
	for _, f := range findings {
		t.WriteByte('\n')
		t.WriteString(gap + t.paint(bold, blame(f)) + "\n")
		t.field("expected", f.Expected)
		t.field("seen", f.Seen)
		t.field("frames", frameList(f.Frames, 8))
	}
}

func (t *table) verdict(r rollover.Result) {
	parts := []string{t.paint(inkOf(r), verdictWord(r))}
	for _, text := range []string{r.Observed, r.Reason, tookText(r)} {
		if text != "" {
			parts = append(parts, printable(text))
		}
	}
	if c := r.Capture; c.Frames > 0 {
		parts = append(parts, fmt.Sprintf("%s, %d lost", count(c.Frames, "frame"), c.Lost))
	}
	t.WriteString(strings.Join(parts, " · ") + "\n")
}

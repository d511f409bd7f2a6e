package reports

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Write writes the comparison for a terminal: what got worse first, and the
// verdict on the whole last.
func (c Comparison) Write(w io.Writer, o TableOptions) error {
	if o.Width <= 0 {
		o.Width = defaultWidth
	}
	t := &table{o: o, width: max(o.Width, leastWidth)}
	t.compared("before", c.Before)
	t.compared("after", c.After)
	t.changes("New failures", red, c.NewFailures)
	t.changes("Changed", yellow, c.Changed)
	t.changes("Fixed", green, c.Fixed)
	t.sequences(c.Sequences)
	t.slower(c.Slower)
	t.names("Only in the first run", c.Gone)
	t.names("Only in the second run, nothing wrong", c.Added)
	t.outcome(c)
	if _, err := io.WriteString(w, t.String()); err != nil {
		return fmt.Errorf("write comparison: %w", err)
	}
	return nil
}

// compared is one of the runs on a line.
func (t *table) compared(which string, c Compared) {
	text := strings.TrimSpace(c.Target.Vendor + " " + c.Target.Product + " " + c.Target.Version)
	text = strings.Trim(text+", "+c.Started.Format(time.RFC3339)+", "+strings.TrimSpace(c.Tool.Name+" "+c.Tool.Version), ", ")
	if c.Aborted != "" {
		text += ", " + c.Aborted
	}
	t.named(which, text)
}

func (t *table) section(title string, i ink) {
	t.WriteByte('\n')
	t.line(i, title)
}

func (t *table) changes(title string, i ink, changes []Change) {
	if len(changes) == 0 {
		return
	}
	t.section(title, i)
	for _, ch := range changes {
		mark := "  "
		if ch.Worse {
			mark = "! "
		}
		t.WriteByte('\n')
		before, after := ch.Before, ch.After
		if ch.Broke != "" && ch.Broke != ch.Requirement {
			before += ", " + ch.Broke
		}
		if ch.Requirement != "" {
			after += ", " + ch.Requirement
		}
		t.WriteString(t.paint(i, mark) + printable(ch.ID) + gap + t.paint(faint, before+" → ") + after + "\n")
		t.field("expected", ch.Expected)
		t.field("seen", ch.Seen)
		t.field("frames", frameList(ch.Frames, 8))
		if ch.Worse && ch.Rerun != "" {
			t.WriteString("    " + t.paint(faint, pad("again", 10)) + printable(ch.Rerun) + "\n")
		}
	}
}

func (t *table) sequences(all []Sequence) {
	if len(all) == 0 {
		return
	}
	t.section("Another way to the same verdict", plain)
	for _, s := range all {
		t.WriteString("\n  " + printable(s.ID) + "\n")
		t.field("before", s.Before)
		t.field("after", s.After)
	}
}

func (t *table) slower(all []Slower) {
	if len(all) == 0 {
		return
	}
	t.section("Slower rungs", plain)
	t.WriteByte('\n')
	for _, s := range all {
		t.WriteString(fmt.Sprintf("  %s:%s  %.2f s → %.2f s, the median of %s\n", s.Rung, s.Outcome,
			float64(s.BeforeMS)/1000, float64(s.AfterMS)/1000, count(s.Attempts, "attempt")))
	}
}

func (t *table) names(title string, ids []string) {
	if len(ids) == 0 {
		return
	}
	t.section(title, plain)
	t.WriteByte('\n')
	for _, part := range wrap(shortList(ids, t.o.Verbose), t.width-2, ' ') {
		t.WriteString("  " + part + "\n")
	}
}

func (t *table) outcome(c Comparison) {
	word, i := "no worse", green
	if c.Worse {
		word, i = "worse", red
	}
	t.WriteByte('\n')
	t.WriteString(fmt.Sprintf("%s · %s · %d fixed · %d changed · %d another way · %d slower · %d the same\n", t.paint(i, word),
		count(len(c.NewFailures), "new failure"), len(c.Fixed), len(c.Changed), len(c.Sequences), len(c.Slower), c.Same))
}

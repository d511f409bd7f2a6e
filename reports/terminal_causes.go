package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// known are the fails that are expected, by who has promised to see to them.
func (t *table) known(groups []KnownGroup) {
	if len(groups) == 0 {
		return
	}
	t.line(bold, "Known failures")
	for _, g := range groups {
		t.WriteByte('\n')
		t.WriteString(gap + t.paint(yellow, "known") + gap + g.Known.Requirement + gap +
			t.paint(faint, count(len(g.IDs), "scenario")) + "\n")
		t.field("reason", g.Known.Reason)
		t.field("owner", g.Known.Owner+", until "+g.Known.Expires)
		t.field("in", shortList(g.IDs, t.o.Verbose))
	}
	t.WriteByte('\n')
}

// shortList names a few, or all.
func shortList(ids []string, all bool) string {
	if len(ids) <= most || all {
		return strings.Join(ids, " ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(ids[:most], " "), len(ids)-most)
}

func (t *table) causes(causes []Cause) {
	if len(causes) == 0 {
		return
	}
	t.line(bold, "First causes")
	for _, c := range causes {
		t.WriteByte('\n')
		head := gap + t.paint(inkOfCause(c), causeWord(c)) + gap + blame(rollover.Finding{Party: c.Party, Requirement: c.Requirement})
		t.WriteString(head + gap + t.paint(faint, count(len(c.Trials), "scenario")) + "\n")
		t.field("expected", c.Expected)
		t.listed(c)
		t.trials(c)
	}
	t.WriteByte('\n')
}

// listed is what the list of known failures says of a fail that is not the one
// it means.
func (t *table) listed(c Cause) {
	if c.Stale && c.Verdict == rollover.Fail {
		t.field("listed", knownText(c.Trials[0].Result))
	}
}

// most is how many trials of one cause are shown unless asked for all.
const most = 5

func (t *table) trials(c Cause) {
	var last CausedTrial
	for i, trial := range c.Trials {
		if i == most && !t.o.Verbose {
			t.field("and", count(len(c.Trials)-most, "more scenario")+" of the same cause")
			return
		}
		if trial.Seen != last.Seen {
			t.field("seen", trial.Seen)
		}
		if trial.Seen != last.Seen || !slices.Equal(trial.Frames, last.Frames) {
			t.field("frames", frameList(trial.Frames, 8))
		}
		t.again(trial.Result)
		last = trial
	}
}

// again writes the command on one line however long it is: it is there to be
// copied.
func (t *table) again(r rollover.Result) {
	command := r.Rerun
	if command == "" {
		command = "rollover play " + r.ID
	}
	t.WriteString("    " + t.paint(faint, pad("again", 10)) + printable(command) + "\n")
}

// field writes a name and its text, wrapped and aligned.
func (t *table) field(name, text string) {
	if text == "" {
		return
	}
	const indent = 4
	const column = 10
	for i, part := range wrap(printable(text), t.width-indent-column, ' ') {
		if i > 0 {
			name = ""
		}
		t.WriteString(strings.Repeat(" ", indent) + t.paint(faint, pad(name, column)) + part + "\n")
	}
}

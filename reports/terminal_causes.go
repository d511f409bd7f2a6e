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

// trials tells what was seen in which trials, and then how to play them again.
func (t *table) trials(c Cause) {
	shown := c.Trials
	if len(shown) > most && !t.o.Verbose {
		shown = shown[:most]
	}
	var results []rollover.Result
	var ids []string
	for i, trial := range shown {
		results, ids = append(results, trial.Result), append(ids, trial.Result.ID)
		if i+1 < len(shown) && shown[i+1].Seen == trial.Seen && slices.Equal(shown[i+1].Frames, trial.Frames) {
			continue
		}
		if first := i - len(ids) + 1; first == 0 || shown[first-1].Seen != trial.Seen {
			t.field("seen", trial.Seen)
		}
		t.field("frames", frameList(trial.Frames, 8))
		t.field("in", strings.Join(ids, " "))
		ids = nil
	}
	if n := len(c.Trials) - len(shown); n > 0 {
		t.field("and", count(n, "more scenario")+" of the same cause")
	}
	t.again(results)
}

// again writes each command on one line however long it is: it is there to be
// copied.
func (t *table) again(results []rollover.Result) {
	for _, command := range rerunAll(results) {
		t.WriteString("    " + t.paint(faint, pad("again", 10)) + printable(command) + "\n")
	}
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

package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

func (t *table) totals(r Run) {
	s := r.Summary()
	parts := []string{t.paint(bold, count(s.All.Counts.Total(), "scenario"))}
	for _, p := range s.All.parts() {
		parts = append(parts, t.paint(p.ink, fmt.Sprintf("%d %s", p.n, p.word)))
	}
	t.WriteString(strings.Join(parts, " · ") + "\n")
	line := fmt.Sprintf("core %s · extended %s · %s", s.Core.Standing, s.Extended.Standing, wall(r.Took()))
	for _, more := range []string{partText(r), printable(r.Aborted)} {
		if more != "" {
			line += " · " + more
		}
	}
	t.WriteString(line + "\n")
}

// part is a kind of result and how many there are of it.
type part struct {
	word string
	n    int
	ink  ink
}

// parts are the kinds of results that there are. Each result is in one of the
// verdicts, or in known; unstable and stale say more of some of them.
func (l LevelSummary) parts() []part {
	all := []part{}
	for _, g := range rollover.Grades() {
		n := l.Counts[g]
		if g == rollover.Fail {
			n = l.Failed()
		}
		all = append(all, part{string(g), n, inkOfGrade(g)})
		if g == rollover.Fail {
			all = append(all, part{"known to fail", l.Known, yellow})
		}
	}
	all = append(all, part{"unstable", l.Unstable, yellow}, part{"stale", l.Stale, red})
	return slices.DeleteFunc(all, func(p part) bool { return p.n == 0 })
}

// verdictWord is the verdict, with a mark where a repetition disagreed or a
// list of known failures has something to say.
func verdictWord(r rollover.Result) string {
	text := string(r.Verdict)
	if r.Unstable {
		text += " unstable"
	}
	switch {
	case r.Stale():
		text += " stale"
	case r.ExpectedFail():
		text += " known"
	}
	return text
}

func causeWord(c Cause) string {
	switch {
	case c.Stale && c.Verdict == rollover.Pass:
		return "stale"
	case c.Verdict == rollover.Pass:
		return "unstable"
	}
	return string(c.Verdict)
}

package reports

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// mostMarkdown is the most bytes a summary has: GitHub takes 1 MiB a step, and
// drops a longer one whole.
const mostMarkdown = 900 << 10

// WriteMarkdown writes the run as GitHub shows it on a job's page: what it
// amounts to, the first causes with the commands that play them again, what is
// known to fail, and every scenario as far as there is room.
func WriteMarkdown(w io.Writer, r Run) error {
	d := &markdown{left: mostMarkdown}
	d.head(r)
	d.causes(r.Causes())
	d.known(r.ExpectedFails())
	d.scenarios(r.Results)
	if _, err := io.WriteString(w, d.String()); err != nil {
		return fmt.Errorf("write markdown: %w", err)
	}
	return nil
}

// markdown is a document that is never longer than it may be.
type markdown struct {
	strings.Builder
	left int
}

// reserve is kept free for the words that say what was left out.
const reserve = 1 << 10

// put writes a block whole or, where there is no room, not at all.
func (d *markdown) put(format string, args ...any) bool {
	block := fmt.Sprintf(format, args...)
	if len(block)+reserve > d.left {
		return false
	}
	d.left -= len(block)
	d.WriteString(block)
	return true
}

// leftOut says how many were left out, in the room kept for that.
func (d *markdown) leftOut(n int, thing string) {
	if n > 0 {
		text := fmt.Sprintf("\n%s left out here; index.html and run.json have them.\n", count(n, thing))
		d.left -= len(text)
		d.WriteString(text)
	}
}

func (d *markdown) head(r Run) {
	s := r.Summary()
	h := headlineOf(r, s.All)
	who := strings.TrimSpace(r.Target.Vendor + " " + r.Target.Product + " " + r.Target.Version)
	if who == "" {
		who = "rollover"
	}
	d.put("## %s: %s\n\n%s\n\n", said(who), strings.ToLower(h.Word), said(h.Sentence))
	d.put("| level | standing | passed | failed | known to fail | inconclusive | error | not run | not applicable | unstable | stale |\n" +
		"| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |\n")
	for _, l := range []struct {
		name string
		LevelSummary
	}{{"core", s.Core}, {"extended", s.Extended}} {
		d.put("| %s | %s | %d | %d | %d | %d | %d | %d | %d | %d | %d |\n", l.name, l.Standing, l.Counts[rollover.Pass], l.Failed(), l.Known,
			l.Counts[rollover.Inconclusive], l.Counts[rollover.Error], l.Counts[rollover.NotRun], l.Counts[rollover.NotApplicable], l.Unstable, l.Stale)
	}
	played := []string{r.Timing + " timing", count(r.Jobs, "trial") + " at once", wall(r.Took()), partText(r), r.Aborted}
	played = slices.DeleteFunc(played, func(s string) bool { return s == "" })
	d.put("\n%s; %s.\n", said(strings.TrimSpace(r.Tool.Name+" "+r.Tool.Version)), said(strings.Join(played, ", ")))
}

func (d *markdown) causes(causes []Cause) {
	if len(causes) == 0 {
		return
	}
	d.put("\n### First causes\n")
	for i, c := range causes {
		if !d.put("%s", causeBlock(c)) {
			d.leftOut(len(causes)-i, "cause")
			return
		}
	}
}

// mostTrials is how many trials of a cause are named.
const mostTrials = 20

func causeBlock(c Cause) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n**%s** · %s · %s\n\n", causeWord(c), said(blame(rollover.Finding{Party: c.Party, Requirement: c.Requirement})), count(len(c.Trials), "scenario"))
	item := func(name, text string) {
		if text != "" {
			fmt.Fprintf(&b, "- %s: %s\n", name, said(shorten(text, mostMessage)))
		}
	}
	item("expected", c.Expected)
	if c.Stale && c.Verdict == rollover.Fail {
		item("listed", knownText(c.Trials[0].Result))
	}
	item("seen", c.Trials[0].Seen)
	item("proof", framesWord(c.Trials[0].Frames, 8))
	shown := c.Trials[:min(len(c.Trials), mostTrials)]
	var ids []string
	var results []rollover.Result
	for _, t := range shown {
		ids = append(ids, code(t.Result.ID))
		results = append(results, t.Result)
	}
	more := ""
	if n := len(c.Trials) - len(shown); n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	fmt.Fprintf(&b, "- in: %s%s\n\n", strings.Join(ids, " "), more)
	for _, command := range rerunAll(results) {
		b.WriteString(fenced(command))
	}
	return b.String()
}

func (d *markdown) known(groups []KnownGroup) {
	if len(groups) == 0 {
		return
	}
	d.put("\n### Known failures\n\n| requirement | reason | owner | until | scenarios |\n| --- | --- | --- | --- | --- |\n")
	for i, g := range groups {
		ids := code(shortList(g.IDs, false))
		if !d.put("| %s | %s | %s | %s | %s |\n", said(g.Known.Requirement), said(shorten(g.Known.Reason, mostMessage)), said(g.Known.Owner), said(g.Known.Expires), ids) {
			d.leftOut(len(groups)-i, "known failure")
			return
		}
	}
}

func (d *markdown) scenarios(results []rollover.Result) {
	if len(results) == 0 {
		return
	}
	const end = "\n</details>\n"
	d.left -= len(end)
	if !d.put("\n<details><summary>%s</summary>\n\n| scenario | verdict | predicted | observed | took |\n| --- | --- | --- | --- | --: |\n", count(len(results), "scenario")) {
		return
	}
	for i, r := range results {
		if !d.put("| %s | %s | %s | %s | %s |\n", code(r.ID), verdictWord(r), code(shorten(r.Predicted, 400)), said(shorten(observedText(r), 400)), tookText(r)) {
			d.leftOut(len(results)-i, "scenario")
			break
		}
	}
	d.WriteString(end)
}

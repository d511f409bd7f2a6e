package reports

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// page is what the page's template shows.
type page struct {
	Policy   string
	Style    template.CSS
	Script   template.JS
	Title    string
	Vendor   string
	Product  string
	Role     string
	When     string
	Headline headline
	Levels   []levelCard
	Facts    []fact
	Causes   []causeCard
	Filters  filters
	Rows     []row
}

type headline struct {
	Word, Sentence, Class string
}

type levelCard struct {
	Name     string
	Standing Standing
	Applied  int
	Passed   int
	Shares   []share
}

// share is one verdict's part of a level.
type share struct {
	Verdict rollover.Grade
	Count   int
	X, W    px // of the bar, in hundredths of it
}

type fact struct{ Name, Text string }

type causeCard struct {
	Class, Word, Blame, Expected, Seen, Frames string
	Trials                                     []string
	More                                       int
}

// markCount is a word that stands beside verdicts, and beside how many.
type markCount struct {
	Mark  string
	Count int
}

type filters struct {
	Verdicts     []share
	Marks        []markCount
	Families     []string
	Levels       []string
	Requirements []string
}

func newPage(r Run) page {
	s := r.Summary()
	p := page{Policy: policy(), Style: template.CSS(style), Script: template.JS(script),
		Vendor: r.Target.Vendor, Product: strings.TrimSpace(r.Target.Product + " " + r.Target.Version), Role: r.Target.Role,
		When: r.Started.Format("2 January 2006, 15:04 -07:00"), Headline: headlineOf(r, s.All),
		Levels: []levelCard{cardOf("Core", s.Core), cardOf("Extended", s.Extended)},
		Facts:  factsOf(r)}
	if p.Product == "" {
		p.Product = "Unnamed target"
	}
	p.Title = fmt.Sprintf("%s: %s · rollover", p.Product, strings.ToLower(p.Headline.Word))
	for _, c := range r.Causes() {
		p.Causes = append(p.Causes, causeCardOf(c))
	}
	for _, res := range r.Results {
		p.Rows = append(p.Rows, rowOf(res))
	}
	p.Filters = filtersOf(r, s.All)
	return p
}

func headlineOf(r Run, all LevelSummary) headline {
	applied := count(all.Applied(), "scenario")
	switch r.ExitCode() {
	case ExitPassed:
		if all.Known > 0 {
			return headline{"Passed", fmt.Sprintf("All but %s of %s that applied passed.", count(all.Known, "known failure"), applied), "pass"}
		}
		return headline{"Passed", "All " + applied + " that applied passed.", "pass"}
	case ExitFailed:
		return headline{"Failed", failedSentence(all, applied), "fail"}
	case ExitTrouble:
		if r.troubled() {
			return headline{"Error", "The run ended early: " + r.Aborted + ".", "error"}
		}
		return headline{"Error", "The test rig had trouble in " + count(all.Counts[rollover.Error], "scenario") + ".", "error"}
	}
	switch {
	case r.Aborted != "":
		return headline{"Incomplete", fmt.Sprintf("The run ended early (%s): %d of %s did not run.", r.Aborted,
			all.Counts[rollover.NotRun], applied), "notRun"}
	case all.Applied() == 0:
		return headline{"Nothing ran", "No scenario applied to this target.", "notRun"}
	}
	return headline{"Unclear", fmt.Sprintf("None of %s failed, but not all gave a clear answer.", applied), "inconclusive"}
}

// failedSentence tells of the fails that nobody expected, and of the list of
// known failures where it is wrong.
func failedSentence(all LevelSummary, applied string) string {
	text := fmt.Sprintf("%d of %s that applied failed.", all.Failed(), applied)
	if all.Known > 0 {
		text = fmt.Sprintf("%d of %s that applied failed, beside %s.", all.Failed(), applied, count(all.Known, "known failure"))
	}
	if all.Stale > 0 {
		text += fmt.Sprintf(" The list of known failures is stale in %s.", count(all.Stale, "scenario"))
	}
	return text
}

func cardOf(name string, l LevelSummary) levelCard {
	c := levelCard{Name: name, Standing: l.Standing, Applied: l.Applied(), Passed: l.Counts[rollover.Pass]}
	var x px
	for _, g := range rollover.Grades() {
		n := l.Counts[g]
		if n == 0 {
			continue
		}
		sh := share{Verdict: g, Count: n}
		if g != rollover.NotApplicable {
			sh.X, sh.W = x, 100*px(n)/px(l.Applied())
			x += sh.W
		}
		c.Shares = append(c.Shares, sh)
	}
	return c
}

func factsOf(r Run) []fact {
	rights := "an ordinary user"
	if r.Host.Root {
		rights = "root"
	}
	selected := strings.Join(r.Selectors, " ")
	if selected == "" {
		selected = "all that applies"
	}
	all := []fact{
		{"Tool", strings.TrimSpace(r.Tool.Name + " " + r.Tool.Version + " " + r.Tool.Commit)},
		{"Took", fmt.Sprintf("%s, %s at once", wall(r.Took()), count(r.Jobs, "trial"))},
		{"Timing", r.Timing},
		{"Selected", selected},
		{"Part", partText(r)},
		{"Host", fmt.Sprintf("%s, kernel %s, %s, as %s", r.Host.OS, r.Host.Kernel, count(r.Host.CPUs, "CPU"), rights)},
		{"Claims", claimsText(r.Claims)},
		{"Target file", r.Target.Name},
	}
	return slices.DeleteFunc(all, func(f fact) bool { return f.Text == "" })
}

func claimsText(c Claims) string {
	parts := append([]string{}, c.Rungs...)
	for _, flag := range []struct {
		on   bool
		word string
	}{{c.FastCache, "Fast Cache"}, {c.IPv6, "IPv6"}, {c.Multicast, "multicast"}, {c.Seek, "seek"}} {
		if flag.on {
			parts = append(parts, flag.word)
		}
	}
	for _, w := range c.WMS {
		parts = append(parts, "WMS "+w)
	}
	return strings.Join(append(parts, c.Dialects...), ", ")
}

func causeCardOf(c Cause) causeCard {
	card := causeCard{Class: string(c.Verdict), Word: causeWord(c), Expected: printable(c.Expected), Seen: printable(c.Trials[0].Seen),
		Blame: blame(rollover.Finding{Party: c.Party, Requirement: c.Requirement}), Frames: framesWord(c.Trials[0].Frames, 8)}
	switch {
	case c.Stale:
		card.Class = "fail"
	case c.Verdict == rollover.Pass:
		card.Class = "unstable"
	}
	for i, t := range c.Trials {
		if i == most {
			card.More = len(c.Trials) - most
			break
		}
		card.Trials = append(card.Trials, t.Result.ID)
	}
	return card
}

func filtersOf(r Run, all LevelSummary) filters {
	var f filters
	for _, g := range rollover.Grades() {
		if n := all.Counts[g]; n > 0 {
			f.Verdicts = append(f.Verdicts, share{Verdict: g, Count: n})
		}
	}
	for _, m := range []markCount{{"unstable", all.Unstable}, {"known", all.Known}, {"stale", all.Stale}} {
		if m.Count > 0 {
			f.Marks = append(f.Marks, m)
		}
	}
	for _, res := range r.Results {
		f.Families = append(f.Families, string(res.Scenario.Family))
		f.Levels = append(f.Levels, string(levelOf(res)))
		f.Requirements = append(f.Requirements, requirementsOf(res)...)
	}
	for _, list := range []*[]string{&f.Families, &f.Levels, &f.Requirements} {
		slices.Sort(*list)
		*list = slices.DeleteFunc(slices.Compact(*list), func(s string) bool { return s == "" })
	}
	return f
}

// requirementsOf is what a scenario refers to and what its findings cite.
func requirementsOf(r rollover.Result) []string {
	out := slices.Clone(r.Scenario.Refs)
	for _, f := range r.Findings {
		if f.Requirement != "" && !slices.Contains(out, f.Requirement) {
			out = append(out, f.Requirement)
		}
	}
	return out
}

package rollover

import (
	"fmt"
	"slices"
	"strings"
)

// charge is who is to blame for a divergence, by which requirement.
type charge struct {
	party       Party
	requirement string
	expected    string
	seen        string
	silent      bool // the party stayed silent where a frame of its own was due
	fact        int  // the one that explains it, by its place in the trace; -1: none does
}

// sequence blames the first place where the attempts leave the prediction.
// What follows it is consequence, and nobody is blamed for it.
func (b *bench) sequence() {
	m := b.match
	if m.whole {
		return
	}
	i := len(m.stepOf)
	var c charge
	var frames []FrameRef
	switch {
	case i >= len(b.Trace.Attempts):
		if i > 0 {
			frames = b.Trace.Attempts[i-1].Frames
		}
		c = b.ended(i)
	default:
		o := b.Trace.Attempts[i]
		frames = o.Frames
		e := slices.IndexFunc(m.expected, func(s Step) bool { return slices.Contains(o.Candidates, s.Rung) })
		if e < 0 {
			c = b.strayed(i, o)
		} else {
			c = b.differs(i, m.expected[e], o)
		}
	}
	if c.party == PartyClient && b.portless() {
		c.requirement = "RO-PORT-09"
	}
	if c.silent && c.party == b.fixture() {
		c.seen += fmt.Sprintf("; the reference %s stayed silent where a frame of its own was due", c.party)
		c.party, c.requirement = PartyRig, rigCheck
	}
	if b.told = c.fact; c.fact >= 0 { // it shows in its own frames; the attempt's first says where
		frames = slices.Concat(first(frames), b.Trace.Facts[c.fact].Frames)
	}
	b.find(c.party, c.requirement, c.expected, c.seen, frames)
}

// by makes a charge out of the fact that explains it: what was expected and seen
// is the fact's, and what came of it stands behind.
func (b *bench) by(fact int, came string) charge {
	f := b.Trace.Facts[fact]
	r := factRules[f.Kind]
	return charge{party: r.party, requirement: b.requirementOf(r, f), expected: r.expected,
		seen: f.Seen + "; hence " + came, fact: fact}
}

// stepsText is steps with their reasons; stepsWords, without.
func stepsText(steps []Step) string {
	return steppedBy(steps, func(s Step) string {
		if s.Why == "" {
			return ""
		}
		return " (" + s.Why + ")"
	})
}

func stepsWords(steps []Step) string {
	return steppedBy(steps, func(Step) string { return "" })
}

func steppedBy(steps []Step, why func(Step) string) string {
	words := make([]string, len(steps))
	for i, s := range steps {
		words[i] = string(s.Rung) + ":" + string(s.Outcome) + why(s)
	}
	return strings.Join(words, " or ")
}

// ended blames the client for a ladder that it does not walk to the end.
func (b *bench) ended(i int) charge {
	c := charge{party: PartyClient, requirement: "RO-ROLL-05", expected: stepsText(b.match.expected), fact: -1}
	if i == 0 {
		c.seen, c.silent = "no attempt at all", true
		if b.Trace.Health.ClientFrames > 0 {
			c.seen, c.silent = fmt.Sprintf("%d frames of the client, none of them an attempt", b.Trace.Health.ClientFrames), false
		}
		if b.pinnedOff() {
			c.requirement = "RO-CLI-101"
		}
		return c
	}
	if f, ok := b.cause(i-1, PartyServer); ok && b.ruleAt(f).stops {
		return b.by(f, fmt.Sprintf("nothing follows %s, where %s was due", b.Trace.Attempts[i-1], stepsWords(b.match.expected)))
	}
	c.seen = fmt.Sprintf("nothing follows %s (%s)", b.Trace.Attempts[i-1], b.Trace.Attempts[i-1].Why)
	return c
}

// pinnedOff reports a moniker that names a rung which is switched off: limits
// do not bind it.
func (b *bench) pinnedOff() bool {
	l, explicit, _, err := LadderFor(b.Scenario.Dialect, b.Scenario.Moniker)
	return err == nil && explicit && len(l) > 0 && slices.ContainsFunc(b.Scenario.Limits, l[0].OffBy)
}

// strayed blames the one who made the client try a rung that was not due: the
// client itself, unless the server broke what it had begun.
func (b *bench) strayed(i int, o Attempt) charge {
	c := charge{party: PartyClient, expected: "no further attempt", seen: fmt.Sprintf("%s (%s)", o, o.Why), fact: -1}
	if f, ok := b.cause(i-1, PartyServer); ok && (b.ruleAt(f).stops || b.Trace.Attempts[i-1].Outcome == Played) {
		due := "no further attempt"
		if len(b.match.expected) > 0 {
			due = stepsWords(b.match.expected)
		}
		return b.by(f, fmt.Sprintf("%s after %s, where %s was due", o, b.Trace.Attempts[i-1], due))
	}
	if len(b.match.expected) > 0 {
		c.expected = stepsText(b.match.expected)
	}
	if i > 0 {
		c.expected += fmt.Sprintf(" after %s", b.Trace.Attempts[i-1])
	}
	c.requirement = b.strayRule(i, o)
	return c
}

// strayRule names the rule of the ladder that an attempt breaks.
func (b *bench) strayRule(i int, o Attempt) string {
	_, explicit, _, _ := LadderFor(b.Scenario.Dialect, b.Scenario.Moniker)
	off := func(r Rung) bool { return slices.ContainsFunc(b.Scenario.Limits, r.OffBy) }
	all := func(ask func(Rung) bool) bool {
		return len(o.Candidates) > 0 && !slices.ContainsFunc(o.Candidates, func(r Rung) bool { return !ask(r) })
	}
	tried := func(r Rung) bool {
		return slices.ContainsFunc(b.Trace.Attempts[:i], func(a Attempt) bool { return slices.Contains(a.Candidates, r) })
	}
	unknown := ruleOf(o.Candidates, breachUnknown, "")
	switch {
	case b.remembers(i, o):
		return "RO-ROLL-106"
	case i > 0 && b.Trace.Attempts[i-1].Outcome == Denied:
		return "RO-ROLL-104"
	case b.pinnedOff():
		return "RO-CLI-101"
	case explicit:
		return "RO-URL-01"
	case i > 0 && b.Trace.Attempts[i-1].Outcome == Played && (b.feedbackClosed(b.rungOf(i-1)) || b.reportsClosed(b.rungOf(i-1))):
		return "RO-FW-03"
	case all(off):
		return ruleOf(o.Candidates, FactSwitchedOff, factRules[FactSwitchedOff].requirement)
	case i == 0 && !explicit && all(func(r Rung) bool { return slices.Contains(b.ladder(), r) }):
		return ladderRule(b.Scenario) // it does not begin at the top
	case unknown != "" && !slices.ContainsFunc(o.Candidates, b.Scenario.Dialect.knows):
		return unknown
	case all(tried):
		return "RO-ROLL-06"
	case i > 0 && b.Trace.Attempts[i-1].Outcome == Played:
		return "RO-ROLL-06"
	}
	return ruleOf(o.Candidates, breachOrder, "RO-ROLL-06")
}

// ladder is what the scenario's moniker names for the client.
func (b *bench) ladder() Ladder {
	l, _, _, _ := b.Setup.Row.ladderIn(b.Scenario)
	return l
}

// ladderRule is the requirement that the ladder be walked in its order.
func ladderRule(s Scenario) string {
	l, _, _, _ := s.Ladder()
	return ruleOf(l[:min(1, len(l))], breachOrder, "RO-ROLL-01")
}

// ruleOf is the first requirement that one of the rungs has for the breach, or
// else the general one.
func ruleOf(rungs []Rung, b FactKind, general string) string {
	for _, r := range rungs {
		if own := r.breaks(b); own != "" {
			return own
		}
	}
	return general
}

// remembers reports that a client that was told to forget, or that may begin
// anew, is led by the rung that played in the start before.
func (b *bench) remembers(i int, o Attempt) bool {
	return b.Scenario.Client.Plays() > 1 && i > 0 && b.Trace.Attempts[i-1].Outcome == Played &&
		slices.Contains(o.Candidates, b.rungOf(i-1))
}

// cause looks for a fact of that party's, on that attempt, that explains what
// came of it, and gives its place in the trace.
func (b *bench) cause(i int, p Party) (int, bool) {
	for n, f := range b.Trace.Facts {
		if r := factRules[f.Kind]; i >= 0 && f.Attempt == i && r.party == p && r.causal && b.applies(r, f) {
			return n, true
		}
	}
	return -1, false
}

// ruleAt is the rule of a fact, by its place in the trace.
func (b *bench) ruleAt(fact int) factRule { return factRules[b.Trace.Facts[fact].Kind] }

package rollover

import "slices"

// Case is all that judging needs: what was to be, what was seen, and the
// witnesses beside the capture.
type Case struct {
	Scenario   Scenario
	Prediction Prediction
	Trace      Trace
	Setup      Setup
	Counters   []Counter
	Ruleset    string // nft text, for people
	Journals   map[Party][]JournalEntry
	Missing    []string // evidence files that are missing or damaged
}

// Judge compares prediction and trace, in this order: can the rig be
// believed; did the attempts follow the prediction, and if not, at the first
// place where they part, whose doing it was; did each step come in time; what
// else did the capture show; how did the programs end.
//
// The grade is the worst of the findings that are no notes. A finding against
// the rig makes an error, whatever else there is: evidence of a rig in doubt
// convicts nobody, so that a broken lab can never fail a good server. Without
// one, a finding against the side under test makes a fail; it stands beside
// findings against the fixture, for a fixture's lapse does not excuse what
// frames show of the other side. A finding against the fixture alone makes it
// inconclusive. Findings that did not decide are kept as notes.
//
// Of several clients each is judged so, and a finding names the client that it
// is about.
func Judge(c Case) Verdict {
	if c.Scenario.Several() {
		return judgeSeveral(c)
	}
	b := newBench(c)
	b.evidence()
	b.loaded()
	b.walked()
	b.stall()
	return b.verdict()
}

func newBench(c Case) *bench {
	return &bench{Case: c, match: align(c.Prediction, c.Trace.Attempts), told: -1}
}

// walked judges what one client and the server did to each other.
func (b *bench) walked() {
	b.readiness()
	b.met()
	b.died()
	b.sequence()
	b.windows()
	b.facts()
	b.hung()
	b.testimony()
}

// bench is a case being judged.
type bench struct {
	Case
	match    alignment
	findings []Finding
	told     int // the fact that the sequence was explained by, by its place in the trace; -1: none
}

func (b *bench) verdict() Verdict {
	decides := map[Party]bool{}
	for _, f := range b.findings {
		decides[f.Party] = decides[f.Party] || !f.Note
	}
	v := Verdict{Grade: Pass, Findings: []Finding{}}
	var deciding Party
	switch {
	case decides[PartyRig]:
		v.Grade, deciding = Error, PartyRig
	case decides[b.Setup.SUT]:
		v.Grade, deciding = Fail, b.Setup.SUT
	case decides[b.fixture()]:
		v.Grade, deciding = Inconclusive, b.fixture()
	}
	for _, note := range []bool{false, true} { // what decided comes first
		for _, f := range b.findings {
			f.Note = f.Note || f.Party != deciding
			if f.Note == note {
				v.Findings = append(v.Findings, f)
			}
		}
	}
	return v
}

// fixture is the side that is not under test.
func (b *bench) fixture() Party {
	if b.Setup.SUT == PartyClient {
		return PartyServer
	}
	return PartyClient
}

func (b *bench) find(p Party, requirement, expected, seen string, frames []FrameRef) {
	inOrder := append([]FrameRef{}, frames...)
	slices.Sort(inOrder)
	b.findings = append(b.findings, Finding{Party: p, Requirement: requirement, Expected: expected, Seen: seen, Frames: slices.Compact(inOrder)})
}

func (b *bench) note(p Party, requirement, expected, seen string, frames []FrameRef) {
	b.find(p, requirement, expected, seen, frames)
	b.findings[len(b.findings)-1].Note = true
}

// fixtureFaulty reports that faults are planted in the fixture: its lapses are
// then the scenario's doing.
func (b *bench) fixtureFaulty() bool {
	return slices.ContainsFunc(b.Scenario.Faults, func(id string) bool {
		f, ok := LookUpFault(id)
		return ok && f.Party == b.fixture()
	})
}

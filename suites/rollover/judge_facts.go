package rollover

import "cmp"

// explains reports that the fact is reason enough for that outcome.
func (r factRule) explains(o Outcome) bool {
	if len(r.outcomes) == 0 {
		return o != Blocked && o != Refused
	}
	for _, known := range r.outcomes {
		if known == o {
			return true
		}
	}
	return false
}

// facts turns what the capture shows beside the sequence into findings.
func (b *bench) facts() {
	planted := b.fixtureFaulty()
	for n, f := range b.Trace.Facts {
		r, known := factRules[f.Kind]
		if !known || n == b.told || !b.applies(r, f) {
			continue
		}
		if r.note || planted && r.party == b.fixture() {
			b.note(r.party, b.requirementOf(r, f), r.expected, f.Seen, f.Frames)
			continue
		}
		b.find(r.party, b.requirementOf(r, f), r.expected, f.Seen, f.Frames)
	}
}

// requirementOf is what the rung says that the fact breaks, or its protocol, or
// else the fact's own rule; unless what went before, or the path, says more.
func (b *bench) requirementOf(r factRule, f Fact) string {
	rung, own := b.rungOf(f.Attempt), b.firstOf(f.Attempt)
	switch {
	case f.Kind == FactDoorShut && (f.Other > 0 || b.playedBefore(f.Attempt)):
		return cmp.Or(own.breaks(breachNext), r.requirement)
	case f.Kind == FactResetAfterAccept && b.Scenario.Offer.Reply[string(own.Control())] != "":
		return "RO-ROLL-104" // the refusal that the offer makes was due
	case f.Kind == FactOtherTransport && b.pinned():
		return "RO-URL-01" // the URL asks for that transport, and no other
	case f.Kind == FactMediaIncomplete && b.givenUpFor(f.Attempt):
		return "RO-ROLL-07" // what was given up took the next with it
	case f.Kind == FactMediaIncomplete && b.feedbackClosed(rung):
		return "RO-FW-03"
	}
	return cmp.Or(rung.breaks(f.Kind), own.speaks().breaks[f.Kind], r.requirement)
}

// givenUpFor reports that the attempt takes the media over TCP that the one
// before it, of the same protocol, was to bring by UDP, to a group or not.
func (b *bench) givenUpFor(i int) bool {
	now, before := b.rungOf(i), b.rungOf(i-1)
	return now.Data() == OverTCP && before.Data() != OverTCP && now.speaks() == before.speaks()
}

// pinned: the moniker names a rung.
func (b *bench) pinned() bool {
	_, explicit, _, err := LadderFor(b.Scenario.Dialect, b.Scenario.Moniker)
	return err == nil && explicit
}

// playedBefore reports that an earlier attempt on the same endpoint played: a
// client that was served, and not an attempt that was given up.
func (b *bench) playedBefore(i int) bool {
	for j := range b.Trace.Attempts[:max(i, 0)] {
		if b.Trace.Attempts[j].Outcome == Played && b.serviceOf(j) == b.serviceOf(i) {
			return true
		}
	}
	return false
}

// firstOf is the first of the rungs that an attempt may have been: what they
// have in common, it says too.
func (b *bench) firstOf(i int) Rung {
	if i < 0 || i >= len(b.Trace.Attempts) || len(b.Trace.Attempts[i].Candidates) == 0 {
		return ""
	}
	return b.Trace.Attempts[i].Candidates[0]
}

// serviceOf is the endpoint of an attempt, also of one whose rung cannot be
// told.
func (b *bench) serviceOf(i int) Service { return b.firstOf(i).Control() }

// rungOf is the attempt's rung; empty where it cannot be told.
func (b *bench) rungOf(i int) Rung {
	if i < 0 || i >= len(b.Trace.Attempts) || len(b.Trace.Attempts[i].Candidates) != 1 {
		return ""
	}
	return b.Trace.Attempts[i].Candidates[0]
}

// reportsClosed: the path stops what the server of a UDP rung reports beside its
// media.
func (b *bench) reportsClosed(r Rung) bool {
	if r.Data() != OverUDP {
		return false
	}
	_, stopped := b.Scenario.StoppedBy(Datagram{From: PartyServer, Began: PartyServer, SPort: b.Setup.PortOf(r.speaks().feedback), DPort: 1025})
	return stopped
}

// feedbackClosed: the path stops what the client of a UDP rung says of its
// losses.
func (b *bench) feedbackClosed(r Rung) bool {
	if r.Data() != OverUDP {
		return false
	}
	_, stopped := b.Scenario.StoppedBy(Datagram{From: PartyClient, Began: PartyClient, SPort: 1024, DPort: b.Setup.PortOf(r.speaks().feedback)})
	return stopped
}

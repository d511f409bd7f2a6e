package rollover

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

// applies reports that the fact counts in this case.
func (b *bench) applies(r factRule, f Fact) bool { return r.when == nil || r.when(b, f) }

// unhindered: neither the scenario nor the path cut the stream short.
func (b *bench) unhindered(f Fact) bool {
	s, ok := b.match.step(f.Attempt)
	thinned := ok && s.Lossy && s.Rung.Data() == OverUDP && !b.serverSends(f)
	return len(b.Scenario.Then) == 0 && !(ok && s.Cut) && !thinned
}

// lossless: no rule thins the flow, and no link is too narrow for it.
func (b *bench) lossless(f Fact) bool {
	if s, ok := b.match.step(f.Attempt); ok && (s.Lossy || s.Cut) {
		return false
	}
	for _, r := range b.Scenario.Profile.Rules {
		if r.Every > 1 || r.Fragments {
			return false
		}
	}
	return len(b.Scenario.Then) == 0 && b.Scenario.Link.Rate == 0
}

// probes: the client is one that asks for packet pairs.
func (b *bench) probes(Fact) bool {
	return !b.Setup.Row.NoPairs && b.Scenario.Dialect.has(traitPairs) && !b.Scenario.Client.Has(HabitPlain)
}

// keepsClients: the server sends nobody elsewhere.
func (b *bench) keepsClients(Fact) bool { return !b.Scenario.Offer.Redirects() }

// ownName: the client calls itself what it is, and not what the scenario says.
func (b *bench) ownName(Fact) bool { return b.Scenario.Client.Agent == "" }

// speaks: the offer does not make the control ports mute.
func (b *bench) speaks(Fact) bool { return b.Scenario.Offer.Reply["connect"] != ReplyMute }

// turnsReadersAway: the server is of a generation that has MMS for old players
// only.
func (b *bench) turnsReadersAway(Fact) bool { return b.Scenario.Offer.WMS != "4.1" }

// asDialect: the client is one that lives by its dialect's rules, and not by
// a ladder and timers of its own.
func (b *bench) asDialect(Fact) bool {
	row := b.Setup.Row
	return len(row.Ladders) == 0 && row.Data == 0 && !row.NoPairs
}

// facts turns what the capture shows beside the sequence into findings.
func (b *bench) facts() {
	planted := b.fixtureFaulty()
	for _, f := range b.Trace.Facts {
		r, known := factRules[f.Kind]
		if !known || !b.applies(r, f) {
			continue
		}
		if r.note || planted && r.party == b.fixture() {
			b.note(r.party, b.requirementOf(r, f), r.expected, f.Seen, f.Frames)
			continue
		}
		b.find(r.party, b.requirementOf(r, f), r.expected, f.Seen, f.Frames)
	}
}

// requirementOf is the rule's requirement, or the one that says the same of
// the attempt's own rung or of the path.
func (b *bench) requirementOf(r factRule, f Fact) string {
	rung := b.rungOf(f.Attempt)
	if same, ok := mmsRequirements[f.Kind]; ok && b.serviceOf(f.Attempt) == ServiceMMS {
		return same
	}
	switch {
	case f.Kind == FactDoorShut && (f.Other > 0 || b.playedBefore(f.Attempt)) && b.serviceOf(f.Attempt) == ServiceRTSP:
		return "RO-RTSP-01"
	case f.Kind == FactResetAfterAccept && b.Scenario.Offer.Reply[string(b.serviceOf(f.Attempt))] != "":
		return "RO-ROLL-104" // the refusal that the offer makes was due
	case f.Kind == FactOtherTransport && b.pinned():
		return "RO-URL-01" // the URL asks for that transport, and no other
	case r.requirement == "RO-RTSP-110" && rung.Control() == ServiceHTTP:
		return "RO-HTTP-104"
	case r.requirement == "RO-CLI-01" && rung == HTTP:
		return "RO-CLI-02"
	case f.Kind == FactMediaIncomplete && rung == RTSPT && b.rungOf(f.Attempt-1) == RTSPU:
		return "RO-ROLL-07" // what was given up took the next with it
	case f.Kind == FactMediaIncomplete && rung == RTSPT:
		return "RO-RTSP-112"
	case f.Kind == FactMediaIncomplete && rung == HTTP:
		return "RO-HTTP-103"
	case f.Kind == FactMediaIncomplete && b.feedbackClosed(rung):
		return "RO-FW-03"
	case f.Kind == FactMediaIncomplete && rung == RTSPU:
		return "RO-RTSP-02"
	}
	return r.requirement
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

// mmsRequirements say of MMS what facts of every protocol break.
var mmsRequirements = map[FactKind]string{
	FactGarbage:          "RO-MMS-109",
	FactHalfOpen:         "RO-MMS-106",
	FactSessionLeft:      "RO-MMS-106",
	FactClientPortClosed: "RO-MMS-102",
}

// serviceOf is the control protocol of an attempt, also of one whose rung
// cannot be told.
func (b *bench) serviceOf(i int) Service {
	if i < 0 || i >= len(b.Trace.Attempts) || len(b.Trace.Attempts[i].Candidates) == 0 {
		return ServiceNone
	}
	return b.Trace.Attempts[i].Candidates[0].Control()
}

func (b *bench) rungOf(i int) Rung {
	if i < 0 || i >= len(b.Trace.Attempts) || len(b.Trace.Attempts[i].Candidates) != 1 {
		return ""
	}
	return b.Trace.Attempts[i].Candidates[0]
}

// feedbackClosed: the path stops what the client of a UDP rung says of its
// losses.
func (b *bench) feedbackClosed(r Rung) bool {
	port := b.Setup.RTCP
	if r == MMSU {
		port = b.Setup.Ports[ServiceMMS]
	}
	_, stopped := b.Scenario.StoppedBy(Datagram{From: PartyClient, Began: PartyClient, SPort: 1024, DPort: port})
	return r.Data() == OverUDP && stopped
}

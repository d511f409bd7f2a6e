package rollover

import (
	"cmp"
	"fmt"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// differs blames an attempt on the right rung that ended otherwise than
// predicted. The two observation points decide: what left the server and did
// not arrive is the path's, what never left is the server's, what passed a
// closed leg is the rig's unless the server went round the rule.
func (b *bench) differs(i int, e Step, o Attempt) charge {
	for _, p := range []Party{PartyServer, PartyClient} {
		if f, ok := b.cause(i, p); ok && b.ruleAt(f).explains(o.Outcome) {
			return b.by(f, fmt.Sprintf("%s, where %s was due", o, stepsWords([]Step{e})))
		}
	}
	c := charge{expected: stepsText([]Step{e}), seen: fmt.Sprintf("%s (%s)", o, o.Why), fact: -1}
	c.party, c.requirement, c.silent = b.blame(i, e, o)
	return c
}

func (b *bench) blame(i int, e Step, o Attempt) (Party, string, bool) {
	switch {
	case closed(e) && o.Outcome != Blocked && o.Outcome != Refused && e.Leg == LegControl:
		return PartyRig, rigCheck, false // the connection stood
	case closed(e) && e.Leg == LegData && o.Outcome == Played:
		return PartyRig, rigCheck, false // media passed
	}
	switch o.Outcome {
	case Blocked, Refused:
		return b.blameDoor(e, o)
	case Starved:
		return b.blameHunger(i, e, o)
	case Played:
		return PartyServer, b.servedAnyway(e), false
	}
	switch {
	case o.EndedBy == PartyRig:
		return PartyRig, rigCheck, false
	case o.EndedBy == PartyClient:
		return PartyClient, "RO-ROLL-06", false
	}
	return PartyServer, b.refusalRule(i, o), o.Outcome == Broken && o.Status == 0
}

// closed reports that a rule of the profile decides the step.
func closed(e Step) bool {
	return e.Rule != "" && (e.Outcome == Blocked || e.Outcome == Refused || e.Outcome == Starved)
}

// blameDoor blames a control leg that did not open, or not as predicted.
func (b *bench) blameDoor(e Step, o Attempt) (Party, string, bool) {
	atServer := b.Scenario.Profile.WithDefaults().At == firewall.AtServer
	if o.EndedBy != PartyServer || closed(e) && e.Leg == LegControl || atServer && o.Outcome == Blocked {
		return PartyRig, rigCheck, false
	}
	if b.Scenario.Family == IPv6 {
		return PartyServer, "RO-MC-04", true
	}
	return PartyServer, doorRule(e.Rung), true
}

// blameHunger blames media that was due and did not come.
func (b *bench) blameHunger(i int, e Step, o Attempt) (Party, string, bool) {
	if e.Outcome != Played && e.Outcome != Starved {
		return PartyServer, b.servedAnyway(e), false // granted what was to be refused
	}
	pairsLost := o.Pairs.ServerSide > 0 && o.Pairs.ClientSide == 0
	switch {
	case o.Media.ServerSide > 0 && o.Media.ClientSide == 0, o.Media.ServerSide == 0 && pairsLost:
		return PartyRig, rigCheck, false
	case !o.Asked && !o.Pairs.Asked, b.leftEarly(i, o), o.Pairs.ClientSide > 0 && !o.Asked:
		return PartyClient, e.Rung.breaks(breachTimer), false
	case !o.Asked && e.Rung.breaks(breachProbe) != "":
		return PartyServer, e.Rung.breaks(breachProbe), true
	}
	return PartyServer, e.Rung.breaks(breachMedia), true
}

// leftEarly reports that the client gave its timer less than the legal
// minimum.
func (b *bench) leftEarly(i int, o Attempt) bool {
	return i+1 < len(b.Trace.Attempts) && o.Pairs.Asked &&
		b.Trace.Attempts[i+1].Start-o.Trigger < legalDataMin-clockTolerance
}

// doorRule is the requirement that a rung's control port be served.
func doorRule(r Rung) string { return cmp.Or(r.row().breaks[breachDoor], r.door().breaks[breachDoor]) }

// servedAnyway is the requirement that a refusal the offer makes be made.
func (b *bench) servedAnyway(e Step) string {
	offer := b.Scenario.Offer
	switch {
	case offer.off(e.Rung.Control()):
		return e.Rung.door().breaks[breachOff]
	case e.Outcome == Denied:
		return "RO-ROLL-104"
	case offer.turnsAway(e.Rung, b.Scenario.Dialect):
		return requirementOldOnly
	}
	return e.Rung.breaks(breachGranted)
}

// refusalRule is the requirement that an error of the server's breaks where it
// should have served: the first that the rung, or its protocol, has a word for.
func (b *bench) refusalRule(i int, o Attempt) string {
	rung := o.Candidates[0] // an attempt without any fits no step
	broken := o.Outcome == Broken
	words := []struct {
		fits        bool
		requirement string
	}{
		{o.Status == 401 || o.Status == 407, rung.breaks(breachChallenge)},
		{o.Status == 551 && b.Scenario.Offer.FastCache, "RO-FC-101"}, // an option that was announced, and is refused
		{broken && o.Status != 0, rung.breaks(breachNonsense)},
		{i > 0, "RO-ROLL-07"}, // an attempt given up must not spoil the next one
		{broken, rung.breaks(breachBroken)},
		{len(o.Candidates) > 1, rung.breaks(breachTurned)},
		{o.Status != 0, rung.breaks(breachStatus)},
	}
	for _, w := range words {
		if w.fits && w.requirement != "" {
			return w.requirement
		}
	}
	return rung.breaks(breachMedia)
}

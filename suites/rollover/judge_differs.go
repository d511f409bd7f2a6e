package rollover

import (
	"fmt"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// differs blames an attempt on the right rung that ended otherwise than
// predicted. The two observation points decide: what left the server and did
// not arrive is the path's, what never left is the server's, what passed a
// closed leg is the rig's unless the server went round the rule.
func (b *bench) differs(i int, e Step, o Attempt) charge {
	c := charge{expected: stepsText([]Step{e}), seen: fmt.Sprintf("%s (%s)", o, o.Why)}
	for _, p := range []Party{PartyServer, PartyClient} {
		if r, f, ok := b.cause(i, p); ok && r.explains(o.Outcome) {
			c.party, c.requirement = p, b.requirementOf(r, f)
			c.seen += ": " + f.Seen
			return c
		}
	}
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
	return PartyServer, portRule(e.Rung), true
}

// portRule is the requirement that a rung's control port be served.
func portRule(r Rung) string {
	switch r.Control() {
	case ServiceRTSP:
		return "RO-PORT-01"
	case ServiceMMS:
		return "RO-PORT-04"
	}
	return "RO-PORT-07"
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
		return PartyClient, timerRule(e.Rung), false
	case e.Rung.Control() == ServiceMMS:
		return PartyServer, mmsHungerRule(e.Rung, o), true
	}
	return PartyServer, mediaRule(e.Rung), true
}

// leftEarly reports that the client gave its timer less than the legal
// minimum.
func (b *bench) leftEarly(i int, o Attempt) bool {
	return i+1 < len(b.Trace.Attempts) && o.Pairs.Asked &&
		b.Trace.Attempts[i+1].Start-o.Trigger < legalDataMin-clockTolerance
}

// mediaRule is the requirement that a rung, once granted, bring media.
func mediaRule(r Rung) string {
	switch r {
	case RTSPU:
		return "RO-RTSP-02"
	case RTSPT:
		return "RO-RTSP-107"
	case MMSU, MMST:
		return "RO-MMS-103"
	}
	return "RO-HTTP-103"
}

// servedAnyway is the requirement that a refusal the offer makes be made.
func (b *bench) servedAnyway(e Step) string {
	switch {
	case e.Rung.Control() == ServiceHTTP && b.Scenario.Offer.HTTP != "wmsp":
		return "RO-HTTP-02"
	case e.Outcome == Denied:
		return "RO-ROLL-104"
	case e.Rung.Control() == ServiceMMS && b.Scenario.Dialect.has(traitRTSPReader) && b.turnsReadersAway(Fact{}):
		return "RO-PRT-102"
	case e.Rung.Control() == ServiceMMS:
		return "RO-MMS-103"
	}
	return "RO-RTSP-102"
}

// refusalRule is the requirement that an error of the server's breaks.
func (b *bench) refusalRule(i int, o Attempt) string {
	rung := HTTP
	if len(o.Candidates) > 0 {
		rung = o.Candidates[0]
	}
	web := rung.Control() == ServiceHTTP
	switch {
	case o.Status == 401 || o.Status == 407:
		if web {
			return "RO-HTTP-104"
		}
		return "RO-RTSP-110"
	case o.Status == 551 && b.Scenario.Offer.FastCache:
		return "RO-FC-101" // an option that was announced, and is refused
	case web && o.Outcome == Broken && o.Status != 0:
		return "RO-HTTP-101"
	case i > 0:
		return "RO-ROLL-07" // an attempt given up must not spoil the next one
	case web:
		return "RO-HTTP-103"
	case rung.Control() == ServiceMMS:
		return mmsRefusalRule(o)
	case o.Status != 0:
		return "RO-RTSP-111"
	}
	return mediaRule(rung)
}

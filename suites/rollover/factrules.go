package rollover

// factRule is what a fact breaks.
type factRule struct {
	party       Party
	requirement string
	expected    string
	note        bool // told, never failed on
	causal      bool // it explains why its attempt did not end as predicted
	stops       bool // and why the client did not go on from there as predicted
	// outcomes are those it explains, where not all.
	outcomes []Outcome
	// when reports whether the fact counts in this case; nil: always.
	when func(b *bench, f Fact) bool
}

// factRules says for each kind of fact whose it is and what it breaks.
var factRules = map[FactKind]factRule{
	FactUDPAfterSwitch: {party: PartyServer, requirement: "RO-RTSP-107",
		expected: "after SETUP moved the streams to TCP, media is only interleaved"},
	FactUDPAfterTeardown: {party: PartyServer, requirement: "RO-RTSP-109",
		expected: "no media after TEARDOWN of the presentation was answered"},
	FactUDPAfterTimeout: {party: PartyServer, requirement: "RO-RTSP-109",
		expected: "media stops no later than the announced timeout after the connection closed"},
	FactMediaSourcePort: {party: PartyServer, requirement: "RO-PORT-02", causal: true,
		expected: "media comes from the announced server_port"},
	FactMediaClientPort: {party: PartyServer, requirement: "RO-RTSP-102", causal: true,
		expected: "media goes to the client_port named in SETUP"},
	FactRTCPPort: {party: PartyServer, requirement: "RO-PORT-03",
		expected: "reports use the second port of the pair, media the first"},
	FactServerPortMissing: {party: PartyServer, requirement: "RO-RTSP-108", causal: true,
		expected: "the answer to SETUP for UDP names a server_port"},
	FactTransportMissing: {party: PartyServer, requirement: "RO-RTSP-102", causal: true,
		expected: "the answer to SETUP carries a Transport header"},
	FactOtherTransport: {party: PartyServer, requirement: "RO-RTSP-102", causal: true,
		expected: "the transport that is granted is one that was asked for; what cannot be served is refused with 461"},
	FactClosedAfter461: {party: PartyServer, requirement: "RO-ROLL-07", causal: true, stops: true,
		expected: "the connection stays open after 461, and SETUP for another transport is answered on it"},
	FactSwitchRefused: {party: PartyServer, requirement: "RO-ROLL-07", causal: true,
		expected: "SETUP for the other transport is accepted on the same connection"},
	FactPauseRefused: {party: PartyServer, requirement: "RO-ROLL-07", causal: true,
		expected: "PAUSE while playing is answered 200"},
	FactPairUnanswered: {party: PartyServer, requirement: "RO-RTSP-105", causal: true,
		expected: "the packet-pair request is answered 200"},
	FactPairsMissing: {party: PartyServer, requirement: "RO-RTSP-105", causal: true,
		expected: "two or three RTP packets by UDP to the rtx port after the packet-pair request"},
	FactPairsMisplaced: {party: PartyServer, requirement: "RO-RTSP-105", causal: true,
		expected: "the packet pair comes from the announced port, to the rtx port, with the rtx SSRC"},
	FactFramesBeforePlay: {party: PartyServer, requirement: "RO-RTSP-107", causal: true,
		expected: "no interleaved frame before the answer to PLAY"},
	FactGarbage: {party: PartyServer, requirement: "RO-RTSP-107", causal: true,
		expected: "messages and frames follow each other whole on the control connection"},
	FactChannel: {party: PartyServer, requirement: "RO-PORT-01", causal: true,
		expected: "media on the interleaved channel that SETUP agreed"},
	FactSecondConnection: {party: PartyServer, requirement: "RO-PORT-01",
		expected: "data of RTSPT on the control connection; the server opens none"},
	FactForeignMedia: {party: PartyServer, requirement: "RO-ROLL-05", causal: true,
		expected: "the media is the clip, byte for byte"},
	FactMediaIncomplete: {party: PartyServer, requirement: "RO-ROLL-06", causal: true,
		expected: "the clip is sent to its end", when: (*bench).unhindered},
	FactLossUnanswered: {party: PartyServer, requirement: "RO-RTSP-108",
		expected: "packets that a loss report names are sent again on the rtx session"},
	FactSecondUnanswered: {party: PartyServer, requirement: "RO-ROLL-07", causal: true,
		expected: "a new connection is served while an older one still stands"},
	FactRedirectKept: {party: PartyServer, requirement: "RO-RTSP-110", causal: true, stops: true,
		expected: "the server closes the connection of a redirect"},
	FactRedirectLoop: {party: PartyServer, requirement: "RO-RTSP-110", causal: true, stops: true,
		expected: "a redirect leads to where the content is"},
	FactClosedOn401: {party: PartyServer, requirement: "RO-RTSP-110", causal: true, stops: true,
		expected: "the connection stays open after 401 for the retry"},
	FactResetAfterAccept: {party: PartyServer, requirement: "RO-ROLL-07", causal: true,
		expected: "a refusal is said in the protocol, not by a reset"},
	FactHalfOpen: {party: PartyServer, requirement: "RO-RTSP-109", note: true,
		expected: "the server closes its side when the client has closed"},
	FactTwiceRefused: {party: PartyServer, requirement: "RO-ROLL-07", causal: true,
		expected: "an attempt that was given up takes no room from the next"},

	FactTokenMissing: {party: PartyServer, requirement: "RO-HTTP-101", causal: true,
		expected: "every answer names Cougar or Rex in Server"},
	FactStranger: {party: PartyServer, requirement: "RO-HTTP-102",
		expected: "packets go to NSPlayer, NSServer and WMCacheProxy only"},
	FactCoding: {party: PartyServer, requirement: "RO-HTTP-103", causal: true,
		expected: "packets travel bare: no chunks that were not asked for, no compression"},
	FactHTTPServed: {party: PartyServer, requirement: "RO-HTTP-02", causal: true,
		expected: "no streaming on the HTTP port while its plug-in is off"},
	FactPlayUnanswered: {party: PartyServer, requirement: "RO-HTTP-103", causal: true,
		expected: "Play is answered 200 with packets, on this connection or another"},

	FactPlayBeforeProbe: {party: PartyClient, requirement: "RO-RTSP-106", when: (*bench).probes,
		expected: "no PLAY over UDP before the packet pair has shown that UDP arrives"},
	FactSetupOrder: {party: PartyClient, requirement: "RO-RTSP-103", when: (*bench).probes,
		expected: "the retransmission stream is selected first"},
	FactClientPorts: {party: PartyClient, requirement: "RO-RTSP-102", when: (*bench).probes,
		expected: "one client port for all streams, another one for retransmissions, both inside the client's range"},
	FactClientPortClosed: {party: PartyClient, requirement: "RO-RTSP-108", causal: true, outcomes: []Outcome{Starved, Broken},
		expected: "the client listens on the ports it names"},
	FactUDPStillOpen: {party: PartyClient, requirement: "RO-RTSP-107",
		expected: "the client closes its UDP ports when it moves to TCP"},
	FactSessionLeft: {party: PartyClient, requirement: "RO-RTSP-109",
		expected: "a session that is given up ends with TEARDOWN or with its connection"},
	FactAgent: {party: PartyClient, requirement: "RO-HTTP-102", causal: true, outcomes: []Outcome{Broken, Rejected, Denied},
		expected: "every request of the HTTP rung names NSPlayer, NSServer or WMCacheProxy"},
	FactSwitchedOff: {party: PartyClient, requirement: "RO-CLI-01",
		expected: "no frame of a rung that is switched off"},
	FactOtherAddress: {party: PartyClient, requirement: "RO-ROLL-06",
		expected: "every rung is tried at the host the first went to"},
	FactParallel: {party: PartyClient, requirement: "RO-ROLL-06",
		expected: "one rung at a time"},
	FactLogMissing: {party: PartyClient, requirement: "RO-LOG-101", note: true,
		expected: "the client logs what it streamed"},

	FactRuleLeak: {party: PartyRig, requirement: rigCheck,
		expected: "nothing arrives that a rule drops"},
	FactMediaLost: {party: PartyRig, requirement: rigCheck, when: (*bench).lossless,
		expected: "on an open leg that no rule thins, what leaves the server arrives"},
}

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
	return len(b.Scenario.Then) == 0 && !(ok && s.Cut)
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
func (b *bench) probes(Fact) bool { return !b.Setup.Row.NoPairs && b.Scenario.Dialect.has(traitPairs) }

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
	switch {
	case r.requirement == "RO-RTSP-110" && rung.Control() == ServiceHTTP:
		return "RO-HTTP-104"
	case r.requirement == "RO-CLI-01" && rung == HTTP:
		return "RO-CLI-02"
	case f.Kind == FactMediaIncomplete && rung == RTSPT:
		return "RO-RTSP-112"
	case f.Kind == FactMediaIncomplete && rung == HTTP:
		return "RO-HTTP-103"
	case f.Kind == FactMediaIncomplete && b.feedbackClosed():
		return "RO-FW-03"
	case f.Kind == FactMediaIncomplete && rung == RTSPU:
		return "RO-RTSP-02"
	}
	return r.requirement
}

func (b *bench) rungOf(i int) Rung {
	if i < 0 || i >= len(b.Trace.Attempts) || len(b.Trace.Attempts[i].Candidates) != 1 {
		return ""
	}
	return b.Trace.Attempts[i].Candidates[0]
}

// feedbackClosed: the path stops the client's reports.
func (b *bench) feedbackClosed() bool {
	_, stopped := b.Scenario.StoppedBy(Datagram{From: PartyClient, Began: PartyClient, SPort: 1024, DPort: b.Setup.RTCP})
	return stopped
}

package rollover

import "slices"

// factRule is what a fact breaks.
type factRule struct {
	kind        FactKind
	party       Party
	requirement string // unless the rung or its protocol has a word for it (breach.go)
	expected    string
	note        bool // told, never failed on
	causal      bool // it explains why its attempt did not end as predicted
	stops       bool // and why the client did not go on from there as predicted
	// outcomes are those it explains, where not all.
	outcomes []Outcome
	when     condition // in which cases the fact counts
}

// sharedFacts says for each fact that several protocols may show whose it is and
// what it breaks.
var sharedFacts = []factRule{
	{kind: FactGarbage, party: PartyServer, requirement: "RO-ROLL-07", causal: true,
		expected: "messages and media follow each other whole on the control connection"},
	{kind: FactSecondConnection, party: PartyServer, requirement: "RO-PORT-01",
		expected: "data of RTSPT on the control connection; the server opens none"},
	{kind: FactForeignMedia, party: PartyServer, requirement: "RO-ROLL-05", causal: true,
		expected: "the media is the clip, byte for byte"},
	{kind: FactMediaIncomplete, party: PartyServer, requirement: "RO-ROLL-06", causal: true, when: unhindered,
		expected: "the clip is sent to its end"},
	{kind: FactSecondUnanswered, party: PartyServer, requirement: "RO-ROLL-07", causal: true,
		expected: "a new connection is served while an older one still stands"},
	{kind: FactRedirectKept, party: PartyServer, requirement: "RO-ROLL-07", causal: true, stops: true,
		expected: "the server closes the connection of a redirect"},
	{kind: FactRedirectLoop, party: PartyServer, requirement: "RO-ROLL-05", causal: true, stops: true,
		expected: "a redirect leads to where the content is"},
	{kind: FactClosedOn401, party: PartyServer, requirement: "RO-ROLL-07", causal: true, stops: true,
		expected: "the connection stays open after 401 for the retry"},
	{kind: FactResetAfterAccept, party: PartyServer, requirement: "RO-ROLL-07", causal: true, when: serverResets,
		expected: "a refusal is said in the protocol, not by a reset"},
	{kind: FactHalfOpen, party: PartyServer, requirement: "RO-ROLL-07", note: true,
		expected: "the server closes its side when the client has closed"},
	{kind: FactTwiceRefused, party: PartyServer, requirement: "RO-ROLL-07", causal: true,
		expected: "an attempt that was given up takes no room from the next"},
	{kind: FactDoorShut, party: PartyServer, requirement: "RO-ROLL-07", causal: true, outcomes: []Outcome{Refused},
		expected: "a port that serves a client serves the next one, too"},
	{kind: FactCrossed, party: PartyServer, requirement: "RO-RTSP-102", causal: true,
		expected: "each client is sent the media of its own session, to the port that it named"},
	{kind: FactMediaOrder, party: PartyServer, requirement: "RO-MEDIA-01",
		expected: "packet after packet in the order of the content, each once"},
	{kind: FactHeaderDiffers, party: PartyServer, requirement: "RO-MEDIA-02", causal: true,
		expected: "the ASF header, with the first 50 bytes of the Data Object behind it, describes the packets that follow"},
	{kind: FactEndMissing, party: PartyServer, requirement: "RO-MEDIA-03", when: unhindered,
		expected: "behind the last packet the end of the stream is told: EndOfStream in RTSP, ReportEndOfStream in MMS, $E over HTTP"},
	{kind: FactEndEarly, party: PartyServer, requirement: "RO-MEDIA-03", causal: true,
		expected: "no media behind the end of the stream"},
	{kind: FactEndNumber, party: PartyServer, requirement: "RO-MEDIA-03",
		expected: "the end of the stream names the sequence number behind the last packet, or the request that it answers"},
	{kind: FactPacketNumber, party: PartyServer, requirement: "RO-MEDIA-04",
		expected: "LocationId is the packet's number in the content, counted from 0"},
	{kind: FactPacketCount, party: PartyServer, requirement: "RO-MEDIA-04", when: serverSends,
		expected: "AFFlags counts the data packets that are sent, one by one"},
	{kind: FactLogRefused, party: PartyServer, requirement: "RO-LOG-102",
		expected: "a log is answered with success, whatever it holds"},

	{kind: FactClientPortClosed, party: PartyClient, requirement: "RO-ROLL-05", causal: true, outcomes: []Outcome{Starved, Broken}, when: clientHears,
		expected: "the client listens on the ports it names"},
	{kind: FactSessionLeft, party: PartyClient, requirement: "RO-ROLL-06", when: clientLeaves,
		expected: "a session that is given up ends with TEARDOWN or CloseFile, or with its connection"},
	{kind: FactSwitchedOff, party: PartyClient, requirement: "RO-CLI-01",
		expected: "no frame of a rung that is switched off"},
	{kind: FactOtherAddress, party: PartyClient, requirement: "RO-ROLL-06", when: keepsClients,
		expected: "every rung is tried at the host the first went to"},
	{kind: FactOtherPath, party: PartyClient, requirement: "RO-ROLL-05",
		expected: "every rung is asked for what the URL names"},
	{kind: FactParallel, party: PartyClient, requirement: "RO-ROLL-06",
		expected: "one rung at a time"},
	{kind: FactLogMissing, party: PartyClient, requirement: "RO-LOG-101", note: true,
		expected: "the client logs what it streamed"},

	{kind: FactRuleLeak, party: PartyRig, requirement: rigCheck,
		expected: "nothing arrives that a rule drops"},
	{kind: FactMediaLost, party: PartyRig, requirement: rigCheck, when: lossless,
		expected: "on an open leg that no rule thins, what leaves the server arrives"},
}

// allFactRules are those and the protocols' own.
func allFactRules() []factRule {
	out := slices.Clone(sharedFacts)
	for _, p := range protocolTable {
		out = append(out, p.facts...)
	}
	return out
}

var factRules = func() map[FactKind]factRule {
	out := map[FactKind]factRule{}
	for _, r := range allFactRules() {
		out[r.kind] = r
	}
	return out
}()

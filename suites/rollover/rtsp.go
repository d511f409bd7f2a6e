package rollover

import "slices"

// The facts that only captures of RTSP show.
const (
	// The server's doing.
	FactUDPAfterSwitch    FactKind = "udp-after-switch"    // media by UDP though the streams moved to TCP
	FactUDPAfterTeardown  FactKind = "udp-after-teardown"  // media by UDP after TEARDOWN was answered
	FactUDPAfterTimeout   FactKind = "udp-after-timeout"   // media by UDP past the session timeout of a closed connection
	FactMediaSourcePort   FactKind = "media-source-port"   // media from a port other than announced
	FactMediaClientPort   FactKind = "media-client-port"   // media to a port the client did not name for it
	FactRTCPPort          FactKind = "rtcp-port"           // RTCP from or to the media port
	FactServerPortMissing FactKind = "server-port-missing" // a UDP Transport reply without a usable server_port
	FactTransportMissing  FactKind = "transport-missing"   // a SETUP reply without a Transport header
	FactOtherTransport    FactKind = "other-transport"     // the reply's transport is none that was asked for
	FactClosedAfter461    FactKind = "closed-after-461"    // 461, then the connection closed
	FactSwitchRefused     FactKind = "switch-refused"      // the SETUP for another transport on the same connection refused for having had one
	FactPauseRefused      FactKind = "pause-refused"       // PAUSE while playing refused
	FactPairUnanswered    FactKind = "pair-unanswered"     // the packet-pair request got no 200
	FactPairsMissing      FactKind = "pairs-missing"       // 200, and no packet pair left the server
	FactPairsMisplaced    FactKind = "pairs-misplaced"     // pair packets from or to a wrong port, or with a wrong SSRC
	FactFramesBeforePlay  FactKind = "frames-before-play"  // interleaved media before the PLAY reply
	FactChannel           FactKind = "channel"             // interleaved media on a channel that was not agreed
	FactLossUnanswered    FactKind = "loss-unanswered"     // a loss report without a resend
	FactResendOverTCP     FactKind = "resend-over-tcp"     // the stream of retransmissions granted over TCP

	// The client's doing.
	FactPlayBeforeProbe FactKind = "play-before-probe" // PLAY over UDP before the probe's packets came
	FactSetupOrder      FactKind = "setup-order"       // the retransmission stream not selected first
	FactClientPorts     FactKind = "client-ports"      // ports of the streams against the dialect's rule
	FactUDPStillOpen    FactKind = "udp-still-open"    // the old UDP port still takes media after the switch
)

var rtspProtocol = protocol{
	service: ServiceRTSP,
	ladder:  "rtsp",
	reply:   loadStatus,
	replies: map[string]replyMeaning{
		"401": {Denied, stop, "the server demands credentials (status %s)"},
		"407": {Denied, stop, "the server demands credentials (status %s)"},
		"403": {Denied, stop, "the server forbids it (status %s)"},
		"453": {Denied, stop, "the server has no bandwidth left (status %s)"},
		"503": {Denied, stop, "the server is full (status %s)"},
		"404": {Denied, either, "the server has no such content (status %s); whether that ends the search is open"},
		"461": {Rejected, goOn, "the server refuses every transport with status %s"},
	},
	otherwise: replyMeaning{Broken, goOn, "the server answers with status %s"},
	redirects: true,
	absent:    "the server refuses %s with status 461",
	cached:    true,
	media:     PortRTP,
	feedback:  PortRTCP,
	breaks: breaches{
		breachDoor:           "RO-PORT-01",
		breachTimer:          "RO-RTSP-104",
		breachMedia:          "RO-RTSP-02",
		breachGranted:        "RO-RTSP-102",
		breachUnknown:        "RO-ROLL-04",
		breachStatus:         "RO-RTSP-111",
		breachChallenge:      "RO-RTSP-110",
		breachNext:           "RO-RTSP-01",
		FactGarbage:          "RO-RTSP-107",
		FactHalfOpen:         "RO-RTSP-109",
		FactSessionLeft:      "RO-RTSP-109",
		FactClientPortClosed: "RO-RTSP-108",
		FactRedirectKept:     "RO-RTSP-110",
		FactRedirectLoop:     "RO-RTSP-110",
		FactClosedOn401:      "RO-RTSP-110",
	},
	facts: slices.Concat(rtspFacts, rtspWordFacts, modernFacts),
}

var (
	rtspOverUDP = breaches{FactMediaIncomplete: "RO-RTSP-02"}
	rtspOverTCP = breaches{breachMedia: "RO-RTSP-107", FactMediaIncomplete: "RO-RTSP-112"}
)

// What a server sends by UDP before a client believes in UDP, and then
// (protocols/rtsp.md 7.6 and 8.1).
var (
	packetPairs = datagram{what: "packet pairs", trigger: TriggerPair, paired: true,
		size:  1472, // the largest: RTP, payload header, 1456 random bytes
		least: 1470} // 1454
	rtpMedia = datagram{what: "media", trigger: TriggerPlay, paired: true,
		size: 845} // RTP, payload header, one ASF packet of 829
)

var rtspFacts = []factRule{
	{kind: FactUDPAfterSwitch, party: PartyServer, requirement: "RO-RTSP-107",
		expected: "after SETUP moved the streams to TCP, media is only interleaved"},
	{kind: FactUDPAfterTeardown, party: PartyServer, requirement: "RO-RTSP-109",
		expected: "no media after TEARDOWN of the presentation was answered"},
	{kind: FactUDPAfterTimeout, party: PartyServer, requirement: "RO-RTSP-109",
		expected: "media stops no later than the announced timeout after the connection closed"},
	{kind: FactMediaSourcePort, party: PartyServer, requirement: "RO-PORT-02", causal: true,
		expected: "media comes from the announced server_port"},
	{kind: FactMediaClientPort, party: PartyServer, requirement: "RO-RTSP-102", causal: true,
		expected: "media goes to the client_port named in SETUP"},
	{kind: FactRTCPPort, party: PartyServer, requirement: "RO-PORT-03",
		expected: "reports use the second port of the pair, media the first"},
	{kind: FactServerPortMissing, party: PartyServer, requirement: "RO-RTSP-108", causal: true,
		expected: "the answer to SETUP for UDP names a server_port"},
	{kind: FactTransportMissing, party: PartyServer, requirement: "RO-RTSP-102", causal: true,
		expected: "the answer to SETUP carries a Transport header"},
	{kind: FactOtherTransport, party: PartyServer, requirement: "RO-RTSP-102", causal: true,
		expected: "the transport that is granted is one that was asked for; what cannot be served is refused with 461"},
	{kind: FactClosedAfter461, party: PartyServer, requirement: "RO-ROLL-07", causal: true, stops: true,
		expected: "the connection stays open after 461, and SETUP for another transport is answered on it"},
	{kind: FactSwitchRefused, party: PartyServer, requirement: "RO-ROLL-07", causal: true,
		expected: "SETUP for the other transport is accepted on the same connection"},
	{kind: FactPauseRefused, party: PartyServer, requirement: "RO-ROLL-07", causal: true,
		expected: "PAUSE while playing is answered 200"},
	{kind: FactPairUnanswered, party: PartyServer, requirement: "RO-RTSP-105", causal: true,
		expected: "the packet-pair request is answered 200"},
	{kind: FactPairsMissing, party: PartyServer, requirement: "RO-RTSP-105", causal: true, when: serverSends,
		expected: "two or three RTP packets by UDP to the rtx port after the packet-pair request"},
	{kind: FactPairsMisplaced, party: PartyServer, requirement: "RO-RTSP-105", causal: true,
		expected: "the packet pair comes from the announced port, to the rtx port, with the rtx SSRC"},
	{kind: FactFramesBeforePlay, party: PartyServer, requirement: "RO-RTSP-107", causal: true,
		expected: "no interleaved frame before the answer to PLAY"},
	{kind: FactChannel, party: PartyServer, requirement: "RO-PORT-01", causal: true,
		expected: "media on the interleaved channel that SETUP agreed"},
	{kind: FactLossUnanswered, party: PartyServer, requirement: "RO-RTSP-108", when: serverSends,
		expected: "packets that a loss report names are sent again on the rtx session"},
	{kind: FactResendOverTCP, party: PartyServer, requirement: "RO-RTSP-103", causal: true, outcomes: []Outcome{Starved},
		expected: "retransmissions are for media by UDP; over TCP the stream of them is refused, or media comes all the same"},

	{kind: FactPlayBeforeProbe, party: PartyClient, requirement: "RO-RTSP-106", when: clientProbes,
		expected: "no PLAY over UDP before the packet pair has shown that UDP arrives"},
	{kind: FactSetupOrder, party: PartyClient, requirement: "RO-RTSP-103", when: clientProbes,
		expected: "the retransmission stream is selected first"},
	{kind: FactClientPorts, party: PartyClient, requirement: "RO-RTSP-102", when: clientProbes,
		expected: "one client port for all streams, another one for retransmissions, both inside the client's range"},
	{kind: FactUDPStillOpen, party: PartyClient, requirement: "RO-RTSP-107", when: clientHears,
		expected: "the client closes its UDP ports when it moves to TCP"},
}

// RTSPStatusOutcome is what an RTSP error status means for the ladder, the
// table of rollover.md B.7.
func RTSPStatusOutcome(status int) Outcome { return rtspProtocol.statusOutcome(status) }

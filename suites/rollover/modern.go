package rollover

import (
	"maps"
	"slices"
)

// The modern ladder is RTSP of RFC 2326 without the Windows Media dialect, and
// with three more rungs: media by multicast, the tunnel through HTTP, and TLS
// (protocols/modern.md, rollover.md C.3).

// The facts that only captures of the modern ladder show.
const (
	// The server's doing.
	FactRTPInfo        FactKind = "rtp-info"        // RTP-Info tells of another packet than the first one
	FactGroupMissing   FactKind = "group-missing"   // a multicast Transport reply without a group and a port
	FactGroup          FactKind = "group"           // media to a group or a port that was not announced
	FactReach          FactKind = "reach"           // multicast with another TTL than announced
	FactLateFrames     FactKind = "late-frames"     // interleaved media after TEARDOWN was answered
	FactTunnelReply    FactKind = "tunnel-reply"    // the answer to GET states a length, or comes in chunks
	FactPostRefused    FactKind = "post-refused"    // the POST of a tunnel refused or hung up on
	FactPostAnswered   FactKind = "post-answered"   // RTSP of the server's on the POST of a tunnel
	FactTunnelMixed    FactKind = "tunnel-mixed"    // on the GET of a tunnel, what is another session's
	FactPlainMedia     FactKind = "plain-media"     // media in the clear beside RTSP over TLS
	FactTeardownFailed FactKind = "teardown-failed" // TEARDOWN refused

	// The client's doing.
	FactPortsShared FactKind = "ports-shared" // two streams on one port, or media on an odd one
	FactTunnelPorts FactKind = "tunnel-ports" // inside a tunnel or TLS, a transport that is not the connection's
	FactKeptWaiting FactKind = "kept-waiting" // no keep-alive within the session's time-out
	FactNotJoined   FactKind = "not-joined"   // the client did not join the group that it was given
	FactJoinedLate  FactKind = "joined-late"  // ... or only after PLAY
)

// What the rungs break that no other dialect has.
var (
	rtspOverGroup = breaches{
		breachTimer:         "RO-ROLL-05", // the wait for media is the client's own
		breachMedia:         "RO-MOD-04",
		breachGranted:       "RO-MOD-01",
		breachNonsense:      "RO-MOD-01", // another status than 461
		FactMediaIncomplete: "RO-MOD-04",
	}
	rtspOverHTTP = breaches{
		breachDoor:          "RO-PORT-07",
		breachMedia:         "RO-MOD-06",
		breachGranted:       "RO-HTTP-02",
		breachNonsense:      "RO-MOD-06",
		breachBroken:        "RO-MOD-06",
		FactMediaIncomplete: "RO-RTSP-112",
		FactGarbage:         "RO-MOD-06",
	}
	rtspOverTLS = breaches{
		breachMedia:  "RO-MOD-08",
		breachBroken: "RO-MOD-08",
	}
)

// tunnelsAt reports a knock for the tunnel at the RTSP port: many servers tell by
// the first words that it is one, and take it there, too (protocols/modern.md
// 5.3).
func (o *oracle) tunnelsAt(r Rung, port uint16) bool {
	offer, own := o.s.Offer, r.speaks().service
	return r.tunnels() && offer.Serves(r) && offer.PortOf(r.Control()) != port && offer.Listens(own) && offer.PortOf(own) == port
}

// Tunnels reports that a rung is offered whose protocol runs through another's
// port, which then has nothing else on it.
func (o Offer) Tunnels() bool { return slices.ContainsFunc(o.Rungs, Rung.tunnels) }

// tunnels reports that the rung's protocol runs through another one.
func (r Rung) tunnels() bool { return r.door() != r.speaks() }

// mistaken is what may become of a tunnel whose cookie another one has while it
// stands: the server refuses it, or lets it have the cookie and ends the other.
// That it mixes the two is none of it.
func (o *oracle) mistaken(r Rung) []answer {
	if !r.tunnels() || !o.s.Client.Has(HabitCookie) {
		return nil
	}
	var out []answer
	for _, outcome := range []Outcome{Rejected, Broken} {
		out = append(out, answer{Step: Step{Rung: r, Outcome: outcome, Window: o.afterNonsense(),
			Why: "the cookie may be that of a tunnel which stands"}})
	}
	return out
}

// tunnelling is the same with a server that has its tunnel at that port.
func (o *oracle) tunnelling(r Rung, port uint16) *oracle {
	there := *o
	there.s.Offer.Ports = maps.Clone(o.s.Offer.Ports)
	if there.s.Offer.Ports == nil {
		there.s.Offer.Ports = map[Service]uint16{}
	}
	there.s.Offer.Ports[r.Control()] = port
	return &there
}

// modernMedia is what a server of today sends: pieces of pictures that fill a
// packet, and sound and parameters that do not (protocols/modern.md 4).
var modernMedia = datagram{what: "media", trigger: TriggerPlay,
	size:  1214, // RTP, FU-A of 1200 bytes
	least: 55}   // RTP, parameter sets

// What the clip of today needs at least, in bit/s, headers included, rounded up.
const modernRate = 320_000

var modernFacts = []factRule{
	{kind: FactRTPInfo, party: PartyServer, requirement: "RO-MOD-03",
		expected: "RTP-Info tells the sequence number and the timestamp of the first packet"},
	{kind: FactGroupMissing, party: PartyServer, requirement: "RO-MOD-04", causal: true,
		expected: "the answer to SETUP for multicast names the group and the port"},
	{kind: FactGroup, party: PartyServer, requirement: "RO-MC-01", causal: true,
		expected: "media goes to the group and the port that the answer to SETUP names"},
	{kind: FactReach, party: PartyServer, requirement: "RO-MOD-04",
		expected: "media leaves with the TTL that the answer to SETUP names"},
	{kind: FactLateFrames, party: PartyServer, requirement: "RO-RTSP-109",
		expected: "no media on the connection once TEARDOWN was answered"},
	{kind: FactTeardownFailed, party: PartyServer, requirement: "RO-RTSP-109",
		expected: "TEARDOWN is answered 200"},
	{kind: FactTunnelReply, party: PartyServer, requirement: "RO-MOD-06", causal: true,
		expected: "the answer to GET has neither a length nor chunks: its body is the session"},
	{kind: FactPostRefused, party: PartyServer, requirement: "RO-MOD-06", causal: true, stops: true,
		expected: "the POST with the cookie of a GET that stands is taken"},
	{kind: FactPostAnswered, party: PartyServer, requirement: "RO-MOD-06", causal: true, stops: true,
		expected: "what the server says comes on the GET, and nothing of it on the POST"},
	{kind: FactTunnelMixed, party: PartyServer, requirement: "RO-MOD-07", causal: true,
		expected: "a tunnel carries one session: its own"},
	{kind: FactPlainMedia, party: PartyServer, requirement: "RO-MOD-08",
		expected: "under rtsps nothing is sent in the clear; plain UDP is refused with 461"},

	{kind: FactPortsShared, party: PartyClient, requirement: "RO-MOD-02",
		expected: "a pair of ports for each stream, media on the even one, inside the client's range"},
	{kind: FactTunnelPorts, party: PartyClient, requirement: "RO-MOD-06",
		expected: "inside a tunnel the client asks for media on the connection"},
	{kind: FactKeptWaiting, party: PartyClient, requirement: "RO-RTSP-112",
		expected: "a request with the session, or a report, within the session's time-out"},
	{kind: FactNotJoined, party: PartyClient, requirement: "RO-MOD-05",
		expected: "the client joins the group that the answer to SETUP names"},
	{kind: FactJoinedLate, party: PartyClient, requirement: "RO-MOD-05", note: true,
		expected: "the client joins before PLAY"},
}

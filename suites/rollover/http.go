package rollover

import (
	"fmt"
	"slices"

	"github.com/rollover-conformance/rollover/suites/rollover/strict"
)

// The facts that only captures of HTTP show.
const (
	// The server's doing.
	FactTokenMissing   FactKind = "token-missing"   // packets came without Cougar or Rex
	FactStranger       FactKind = "stranger-served" // packets to an agent that is no player
	FactCoding         FactKind = "coding"          // chunks or a compression around the packets that nobody asked for
	FactHTTPServed     FactKind = "http-served"     // streaming over HTTP though it is off
	FactPlayUnanswered FactKind = "play-unanswered" // Describe was served, Play on its connection was not
	FactLengthDiffers  FactKind = "length-differs"  // Content-Length is not the length of the packets
	FactClientID       FactKind = "client-id"       // no client-id, or another than the session has
	FactMetadata       FactKind = "metadata"        // $M missing, or sent to a player that does not know it
	FactDescribeMore   FactKind = "describe-more"   // media in the answer to Describe

	// The client's doing.
	FactAgent FactKind = "agent" // a request of the HTTP rung without a player's agent
)

var httpProtocol = protocol{
	service: ServiceHTTP,
	reply:   loadStatus,
	replies: map[string]replyMeaning{
		"401": {Denied, stop, "the server demands credentials (status %s)"},
		"407": {Denied, stop, "the server demands credentials (status %s)"},
		"403": {Denied, stop, "the server forbids it (status %s)"},
		"503": {Denied, stop, "the server is full (status %s)"},
		"404": {Denied, either, "the server has no such content (status %s); whether that ends the search is open"},
	},
	otherwise: replyMeaning{Rejected, goOn, "the server refuses HTTP streaming with status %s"},
	redirects: true,
	absent:    "the server gives nothing of that kind on its HTTP port",
	breaks: breaches{
		breachDoor:       "RO-PORT-07",
		breachTimer:      "RO-ROLL-05",
		breachMedia:      "RO-HTTP-103",
		breachGranted:    "RO-HTTP-102",
		breachOff:        "RO-HTTP-02",
		breachNonsense:   "RO-HTTP-101",
		breachChallenge:  "RO-HTTP-104",
		FactRedirectKept: "RO-HTTP-104",
		FactRedirectLoop: "RO-HTTP-104",
		FactClosedOn401:  "RO-HTTP-104",
	},
	facts: httpFacts,
}

var httpStreaming = breaches{FactSwitchedOff: "RO-CLI-02", FactMediaIncomplete: "RO-HTTP-103"}

// httpPlayers are how a User-Agent begins that the HTTP rung streams to
// (RO-HTTP-102).
var httpPlayers = []string{"NSPlayer", "NSServer", "WMCacheProxy"}

var httpFacts = []factRule{
	{kind: FactTokenMissing, party: PartyServer, requirement: "RO-HTTP-101", causal: true,
		expected: "every answer names Cougar or Rex in Server"},
	{kind: FactStranger, party: PartyServer, requirement: "RO-HTTP-102",
		expected: "packets go to NSPlayer, NSServer and WMCacheProxy only"},
	{kind: FactCoding, party: PartyServer, requirement: "RO-HTTP-103", causal: true,
		expected: "packets travel bare: no chunks that were not asked for, no compression"},
	{kind: FactHTTPServed, party: PartyServer, requirement: "RO-HTTP-02", causal: true,
		expected: "no streaming on the HTTP port while its plug-in is off"},
	{kind: FactPlayUnanswered, party: PartyServer, requirement: "RO-HTTP-103", causal: true,
		expected: "Play is answered 200 with packets, on this connection or another"},
	{kind: FactLengthDiffers, party: PartyServer, requirement: "RO-HTTP-106", causal: true,
		expected: "Content-Length is the number of bytes of the body, which ends with a whole packet"},
	{kind: FactClientID, party: PartyServer, requirement: "RO-HTTP-107",
		expected: "Describe and Play are answered with a client-id, and a session that is known keeps its own"},
	{kind: FactMetadata, party: PartyServer, requirement: "RO-HTTP-103",
		expected: "from version 9 on a server sends $M before $H to players of version 9 and later, and to no others"},
	{kind: FactDescribeMore, party: PartyServer, requirement: "RO-HTTP-103",
		expected: "the answer to Describe ends with the ASF header"},

	{kind: FactAgent, party: PartyClient, requirement: "RO-HTTP-102", causal: true, when: ownName, outcomes: []Outcome{Broken, Rejected, Denied},
		expected: "every request of the HTTP rung names NSPlayer, NSServer or WMCacheProxy"},
}

// HTTPStatusOutcome is what an HTTP error status means for the ladder.
func HTTPStatusOutcome(status int) Outcome { return httpProtocol.statusOutcome(status) }

// The ways an offer can treat the HTTP port.
const (
	HTTPStreams  = "wmsp"     // Windows Media HTTP streaming
	HTTPOff      = "off"      // nothing listens, or RTSP's tunnel alone
	HTTPImpostor = "impostor" // a plain web server
	HTTPMute     = "mute"     // accepts and says nothing
)

// HTTPFor is how the HTTP port is treated by who serves these rungs.
func HTTPFor(rungs []Rung) string {
	if slices.Contains(rungs, HTTP) {
		return HTTPStreams
	}
	return HTTPOff
}

// checkHTTP finds a treatment of the port that contradicts the rungs.
func (o *offerAsWritten) checkHTTP(n strict.Node) {
	offersHTTP := slices.Contains(o.Rungs, HTTP)
	switch {
	case !o.rungsWritten || o.HTTP == "":
	case o.HTTP != HTTPOff && slices.ContainsFunc(o.Rungs, Rung.tunnels):
		n.Fail(fmt.Sprintf("offer.http is %s while a tunnel is among offer.rungs (%s)", o.HTTP, joinWords(o.Rungs)), "off: the tunnel has the port to itself")
	case o.HTTP == HTTPOff && offersHTTP:
		n.Fail("offer.http is off while HTTP is among offer.rungs", "one of the two")
	case o.HTTP == HTTPOff && slices.Contains(o.Rungs, HTTPD):
		n.Fail("offer.http is off while HTTPD is among offer.rungs", "impostor mute, or wmsp with HTTP among the rungs")
	case o.HTTP == HTTPStreams && !offersHTTP:
		n.Fail("offer.http is wmsp while HTTP is not among offer.rungs", "off impostor mute, or HTTP among the rungs")
	}
}

// resolveHTTP fills in how the port is treated: wmsp if HTTP is among the
// rungs, an impostor if only the file is. An impostor or a mute port streams
// nothing, and where a person says what the port is it carries no tunnel, unless
// the person says that, too.
func (o *Offer) resolveHTTP(rungsWritten bool) {
	if o.HTTP != "" && !rungsWritten {
		o.Rungs = slices.DeleteFunc(o.Rungs, Rung.tunnels)
	}
	if o.HTTP == HTTPStreams && !rungsWritten && !o.Serves(HTTP) {
		o.Rungs = append(o.Rungs, HTTP) // a ladder may end before it
	}
	if o.HTTP == "" {
		o.HTTP = HTTPFor(o.Rungs)
		if o.HTTP == HTTPOff && o.Serves(HTTPD) {
			o.HTTP = HTTPImpostor // a file without a stream is a plain web server's
		}
	}
	if o.HTTP != HTTPStreams {
		o.Rungs = slices.DeleteFunc(o.Rungs, func(r Rung) bool { return r == HTTP })
	}
}

// kept reports that something listens on the endpoint's port whatever rungs are
// offered.
func (o Offer) kept(s Service) bool { return s == ServiceHTTP && o.HTTP != HTTPOff }

// mute reports that the endpoint accepts and says nothing.
func (o Offer) mute(s Service) bool {
	if s == ServiceHTTP {
		return o.HTTP == HTTPMute
	}
	return o.Reply["connect"] == ReplyMute
}

// plain reports that a rung's endpoint belongs to a plain web server, which has
// no more than a file.
func (o Offer) plain(r Rung) bool {
	return r.Control() == ServiceHTTP && o.HTTP == HTTPImpostor && !(r == HTTPD && o.Serves(HTTPD))
}

// off reports that streaming is switched off at the endpoint.
func (o Offer) off(s Service) bool { return s == ServiceHTTP && o.HTTP != HTTPStreams }

package rollover

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/rollover-conformance/rollover/suites/rollover/strict"
)

// The facts that only captures of MMS show.
const (
	// The server's doing.
	FactConnectUnanswered FactKind = "connect-unanswered" // Connect got silence, or an answer that is no MMS
	FactFunnelName        FactKind = "funnel-name"        // a funnel granted under a wrong name
	FactFunnelClosed      FactKind = "funnel-closed"      // a funnel refused by the end of the connection
	FactFunnelIgnored     FactKind = "funnel-ignored"     // no answer to the funnel that follows a refusal
	FactFunnelAddress     FactKind = "funnel-address"     // data to another address than the connection's client
	FactFunnelPort        FactKind = "funnel-port"        // data to a port that the funnel does not name
	FactDataOverTCP       FactKind = "data-over-tcp"      // the UDP funnel granted, data on the connection
	FactDataOverUDP       FactKind = "data-over-udp"      // the TCP funnel granted, data by UDP
	FactHeaderOverTCP     FactKind = "header-over-tcp"    // the UDP funnel granted, the ASF header on the connection
	FactHeaderOnce        FactKind = "header-once"        // the header asked for again ended the session
	FactUDPAfterClose     FactKind = "udp-after-close"    // data by UDP after the connection closed
	FactReaderServed      FactKind = "reader-served"      // data to a player that speaks RTSP
	FactResendUnanswered  FactKind = "resend-unanswered"  // a request for lost packets without a resend
	FactPacketMark        FactKind = "packet-mark"        // media under another request's number
	FactDataBeforeStart   FactKind = "data-before-start"  // media on the connection before StartPlaying was answered
	FactFileDiffers       FactKind = "file-differs"       // ReportOpenFile names other sizes than the content has

	// The client's doing.
	FactFunnelForeign FactKind = "funnel-foreign" // an address in the UDP funnel that is not the client's
	FactFunnelRange   FactKind = "funnel-range"   // a port in the UDP funnel outside the client's range
	FactHeaderRetries FactKind = "header-retries" // the header not asked for again, or too often
)

// Its refusals are result codes of Connect and OpenFile (protocols/mms.md).
var mmsProtocol = protocol{
	service: ServiceMMS,
	ladder:  "mms",
	reply:   loadResult,
	replies: map[string]replyMeaning{
		"0x80070005": {Denied, stop, "the server denies access (result %s)"},
		"0xC00D000E": {Denied, stop, "the server is busy (result %s)"},
		"0xC00D000F": {Denied, stop, "the server has too many sessions (result %s)"},
		"0xC00D0049": {Denied, stop, "the server has too many clients (result %s)"},
		"0x80070002": {Denied, either, "the server has no such file (result %s)"},
		"0x80070003": {Denied, either, "the server has no such path (result %s)"},
		"0xC00D001A": {Denied, either, "the server has no such file (result %s)"},
	},
	otherwise: replyMeaning{Rejected, goOn, "the server refuses MMS with result %s"},
	absent:    "the server refuses the %s funnel",
	oldOnly:   true,
	media:     ServiceMMS,
	anyPort:   true,
	feedback:  ServiceMMS, // UDP 1755 (MS-MMSP 2.1)
	breaks: breaches{
		breachDoor:           "RO-PORT-04",
		breachTimer:          "RO-MMS-105",
		breachMedia:          "RO-MMS-103",
		breachGranted:        "RO-MMS-103",
		breachOrder:          "RO-ROLL-03",
		breachBroken:         "RO-MMS-109",
		breachTurned:         "RO-MMS-01", // it serves players that are old enough
		FactGarbage:          "RO-MMS-109",
		FactHalfOpen:         "RO-MMS-106",
		FactSessionLeft:      "RO-MMS-106",
		FactClientPortClosed: "RO-MMS-102",
		FactCrossed:          "RO-MMS-102",
	},
	facts: mmsFacts,
}

// By UDP the header comes first, and by UDP.
var mmsOverUDP = breaches{breachProbe: "RO-MMS-105"}

// What a server sends by UDP (protocols/mms.md 5.5).
var (
	mmsHeader = datagram{what: "the ASF header", trigger: TriggerHeader, size: 342} // MMS data header, the ASF header of 334
	mmsMedia  = datagram{what: "media", trigger: TriggerPlay, size: 837}            // MMS data header, one ASF packet of 829
)

var mmsFacts = []factRule{
	{kind: FactConnectUnanswered, party: PartyServer, requirement: "RO-MMS-109", causal: true, when: serverSpeaks,
		expected: "Connect is answered with ReportConnectedEX, and a client that is not wanted with an error in it"},
	{kind: FactFunnelName, party: PartyServer, requirement: "RO-MMS-103", causal: true,
		expected: `ReportConnectedFunnel says "Funnel Of The Gods", whatever was asked for`},
	{kind: FactFunnelClosed, party: PartyServer, requirement: "RO-MMS-103", causal: true, stops: true,
		expected: "a transport that is not served is refused with ReportDisconnectedFunnel, and the connection stays open for the other"},
	{kind: FactFunnelIgnored, party: PartyServer, requirement: "RO-MMS-103", causal: true,
		expected: "after ReportDisconnectedFunnel a ConnectFunnel for the other transport is answered on the same connection"},
	{kind: FactFunnelAddress, party: PartyServer, requirement: "RO-MMS-102", causal: true,
		expected: "datagrams go to the peer of the TCP connection, whatever address the funnel names"},
	{kind: FactFunnelPort, party: PartyServer, requirement: "RO-PORT-06", causal: true,
		expected: "datagrams go to the port that ConnectFunnel names"},
	{kind: FactDataOverTCP, party: PartyServer, requirement: "RO-MMS-103", causal: true,
		expected: "once ReportConnectedFunnel has confirmed UDP, data goes by UDP; what cannot be is refused with ReportDisconnectedFunnel"},
	{kind: FactDataOverUDP, party: PartyServer, requirement: "RO-MMS-103", causal: true,
		expected: "once ReportConnectedFunnel has confirmed TCP, data comes on the control connection"},
	{kind: FactHeaderOverTCP, party: PartyServer, requirement: "RO-MMS-105", causal: true,
		expected: "over UDP the ASF header that ReadBlock asks for goes by UDP, too"},
	{kind: FactHeaderOnce, party: PartyServer, requirement: "RO-MMS-105", causal: true,
		expected: "each ReadBlock is answered, also one that follows another"},
	{kind: FactUDPAfterClose, party: PartyServer, requirement: "RO-MMS-106",
		expected: "no datagram once the control connection has closed"},
	{kind: FactReaderServed, party: PartyServer, requirement: requirementOldOnly, causal: true, when: readersTurnedAway,
		expected: "as Windows Media Services 9, Connect of a player that speaks RTSP is answered with an error"},
	{kind: FactResendUnanswered, party: PartyServer, requirement: "RO-PORT-05", when: serverResends,
		expected: "packets asked for at the UDP port of the control port's number are sent again"},
	{kind: FactPacketMark, party: PartyServer, requirement: "RO-MMS-110", causal: true,
		expected: "media carries the low 8 bits of StartPlaying's playIncarnation"},
	{kind: FactDataBeforeStart, party: PartyServer, requirement: "RO-MMS-111", causal: true,
		expected: "over TCP no media before ReportStartedPlaying"},
	{kind: FactFileDiffers, party: PartyServer, requirement: "RO-MMS-112",
		expected: "ReportOpenFile names the size of the header that ReadBlock brings, and of the data packets"},

	{kind: FactFunnelForeign, party: PartyClient, requirement: "RO-MMS-102",
		expected: "the funnel names the client's own address"},
	{kind: FactFunnelRange, party: PartyClient, requirement: "RO-CLI-104", when: asDialect,
		expected: "the funnel names a port inside the client's range"},
	{kind: FactHeaderRetries, party: PartyClient, requirement: "RO-MMS-105", when: asDialect,
		expected: "a header that does not come is asked for four times more, and then the connection is closed"},
}

// MMSResultOutcome is what an error result of Connect or OpenFile means.
func MMSResultOutcome(result uint32) Outcome { return mmsProtocol.outcome(resultCode(uint64(result))) }

func resultCode(v uint64) string { return fmt.Sprintf("0x%08X", v) }

var resultPattern = regexp.MustCompile(`^0[xX][0-9a-fA-F]{1,8}$`)

// loadResult reads a refusal that is a result code.
func loadResult(n strict.Node) (string, bool) {
	code := n.Scalar()
	if !resultPattern.MatchString(code) {
		n.Fail(fmt.Sprintf("offer.reply.mms: found %q", code), "a result code such as 0x80070005")
		return "", false
	}
	v, _ := strconv.ParseUint(code[2:], 16, 32) // the pattern has checked it
	return resultCode(v), true
}

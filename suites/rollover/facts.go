package rollover

// The facts that reading a capture may name. What each breaks, and whose it
// is, stands in the judge's table (factrules.go).
const (
	// RTSP, the server's doing.
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
	FactGarbage           FactKind = "garbage"             // bytes from the server that are neither message nor frame
	FactChannel           FactKind = "channel"             // interleaved media on a channel that was not agreed
	FactSecondConnection  FactKind = "server-connects"     // the server opens a connection to the client
	FactForeignMedia      FactKind = "foreign-media"       // media that is not the clip
	FactMediaIncomplete   FactKind = "media-incomplete"    // the server stopped, or skipped, before the clip's end
	FactLossUnanswered    FactKind = "loss-unanswered"     // a loss report without a resend
	FactSecondUnanswered  FactKind = "second-unanswered"   // mute to a new connection while an older one stands
	FactRedirectKept      FactKind = "redirect-kept"       // a redirect, and the connection kept
	FactRedirectLoop      FactKind = "redirect-loop"       // redirected over and over
	FactClosedOn401       FactKind = "closed-on-401"       // the connection of a challenge closed before the retry
	FactResetAfterAccept  FactKind = "reset-after-accept"  // the server accepts a connection and resets it
	FactHalfOpen          FactKind = "half-open"           // the client closed, the server did not
	FactTwiceRefused      FactKind = "refused-after-abort" // 453 or 503 to an attempt that follows an aborted one
	FactResendOverTCP     FactKind = "resend-over-tcp"     // the stream of retransmissions granted over TCP
	FactDoorShut          FactKind = "door-shut"           // a port that took a connection refuses a later one

	// HTTP, the server's doing.
	FactTokenMissing   FactKind = "token-missing"   // packets came without Cougar or Rex
	FactStranger       FactKind = "stranger-served" // packets to an agent that is no player
	FactCoding         FactKind = "coding"          // chunks or a compression around the packets that nobody asked for
	FactHTTPServed     FactKind = "http-served"     // streaming over HTTP though it is off
	FactPlayUnanswered FactKind = "play-unanswered" // Describe was served, Play on its connection was not

	// MMS, the server's doing.
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

	// The client's doing.
	FactPlayBeforeProbe  FactKind = "play-before-probe"  // PLAY over UDP before the probe's packets came
	FactSetupOrder       FactKind = "setup-order"        // the retransmission stream not selected first
	FactClientPorts      FactKind = "client-ports"       // ports of the streams against the dialect's rule
	FactClientPortClosed FactKind = "client-port-closed" // nobody listens on the port the client named
	FactUDPStillOpen     FactKind = "udp-still-open"     // the old UDP port still takes media after the switch
	FactSessionLeft      FactKind = "session-left"       // neither TEARDOWN nor close after the attempt
	FactAgent            FactKind = "agent"              // a request of the HTTP rung without a player's agent
	FactSwitchedOff      FactKind = "switched-off"       // a frame to the port of rungs that limits switch off
	FactOtherAddress     FactKind = "other-address"      // the client goes to another host than it began with
	FactOtherPath        FactKind = "other-path"         // the client asks for another path than it began with
	FactParallel         FactKind = "parallel"           // a further rung opened while an earlier one still plays
	FactLogMissing       FactKind = "log-missing"        // no log was sent

	// The client's doing, MMS.
	FactFunnelForeign FactKind = "funnel-foreign" // an address in the UDP funnel that is not the client's
	FactFunnelRange   FactKind = "funnel-range"   // a port in the UDP funnel outside the client's range
	FactHeaderRetries FactKind = "header-retries" // the header not asked for again, or too often

	// The rig's doing.
	FactRuleLeak  FactKind = "rule-leak"  // a datagram beyond a rule that drops it
	FactMediaLost FactKind = "media-lost" // media between the two points lost, and no rule thins it
)

// FactKinds returns every kind, in the order of the list above.
func FactKinds() []FactKind {
	return []FactKind{
		FactUDPAfterSwitch, FactUDPAfterTeardown, FactUDPAfterTimeout, FactMediaSourcePort, FactMediaClientPort,
		FactRTCPPort, FactServerPortMissing, FactTransportMissing, FactOtherTransport, FactClosedAfter461,
		FactSwitchRefused, FactPauseRefused, FactPairUnanswered, FactPairsMissing, FactPairsMisplaced,
		FactFramesBeforePlay, FactGarbage, FactChannel, FactSecondConnection, FactForeignMedia,
		FactMediaIncomplete, FactLossUnanswered, FactSecondUnanswered, FactRedirectKept, FactRedirectLoop, FactClosedOn401, FactResetAfterAccept,
		FactHalfOpen, FactTwiceRefused, FactDoorShut, FactResendOverTCP,
		FactTokenMissing, FactStranger, FactCoding, FactHTTPServed, FactPlayUnanswered,
		FactConnectUnanswered, FactFunnelName, FactFunnelClosed, FactFunnelIgnored, FactFunnelAddress,
		FactFunnelPort, FactDataOverTCP, FactDataOverUDP, FactHeaderOverTCP, FactHeaderOnce,
		FactUDPAfterClose, FactReaderServed, FactResendUnanswered,
		FactPlayBeforeProbe, FactSetupOrder, FactClientPorts, FactClientPortClosed, FactUDPStillOpen,
		FactSessionLeft, FactAgent, FactSwitchedOff, FactOtherAddress, FactOtherPath, FactParallel, FactLogMissing,
		FactFunnelForeign, FactFunnelRange, FactHeaderRetries,
		FactRuleLeak, FactMediaLost,
	}
}

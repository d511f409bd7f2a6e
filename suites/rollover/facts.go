package rollover

// The facts that captures of several protocols may show; those of one alone
// stand with its row. What each breaks, and whose it is, stand in the judge's
// tables (factrules.go, and the protocols' own).
const (
	// The server's doing.
	FactGarbage          FactKind = "garbage"             // bytes from the server that are neither message nor frame
	FactSecondConnection FactKind = "server-connects"     // the server opens a connection to the client
	FactForeignMedia     FactKind = "foreign-media"       // media that is not the clip
	FactMediaIncomplete  FactKind = "media-incomplete"    // the server stopped, or skipped, before the clip's end
	FactSecondUnanswered FactKind = "second-unanswered"   // mute to a new connection while an older one stands
	FactRedirectKept     FactKind = "redirect-kept"       // a redirect, and the connection kept
	FactRedirectLoop     FactKind = "redirect-loop"       // redirected over and over
	FactClosedOn401      FactKind = "closed-on-401"       // the connection of a challenge closed before the retry
	FactResetAfterAccept FactKind = "reset-after-accept"  // the server accepts a connection and resets it
	FactHalfOpen         FactKind = "half-open"           // the client closed, the server did not
	FactTwiceRefused     FactKind = "refused-after-abort" // 453 or 503 to an attempt that follows an aborted one
	FactDoorShut         FactKind = "door-shut"           // a port that took a connection refuses a later one
	FactCrossed          FactKind = "crossed"             // media of one client's session sent to another client
	FactMediaOrder       FactKind = "media-order"         // packets of the content out of their order, or sent again
	FactHeaderDiffers    FactKind = "header-differs"      // no ASF header, or one that describes other packets
	FactEndMissing       FactKind = "end-missing"         // all was sent, and the end of the stream not told
	FactEndEarly         FactKind = "end-early"           // media behind the end of the stream
	FactEndNumber        FactKind = "end-number"          // the end of the stream names another packet or request
	FactPacketNumber     FactKind = "packet-number"       // data packets under other numbers than they have in the content
	FactPacketCount      FactKind = "packet-count"        // the counter of the data packets does not count them
	FactLogRefused       FactKind = "log-refused"         // a client's log refused, or never answered

	// The client's doing.
	FactClientPortClosed FactKind = "client-port-closed" // nobody listens on the port the client named
	FactSessionLeft      FactKind = "session-left"       // neither TEARDOWN nor close after the attempt
	FactSwitchedOff      FactKind = "switched-off"       // a frame to the port of rungs that limits switch off
	FactOtherAddress     FactKind = "other-address"      // the client goes to another host than it began with
	FactOtherPath        FactKind = "other-path"         // the client asks for another path than it began with
	FactParallel         FactKind = "parallel"           // a further rung opened while an earlier one still plays
	FactLogMissing       FactKind = "log-missing"        // no log was sent

	// The rig's doing.
	FactRuleLeak  FactKind = "rule-leak"  // a datagram beyond a rule that drops it
	FactMediaLost FactKind = "media-lost" // media between the two points lost, and no rule thins it
)

// FactKinds returns every kind: those of several protocols first.
func FactKinds() []FactKind {
	var out []FactKind
	for _, r := range allFactRules() {
		out = append(out, r.kind)
	}
	return out
}

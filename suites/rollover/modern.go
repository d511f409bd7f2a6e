package rollover

// The facts that only captures of the modern ladder show (protocols/modern.md).
const (
	// The server's doing.
	FactSSRC           FactKind = "ssrc"            // media of another source than Transport names
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

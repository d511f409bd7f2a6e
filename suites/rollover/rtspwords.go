package rollover

// The facts that RTSP's single messages and packets show, where the sequence is
// right.
const (
	FactRTPSource       FactKind = "rtp-ssrc"         // media under another SSRC than SETUP granted
	FactRTPType         FactKind = "rtp-type"         // media under a payload type that the description has not
	FactRTPSequence     FactKind = "rtp-sequence"     // sequence numbers that do not go up by one
	FactRTPTime         FactKind = "rtp-time"         // timestamps that do not go with the send times
	FactRTPMarker       FactKind = "rtp-marker"       // whole ASF packets without the marker
	FactPairSizes       FactKind = "pair-sizes"       // packets of a pair whose sizes do not tell them apart
	FactResendMisplaced FactKind = "resend-misplaced" // lost packets sent again, but not to the rtx port
	FactReplyNumber     FactKind = "reply-number"     // a reply without its request's CSeq
	FactReplyOrder      FactKind = "reply-order"      // replies in another order than the requests
	FactSessionChanged  FactKind = "session-changed"  // a reply within a session names another one
	FactSessionSurvives FactKind = "session-survives" // a session that still stands after TEARDOWN
)

var rtspWordFacts = []factRule{
	{kind: FactRTPSource, party: PartyServer, requirement: "RO-RTSP-113", causal: true,
		expected: "media carries the SSRC that the answer to SETUP names"},
	{kind: FactRTPType, party: PartyServer, requirement: "RO-RTSP-113",
		expected: "media carries the payload type of its stream in the description"},
	{kind: FactRTPSequence, party: PartyServer, requirement: "RO-RTSP-114", when: serverSends,
		expected: "sequence numbers go up by one with each packet, and from 65535 to 0"},
	{kind: FactRTPTime, party: PartyServer, requirement: "RO-RTSP-114",
		expected: "timestamps are the send times of the ASF packets, in milliseconds"},
	{kind: FactRTPMarker, party: PartyServer, requirement: "RO-RTSP-114",
		expected: "a packet that ends an ASF packet has the marker"},
	{kind: FactPairSizes, party: PartyServer, requirement: "RO-RTSP-105", when: serverSends,
		expected: "two or three packets whose sizes modulo 3 are 2, 0 and 1, the last two if there are two"},
	{kind: FactResendMisplaced, party: PartyServer, requirement: "RO-RTSP-108", when: serverSends,
		expected: "lost packets are sent again to the port of the retransmission stream"},
	{kind: FactReplyNumber, party: PartyServer, requirement: "RO-RTSP-115", causal: true,
		expected: "every reply repeats the CSeq of its request"},
	{kind: FactReplyOrder, party: PartyServer, requirement: "RO-RTSP-115",
		expected: "replies come in the order of their requests"},
	{kind: FactSessionChanged, party: PartyServer, requirement: "RO-RTSP-116", causal: true,
		expected: "a session keeps the id that its first SETUP was answered with"},
	{kind: FactSessionSurvives, party: PartyServer, requirement: "RO-RTSP-109",
		expected: "after TEARDOWN the session is unknown: 454"},
}

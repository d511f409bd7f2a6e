package trace

import (
	"bytes"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// dissector is what reading needs to know of one control protocol.
type dissector struct {
	service rollover.Service
	// rungs are those behind the port, in no order: what an attempt may have
	// been that never got a word through.
	rungs func(rollover.Dialect) []rollover.Rung
	// speaks reports whether a client's first bytes are this protocol's.
	speaks func([]byte) bool
	// read cuts the connections to the protocol into attempts.
	read func(r *reading, conns []*connection, rungs []rollover.Rung) []*attempt
	// give counts the content that came on an attempt's connections.
	give func(r *reading, a *attempt, d *depacketizers)
	// decide finds an attempt's outcome, when all media has been given out.
	decide func(r *reading, a *attempt)
	// ends is where each side said that an attempt's stream is over: the client
	// that it leaves it, the server that it has come to its end.
	ends func(r *reading, a *attempt) (client, server mark)
	// inspect looks for facts.
	inspect func(r *reading, a *attempt, index int)

	// Of a protocol whose datagrams are no RTP, or nil.
	claim func(all []*attempt) claim                         // recognises them, by what the conversations say
	deal  func(r *reading, all []*attempt, d *depacketizers) // hands them out to the attempts
	names func(a *attempt, port uint16) bool                 // reports a port that the client named for them

	// Of a protocol whose refusals are no statuses, or which knows no SETUP; or
	// nil.
	full    func(a *attempt) bool // reports a refusal for want of room
	granted func(a *attempt) bool // reports that the server had granted a transport
}

// dissectors has one row for each control protocol that a dialect's clients
// speak.
func dissectors(d rollover.Dialect) []dissector {
	if d == rollover.Modern {
		return modernDissectors()
	}
	return []dissector{
		{
			service: rollover.ServiceRTSP,
			rungs:   rtspRungs,
			speaks:  func(b []byte) bool { return bytes.Contains(firstLine(b), []byte("RTSP/")) },
			read:    (*reading).readRTSP,
			give:    (*reading).giveFrames,
			decide:  (*reading).decideRTSP,
			ends:    (*reading).endsRTSP,
			inspect: (*reading).inspectRTSP,
		},
		{
			service: rollover.ServiceMMS,
			rungs:   mmsRungs,
			speaks:  func(b []byte) bool { return len(b) >= 8 && bytes.Equal(b[4:8], []byte("\xce\xfa\x0b\xb0")) },
			read:    (*reading).readMMS,
			give:    (*reading).giveMMS,
			decide:  (*reading).decideMMS,
			ends:    (*reading).endsMMS,
			inspect: (*reading).inspectMMS,
			claim:   claimMMS,
			deal:    (*reading).giveBlocks,
			names:   (*attempt).named,
			full:    mmsFull,
			granted: mmsGranted,
		},
		{
			service: rollover.ServiceHTTP,
			rungs:   httpRungs,
			speaks:  func(b []byte) bool { return bytes.Contains(firstLine(b), []byte(" HTTP/")) },
			read:    (*reading).readHTTP,
			give:    (*reading).giveHTTP,
			decide:  (*reading).decideHTTP,
			ends:    (*reading).endsHTTP,
			inspect: (*reading).inspectHTTP,
		},
	}
}

func rtspRungs(rollover.Dialect) []rollover.Rung {
	return []rollover.Rung{rollover.RTSPU, rollover.RTSPT}
}

func mmsRungs(rollover.Dialect) []rollover.Rung {
	return []rollover.Rung{rollover.MMSU, rollover.MMST}
}

func httpRungs(d rollover.Dialect) []rollover.Rung {
	if d == rollover.MF {
		return []rollover.Rung{rollover.HTTP, rollover.HTTPD}
	}
	return []rollover.Rung{rollover.HTTP}
}

func firstLine(b []byte) []byte {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	return line
}

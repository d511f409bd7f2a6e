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
	// decide finds an attempt's outcome, when all media has been given out.
	decide func(r *reading, a *attempt)
	// inspect looks for facts; nil: there are none.
	inspect func(r *reading, a *attempt, index int)
}

// dissectors has one row for each control protocol. A row without a decide
// knows whether its ports opened, and no more.
func dissectors() []dissector {
	return []dissector{
		{
			service: rollover.ServiceRTSP,
			rungs:   rtspRungs,
			speaks:  func(b []byte) bool { return bytes.Contains(firstLine(b), []byte("RTSP/")) },
			read:    (*reading).readRTSP,
			decide:  (*reading).decideRTSP,
			inspect: (*reading).inspectRTSP,
		},
		{
			service: rollover.ServiceMMS,
			rungs: func(rollover.Dialect) []rollover.Rung {
				return []rollover.Rung{rollover.MMSU, rollover.MMST}
			},
			speaks: func(b []byte) bool { return len(b) >= 8 && bytes.Equal(b[4:8], []byte("\xce\xfa\x0b\xb0")) },
			read:   (*reading).readPort,
		},
		{
			service: rollover.ServiceHTTP,
			rungs:   httpRungs,
			speaks:  func(b []byte) bool { return bytes.Contains(firstLine(b), []byte(" HTTP/")) },
			read:    (*reading).readHTTP,
			decide:  (*reading).decideHTTP,
			inspect: (*reading).inspectHTTP,
		},
	}
}

func rtspRungs(d rollover.Dialect) []rollover.Rung {
	if d == "modern" {
		return []rollover.Rung{rollover.RTSPU, rollover.RTSPM, rollover.RTSPT}
	}
	return []rollover.Rung{rollover.RTSPU, rollover.RTSPT}
}

func httpRungs(d rollover.Dialect) []rollover.Rung {
	switch d {
	case "mf":
		return []rollover.Rung{rollover.HTTP, rollover.HTTPD}
	case "modern":
		return []rollover.Rung{rollover.RTSPH}
	}
	return []rollover.Rung{rollover.HTTP}
}

func firstLine(b []byte) []byte {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	return line
}

// readPort knows no more of a protocol than whether its connection stood.
func (r *reading) readPort(conns []*connection, rungs []rollover.Rung) []*attempt {
	var out []*attempt
	for _, c := range conns {
		a := newAttempt(rollover.ServiceMMS, c)
		a.Candidates = rungs
		if !r.unopened(a, c) {
			a.decide(rollover.Broken, rollover.PartyServer, a.begin, mark{}, "the connection stood, and no media came of it")
			a.End = c.near().last.at
		}
		out = append(out, a)
	}
	return out
}

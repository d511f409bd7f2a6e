package trace

import (
	"bytes"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// modernDissectors are the protocols of clients of RFC 2326: RTSP, its tunnel
// through HTTP, and itself inside TLS.
func modernDissectors() []dissector {
	return []dissector{
		{
			service: rollover.ServiceRTSP,
			rungs: func(rollover.Dialect) []rollover.Rung {
				return []rollover.Rung{rollover.RTSPU, rollover.RTSPM, rollover.RTSPT}
			},
			speaks:  func(b []byte) bool { return bytes.Contains(firstLine(b), []byte("RTSP/")) },
			read:    (*reading).readRTSP,
			give:    (*reading).giveFrames,
			decide:  (*reading).decideRTSP,
			ends:    (*reading).endsRTSP,
			inspect: (*reading).inspectModern,
		},
		{
			service: rollover.ServiceHTTP,
			rungs:   func(rollover.Dialect) []rollover.Rung { return []rollover.Rung{rollover.RTSPH} },
			speaks:  func(b []byte) bool { return bytes.Contains(firstLine(b), []byte(" HTTP/")) },
			read:    (*reading).readTunnels,
			give:    (*reading).giveFrames,
			decide:  (*reading).decideTunnel,
			ends:    (*reading).endsRTSP,
			inspect: (*reading).inspectTunnel,
		},
		{
			service: rollover.ServiceTLS,
			rungs:   func(rollover.Dialect) []rollover.Rung { return []rollover.Rung{rollover.RTSPS} },
			speaks:  func(b []byte) bool { return bytes.HasPrefix(b, []byte{0x16, 3}) },
			read:    (*reading).readTLS,
			give:    (*reading).giveRecords,
			decide:  (*reading).decideTLS,
			ends:    (*reading).endsTLS,
			inspect: (*reading).inspectTLS,
		},
	}
}

// modern reports that the clients are of RFC 2326, and the clip is theirs.
func (r *reading) modern() bool { return r.scenario.Dialect == rollover.Modern }

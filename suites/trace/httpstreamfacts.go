package trace

import (
	"fmt"
	"slices"

	"github.com/rollover-conformance/rollover/fixtures/wmsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// inspectStream looks at the data packets in the answer to Play.
func (r *reading) inspectStream(i int, c call) {
	if c.kind() != wmsp.Play || !c.ok() || !c.streamer() {
		return
	}
	d := &depacketizers{clip: r.clip, anyASF: !r.wantsClip()}
	var in []parcel
	for _, e := range c.packets {
		if p := e.Packet; p.Type == wmsp.DataPacket {
			var y yield
			d.count(&y, p.Payload)
			in = append(in, parcel{mark: webMark(e), content: y.clip, head: dataHeader{p.Location, p.Incarnation, p.Flags}})
		}
	}
	if len(in) == 0 {
		return
	}
	r.inspectLocations(i, in)
	if r.wantsClip() {
		r.inspectWebCounts(i, in)
	}
	if r.onceThrough(1) {
		r.inspectOrder(i, in)
	}
}

// inspectWebCounts: over HTTP the counter begins at 0 with each Play (MS-WMSP
// 2.2.3).
func (r *reading) inspectWebCounts(i int, in []parcel) {
	for n, p := range in {
		if p.head.count != byte(n) {
			r.note(rollover.FactPacketCount, i, p.at, []int{in[max(n-1, 0)].frame, p.frame},
				fmt.Sprintf("data packet %d of the answer has the count %d", n, p.head.count))
			return
		}
	}
}

// inspectWebHeader looks at the header in front of the data, or alone in the
// answer to Describe.
func (r *reading) inspectWebHeader(i int, c call) {
	var header []byte
	data := false
	for _, e := range c.packets {
		if e.Packet.Type == wmsp.HeaderPacket {
			if e.Packet.Flags&wmsp.First != 0 {
				header = nil
			}
			header = append(header, e.Packet.Payload...)
			if e.Packet.Flags&wmsp.Last != 0 {
				break
			}
		}
		if data = e.Packet.Type == wmsp.DataPacket; data {
			break
		}
	}
	fault := ""
	switch {
	case header == nil && data:
		fault = "data without a header in front of it"
	case header != nil:
		fault = r.headerFault(header)
	}
	if fault != "" {
		at := c.answered()
		r.note(rollover.FactHeaderDiffers, i, at.at, []int{at.frame, webMark(c.packets[0]).frame}, fault)
	}
}

// broadcast reports an answer that calls the content one.
func broadcast(c call) bool {
	return slices.Contains(c.reply.Response.Pragmas().Features(), "broadcast")
}

func (r *reading) inspectHTTPEnd(a *attempt, i int) {
	for _, c := range a.conns {
		for _, x := range r.calls(c, c.far()) {
			if x.kind() != wmsp.Play || !x.ok() || !x.streamer() {
				continue
			}
			var told mark
			var late []int
			for _, e := range x.packets {
				switch {
				case e.Packet.Type == wmsp.EndPacket && e.Packet.Reason != wmsp.MoreFollows && !told.seen():
					told = webMark(e)
				case e.Packet.Type == wmsp.DataPacket && told.seen():
					late = append(late, webMark(e).frame)
				}
			}
			r.inspectEnd(a, i, told, late, !broadcast(x))
		}
	}
}

package trace

import (
	"fmt"
	"slices"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// inspectRTSPEnd: only the dialect's own clients are told (MS-RTSP 2.2.7.4).
func (r *reading) inspectRTSPEnd(a *attempt, i int) {
	t := r.talkOf(a.mediaConn(), serverSide)
	at := slices.IndexFunc(t.events, func(e rtsp.Event) bool {
		return e.Kind == rtsp.Request && !e.FromClient && isEndOfStream(e.Message) && e.Span.End >= a.begin.at && e.Span.End <= a.here
	})
	var told mark
	var late []int
	if at >= 0 {
		told = markOf(&t.events[at])
		for _, e := range t.events[at:] {
			if e.Kind == rtsp.Frame && !e.FromClient && a.rung() == rollover.RTSPT && e.Span.End <= a.here {
				late = append(late, markOf(&e).frame)
			}
		}
	}
	late = append(late, overdue(a.parcels, told)...)
	r.inspectEnd(a, i, told, late, a.windowsMedia() && r.hasASF(a))
	if at >= 0 {
		r.inspectEndNumber(a, i, &t.events[at])
	}
}

func isEndOfStream(m *rtsp.Message) bool {
	if m.ContentType() != rtsp.TypeExtensionCmd {
		return false
	}
	_, ok := rtsp.ParseEndOfStream(m.Body)
	return ok
}

// inspectEndNumber holds what the end says of the last packet against it.
func (r *reading) inspectEndNumber(a *attempt, i int, e *rtsp.Event) {
	info, err := rtsp.ParseRTPInfo(e.Message.Header.Value("RTP-Info"))
	streams := bySource(a.parcels)
	if err != nil || len(info) != 1 || !info[0].HasSequence || len(streams) != 1 || !r.onceThrough(a.plays()) {
		return
	}
	in := sequenced(streams[0])
	last := in[len(in)-1]
	if info[0].Sequence != last.rtp.Sequence+1 {
		r.note(rollover.FactEndNumber, i, e.Span.End, []int{last.frame, markOf(e).frame},
			fmt.Sprintf("the last packet has the sequence number %d, and the end of the stream says seq=%d", last.rtp.Sequence, info[0].Sequence))
	}
}

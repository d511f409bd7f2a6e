package trace

import (
	"fmt"
	"slices"

	"github.com/rollover-conformance/rollover/fixtures/mms"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// inspectMMSHeader looks at the header that ReadBlock brought, and at what
// ReportOpenFile had said of it.
func (r *reading) inspectMMSHeader(a *attempt, i int) {
	h := &a.mms().headers[serverSide]
	if h.whole == 0 {
		return
	}
	if fault := r.headerFault(h.content); fault != "" {
		r.note(rollover.FactHeaderDiffers, i, h.first.at, []int{h.first.frame}, fault)
	}
	for _, s := range a.mms().find(mms.MIDOpenFile) {
		there, ok := r.atServer(s)
		if !ok || there.reply == nil {
			continue
		}
		m, ok := there.reply.Message.(*mms.ReportOpenFile)
		if !ok || m.Result.Failed() {
			continue
		}
		fault := ""
		switch {
		case int(m.HeaderSize) != len(h.content):
			fault = fmt.Sprintf("ReportOpenFile promises a header of %d bytes, and %d come", m.HeaderSize, len(h.content))
		case r.wantsClip() && int(m.PacketSize) != r.clip.PacketSize():
			fault = fmt.Sprintf("ReportOpenFile promises packets of %d bytes, and they have %d", m.PacketSize, r.clip.PacketSize())
		}
		if fault != "" {
			r.note(rollover.FactFileDiffers, i, there.answered().at, []int{there.answered().frame, h.first.frame}, fault)
			return
		}
	}
}

// inspectMMSEnd holds the end against the request that it answers as well: a
// StopPlaying is answered with one, too (MS-MMSP 3.2.5).
func (r *reading) inspectMMSEnd(a *attempt, i int) {
	c := a.conns[len(a.conns)-1]
	t := r.mmsTalkOf(c, serverSide)
	starts, stops := a.mms().starts(), a.mms().find(mms.MIDStopPlaying)
	var told mark
	var end *mms.ReportEndOfStream
	var late []int
	for k := range t.events {
		e := &t.events[k]
		if e.FromClient || e.Span.End < a.begin.at || e.Span.End > a.here {
			continue
		}
		m, ok := e.Message.(*mms.ReportEndOfStream)
		switch {
		case e.Kind == mms.MessageEvent && ok && !told.seen() && m.Result != mms.MoreFollows:
			told, end = mmsMark(e), m
		case e.Kind == mms.DataEvent && told.seen() && a.rung() == rollover.MMST:
			late = append(late, mmsMark(e).frame)
		}
	}
	late = append(late, overdue(a.parcels, told)...)
	if len(stops) > 0 || len(starts) != 1 {
		return
	}
	r.inspectEnd(a, i, told, late, !r.broadcasts(c))
	if end != nil && byte(end.Incarnation) != incarnationOf(starts[0]) {
		r.note(rollover.FactEndNumber, i, told.at, []int{starts[0].asked().frame, told.frame},
			fmt.Sprintf("StartPlaying has the playIncarnation %d, and the end of the stream %d", incarnationOf(starts[0]), end.Incarnation))
	}
}

// broadcasts reports that the server called the content a broadcast.
func (r *reading) broadcasts(c *connection) bool {
	return slices.ContainsFunc(r.mmsTalkOf(c, serverSide).asks, func(x ask) bool {
		if x.reply == nil {
			return false
		}
		m, ok := x.reply.Message.(*mms.ReportOpenFile)
		return ok && m.Attributes&mms.Broadcast != 0
	})
}

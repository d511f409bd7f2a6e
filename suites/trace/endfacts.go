package trace

import (
	"fmt"
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// inspectEnd looks at the end of an attempt's stream as the server told it: that
// it did, and that no media came behind it. A broadcast has no end.
func (r *reading) inspectEnd(a *attempt, i int, told mark, late []int, due bool) {
	switch {
	case told.seen() && len(late) > 0:
		r.note(rollover.FactEndEarly, i, told.at, append([]int{told.frame}, late...),
			fmt.Sprintf("the end of the stream, and then %d more packets of media", len(late)))
	case !told.seen() && due && a.Outcome == rollover.Played && r.sentAll(a) && !r.changesPlay():
		last := lastMark(a.sent[serverSide])
		if leave := r.leaveOf(a); r.stillThere(a, leave, last.at) {
			r.note(rollover.FactEndMissing, i, last.at, []int{last.frame, max(leave.frame, last.frame)},
				"all packets of the clip were sent, and nothing said that this is the end")
		}
	}
}

// sentAll reports that the clip left the server to its end.
func (r *reading) sentAll(a *attempt) bool {
	return r.wantsClip() && r.scenario.Offer.Content != "live" && len(a.sent[serverSide]) >= r.total()
}

// stillThere reports that the client would have heard the end, or that the
// server's closing of the connection was all it was told.
func (r *reading) stillThere(a *attempt, leave mark, last time.Duration) bool {
	end := closingOf(a.mediaConn())
	if end.byServer() && !end.byRig && (!leave.seen() || end.server.at < leave.at) {
		return true
	}
	if leave.seen() {
		return leave.at-last >= silence
	}
	return r.rec.last-last >= silence
}

// overdue are the frames of datagrams that left long after the end was told: by
// another way, it may overtake the last of them.
func overdue(in []parcel, told mark) []int {
	var out []int
	for _, p := range in {
		if p.byUDP && told.seen() && p.at > told.at+grace {
			out = append(out, p.frame)
		}
	}
	return out
}

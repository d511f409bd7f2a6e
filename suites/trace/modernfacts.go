package trace

import (
	"fmt"
	"slices"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// inspectModern looks for what an RTSP attempt of the modern ladder should not
// show.
func (r *reading) inspectModern(a *attempt, i int) {
	r.inspectReplies(a, i)
	r.inspectInterleaved(a, i)
	r.inspectClosing(a, i)
	r.inspectContent(a, i)
	r.inspectWords(a, i)
	for _, stream := range bySource(a.parcels) {
		r.inspectSequence(i, stream)
	}
	r.inspectTruth(a, i)
	r.inspectTeardown(a, i)
	switch a.rung() {
	case rollover.RTSPU:
		r.inspectPorts(a, i)
		r.inspectLate(a, i)
		r.inspectClosedPort(a, i)
		r.inspectPortPairs(a, i)
		r.inspectKeepAlive(a, i)
	case rollover.RTSPM:
		r.inspectGroups(a, i)
		r.inspectLate(a, i)
		r.inspectMembership(a, i)
		r.inspectKeepAlive(a, i)
	}
	r.inspectSession(a, i)
	r.noteReports(a)
}

// departure is what is remembered of a stream's media where it left the server.
type departure struct {
	first rtsp.RTP // by sequence number
	at    mark
	count int
	other []int // frames of a source that Transport did not name
	ssrc  uint32
}

// afterFirst is how many packets may overtake a stream's first.
const afterFirst = 16

// leaves takes note of a packet of a stream's where it leaves the server.
func (a *attempt) leaves(stream int, p rtsp.RTP, at mark) {
	if stream < 0 {
		return
	}
	if a.departures == nil {
		a.departures = map[int]*departure{}
	}
	d := a.departures[stream]
	if d == nil {
		d = &departure{first: p, at: at}
		a.departures[stream] = d
	}
	d.count++
	if d.count <= afterFirst && int16(p.Sequence-d.first.Sequence) < 0 {
		d.first, d.at = p, at
	}
	if named, ok := a.selections[stream].granted.SSRC(); ok && named != p.SSRC {
		d.other, d.ssrc = append(d.other, at.frame), p.SSRC
	}
}

// inspectTruth holds what the replies said of the media against the media: its
// source, and the packet that it begins with.
func (r *reading) inspectTruth(a *attempt, i int) {
	for n, s := range a.selections {
		d := a.departures[n]
		if d == nil {
			continue
		}
		if len(d.other) > 0 {
			named, _ := s.granted.SSRC()
			r.note(rollover.FactRTPSource, i, d.at.at, append([]int{s.answered().frame}, d.other...),
				fmt.Sprintf("%d packets of stream %s with SSRC %08x; announced: %08x", len(d.other), lastSegment(s.req.Message.URL), d.ssrc, named))
		}
		if play, info, ok := a.promised(s); ok && a.rung() != rollover.RTSPM {
			if seen := r.broken(info, d.first); seen != "" {
				r.note(rollover.FactRTPInfo, i, d.at.at, []int{play.answered().frame, d.at.frame},
					fmt.Sprintf("stream %s begins with %s", lastSegment(s.req.Message.URL), seen))
			}
		}
	}
}

// promised is what the only reply to PLAY said of a stream.
func (a *attempt) promised(s selection) (play step, info rtsp.RTPInfo, ok bool) {
	var plays []step
	for _, x := range a.steps {
		if x.method() == rtsp.Play && x.ok() {
			plays = append(plays, x)
		}
	}
	if len(plays) != 1 {
		return step{}, info, false
	}
	entries, err := rtsp.ParseRTPInfo(plays[0].reply.Message.Header.List("RTP-Info"))
	if err != nil {
		return step{}, info, false
	}
	for _, e := range entries {
		if lastSegment(e.URL) == lastSegment(s.req.Message.URL) {
			return plays[0], e, true
		}
	}
	return step{}, info, false
}

// broken says how a stream's first packet differs from what was promised; empty:
// it does not. Where the server may begin elsewhere than at the start of the
// range, its time is nobody's to judge.
func (r *reading) broken(info rtsp.RTPInfo, first rtsp.RTP) string {
	switch {
	case info.HasSequence && info.Sequence != first.Sequence:
		return fmt.Sprintf("sequence number %d; RTP-Info: %d", first.Sequence, info.Sequence)
	case info.HasTime && info.Time != first.Timestamp && r.wantsClip():
		return fmt.Sprintf("timestamp %d; RTP-Info: %d", first.Timestamp, info.Time)
	}
	return ""
}

// inspectPortPairs holds the client's ports against RFC 2326: a pair of its own
// for each stream, the even one for media.
func (r *reading) inspectPortPairs(a *attempt, i int) {
	var taken []rtsp.Ports
	for _, s := range a.selections {
		p, ok := s.clientPort()
		if !ok {
			continue
		}
		fault := ""
		switch ranges := r.scenario.Client.Ports; {
		case slices.ContainsFunc(taken, p.Overlaps):
			fault = fmt.Sprintf("stream %s on ports %s, which another stream has", lastSegment(s.req.Message.URL), p)
		case p.First%2 != 0:
			fault = fmt.Sprintf("stream %s on the odd port %d", lastSegment(s.req.Message.URL), p.First)
		case len(ranges) > 0 && !ranges.Contains(p.First):
			fault = fmt.Sprintf("port %s outside the client's range %s", p, ranges)
		}
		taken = append(taken, p)
		if fault != "" {
			r.note(rollover.FactPortsShared, i, s.asked().at, []int{s.asked().frame}, fault)
			return
		}
	}
}

// inspectTeardown looks at the answer to TEARDOWN, and for frames behind it.
func (r *reading) inspectTeardown(a *attempt, i int) {
	for _, s := range a.steps {
		if s.method() != rtsp.Teardown {
			continue
		}
		asked, end := s.asked(), closingOf(s.conn)
		waited := r.rec.last - asked.at
		if gone := earlier(end.client, end.server); gone.seen() {
			waited = min(waited, gone.at-asked.at)
		}
		there, arrived := r.twinOf(s)
		switch {
		case arrived && there.reply == nil && waited >= silence:
			r.note(rollover.FactTeardownFailed, i, asked.at, []int{asked.frame}, "TEARDOWN was never answered")
		case s.status() >= 400 && s.status() != rtsp.StatusUnauthorized && s.status() != 454:
			r.note(rollover.FactTeardownFailed, i, asked.at, []int{asked.frame, s.answered().frame}, fmt.Sprintf("TEARDOWN was answered %d", s.status()))
		case s.ok() && a.torn && a.interleaves():
			r.inspectLateFrames(a, i, s)
		}
	}
}

func (r *reading) inspectLateFrames(a *attempt, i int, torn step) {
	there, ok := twin(r.nearTalk(torn.conn).exchanges, r.talkOf(torn.conn, serverSide).exchanges, torn.n)
	if !ok || !there.ok() {
		return
	}
	var late []int
	for _, e := range r.talkOf(torn.conn, serverSide).events {
		if e.Kind == rtsp.Frame && !e.FromClient && e.Span.End > there.answered().at && e.Span.End <= a.here {
			late = append(late, markOf(&e).frame)
		}
	}
	if len(late) > 0 {
		r.note(rollover.FactLateFrames, i, there.answered().at, append([]int{there.answered().frame}, late...),
			fmt.Sprintf("%d interleaved frames after TEARDOWN was answered", len(late)))
	}
}

// inspectKeepAlive looks for a time longer than the session's in which a client
// of media by UDP let nothing be heard: any request will do, and any report.
func (r *reading) inspectKeepAlive(a *attempt, i int) {
	timeout := a.sessionTimeout()
	var signs []mark
	playing := false
	for _, s := range a.steps {
		playing = playing || s.method() == rtsp.Play
		if playing {
			signs = append(signs, s.asked())
		}
	}
	for _, g := range r.udp[clientSide] {
		if !g.fromServer && g.class == classRTCP && g.at >= a.begin.at && g.at <= a.until {
			signs = append(signs, g.mark)
		}
	}
	if !playing || a.Outcome != rollover.Played {
		return
	}
	signs = append(signs, mark{a.Media.LastFrame, a.Media.Last})
	slices.SortStableFunc(signs, func(x, y mark) int { return int(x.at - y.at) })
	for n := 1; n < len(signs); n++ {
		if gap := signs[n].at - signs[n-1].at; gap > timeout {
			r.note(rollover.FactKeptWaiting, i, signs[n-1].at, []int{signs[n-1].frame, signs[n].frame},
				fmt.Sprintf("no request and no report for %s; the session's time-out is %s", gap.Round(time.Millisecond), timeout))
			return
		}
	}
}

// noteReports tells of RTCP, for people.
func (r *reading) noteReports(a *attempt) {
	var first [2]mark
	var count [2]int
	saw := func(fromServer bool, at mark) {
		side := 0
		if fromServer {
			side = 1
		}
		if count[side] == 0 {
			first[side] = at
		}
		count[side]++
	}
	if a.interleaves() {
		for _, e := range r.nearTalk(a.conns[len(a.conns)-1]).events {
			if e.Kind == rtsp.Frame && rtsp.IsRTCP(e.Payload) && e.Span.End >= a.begin.at && e.Span.End <= a.here {
				saw(!e.FromClient, markOf(&e))
			}
		}
	} else {
		for _, g := range r.udp[clientSide] {
			if g.class == classRTCP && g.at >= a.begin.at && g.at <= a.until {
				saw(g.fromServer, g.mark)
			}
		}
	}
	for side, n := range count {
		if n > 0 {
			a.say(first[side], side == 0, "reports: %d", n)
		}
	}
}

package trace

import (
	"fmt"
	"slices"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// inspectRTSP looks for what an RTSP attempt should not show.
func (r *reading) inspectRTSP(a *attempt, i int) {
	r.inspectReplies(a, i)
	r.inspectPairs(a, i)
	r.inspectInterleaved(a, i)
	r.inspectClosing(a, i)
	r.inspectContent(a, i)
	r.inspectWords(a, i)
	r.inspectTeardown(a, i)
	r.inspectDescription(a, i)
	r.inspectRTP(a, i)
	r.inspectRTSPEnd(a, i)
	if a.rung() == rollover.RTSPU {
		r.inspectPorts(a, i)
		r.inspectLate(a, i)
		r.inspectLoss(a, i)
		r.inspectProbe(a, i)
	}
	r.inspectSession(a, i)
}

// inspectReplies looks at what SETUP and PAUSE were answered.
func (r *reading) inspectReplies(a *attempt, i int) {
	for _, s := range a.selections {
		if !s.ok() {
			continue
		}
		at := s.answered()
		_, hasPort := s.serverPort()
		switch {
		case !s.replied:
			r.note(rollover.FactTransportMissing, i, at.at, []int{at.frame},
				fmt.Sprintf("SETUP %s was answered 200 without a Transport that can be read", lastSegment(s.req.Message.URL)))
		case s.other():
			r.note(rollover.FactOtherTransport, i, at.at, []int{s.asked().frame, at.frame},
				fmt.Sprintf("asked for %s, granted %s", transportText(s.req.Message.Header.List("Transport")), s.granted.Protocol))
		case s.granted.UDP() && s.granted.Multicast():
			if _, named := s.group(); !named {
				r.note(rollover.FactGroupMissing, i, at.at, []int{at.frame},
					fmt.Sprintf("SETUP %s was answered with %q", lastSegment(s.req.Message.URL), s.granted))
			}
		case s.granted.UDP() && !hasPort:
			r.note(rollover.FactServerPortMissing, i, at.at, []int{at.frame},
				fmt.Sprintf("SETUP %s was answered with %q", lastSegment(s.req.Message.URL), s.granted))
		}
	}
	playing := false
	for _, s := range a.steps {
		switch s.method() {
		case rtsp.Play:
			playing = playing || s.ok()
		case rtsp.Pause:
			if playing && s.status() >= 400 {
				r.note(rollover.FactPauseRefused, i, s.answered().at, []int{s.asked().frame, s.answered().frame},
					fmt.Sprintf("PAUSE while playing was answered %d", s.status()))
			}
		}
	}
	r.inspectSwitch(a, i)
}

// inspectSwitch looks at the first SETUP of an attempt that follows another on
// its connection.
func (r *reading) inspectSwitch(a *attempt, i int) {
	if len(a.selections) == 0 {
		return
	}
	first := a.selections[0]
	earlier := false // another transport was negotiated on this connection before
	for _, x := range r.nearTalk(first.conn).exchanges[:first.n] {
		earlier = earlier || x.method() == rtsp.Setup
	}
	if !earlier {
		return
	}
	stateless := first.status() != 454 && first.status() != 455 && first.status() != 459
	if a.rung() == rollover.RTSPM && stateless {
		return // that is how it refuses multicast, whatever came before
	}
	switch first.status() {
	case 400, 454, 455, 459, 500, 501, 551:
		r.note(rollover.FactSwitchRefused, i, first.answered().at, []int{first.asked().frame, first.answered().frame},
			fmt.Sprintf("SETUP on the connection of an earlier transport was answered %d", first.status()))
	}
}

// inspectPairs looks at the answer to a packet-pair request, and for the pair
// itself where it left the server.
func (r *reading) inspectPairs(a *attempt, i int) {
	var req step
	for _, s := range a.steps {
		if isPairRequest(s.req.Message) {
			req = s
			break
		}
	}
	if req.req == nil {
		return
	}
	asked := req.asked()
	if !req.ok() {
		if req.reply == nil && a.until-asked.at < grace {
			return
		}
		seen := "the packet-pair request was not answered"
		if req.reply != nil {
			seen = fmt.Sprintf("the packet-pair request was answered %d", req.status())
		}
		r.note(rollover.FactPairUnanswered, i, asked.at, []int{asked.frame, max(req.answered().frame, asked.frame)}, seen)
		return
	}
	if a.Pairs.ServerSide == 0 && r.rec.last-req.answered().at >= grace {
		r.note(rollover.FactPairsMissing, i, req.answered().at, []int{asked.frame, req.answered().frame},
			"the packet-pair request was answered 200, and no pair left the server")
		return
	}
	r.inspectPairPlaces(a, i)
	r.inspectPairSizes(a, i)
}

// inspectPairSizes: the size of a packet modulo 3 says how many more come, 2, 0
// and 1 in turn (MS-RTSP 2.2.3.2).
func (r *reading) inspectPairSizes(a *attempt, i int) {
	var frames, sizes []int
	left := map[int]bool{}
	numbers := map[uint16]bool{} // a network may double a datagram
	requests := 0
	for _, s := range a.steps {
		if isPairRequest(s.req.Message) {
			requests++
		}
	}
	for _, g := range r.udp[serverSide] {
		if g.class != classPair || g.at < a.begin.at || a.followed && g.at > a.until || numbers[g.rtp.Sequence] {
			continue
		}
		numbers[g.rtp.Sequence] = true
		if p, ok := rtsp.ParsePairPacket(g.rtp); ok {
			frames, sizes = append(frames, g.frame), append(sizes, p.Size)
			left[p.Left] = true
		}
	}
	told := left[0] && left[1] && len(left) == len(sizes)
	if requests == 1 && !told && len(sizes) > 0 {
		r.note(rollover.FactPairSizes, i, a.begin.at, frames, fmt.Sprintf("a pair of packets with %d bytes", sizes))
	}
}

func (r *reading) inspectPairPlaces(a *attempt, i int) {
	ssrc, promised := a.rtxSSRC()
	var frames []int
	var what string
	for _, g := range r.udp[serverSide] {
		if g.class != classPair || g.at < a.begin.at || a.followed && g.at > a.until {
			continue
		}
		switch {
		case !a.rtxPort(g.dst.Port()):
			what = fmt.Sprintf("pair packets to port %d, which is not that of the retransmission stream", g.dst.Port())
		case !a.announced(g.src.Port()):
			what = fmt.Sprintf("pair packets from port %d, which was not announced", g.src.Port())
		case promised && g.rtp.SSRC != ssrc:
			what = fmt.Sprintf("pair packets with SSRC %08x instead of %08x", g.rtp.SSRC, ssrc)
		default:
			continue
		}
		frames = append(frames, g.frames...)
	}
	if len(frames) > 0 {
		r.note(rollover.FactPairsMisplaced, i, a.begin.at, frames, what)
	}
}

// rtxSSRC is the SSRC that pairs must carry, if the server promised that they
// carry the retransmission stream's.
func (a *attempt) rtxSSRC() (uint32, bool) {
	promised := false
	for _, s := range a.steps {
		if s.reply != nil {
			promised = promised || rtsp.HasToken(s.reply.Message.Header.List("Supported"), rtsp.PacketPairSSRC)
		}
	}
	for _, s := range a.selections {
		if ssrc, ok := s.granted.SSRC(); ok && s.rtx && promised {
			return ssrc, true
		}
	}
	return 0, false
}

// inspectInterleaved looks at frames on the connection as they left the
// server: their order, their channels, and bytes that are none.
func (r *reading) inspectInterleaved(a *attempt, i int) {
	c := a.conns[len(a.conns)-1]
	t := r.talkOf(c, serverSide)
	var agreed []byte
	for _, s := range a.selections {
		p, ok := s.granted.Interleaved()
		if !ok && len(s.specs) > 0 {
			p, ok = s.specs[0].Interleaved()
		}
		if ok {
			agreed = append(agreed, byte(p.First), byte(p.Second))
		}
	}
	played := false
	var early, astray, garbage []int
	var channel byte
	for j := range t.events {
		e := &t.events[j]
		if e.FromClient || e.Span.End < a.begin.at || a.followed && e.Span.End > a.until+grace {
			continue
		}
		at := markOf(e).frame
		switch e.Kind {
		case rtsp.Response:
			played = played || isReplyTo(t, e, rtsp.Play)
		case rtsp.Frame:
			if !played && a.interleaves() {
				early = append(early, at)
			}
			if len(agreed) > 0 && !slices.Contains(agreed, e.Channel) {
				astray, channel = append(astray, at), e.Channel
			}
		case rtsp.Garbage:
			garbage = append(garbage, e.Span.Frames...)
		}
	}
	if len(early) > 0 {
		r.note(rollover.FactFramesBeforePlay, i, a.begin.at, early, fmt.Sprintf("%d interleaved frames before the reply to PLAY", len(early)))
	}
	if len(astray) > 0 {
		r.note(rollover.FactChannel, i, a.begin.at, astray, fmt.Sprintf("%d frames on channel %d; agreed: %v", len(astray), channel, agreed))
	}
	if len(garbage) > 0 {
		r.note(rollover.FactGarbage, i, a.begin.at, garbage, "bytes from the server that are neither a message nor a frame")
	}
}

func isReplyTo(t *talk, e *rtsp.Event, method string) bool {
	return slices.ContainsFunc(t.exchanges, func(x exchange) bool { return x.reply == e && x.method() == method })
}

// inspectRedirects looks at connections that a redirect should have ended, and
// at redirects without an end.
func (r *reading) inspectRedirects(a *attempt, i int) {
	var frames []int
	for _, s := range a.steps {
		if s.status()/100 != 3 {
			continue
		}
		at := s.answered()
		frames = append(frames, at.frame)
		end := closingOf(s.conn)
		patient := !end.client.seen() || end.client.at-at.at >= silence
		kept := !end.server.seen() || end.server.at-at.at >= silence
		if patient && kept && r.rec.last-at.at >= silence {
			r.note(rollover.FactRedirectKept, i, at.at, []int{at.frame}, fmt.Sprintf("%d, and the server kept the connection", s.status()))
		}
	}
	r.inspectLoop(a, i, frames)
}

// retryLost is the challenge that the last request answers, where that one got
// no answer.
func retryLost(all []exchange) (exchange, bool) {
	if len(all) < 2 || all[len(all)-1].reply != nil {
		return exchange{}, false
	}
	before := all[len(all)-2]
	return before, before.status() == rtsp.StatusUnauthorized || before.status() == 407
}

// inspectClosing looks at how the server ended a connection.
func (r *reading) inspectClosing(a *attempt, i int) {
	r.inspectRedirects(a, i)
	for _, c := range a.conns {
		end := closingOf(c)
		t := r.talkOf(c, serverSide)
		if !end.byServer() || end.byRig || len(t.exchanges) == 0 {
			if end.byServer() && end.reset && !end.byRig && c.near().established() {
				r.note(rollover.FactResetAfterAccept, i, end.server.at, []int{end.server.frame}, "the server accepted the connection and reset it")
			}
			continue
		}
		last := t.exchanges[len(t.exchanges)-1]
		at := []int{last.answered().frame, end.server.frame}
		atOnce := end.server.at-last.answered().at < silence // later is an idle timer, or the end of the trial
		if challenged, ok := retryLost(t.exchanges); ok && end.server.at-challenged.answered().at < silence {
			r.note(rollover.FactClosedOn401, i, end.server.at, []int{challenged.answered().frame, end.server.frame},
				fmt.Sprintf("%d, then the server closed the connection, on which the client tried again", challenged.status()))
			continue
		}
		switch {
		case last.status() == rtsp.StatusUnsupportedTransport && atOnce:
			r.note(rollover.FactClosedAfter461, i, end.server.at, at, "461, then the server closed the connection")
		case (last.status() == rtsp.StatusUnauthorized || last.status() == 407) && atOnce:
			r.note(rollover.FactClosedOn401, i, end.server.at, at, fmt.Sprintf("%d, then the server closed the connection", last.status()))
		case end.reset && last.reply == nil && !t.overAt(last.asked()) && !c.far().toClient.pending(): // else its answer may wait behind what the path keeps
			r.note(rollover.FactResetAfterAccept, i, end.server.at, []int{last.asked().frame, end.server.frame},
				fmt.Sprintf("the server answered %s with a reset", last.method()))
		}
	}
}

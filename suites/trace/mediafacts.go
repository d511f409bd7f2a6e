package trace

import (
	"fmt"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// silence is how long a paced sender may pause before it counts as stopped:
// twenty times the clip's packet interval.
const silence = time.Second

// inspectContent looks at what was sent: whether it is the clip, and all of it.
func (r *reading) inspectContent(a *attempt, i int) {
	if a.Media.Foreign > 0 {
		r.note(rollover.FactForeignMedia, i, a.Media.First, []int{a.Media.FirstFrame, a.Media.LastFrame},
			fmt.Sprintf("%d packets that are not the clip's", a.Media.Foreign))
	}
	if a.Outcome == rollover.Played && !r.wantsClip() && stuck(a.sent[serverSide], r.modern()) && !r.changesPlay() {
		only := lastMark(a.sent[serverSide])
		r.note(rollover.FactMediaIncomplete, i, only.at, []int{only.frame}, "media that does not advance: every packet has the same send time")
	}
	if a.Outcome != rollover.Played || !r.wantsClip() || r.scenario.Offer.Content == "live" {
		return
	}
	leave := r.leaveOf(a)
	r.inspectGaps(a, i, leave)
	if r.changesPlay() || len(a.sent[serverSide]) >= r.total() {
		return
	}
	last := lastMark(a.sent[serverSide])
	stopped := r.stoppedBefore(a, leave) || r.rec.last-last.at >= silence && leave.at == 0 || leave.seen() && leave.at-last.at >= silence
	if stopped {
		r.note(rollover.FactMediaIncomplete, i, last.at, []int{a.Media.FirstFrame, last.frame},
			fmt.Sprintf("%d of the clip's %d packets left the server", len(a.sent[serverSide]), r.total()))
	}
}

// inspectGaps looks for packets that passed one point and not the other while
// the client was there to take them.
func (r *reading) inspectGaps(a *attempt, i int, leave mark) {
	var lost []int
	first := a.Media.First
	for k, m := range a.sent[serverSide] {
		if _, arrived := a.sent[clientSide][k]; arrived || m.at < first {
			continue
		}
		if m.at > r.rec.last-grace || leave.seen() && m.at > leave.at-grace {
			continue
		}
		lost = append(lost, m.frame)
	}
	if len(lost) == 0 {
		return
	}
	sortInts(lost)
	r.note(rollover.FactMediaLost, i, first, lost, fmt.Sprintf("%d packets left the server and did not reach the client", len(lost)))
}

// leaveOf is when the client turned away from an attempt's media; the zero
// mark: it stayed.
func (r *reading) leaveOf(a *attempt) mark {
	left, _ := rowFor(r.rows, a.service).ends(r, a)
	left = earlier(left, closingOf(a.mediaConn()).client)
	if a.followed {
		left = earlier(left, mark{frame: -1, at: a.until})
	}
	return left
}

// mediaConn is the connection that media came on, or that ruled it.
func (a *attempt) mediaConn() *connection {
	for i := len(a.calls) - 1; i >= 0; i-- {
		if a.calls[i].fetches() {
			return a.calls[i].conn
		}
	}
	return a.conns[len(a.conns)-1]
}

// stoppedBefore reports that the server ended the stream before the client
// left it.
func (r *reading) stoppedBefore(a *attempt, leave mark) bool {
	_, end := rowFor(r.rows, a.service).ends(r, a)
	if closing := closingOf(a.mediaConn()); closing.byServer() && !closing.byRig {
		end = earlier(end, closing.server)
	}
	return end.seen() && (!leave.seen() || end.at < leave.at)
}

// changesPlay reports that the scenario itself interrupts play.
func (r *reading) changesPlay() bool { return len(r.scenario.Then) > 0 }

func lastMark(sent map[int]mark) mark {
	var last mark
	for _, m := range sent {
		if m.at > last.at || !last.seen() {
			last = m
		}
	}
	return last
}

// inspectPorts looks at where UDP media came from and went to, as it left the
// server.
func (r *reading) inspectPorts(a *attempt, i int) {
	if len(a.wrongPort) > 0 {
		r.note(rollover.FactMediaClientPort, i, a.wrongPort[0].at, framesOfDatagrams(a.wrongPort),
			fmt.Sprintf("%d media packets to port %d, which the client had not named", len(a.wrongPort), a.wrongPort[0].dst.Port()))
	}
	var source, rtcp []datagram
	for _, g := range r.udp[serverSide] {
		if !g.fromServer || g.at < a.begin.at || a.followed && g.at > a.until+grace {
			continue
		}
		switch {
		case g.class == classMedia && g.media() && a.wanted(g.dst.Port()) && !a.announced(g.src.Port()):
			source = append(source, g)
		case g.class == classRTCP && (a.wanted(g.dst.Port()) || a.announcedByName(g.src.Port())):
			rtcp = append(rtcp, g)
		}
	}
	if len(source) > 0 {
		r.note(rollover.FactMediaSourcePort, i, source[0].at, framesOfDatagrams(source),
			fmt.Sprintf("%d media packets from port %d; announced: %s", len(source), source[0].src.Port(), a.announcedText()))
	}
	if len(rtcp) > 0 {
		r.note(rollover.FactRTCPPort, i, rtcp[0].at, framesOfDatagrams(rtcp),
			fmt.Sprintf("%d RTCP packets from port %d to %d, on the media's ports", len(rtcp), rtcp[0].src.Port(), rtcp[0].dst.Port()))
	}
}

func (a *attempt) announcedByName(port uint16) bool {
	for _, s := range a.selections {
		if p, ok := s.serverPort(); ok && p.First == port {
			return true
		}
	}
	return false
}

func (a *attempt) announcedText() string {
	for _, s := range a.selections {
		if p, ok := s.serverPort(); ok {
			return p.String()
		}
	}
	return "nothing"
}

func framesOfDatagrams(in []datagram) []int {
	var out []int
	for _, g := range in {
		out = append(out, g.frames...)
	}
	return out
}

// resendWithin is how long a server may take to send a lost packet again: longer
// than a client stays that has been told of the end and misses the last packets.
const resendWithin = time.Second

// inspectLoss looks for loss reports that reached the server's announced port
// and were not followed by the packets they ask for. A client that turns away
// soon after its report waits for none.
func (r *reading) inspectLoss(a *attempt, i int) {
	leave := r.leaveOf(a)
	var port uint16
	for _, s := range a.selections {
		if p, ok := s.serverPort(); ok && s.rtx && p.Pair {
			port = p.Second
		}
	}
	var reports, misled, astray []int // of those unanswered, of those answered elsewhere, and there
	asked, answered := 0, 0
	for _, g := range r.udp[serverSide] {
		if g.fromServer || g.dst.Port() != port || port == 0 || g.at < a.begin.at || a.followed && g.at > a.until {
			continue
		}
		owed := r.rec.last-g.at >= resendWithin && (!leave.seen() || leave.at-g.at >= resendWithin)
		report, err := rtsp.ParseNACK(g.data)
		if err != nil {
			continue
		}
		if owed {
			reports, asked = append(reports, g.frames...), asked+len(report.Lost)
		}
		for _, seq := range report.Lost {
			for _, again := range r.resent(report.Media, seq, g.at) {
				if a.rtxPort(again.dst.Port()) {
					answered++
				} else {
					misled, astray = append(misled, g.frames...), append(astray, again.frame)
				}
			}
		}
	}
	switch {
	case answered > 0:
	case len(astray) > 0:
		r.note(rollover.FactResendMisplaced, i, a.begin.at, append(misled[:1:1], astray...),
			fmt.Sprintf("%d packets that were reported lost were sent again, to other ports than that of the retransmission stream", len(astray)))
	case asked > 0:
		r.note(rollover.FactLossUnanswered, i, a.begin.at, reports,
			fmt.Sprintf("loss reports for %d packets reached port %d, none was sent again", asked, port))
	}
}

// resent are the datagrams with that packet from a moment on.
func (r *reading) resent(ssrc uint32, seq uint16, after time.Duration) []datagram {
	var out []datagram
	for _, g := range r.udp[serverSide] {
		if g.fromServer && g.at >= after && g.class == classMedia && g.rtp.Sequence == seq && (ssrc == 0 || g.rtp.SSRC == ssrc) {
			out = append(out, g)
		}
	}
	return out
}

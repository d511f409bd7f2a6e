package trace

import (
	"fmt"
	"slices"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/mms"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// inspectMMS looks for what an MMS attempt should not show. What the server did
// is read where it left the server.
func (r *reading) inspectMMS(a *attempt, i int) {
	var redirects []int
	for _, s := range a.mms().asks {
		there, ok := r.atServer(s)
		if !ok {
			continue
		}
		if there.moved() {
			redirects = append(redirects, there.answered().frame)
		}
		switch m := s.req.Message.(type) {
		case *mms.Connect:
			r.inspectConnect(a, i, s, there)
			r.inspectReader(a, i, m, there)
		case *mms.ConnectFunnel:
			r.inspectFunnel(a, i, s, there)
		}
	}
	r.inspectLoop(a, i, redirects)
	r.inspectReadBlocks(a, i)
	r.inspectJunk(a, i)
	r.inspectMMSClosing(a, i)
	r.inspectContent(a, i)
	r.inspectWays(a, i)
	r.inspectMMSHeader(a, i)
	r.inspectBlocks(a, i)
	r.inspectMMSEnd(a, i)
	if a.rung() == rollover.MMSU {
		r.inspectAfterClose(a, i)
		r.inspectLostBlocks(a, i)
		r.inspectFunnelNames(a, i)
		r.inspectHeaderRetries(a, i)
		r.inspectFunnelClosed(a, i)
	}
	r.inspectMMSSession(a, i)
}

// patience is how long the client had waited on a connection for what never
// came, when it left or the capture ended.
func (r *reading) patience(c *connection, asked mark) time.Duration {
	until := r.rec.last
	if end := r.leaving(c).client; end.seen() {
		until = min(until, end.at)
	}
	return until - asked.at
}

// inspectConnect looks at what Connect was answered with.
func (r *reading) inspectConnect(a *attempt, i int, s mmsAsk, there ask) {
	if there.reply != nil {
		return
	}
	asked := there.asked()
	end := r.leaving(s.conn)
	junk := r.mmsTalkOf(s.conn, serverSide).garbage()
	switch {
	case junk != nil:
		at := mmsMark(junk)
		r.note(rollover.FactConnectUnanswered, i, at.at, []int{asked.frame, at.frame}, fmt.Sprintf("Connect was answered with %.60q", junk.Bytes))
	case end.byServer() && (end.reset || end.byRig):
	case end.byServer():
		r.note(rollover.FactConnectUnanswered, i, end.server.at, []int{asked.frame, end.server.frame}, "Connect was answered by closing the connection")
	case r.patience(s.conn, asked) >= silence && !r.olderStands(s.conn):
		r.note(rollover.FactConnectUnanswered, i, asked.at, []int{asked.frame},
			fmt.Sprintf("Connect was not answered in %s", r.patience(s.conn, asked).Round(time.Millisecond)))
	}
}

// olderStands reports that an earlier connection to the same port stood when
// this one was opened: then silence has another reason.
func (r *reading) olderStands(c *connection) bool {
	for _, o := range r.conns {
		if o == c {
			return false
		}
		end := closingOf(o)
		gone := earlier(end.client, end.server)
		if o.port() == c.port() && o.near().established() && !(gone.seen() && gone.at < c.near().first.at) {
			return true
		}
	}
	return false
}

// inspectReader looks for data to a player that a server of version 9 should
// have sent to RTSP (RO-PRT-102).
func (r *reading) inspectReader(a *attempt, i int, m *mms.Connect, there ask) {
	who := mms.ParseSubscriber(m.Subscriber)
	sent := a.Pairs.ServerSide + len(a.sent[serverSide]) + len(a.mms().onTCP) + len(a.mms().byUDP)
	if !who.SpeaksRTSP() || !there.ok() || sent == 0 {
		return
	}
	frames := []int{there.asked().frame, there.answered().frame}
	if first := firstMark(a.sent[serverSide]); first.seen() {
		frames = append(frames, first.frame)
	}
	version := there.reply.Message.(*mms.ReportConnectedEX).Version
	r.note(rollover.FactReaderServed, i, there.answered().at, frames,
		fmt.Sprintf("%s/%s, which speaks RTSP, was let in by version %q and got %d data packets", who.Product, who.Version, version, sent))
}

func firstMark(sent map[int]mark) mark {
	var first mark
	for _, m := range sent {
		first = earlier(first, m)
	}
	return first
}

// inspectFunnel looks at the answer to ConnectFunnel (MS-MMSP 3.2.5.5).
func (r *reading) inspectFunnel(a *attempt, i int, s mmsAsk, there ask) {
	f, _ := funnelOf(s)
	asked := there.asked()
	end := r.leaving(s.conn)
	name := there.req.Message.(*mms.ConnectFunnel).Name
	if !r.welcome(s.conn) {
		return // who was turned away at Connect may be told no more
	}
	if there.reply != nil {
		granted, ok := there.reply.Message.(*mms.ReportConnectedFunnel)
		if ok && !godly(granted.Name) {
			at := there.answered()
			r.note(rollover.FactFunnelName, i, at.at, []int{asked.frame, at.frame},
				fmt.Sprintf("ConnectFunnel %s was answered with a funnel called %q", name, granted.Name))
		}
		return
	}
	switch {
	case end.byServer() && !end.byRig && !end.reset && end.server.at >= asked.at:
		r.note(rollover.FactFunnelClosed, i, end.server.at, []int{asked.frame, end.server.frame},
			fmt.Sprintf("ConnectFunnel %s was answered by closing the connection", name))
	case !end.byServer() && r.patience(s.conn, asked) >= silence:
		if refused, ok := r.refusedBefore(s); ok {
			r.note(rollover.FactFunnelIgnored, i, asked.at, []int{refused.answered().frame, asked.frame},
				fmt.Sprintf("after the refusal of another transport, ConnectFunnel %s was not answered in %s", f.Transport, r.patience(s.conn, asked).Round(time.Millisecond)))
		}
	}
}

// welcome reports that the server let the client in at Connect, or said nothing
// against it.
func (r *reading) welcome(c *connection) bool {
	return !slices.ContainsFunc(r.mmsTalkOf(c, serverSide).asks, func(x ask) bool {
		return x.mid() == mms.MIDConnect && x.reply != nil && !x.ok()
	})
}

// refusedBefore is the last refusal of a funnel before a message on its
// connection.
func (r *reading) refusedBefore(s mmsAsk) (found ask, ok bool) {
	for _, x := range r.mmsTalkOf(s.conn, serverSide).asks[:s.n] {
		if x.reply != nil && x.reply.Message.MID() == mms.MIDReportDisconnectedFunnel {
			found, ok = x, true
		}
	}
	return found, ok
}

// inspectReadBlocks looks for a connection that ends because the header was
// asked for again.
func (r *reading) inspectReadBlocks(a *attempt, i int) {
	blocks := a.mms().find(mms.MIDReadBlock)
	if len(blocks) < 2 {
		return
	}
	last := blocks[len(blocks)-1]
	there, ok := r.atServer(last)
	end := r.leaving(last.conn)
	if !ok || there.reply != nil || !end.byServer() || end.byRig || end.server.at < there.asked().at {
		return
	}
	how := "closing the connection"
	if end.reset {
		how = "a reset"
	}
	r.note(rollover.FactHeaderOnce, i, end.server.at, []int{there.asked().frame, end.server.frame},
		fmt.Sprintf("ReadBlock number %d was answered by %s", len(blocks), how))
}

// inspectJunk looks for bytes in the server's stream that belong to nothing,
// after it had begun to speak the protocol.
func (r *reading) inspectJunk(a *attempt, i int) {
	for _, c := range a.conns {
		t := r.mmsTalkOf(c, serverSide)
		junk := t.garbage()
		if junk == nil || junk.Span.End < a.begin.at || junk.Span.End > a.here || len(t.asks) == 0 || t.asks[0].reply == nil {
			continue
		}
		r.note(rollover.FactGarbage, i, junk.Span.Begin, few(junk.Span.Frames), fmt.Sprintf("bytes from the server that are neither a message nor data: %.40q", junk.Bytes))
	}
}

// inspectMMSClosing looks for resets in the place of words.
func (r *reading) inspectMMSClosing(a *attempt, i int) {
	for _, c := range a.conns {
		end := r.leaving(c)
		if !end.byServer() || !end.reset || end.byRig || end.server.at > a.here || !c.near().established() {
			continue
		}
		asks := r.mmsTalkOf(c, serverSide).asks
		switch {
		case len(asks) == 0:
			r.note(rollover.FactResetAfterAccept, i, end.server.at, []int{c.near().first.frame, end.server.frame}, "the server accepted the connection and reset it")
		case asks[len(asks)-1].reply == nil && len(answers[asks[len(asks)-1].mid()]) > 0:
			last := asks[len(asks)-1]
			r.note(rollover.FactResetAfterAccept, i, end.server.at, []int{last.asked().frame, end.server.frame},
				fmt.Sprintf("the server answered %s with a reset", last.mid()))
		}
	}
}

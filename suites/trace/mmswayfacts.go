package trace

import (
	"fmt"
	"slices"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/mms"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// inspectWays looks at the way that data took against the funnel that was
// granted.
func (r *reading) inspectWays(a *attempt, i int) {
	if g := a.wrongPort; len(g) > 0 {
		r.note(rollover.FactFunnelPort, i, g[0].at, framesOfDatagrams(g),
			fmt.Sprintf("%d data packets to port %d; the funnel: %s", len(g), g[0].dst.Port(), a.funnelText()))
	}
	if g := a.mms().astray; len(g) > 0 {
		r.note(rollover.FactFunnelAddress, i, g[0].at, framesOfDatagrams(g),
			fmt.Sprintf("%d data packets to %s; the connection's client is %s, the funnel %s", len(g), g[0].dst, a.peer(g[0].dst.Addr()), a.funnelText()))
	}
	if g := a.mms().byUDP; len(g) > 0 && a.rung() == rollover.MMST {
		r.note(rollover.FactDataOverUDP, i, g[0].at, framesOfDatagrams(g),
			fmt.Sprintf("the TCP funnel was confirmed, and %d data packets went by UDP to port %d", len(g), g[0].dst.Port()))
	}
	r.inspectDataOverTCP(a, i)
}

// inspectDataOverTCP looks at data on the connection of an attempt over UDP. A
// server that sends nothing at all by UDP has not done what it confirmed; one
// that sends only the header here breaks another rule.
func (r *reading) inspectDataOverTCP(a *attempt, i int) {
	var header, all []int
	var at time.Duration
	for _, s := range a.mms().onTCP {
		if at == 0 {
			at = s.at
		}
		all = append(all, s.frame)
		if s.kind == headerBlock {
			header = append(header, s.frame)
		}
	}
	byUDP := a.Pairs.ServerSide + len(a.sent[serverSide]) + len(a.wrongPort) + len(a.mms().astray)
	if len(header) > 0 {
		r.note(rollover.FactHeaderOverTCP, i, at, header, fmt.Sprintf("the ASF header came on the control connection, in %d data packets; the funnel: %s", len(header), a.funnelText()))
	}
	if len(all) > len(header) || len(all) > 0 && byUDP == 0 {
		r.note(rollover.FactDataOverTCP, i, at, all,
			fmt.Sprintf("the UDP funnel was confirmed, and %d data packets came on the control connection, %d by UDP", len(all), byUDP))
	}
}

func (a *attempt) funnelText() string {
	if n := len(a.mms().funnels); n > 0 {
		return a.mms().funnels[n-1].req.Message.(*mms.ConnectFunnel).Name
	}
	return "none"
}

// afterClose is how long datagrams may go on when the connection has closed
// (rollover.md B.5).
const afterClose = time.Second

// inspectAfterClose looks for data by UDP when the control connection is gone:
// that ends the session (MS-MMSP 3.2.7.1).
func (r *reading) inspectAfterClose(a *attempt, i int) {
	far := a.conns[len(a.conns)-1].far()
	end := earlier(earlier(far.toServer.fin, far.toServer.rst), earlier(far.toClient.fin, far.toClient.rst))
	if !end.seen() {
		return
	}
	var late []datagram
	for _, g := range r.udp[serverSide] {
		if g.class == classBlock && g.at > end.at+afterClose && a.named(g.dst.Port()) && r.sentFor(a, g) {
			late = append(late, g)
		}
	}
	if len(late) == 0 {
		return
	}
	last := late[len(late)-1]
	r.note(rollover.FactUDPAfterClose, i, late[0].at, append([]int{end.frame}, framesOfDatagrams(late)...),
		fmt.Sprintf("%d data packets by UDP more than %s after the control connection closed, the last %s after it", len(late), afterClose, (last.at-end.at).Round(time.Millisecond)))
}

// inspectLostBlocks looks for requests for lost packets that reached the server's
// port and were not followed by the packets they ask for.
func (r *reading) inspectLostBlocks(a *attempt, i int) {
	c := a.conns[len(a.conns)-1]
	id, known := r.clientID(c)
	if !known {
		return
	}
	end := r.leaving(c)
	gone := earlier(end.client, end.server)
	var requests []int
	var first time.Duration
	asked, sent := 0, 0
	for _, g := range r.udp[serverSide] {
		over := a.followed && g.at > a.until || gone.seen() && g.at > gone.at-grace || r.rec.last-g.at < grace
		if g.class != classResend || g.dst.Port() != c.port() || g.at < a.begin.at || over {
			continue
		}
		m, err := mms.ParseResend(g.data)
		if err != nil || m.ClientID != id {
			continue // a server may ignore a stranger's
		}
		for _, n := range m.Sequences {
			was, again := r.sentTwice(a, byte(n), g.at)
			if !was {
				continue
			}
			if asked++; again {
				sent++
			}
			if len(requests) == 0 || requests[len(requests)-1] != g.frame {
				requests, first = append(requests, g.frame), max(first, g.at)
			}
		}
	}
	if asked > 0 && sent == 0 {
		r.note(rollover.FactResendUnanswered, i, first, requests,
			fmt.Sprintf("requests for %d lost packets reached UDP port %d, none was sent again", asked, c.port()))
	}
}

// clientID is the number that the server gave the client for its requests.
func (r *reading) clientID(c *connection) (uint32, bool) {
	for _, x := range r.mmsTalkOf(c, serverSide).asks {
		if x.reply == nil {
			continue
		}
		if m, ok := x.reply.Message.(*mms.ReportFunnelInfo); ok && !m.Result.Failed() {
			return m.ClientID, true
		}
	}
	return 0, false
}

// sentTwice reports whether a packet with that count was sent before a moment,
// and whether the same was sent after it.
func (r *reading) sentTwice(a *attempt, count byte, at time.Duration) (before, after bool) {
	var locations []uint32
	for _, g := range r.udp[serverSide] {
		block, ok := g.own.(mms.Data)
		if !ok || g.at < a.begin.at || block.Flags != count || !a.named(g.dst.Port()) {
			continue
		}
		switch {
		case g.at < at:
			before = true
			locations = append(locations, block.Location)
		case slices.Contains(locations, block.Location):
			after = true
		}
	}
	return before, after
}

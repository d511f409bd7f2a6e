package trace

import (
	"fmt"
	"slices"

	"github.com/rollover-conformance/rollover/fixtures/wmsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// inspectHTTP looks for what an HTTP attempt should not show. What the server
// did is read where it left the server.
func (r *reading) inspectHTTP(a *attempt, i int) {
	var redirects []int
	for _, c := range a.conns {
		for _, x := range r.calls(c, c.far()) {
			r.inspectCall(a, i, x)
			r.inspectAnswer(i, x)
			r.inspectStream(i, x)
			if x.status()/100 == 3 {
				redirects = append(redirects, x.answered().frame)
			}
		}
		r.inspectWebClosing(a, i, c)
	}
	r.inspectLoop(a, i, redirects)
	r.inspectClientID(a, i)
	r.inspectMuteLogs(a, i)
	r.inspectHTTPEnd(a, i)
	r.inspectAgents(a, i)
	r.inspectPlay(a, i)
	r.inspectContent(a, i)
}

func (r *reading) inspectCall(a *attempt, i int, c call) {
	if c.reply == nil {
		return
	}
	at := c.answered()
	frames := []int{c.asked().frame, at.frame}
	if len(c.packets) > 0 {
		frames = append(frames, webMark(c.packets[0]).frame)
		if !c.streamer() {
			r.note(rollover.FactTokenMissing, i, at.at, frames, fmt.Sprintf("packets behind Server: %q", c.reply.Response.Fields.Value("Server")))
		}
		if !c.player() {
			r.note(rollover.FactStranger, i, at.at, frames, fmt.Sprintf("%d packets to User-Agent: %q", len(c.packets), c.req.Request.Fields.Value("User-Agent")))
		}
		if r.httpOff() {
			r.note(rollover.FactHTTPServed, i, at.at, frames, "packets on the HTTP port, where the protocol is off")
		}
	}
	fields := c.reply.Response.Fields
	asked, _ := c.req.Request.Pragmas().Value("version11-enabled")
	chunked := fields.HasToken("Transfer-Encoding", "chunked") && (asked != "1" || c.kind() != wmsp.Play)
	coded := fields.Value("Content-Encoding")
	if coded == "identity" {
		coded = ""
	}
	if c.streamer() && c.ok() && c.fetches() && (chunked || coded != "") {
		how := coded
		if chunked {
			how = "chunked"
		}
		r.note(rollover.FactCoding, i, at.at, frames, fmt.Sprintf("the answer to %s is %s", c.kind(), how))
	}
}

// httpOff reports that the server's HTTP streaming is switched off.
func (r *reading) httpOff() bool {
	return r.scenario.Offer.HTTP != "wmsp" && !slices.Contains(r.scenario.Offer.Rungs, rollover.HTTP)
}

func (r *reading) inspectWebClosing(a *attempt, i int, c *connection) {
	end := closingOf(c)
	list := r.calls(c, c.far())
	if !end.byServer() || end.byRig || len(list) == 0 {
		return
	}
	last := list[len(list)-1]
	asked := last.req.Request.Fields.HasToken("Connection", "close") // then the end is the client's wish
	atOnce := end.server.at-last.answered().at < silence             // later is an idle timer, or the end of the trial
	if (last.status() == 401 || last.status() == 407) && !asked && atOnce {
		r.note(rollover.FactClosedOn401, i, end.server.at, []int{last.answered().frame, end.server.frame},
			fmt.Sprintf("%d, then the server closed the connection", last.status()))
	}
	if end.reset && last.reply == nil && !c.far().toClient.pending() {
		r.note(rollover.FactResetAfterAccept, i, end.server.at, []int{last.asked().frame, end.server.frame},
			fmt.Sprintf("the server answered %s with a reset", last.kind()))
	}
}

// inspectAgents looks at who the client says it is, and for its log.
func (r *reading) inspectAgents(a *attempt, i int) {
	if a.rung() != rollover.HTTP || len(a.calls) == 0 {
		return
	}
	for _, c := range a.calls {
		if !c.player() {
			r.note(rollover.FactAgent, i, c.asked().at, []int{c.asked().frame},
				fmt.Sprintf("%s with User-Agent: %q", c.kind(), c.req.Request.Fields.Value("User-Agent")))
			return
		}
	}
	logged := slices.ContainsFunc(a.calls, func(c call) bool { return c.kind() == wmsp.Log })
	if a.Outcome == rollover.Played && !logged {
		r.note(rollover.FactLogMissing, i, a.End, []int{a.Media.LastFrame}, "no log followed the stream")
	}
}

// inspectPlay looks at a Play that fails although Describe went well.
func (r *reading) inspectPlay(a *attempt, i int) {
	described := false
	for _, c := range a.calls {
		switch c.kind() {
		case wmsp.Describe:
			described = described || len(c.packets) > 0
		case wmsp.Play:
			if described && !c.ok() {
				seen := "Play was never answered"
				if c.reply != nil {
					seen = fmt.Sprintf("Play was answered %d", c.status())
				}
				r.note(rollover.FactPlayUnanswered, i, c.asked().at, []int{c.asked().frame, max(c.answered().frame, c.asked().frame)},
					"Describe was served; "+seen)
			}
		}
	}
}

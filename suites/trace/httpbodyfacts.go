package trace

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rollover-conformance/rollover/fixtures/wmsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// metadataSince is the version from which on players and servers know $M.
const metadataSince = 9

// inspectAnswer looks at what a streaming server's answer holds.
func (r *reading) inspectAnswer(i int, c call) {
	if !c.streamer() {
		return
	}
	if c.kind() == wmsp.Log {
		r.inspectLogAnswer(i, c)
	}
	if !c.ok() || !c.fetches() || !c.player() {
		return
	}
	r.inspectLength(i, c)
	if len(c.packets) == 0 {
		return
	}
	r.inspectMetadata(i, c)
	r.inspectWebHeader(i, c)
	if c.kind() == wmsp.Describe {
		if k := slices.IndexFunc(c.packets, func(e *wmsp.Event) bool { return e.Packet.Type == wmsp.DataPacket }); k >= 0 {
			at := webMark(c.packets[k])
			r.note(rollover.FactDescribeMore, i, at.at, []int{c.asked().frame, at.frame}, "media in the answer to Describe")
		}
	}
}

// inspectLength looks at a body that is shorter or longer than was said. What
// the client cuts off itself says nothing.
func (r *reading) inspectLength(i int, c call) {
	said := c.reply.Response.Fields.Value("Content-Length")
	if said == "" || c.body == nil || c.kind() != wmsp.Describe {
		return
	}
	seen := ""
	switch c.body.Kind {
	case wmsp.GarbageEvent:
		seen = fmt.Sprintf("Content-Length: %s ends within a packet", said)
	case wmsp.PartialEvent:
		if end := closingOf(c.conn); end.byServer() && !end.byRig || r.patience(c.conn, c.answered()) >= silence {
			seen = fmt.Sprintf("Content-Length: %s, and the body is shorter", said)
		}
	}
	if seen != "" {
		r.note(rollover.FactLengthDiffers, i, c.answered().at, []int{c.answered().frame, webMark(c.body).frame}, seen)
	}
}

// inspectMetadata: an encoder need not send $M (MS-WMSP 2.2.3).
func (r *reading) inspectMetadata(i int, c call) {
	agent, server := c.req.Request.Agent(), c.reply.Response.Server()
	header := slices.IndexFunc(c.packets, func(e *wmsp.Event) bool { return e.Packet.Type == wmsp.HeaderPacket })
	told := slices.IndexFunc(c.packets, func(e *wmsp.Event) bool { return e.Packet.Type == wmsp.MetadataPacket })
	due := agent.Major >= metadataSince && server.Major >= metadataSince && strings.EqualFold(server.Name, "Cougar")
	seen := ""
	switch {
	case due && header >= 0 && (told < 0 || told > header):
		seen = fmt.Sprintf("%s sent %s no $M before $H", server, agent)
	case agent.Major < metadataSince && told >= 0:
		seen = fmt.Sprintf("%s sent %s a $M", server, agent)
	}
	if seen != "" {
		at := webMark(c.packets[max(header, told, 0)])
		r.note(rollover.FactMetadata, i, at.at, []int{c.asked().frame, at.frame}, seen)
	}
}

func (r *reading) inspectLogAnswer(i int, c call) {
	if c.status() >= 400 {
		r.note(rollover.FactLogRefused, i, c.answered().at, []int{c.asked().frame, c.answered().frame}, fmt.Sprintf("the log was answered %d", c.status()))
	}
}

// inspectMuteLogs looks for logs that the client waited in vain to have
// answered.
func (r *reading) inspectMuteLogs(a *attempt, i int) {
	if a.Outcome != rollover.Played || r.changesPlay() {
		return
	}
	for _, c := range a.conns {
		for _, x := range r.calls(c, c.far()) {
			if x.kind() == wmsp.Log && x.reply == nil && r.patience(c, x.asked()) >= silence {
				r.note(rollover.FactLogRefused, i, x.asked().at, []int{x.asked().frame},
					fmt.Sprintf("the log was not answered in %s", r.patience(c, x.asked()).Round(10e6)))
			}
		}
	}
}

// inspectClientID follows the name of the client's session through an attempt.
// Of a broadcast a server has nothing to remember: VLC's names each answer anew.
func (r *reading) inspectClientID(a *attempt, i int) {
	known := ""
	for _, c := range a.conns {
		for _, x := range r.calls(c, c.far()) {
			if !x.fetches() || !x.ok() || !x.streamer() || !x.player() || len(x.packets) == 0 {
				continue
			}
			asked, _ := x.req.Request.Pragmas().Value("client-id")
			given, _ := x.reply.Response.Pragmas().Value("client-id")
			seen := ""
			switch {
			case asked == "" && given == "":
				seen = fmt.Sprintf("%s was answered without a client-id", x.kind())
			case asked != "" && asked == known && given != "" && given != asked:
				seen = fmt.Sprintf("%s with client-id=%.20s was answered with client-id=%.20s", x.kind(), asked, given)
			}
			if seen != "" && !broadcast(x) {
				r.note(rollover.FactClientID, i, x.answered().at, []int{x.asked().frame, x.answered().frame}, seen)
				return
			}
			if given != "" {
				known = given
			}
		}
	}
}

package trace

import (
	"bytes"
	"slices"

	"github.com/rollover-conformance/rollover/fixtures/wmsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// call is one HTTP request with all that answered it, as one point saw it.
type call struct {
	conn    *connection
	req     *wmsp.Event
	reply   *wmsp.Event
	packets []*wmsp.Event // $ packets of the answer
	body    *wmsp.Event   // an answer that is no packets, also one that was cut short
}

func (c call) kind() wmsp.RequestKind { return c.req.Request.Kind() }

func (c call) status() int {
	if c.reply == nil {
		return 0
	}
	return c.reply.Response.Status
}

func (c call) ok() bool { return c.status()/100 == 2 }

func (c call) asked() mark { return webMark(c.req) }

func (c call) answered() mark {
	if c.reply == nil {
		return mark{}
	}
	return webMark(c.reply)
}

// player reports that the request's agent speaks the streaming protocol.
func (c call) player() bool { return c.req.Request.Agent().Streams() }

// streamer reports that the reply says that a streaming server sent it.
func (c call) streamer() bool { return c.reply != nil && c.reply.Response.Server().Serves() }

// fetches reports whether the request is for content and not for a log.
func (c call) fetches() bool { return c.kind() == wmsp.Describe || c.kind() == wmsp.Play }

func (c call) authorized() bool {
	return c.req.Request.Fields.Has("Authorization") || c.req.Request.Fields.Has("Proxy-Authorization")
}

// download reports a plain GET of the whole file: no player's agent and none
// of the protocol's marks.
func (c call) download() bool {
	p := c.req.Request.Pragmas()
	return c.req.Request.Method == "GET" && !c.player() && !slices.ContainsFunc(
		[]string{"xClientGUID", "rate", "xPlayStrm", "stream-time", "packet-num"}, p.Has)
}

func webMark(e *wmsp.Event) mark { return spanMark(e.Span) }

// calls is the talk on a connection as one of its views shows it.
func (r *reading) calls(c *connection, v *view) []call {
	talks, _ := r.others[c].(map[*view][]call)
	if talks == nil {
		talks = map[*view][]call{}
		r.others[c] = talks
	}
	if _, known := talks[v]; !known {
		talks[v] = slices.Clip(calls(c, v)) // attempts add to what they get
	}
	return talks[v]
}

// calls dissects one view of a connection. Answers come in the order of the
// requests.
func calls(c *connection, v *view) []call {
	if v == nil {
		return nil
	}
	var out []call
	answered := 0 // requests whose answer has begun
	for _, e := range wmsp.Dissect(v.segments) {
		switch {
		case e.Kind == wmsp.RequestEvent:
			out = append(out, call{conn: c, req: &e})
		case e.FromClient:
		case e.Kind == wmsp.ResponseEvent:
			if e.Response.Status >= 200 && answered < len(out) {
				out[answered].reply = &e
				answered++
			}
		case answered == 0:
		case e.Kind == wmsp.PacketEvent:
			out[answered-1].packets = append(out[answered-1].packets, &e)
		default:
			out[answered-1].body = &e
		}
	}
	return out
}

// readHTTP joins the connections to the HTTP port into attempts: Describe,
// Play and the log are one attempt, on however many connections.
func (r *reading) readHTTP(conns []*connection, rungs []rollover.Rung) []*attempt {
	var out []*attempt
	for _, c := range conns {
		if c.near().fromServer {
			continue
		}
		a := newAttempt(rollover.ServiceHTTP, c)
		a.Candidates = rungs
		shut := r.unopened(a, c)
		a.calls = r.calls(c, c.near())
		if !shut && len(a.calls) == 0 && c.looked() {
			continue // somebody looked whether the port is open
		}
		var last *attempt
		if len(out) > 0 {
			last = out[len(out)-1]
		}
		if last.takes(a) {
			last.join(a)
			continue
		}
		if len(a.calls) > 0 && !slices.ContainsFunc(a.calls, call.fetches) {
			continue // a log without an attempt
		}
		if len(a.calls) > 0 {
			a.Candidates = []rollover.Rung{httpRung(a, rungs)}
		}
		out = append(out, a)
	}
	return out
}

// httpRung tells streaming from the download of the file, which a client whose
// ladder has it asks for in vain, too.
func httpRung(a *attempt, rungs []rollover.Rung) rollover.Rung {
	if len(a.calls) == 0 || !a.calls[0].download() {
		return rollover.HTTP
	}
	c := a.calls[0]
	if slices.Contains(rungs, rollover.HTTPD) || c.body != nil && c.ok() && isASF(c.body.Data) {
		return rollover.HTTPD
	}
	return rollover.HTTP
}

// isASF reports the GUID that an ASF file begins with.
func isASF(b []byte) bool {
	return bytes.HasPrefix(b, []byte("\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c"))
}

// takes reports whether a connection belongs to the attempt before it.
func (a *attempt) takes(b *attempt) bool {
	if a == nil || len(a.calls) == 0 {
		return false
	}
	last := a.lastFetch()
	if len(b.calls) == 0 { // it did not stand: for whatever the attempt needed next
		return last.ok() && len(last.packets) > 0 && (last.kind() == wmsp.Describe || a.finished())
	}
	first := b.calls[0]
	switch {
	case !first.fetches():
		return true
	case first.kind() == wmsp.Play:
		return !a.played()
	case last.status() == 401 || last.status() == 407:
		return first.authorized()
	case last.status()/100 == 3:
		return true
	}
	return false
}

func (a *attempt) lastFetch() call {
	for i := len(a.calls) - 1; i >= 0; i-- {
		if a.calls[i].fetches() {
			return a.calls[i]
		}
	}
	return a.calls[len(a.calls)-1]
}

// played reports that a Play was answered with packets.
func (a *attempt) played() bool {
	return slices.ContainsFunc(a.calls, func(c call) bool { return c.kind() == wmsp.Play && len(c.packets) > 0 })
}

// finished reports that the end of the stream was told.
func (a *attempt) finished() bool {
	return slices.ContainsFunc(a.calls, func(c call) bool {
		return slices.ContainsFunc(c.packets, func(e *wmsp.Event) bool { return e.Packet.Type == wmsp.EndPacket })
	})
}

func (a *attempt) join(b *attempt) {
	a.conns = append(a.conns, b.conns...)
	a.calls = append(a.calls, b.calls...)
	a.Messages = append(a.Messages, b.Messages...)
	a.marks = append(a.marks, b.begin)
}

// giveHTTP counts the content that passed each point.
func (r *reading) giveHTTP(a *attempt, d *depacketizers) {
	for p := range points {
		for _, c := range a.conns {
			for _, call := range r.calls(c, c.views[p]) {
				r.giveCall(a, p, call, d)
			}
		}
	}
}

func (r *reading) giveCall(a *attempt, p point, c call, d *depacketizers) {
	for _, e := range c.packets {
		if e.Packet.Type != wmsp.DataPacket {
			continue
		}
		var y yield
		d.count(&y, e.Packet.Payload)
		a.carried(p, webMark(e), y)
	}
	if c.body == nil || !c.ok() || !isASF(c.body.Data) || a.rung() != rollover.HTTPD {
		return
	}
	header, size := len(d.clip.Header()), d.clip.PacketSize()
	rest := c.body.Data[min(header, len(c.body.Data)):]
	for len(rest) >= size && size > 0 {
		var y yield
		d.count(&y, rest[:size])
		a.carried(p, webMark(c.body), y)
		rest = rest[size:]
	}
}

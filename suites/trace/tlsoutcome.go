package trace

import (
	"slices"

	"github.com/rollover-conformance/rollover/fixtures/modern"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// decideTLS finds the outcome by what can be seen: whether TLS came about, and
// whether the server then went on sending unasked.
func (r *reading) decideTLS(a *attempt) {
	r.noteRecords(a)
	a.End = r.endOf(a)
	switch {
	case a.Outcome != "":
	case len(a.sent[clientSide]) > 0:
		a.decide(rollover.Played, "", mark{a.Media.FirstFrame, a.Media.First}, mark{a.Media.LastFrame, a.Media.Last},
			"inside TLS the server went on sending unasked: %d records", len(a.sent[clientSide]))
	case len(a.sent[serverSide]) > 0:
		a.decide(rollover.Starved, rollover.PartyRig, a.begin, mark{}, "records left the server, and none reached the client")
	default:
		r.decideHandshake(a, a.conns[len(a.conns)-1])
	}
}

// decideHandshake decides an attempt without media by how far TLS came.
func (r *reading) decideHandshake(a *attempt, c *connection) {
	records, clear := r.nearRecords(c)
	find := func(is func(modern.TLSRecord) bool) (mark, bool) {
		i := slices.IndexFunc(records, is)
		if i < 0 {
			return mark{}, false
		}
		return tlsMark(records[i]), true
	}
	end := closingOf(c)
	said, spoke := find(func(rec modern.TLSRecord) bool { return rec.FromClient && rec.Hello == modern.TLSClientHello })
	alert, warned := find(func(rec modern.TLSRecord) bool { return rec.Alert != 0 })
	_, answered := find(func(rec modern.TLSRecord) bool { return !rec.FromClient && rec.Hello == modern.TLSServerHello })
	_, inside := find(func(rec modern.TLSRecord) bool { return rec.FromClient && rec.Kind == modern.TLSData })
	switch {
	case !spoke:
		r.decideMuteClient(a)
	case clear:
		at := c.near().toClient.last
		a.decide(rollover.Broken, rollover.PartyServer, at, at, "ClientHello was answered with what is no TLS")
	case warned:
		by := rollover.PartyServer
		if slices.ContainsFunc(records, func(rec modern.TLSRecord) bool { return rec.Alert != 0 && rec.FromClient }) {
			by = rollover.PartyClient
		}
		a.decide(rollover.Broken, by, alert, alert, "the handshake was given up with an alert of the %s", by)
	case !answered && end.byServer():
		a.decide(rollover.Broken, end.party(), end.server, end.server, "the connection was closed instead of an answer to ClientHello")
	case !answered && c.views[serverSide] != nil && !c.far().toServer.spoke():
		a.decide(rollover.Broken, rollover.PartyRig, said, mark{}, "ClientHello did not reach the server")
	case !answered && c.far().toClient.spoke():
		a.decide(rollover.Broken, rollover.PartyRig, said, c.far().toClient.last, "the answer to ClientHello did not reach the client")
	case !answered:
		a.decide(rollover.Broken, rollover.PartyServer, said, mark{}, "mute: ClientHello was never answered")
	case !inside:
		a.decide(rollover.Broken, rollover.PartyClient, said, c.near().last, "the client left before the handshake was over")
	default:
		r.decideSealed(a, c, records)
	}
}

// decideSealed decides an attempt in which something was said that nobody can
// read, and no media followed.
func (r *reading) decideSealed(a *attempt, c *connection, records []modern.TLSRecord) {
	var last mark
	said := 0
	for _, rec := range records {
		if rec.Kind == modern.TLSData {
			last = tlsMark(rec)
		}
		if rec.Kind == modern.TLSData && rec.FromClient {
			said++
		}
	}
	end := closingOf(c)
	left := end.client.at
	if !end.client.seen() {
		left = r.rec.last
	}
	switch {
	case end.byRig:
		a.decide(rollover.Broken, rollover.PartyRig, end.server, end.server, "the connection was reset before media came")
	case end.byServer():
		a.decide(rollover.Broken, rollover.PartyServer, end.server, end.server, "the server closed the connection before media came")
	case left-last.at >= silence:
		a.decide(rollover.Starved, "", last, last, "no media left the server, as far as TLS lets see")
	case said < playTakes:
		a.decide(rollover.Broken, rollover.PartyClient, last, last, "the client left before it can have asked for media")
	default:
		a.decide(rollover.Broken, rollover.PartyServer, last, last, "what was said inside TLS was not followed by media")
	}
}

// noteRecords tells what passed, as far as it can be seen.
func (r *reading) noteRecords(a *attempt) {
	for _, c := range a.conns {
		if n := len(c.near().syns); n > 0 && c.near().established() {
			a.say(c.near().syns[0], true, "%s", times("SYN", n))
		}
		records, _ := r.nearRecords(c)
		talked := false
		for _, rec := range records {
			a.noteRecord(rec)
			if rec.Kind == modern.TLSData && rec.FromClient {
				talked = true
				a.Asked = true // that much is all that can be known
			}
		}
		if talked {
			a.say(tlsMark(records[len(records)-1]), false, "%d records", len(records))
		}
	}
}

func (a *attempt) noteRecord(rec modern.TLSRecord) {
	switch {
	case rec.Hello == modern.TLSClientHello:
		a.say(tlsMark(rec), rec.FromClient, "ClientHello")
		a.marks = append(a.marks, tlsMark(rec))
	case rec.Hello == modern.TLSServerHello:
		a.say(tlsMark(rec), rec.FromClient, "ServerHello")
		a.marks = append(a.marks, tlsMark(rec))
	case rec.Alert != 0:
		a.say(tlsMark(rec), rec.FromClient, "alert %d", rec.Alert)
	}
}

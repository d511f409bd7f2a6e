package trace

import (
	"fmt"
	"slices"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/modern"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// What tells media inside TLS from answers: nobody asked just before. An answer
// may come late, and then it is a record or two; media goes on.
const (
	unasked     = 100 * time.Millisecond // since the client last said something
	mediaTakes  = 200 * time.Millisecond // from the first such record to the last
	mediaLeast  = 8                      // records
	playTakes   = 3                      // records of the client, at least: the end of the handshake, a description, a stream
	recordsEach = 1 << 32                // numbers of records for each connection
)

// records are the TLS records of a connection as a point saw them; clear reports
// that the server said something that is none.
func (r *reading) records(c *connection, p point) (records []modern.TLSRecord, clear bool) {
	if c.views[p] == nil {
		return nil, false
	}
	return modern.TLSRecords(c.views[p].segments)
}

// nearRecords are the records as the client had them.
func (r *reading) nearRecords(c *connection) ([]modern.TLSRecord, bool) {
	return modern.TLSRecords(c.near().segments)
}

func tlsMark(rec modern.TLSRecord) mark { return spanMark(rec.Span) }

// readTLS makes attempts of the connections to the port of RTSP over TLS. What is
// said inside nobody can read: a connection that follows one without media may
// answer a challenge that was made there, or carry the other half of a tunnel,
// and belongs to the same attempt.
func (r *reading) readTLS(conns []*connection, rungs []rollover.Rung) []*attempt {
	var out []*attempt
	for _, c := range conns {
		if c.near().fromServer {
			continue
		}
		a := newAttempt(rollover.ServiceTLS, c)
		a.Candidates = rungs
		shut := r.unopened(a, c)
		if !shut && c.looked() {
			continue // somebody looked whether the port is open
		}
		if n := len(out); n > 0 && !shut && r.goesOnInside(out[n-1]) {
			out[n-1].conns = append(out[n-1].conns, c)
			out[n-1].marks = append(out[n-1].marks, a.begin)
			continue
		}
		out = append(out, a)
	}
	return out
}

// goesOnInside reports that the attempt's last connection was sealed and brought
// no media.
func (r *reading) goesOnInside(a *attempt) bool {
	c := a.conns[len(a.conns)-1]
	records, _ := r.nearRecords(c)
	return a.Outcome == "" && len(mediaOf(records)) == 0 &&
		slices.ContainsFunc(records, func(rec modern.TLSRecord) bool { return rec.FromClient && rec.Kind == modern.TLSData })
}

// mediaOf are the numbers of the server's records that nobody had asked for just
// before, where they are too many for anything but media, with those records.
func mediaOf(records []modern.TLSRecord) map[int]modern.TLSRecord {
	found := map[int]modern.TLSRecord{}
	var asked, first, last time.Duration
	n := 0
	for _, rec := range records {
		switch {
		case rec.Kind != modern.TLSData:
		case rec.FromClient:
			asked = rec.Span.End
		default:
			if rec.Span.End-asked >= unasked {
				if len(found) == 0 {
					first = rec.Span.End
				}
				found[n], last = rec, rec.Span.End
			}
			n++
		}
	}
	if len(found) < mediaLeast || last-first < mediaTakes {
		return nil
	}
	return found
}

// giveRecords counts what can only be media.
func (r *reading) giveRecords(a *attempt, _ *depacketizers) {
	a.sealed = true
	for p := range points {
		for i, c := range a.conns {
			records, _ := r.records(c, p)
			media := mediaOf(records)
			for _, n := range sortedNumbers(media) {
				a.carried(p, tlsMark(media[n]), yield{clip: []int{i*recordsEach + n}})
			}
		}
	}
}

func sortedNumbers(m map[int]modern.TLSRecord) []int {
	var out []int
	for n := range m {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// endsTLS: what each side says of the end is sealed.
func (r *reading) endsTLS(*attempt) (client, server mark) { return client, server }

// inspectTLS looks for what may not be seen beside a sealed connection.
func (r *reading) inspectTLS(a *attempt, i int) {
	r.inspectPlain(a, i)
	c := a.conns[len(a.conns)-1]
	end := closingOf(c)
	reset := c.near().toClient.rst.seen() || c.far().toClient.rst.seen()
	switch {
	case !c.near().established():
	case !end.client.seen() && !reset && !c.near().toServer.pending():
		r.note(rollover.FactSessionLeft, i, c.near().last.at, []int{c.near().last.frame}, "the client did not end the connection")
	case end.byServer() && end.reset && !end.byRig && !c.near().toClient.spoke():
		r.note(rollover.FactResetAfterAccept, i, end.server.at, []int{end.server.frame}, "the server accepted the connection and reset it")
	}
}

// inspectPlain looks for media in the clear beside a sealed connection: a server
// refuses plain UDP under rtsps (protocols/modern.md 6).
func (r *reading) inspectPlain(a *attempt, i int) {
	var plain []datagram
	for _, g := range r.udp[serverSide] {
		if g.fromServer && g.class == classMedia && g.media() && g.at >= a.begin.at && g.at <= a.until {
			plain = append(plain, g)
		}
	}
	if len(plain) > 0 {
		r.note(rollover.FactPlainMedia, i, plain[0].at, framesOfDatagrams(plain),
			fmt.Sprintf("%d media packets in the clear from port %d while RTSP is sealed", len(plain), plain[0].src.Port()))
	}
}

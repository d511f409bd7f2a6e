package trace

import (
	"github.com/rollover-conformance/rollover/fixtures/mms"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// mmsParts is what an MMS attempt consists of.
type mmsParts struct {
	asks    []mmsAsk     // the client's messages
	heard   []*mms.Event // all messages, as the client had them
	funnels []funnel
	onTCP   []stray    // data on the connection though UDP was granted, server side
	byUDP   []datagram // data by UDP though TCP was granted, server side
	astray  []datagram // data to another address than the client's, server side
	headers [points]headers
}

// mms is what an attempt's reading as MMS has found.
func (a *attempt) mms() *mmsParts {
	p, ok := a.own.(*mmsParts)
	if !ok {
		p = &mmsParts{}
		if a.service == rollover.ServiceMMS {
			a.own = p
		}
	}
	return p
}

// mmsAsk is one message of an attempt, with the place where to find it again.
type mmsAsk struct {
	ask
	conn *connection
	n    int // index among the client's messages on that connection
}

// funnel is a ConnectFunnel.
type funnel struct {
	mmsAsk
	mms.Funnel
	named bool // the name could be read
}

func funnelOf(s mmsAsk) (f funnel, ok bool) {
	m, ok := s.req.Message.(*mms.ConnectFunnel)
	if !ok {
		return funnel{}, false
	}
	f.mmsAsk = s
	name, err := mms.ParseFunnel(m.Name)
	if err == nil {
		f.Funnel, f.named = name, true
	}
	return f, true
}

// rung is the rung that the funnel begins; "" if it names no transport that
// there is.
func (f funnel) rung() rollover.Rung {
	switch f.Transport {
	case mms.UDP:
		return rollover.MMSU
	case mms.TCP:
		return rollover.MMST
	}
	return ""
}

// readMMS cuts the MMS connections into attempts. An attempt is recognised by
// its funnel and not by its SYN: after a refusal the client may ask for the
// other transport on the connection it has (MS-MMSP 3.1.5.5). What was said
// before the first funnel belongs to the first attempt.
func (r *reading) readMMS(conns []*connection, rungs []rollover.Rung) []*attempt {
	var out []*attempt
	for _, c := range conns {
		for _, a := range r.cutMMS(c, rungs) {
			if n := len(out); n > 0 && out[n-1].redirectedTo(a) {
				out[n-1].takeOver(a)
				continue
			}
			out = append(out, a)
		}
	}
	return out
}

func (r *reading) cutMMS(c *connection, rungs []rollover.Rung) []*attempt {
	cur := newAttempt(rollover.ServiceMMS, c)
	cur.Candidates = rungs
	if r.unopened(cur, c) {
		return []*attempt{cur}
	}
	t := r.nearMMS(c)
	if len(t.events) == 0 && !closingOf(c).byServer() && len(c.near().segments) == 0 {
		return nil // somebody looked whether the port is open
	}
	cur.undecided()
	out := []*attempt{cur}
	n := 0
	for i := range t.events {
		e := &t.events[i]
		if e.Kind != mms.MessageEvent {
			continue
		}
		if e.FromClient {
			s := mmsAsk{t.asks[n], c, n}
			n++
			if next := cur.ask(s); next != cur {
				cur = next
				out = append(out, cur)
			}
		}
		cur.mms().heard = append(cur.mms().heard, e)
	}
	for _, a := range out {
		if a.unsettled() {
			a.Candidates = rungs
		}
	}
	return out
}

// ask takes a message into account and returns the attempt that it belongs
// to: a new one where it asks for another transport.
func (a *attempt) ask(s mmsAsk) *attempt {
	f, ok := funnelOf(s)
	if rung := f.rung(); ok && rung != "" {
		if !a.unsettled() && rung != a.rung() {
			a = newAttempt(rollover.ServiceMMS, s.conn)
			a.begin = s.asked()
			a.marks = []mark{a.begin}
		}
		a.setRung(rung)
	}
	if ok {
		a.mms().funnels = append(a.mms().funnels, f)
	}
	a.mms().asks = append(a.mms().asks, s)
	return a
}

// redirect is the place that the server sent the client to with its last word.
func (a *attempt) redirect() (*mms.ReportRedirect, mmsAsk) {
	if len(a.mms().asks) == 0 {
		return nil, mmsAsk{}
	}
	for i := len(a.mms().asks) - 1; i >= 0; i-- {
		if s := a.mms().asks[i]; s.reply != nil {
			m, _ := s.reply.Message.(*mms.ReportRedirect)
			return m, s
		}
	}
	return nil, mmsAsk{}
}

// redirectedTo reports whether b is what a goes on with at another place, over
// the transport that it had (RO-MMS-108).
func (a *attempt) redirectedTo(b *attempt) bool {
	m, _ := a.redirect()
	return m != nil && m.Type == mms.RedirectURL && b.conns[0] != a.conns[len(a.conns)-1] && (b.rung() == a.rung() || b.rung() == "")
}

func (a *attempt) takeOver(b *attempt) {
	a.conns = append(a.conns, b.conns...)
	a.mms().asks = append(a.mms().asks, b.mms().asks...)
	a.mms().heard = append(a.mms().heard, b.mms().heard...)
	a.mms().funnels = append(a.mms().funnels, b.mms().funnels...)
	a.marks = append(a.marks, b.marks...)
	a.Messages = append(a.Messages, b.Messages...)
	if b.Outcome != "" { // its connection never stood
		a.Outcome, a.Why, a.EndedBy, a.Trigger, a.End = b.Outcome, b.Why, b.EndedBy, b.Trigger, b.End
	}
}

// find lists the messages of one kind that the client sent.
func (p *mmsParts) find(id mms.MID) []mmsAsk {
	var out []mmsAsk
	for _, s := range p.asks {
		if s.mid() == id {
			out = append(out, s)
		}
	}
	return out
}

// starts are the requests for media.
func (p *mmsParts) starts() []mmsAsk {
	return append(p.find(mms.MIDStartPlaying), p.find(mms.MIDStartStriding)...)
}

// atServer is the same message as it reached the server's side; not ok: it did
// not.
func (r *reading) atServer(s mmsAsk) (ask, bool) {
	theirs := r.mmsTalkOf(s.conn, serverSide).asks
	if s.n >= len(theirs) || theirs[s.n].mid() != s.mid() {
		return ask{}, false
	}
	return theirs[s.n], true
}

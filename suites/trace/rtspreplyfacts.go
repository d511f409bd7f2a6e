package trace

import (
	"fmt"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// oddReply is a reply of the server's that answers no request by its number.
type oddReply struct {
	reply *rtsp.Event
	open  *rtsp.Event // the oldest request that waited for one
}

// inspectWords looks at the replies to an attempt's requests one by one: what
// they are numbered, and what they say of the session.
func (r *reading) inspectWords(a *attempt, i int) {
	for _, c := range a.conns {
		t := r.talkOf(c, serverSide)
		r.inspectNumbers(a, i, t)
		r.inspectReplyOrder(a, i, t)
	}
	r.inspectSessionNames(a, i)
	r.inspectLogReplies(a, i)
}

func (a *attempt) covers(e *rtsp.Event) bool {
	return e.Span.End >= a.begin.at && e.Span.End <= a.here
}

// inspectNumbers: who was sent garbage cannot say what it answers.
func (r *reading) inspectNumbers(a *attempt, i int, t *talk) {
	if t.clientGarbage {
		return
	}
	for _, odd := range t.odd {
		if !a.covers(odd.reply) {
			continue
		}
		number, named := odd.open.Message.CSeq()
		seen := fmt.Sprintf("%s with CSeq %d was answered without a CSeq", odd.open.Message.Method, number)
		if n, ok := odd.reply.Message.CSeq(); ok {
			seen = fmt.Sprintf("while %s with CSeq %d waited, a reply came with CSeq %d", odd.open.Message.Method, number, n)
		}
		if named {
			r.note(rollover.FactReplyNumber, i, odd.reply.Span.End, []int{markOf(odd.open).frame, markOf(odd.reply).frame}, seen)
			return
		}
	}
}

func (r *reading) inspectReplyOrder(a *attempt, i int, t *talk) {
	var last exchange
	for _, x := range t.exchanges {
		if x.reply == nil {
			continue
		}
		if last.reply != nil && x.place < last.place && a.covers(x.reply) {
			r.note(rollover.FactReplyOrder, i, x.answered().at, []int{last.asked().frame, x.asked().frame, x.answered().frame, last.answered().frame},
				fmt.Sprintf("%s was asked before %s, and answered behind it", last.method(), x.method()))
			return
		}
		last = x
	}
}

func (r *reading) inspectSessionNames(a *attempt, i int) {
	for _, s := range a.selections {
		asked, given := s.req.Message.Session().ID, ""
		if s.ok() {
			given = s.reply.Message.Session().ID
		}
		if asked != "" && given != "" && asked != given {
			r.note(rollover.FactSessionChanged, i, s.answered().at, []int{s.asked().frame, s.answered().frame},
				fmt.Sprintf("SETUP %s in session %.20s was answered with session %.20s", lastSegment(s.req.Message.URL), asked, given))
			return
		}
	}
}

func (r *reading) inspectLogReplies(a *attempt, i int) {
	for _, s := range a.steps {
		if kind := s.req.Message.ContentType(); kind != rtsp.TypeLogConnect && kind != rtsp.TypeLogPlay {
			continue
		}
		if there, ok := r.twinOf(s); ok && there.status() >= 400 {
			r.note(rollover.FactLogRefused, i, there.answered().at, []int{there.asked().frame, there.answered().frame},
				fmt.Sprintf("%s was answered %d", requestText(s.req.Message), there.status()))
			return
		}
	}
}

// twinOf is the same exchange as the server had it.
func (r *reading) twinOf(s step) (exchange, bool) {
	return twin(r.nearTalk(s.conn).exchanges, r.talkOf(s.conn, serverSide).exchanges, s.n)
}

// inspectSurvivors looks for sessions that still stand when their TEARDOWN was
// answered: whoever names one is told that there is none.
func (r *reading) inspectSurvivors(all []*attempt) {
	torn := map[string]step{}
	index := map[string]int{}
	for i, a := range all {
		for _, s := range a.steps {
			if there, ok := r.twinOf(s); a.torn && s.method() == rtsp.Teardown && ok && there.ok() {
				if id := s.req.Message.Session().ID; id != "" {
					torn[id], index[id] = step{there, s.conn, s.n}, i
				}
			}
		}
	}
	for _, c := range r.conns {
		if r.talks[c] == nil {
			continue // it is no RTSP connection
		}
		for _, x := range r.talkOf(c, serverSide).exchanges {
			id := x.req.Message.Session().ID
			goodbye, gone := torn[id]
			if !gone || !x.ok() || x.asked().frame <= goodbye.answered().frame || x.method() == rtsp.Options {
				continue
			}
			r.note(rollover.FactSessionSurvives, index[id], x.answered().at, []int{goodbye.answered().frame, x.asked().frame, x.answered().frame},
				fmt.Sprintf("%s in session %.20s was answered %d after its TEARDOWN", x.method(), id, x.status()))
			delete(torn, id)
		}
	}
}

// inspectDescription looks at the ASF header in the description.
func (r *reading) inspectDescription(a *attempt, i int) {
	for _, s := range a.steps {
		if s.method() != rtsp.Describe || !s.ok() {
			continue
		}
		sdp, err := rtsp.ParseSDP(s.reply.Message.Body)
		if err != nil || !r.hasASF(a) {
			continue
		}
		fault := "a description without an ASF header"
		if len(sdp.ASFHeader) > 0 {
			fault = r.headerFault(sdp.ASFHeader)
		}
		if fault != "" {
			r.note(rollover.FactHeaderDiffers, i, s.answered().at, []int{s.asked().frame, s.answered().frame}, fault)
			return
		}
	}
}

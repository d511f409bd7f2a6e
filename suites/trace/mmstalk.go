package trace

import (
	"slices"

	"github.com/rollover-conformance/rollover/fixtures/mms"
)

// ask is a message of an MMS client and its answer, if one came.
type ask struct {
	req, reply *mms.Event
}

func (a ask) asked() mark { return mmsMark(a.req) }

func (a ask) answered() mark {
	if a.reply == nil {
		return mark{}
	}
	return mmsMark(a.reply)
}

func (a ask) mid() mms.MID { return a.req.Message.MID() }

// failed reports an answer that says so, or one too short to say anything.
func (a ask) failed() bool {
	if a.reply == nil {
		return false
	}
	if _, refused := a.reply.Message.(*mms.ReportDisconnectedFunnel); refused {
		return true
	}
	result, ok := resultOf(a.reply.Message)
	return !ok || result.Failed()
}

// moved reports that the answer sends the client elsewhere.
func (a ask) moved() bool {
	if a.reply == nil {
		return false
	}
	m, ok := a.reply.Message.(*mms.ReportRedirect)
	return ok && m.Type == mms.RedirectURL
}

func (a ask) ok() bool { return a.reply != nil && !a.failed() }

// mmsMark is where a message or data packet was complete.
func mmsMark(e *mms.Event) mark { return spanMark(e.Span) }

// resultOf is what an answer says of success; not ok: it is too short to say.
// A challenge carries no result.
func resultOf(m mms.Message) (r mms.HResult, ok bool) {
	switch m := m.(type) {
	case *mms.ReportConnectedEX:
		return m.Result, true
	case *mms.ReportFunnelInfo:
		return m.Result, true
	case *mms.ReportConnectedFunnel:
		return m.Result, true
	case *mms.ReportDisconnectedFunnel:
		return m.Result, true
	case *mms.ReportOpenFile:
		return m.Result, true
	case *mms.ReportReadBlock:
		return m.Result, true
	case *mms.ReportStreamSwitch:
		return m.Result, true
	case *mms.ReportStartedPlaying:
		return m.Result, true
	case *mms.ReportStartStriding:
		return m.Result, true
	case *mms.ReportEndOfStream:
		return m.Result, true
	case *mms.ReportRedirect:
		return m.Result, true
	case *mms.Malformed:
		return 0, false
	}
	return mms.OK, true
}

// answers are the messages that may answer each of the client's (protocol
// notes 2.1). Those that are not here want none.
var answers = map[mms.MID][]mms.MID{
	mms.MIDConnect:          {mms.MIDReportConnectedEX},
	mms.MIDFunnelInfo:       {mms.MIDReportFunnelInfo},
	mms.MIDConnectFunnel:    {mms.MIDReportConnectedFunnel, mms.MIDReportDisconnectedFunnel},
	mms.MIDOpenFile:         {mms.MIDReportOpenFile, mms.MIDSecurityChallenge, mms.MIDReportRedirect},
	mms.MIDSecurityResponse: {mms.MIDReportOpenFile, mms.MIDSecurityChallenge, mms.MIDReportRedirect},
	mms.MIDReadBlock:        {mms.MIDReportReadBlock},
	mms.MIDStreamSwitch:     {mms.MIDReportStreamSwitch},
	mms.MIDStartPlaying:     {mms.MIDReportStartedPlaying},
	mms.MIDStartStriding:    {mms.MIDReportStartStriding},
	mms.MIDStopPlaying:      {mms.MIDReportEndOfStream},
}

// mmsTalk is an MMS connection as one point shows it.
type mmsTalk struct {
	events []mms.Event
	asks   []ask // the client's messages, in order
}

// listenMMS dissects one view of a connection; nil gives an empty talk.
// Answers carry no number: each goes to the oldest message that it can answer.
func listenMMS(v *view) mmsTalk {
	var t mmsTalk
	if v == nil {
		return t
	}
	t.events = mms.Dissect(v.segments)
	for i := range t.events {
		e := &t.events[i]
		switch {
		case e.Kind != mms.MessageEvent:
		case e.FromClient:
			t.asks = append(t.asks, ask{req: e})
		default:
			open := slices.IndexFunc(t.asks, func(a ask) bool {
				return a.reply == nil && slices.Contains(answers[a.mid()], e.Message.MID())
			})
			if open >= 0 {
				t.asks[open].reply = e
			}
		}
	}
	return t
}

// mmsTalkOf is the conversation on a connection as a point saw it.
func (r *reading) mmsTalkOf(c *connection, p point) *mmsTalk {
	t, ok := r.others[c].(*[points]mmsTalk)
	if !ok {
		t = &[points]mmsTalk{}
		for p := range t {
			t[p] = listenMMS(c.views[p])
		}
		r.others[c] = t
	}
	return &t[p]
}

// nearMMS is the conversation as the client had it.
func (r *reading) nearMMS(c *connection) *mmsTalk {
	if c.views[clientSide] == nil {
		return r.mmsTalkOf(c, serverSide)
	}
	return r.mmsTalkOf(c, clientSide)
}

// garbage is the server's bytes that are no MMS, nil if all were.
func (t *mmsTalk) garbage() *mms.Event {
	for i := range t.events {
		if e := &t.events[i]; e.Kind == mms.GarbageEvent && !e.FromClient {
			return e
		}
	}
	return nil
}

// endOfStream is where the server said that the stream is over, of what it
// said from a moment on.
func (t *mmsTalk) endOfStream(from mark) mark {
	for i := range t.events {
		e := &t.events[i]
		if e.Kind == mms.MessageEvent && !e.FromClient && e.Message.MID() == mms.MIDReportEndOfStream && e.Span.End >= from.at {
			return mmsMark(e)
		}
	}
	return mark{}
}

// leaving is how a connection ended. CloseFile is the client's end of it: the
// server closes then (protocol notes 2.2).
func (r *reading) leaving(c *connection) closing {
	end := closingOf(c)
	for _, a := range r.nearMMS(c).asks {
		if a.mid() == mms.MIDCloseFile {
			end.client = earlier(end.client, a.asked())
		}
	}
	return end
}

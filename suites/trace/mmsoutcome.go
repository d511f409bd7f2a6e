package trace

import (
	"slices"

	"github.com/rollover-conformance/rollover/fixtures/mms"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// decideMMS finds the outcome of an attempt on the MMS port.
func (r *reading) decideMMS(a *attempt) {
	a.noteMMS()
	r.noteLost(a)
	a.End = r.endOf(a)
	switch {
	case a.Outcome != "": // it never stood
	case len(a.sent[clientSide]) > 0 && !a.turnedAway():
		first := mark{a.Media.FirstFrame, a.Media.First}
		a.decide(rollover.Played, "", first, mark{a.Media.LastFrame, a.Media.Last}, "media arrived at the client")
	case a.Media.Foreign > 0:
		first := mark{a.Media.FirstFrame, a.Media.First}
		a.decide(rollover.Broken, rollover.PartyServer, first, first, "media arrived that is not the clip")
	default:
		r.decideDry(a)
	}
}

// decideDry decides an attempt that brought no media.
func (r *reading) decideDry(a *attempt) {
	if s, ok := a.mms().refusal(); ok {
		a.refuse(s)
		return
	}
	if s, ok := a.challenged(); ok {
		a.decide(rollover.Denied, rollover.PartyServer, s.answered(), s.answered(), "%s was answered with a demand for credentials that the client did not meet", s.mid())
		return
	}
	if m, s := a.redirect(); m != nil {
		a.decide(rollover.Rejected, rollover.PartyServer, s.answered(), s.answered(), "redirected to %.100q, and the client did not follow", m.Location)
		return
	}
	if s, ok := a.unheard(); ok {
		r.decideUnheard(a, s)
		return
	}
	asked := a.awaits()
	if r.cutOff(a, asked) {
		return
	}
	if !asked.seen() {
		r.decideLeft(a)
		return
	}
	if end := r.mmsTalkOf(a.conns[len(a.conns)-1], serverSide).endOfStream(asked); end.seen() && len(a.sent[serverSide]) == 0 && end.at <= a.here {
		a.decide(rollover.Broken, rollover.PartyServer, end, end, "the stream ended without data")
		return
	}
	a.decide(rollover.Starved, "", asked, asked, "%s", a.dryWhy())
}

// refusal is the first failing answer that no later one of its kind makes good.
// What is asked beside the way to the media, and fails, counts only where the
// client left it at that.
func (p *mmsParts) refusal() (mmsAsk, bool) {
	for i, s := range p.asks {
		if !s.failed() {
			continue
		}
		rest := p.asks[i+1:]
		mended := slices.ContainsFunc(rest, func(later mmsAsk) bool { return later.mid() == s.mid() && later.ok() })
		if id := s.mid(); id == mms.MIDFunnelInfo || id == mms.MIDStreamSwitch {
			mended = mended || slices.ContainsFunc(rest, func(later mmsAsk) bool { return later.ok() })
		}
		if !mended {
			return s, true
		}
	}
	return mmsAsk{}, false
}

// refuse decides an attempt by a failing answer: of Connect and OpenFile by its
// code; a refused funnel is "not this way", and anything later an error of the
// attempt (RO-MMS-103, RO-MMS-109).
func (a *attempt) refuse(s mmsAsk) {
	at := s.answered()
	result, ok := resultOf(s.reply.Message)
	if !ok {
		a.decide(rollover.Broken, rollover.PartyServer, at, at, "the answer to %s is too short", s.mid())
		return
	}
	a.Status = int(result)
	outcome := rollover.Broken
	switch s.mid() {
	case mms.MIDConnect, mms.MIDOpenFile, mms.MIDSecurityResponse:
		outcome = rollover.MMSResultOutcome(uint32(result))
	case mms.MIDConnectFunnel:
		if s.reply.Message.MID() == mms.MIDReportDisconnectedFunnel {
			outcome = rollover.Rejected
		}
	}
	a.decide(outcome, rollover.PartyServer, at, at, "%s was answered %v", s.mid(), result)
}

// challenged reports that the last word on the content was a challenge.
func (a *attempt) challenged() (mmsAsk, bool) {
	var last mmsAsk
	for _, s := range a.mms().asks {
		if id := s.mid(); id == mms.MIDOpenFile || id == mms.MIDSecurityResponse {
			last = s
		}
	}
	if last.reply == nil {
		return mmsAsk{}, false
	}
	_, ok := last.reply.Message.(*mms.SecurityChallenge)
	return last, ok
}

// awaits is when the client began to wait for what did not come: the header,
// from the first time that it asked, or media.
func (a *attempt) awaits() mark {
	if starts := a.mms().starts(); len(starts) > 0 {
		return starts[0].asked()
	}
	if blocks := a.mms().find(mms.MIDReadBlock); len(blocks) > 0 {
		return blocks[0].asked()
	}
	return mark{}
}

// cutOff decides an attempt whose connection the server's side ended while the
// client still waited. Behind the end of the stream that is its right, and what
// comes when the client had gone on elsewhere decides nothing.
func (r *reading) cutOff(a *attempt, asked mark) bool {
	c := a.conns[len(a.conns)-1]
	end := r.leaving(c)
	over := end.server.at > a.here || a.followed && end.server.at > a.turnedFromMMS()
	if !end.byServer() || over || r.nearMMS(c).endOfStream(a.begin).seen() {
		return false
	}
	how, what := "closed", "before the client asked for the header"
	if end.reset {
		how = "reset"
	}
	switch {
	case len(a.mms().starts()) > 0:
		what = "before media came"
	case asked.seen():
		what = "before the header came"
	}
	a.decide(rollover.Broken, end.party(), end.server, end.server, "the connection was %s %s", how, what)
	return true
}

func (a *attempt) dryWhy() string {
	header := len(a.mms().starts()) == 0
	switch {
	case len(a.wrongPort) > 0:
		return "data left the server for a port that the funnel does not name"
	case len(a.mms().astray) > 0:
		return "data left the server for another address than the client's"
	case len(a.mms().onTCP) > 0:
		return "UDP was agreed, and data came on the control connection"
	case len(a.mms().byUDP) > 0:
		return "TCP was agreed, and data came by UDP"
	case header && a.Pairs.ServerSide == 0:
		return "no header left the server"
	case header && len(a.mms().headers[clientSide].pieces) == 0:
		return "the header left the server, and did not reach the client"
	case header && a.Pairs.ClientSide == 0:
		return "the header left the server, and did not reach the client whole"
	case header:
		return "the header arrived, and the client did not ask for media"
	case a.oddSource > 0:
		return "media reached the client otherwise than was agreed, and it did without"
	case a.Media.ServerSide+len(a.sent[serverSide]) > 0:
		return "the header arrived, media left the server, and none reached the client"
	}
	return "the header arrived, media never left the server"
}

// decideLeft decides an attempt that the client left although everything it
// had asked was granted.
func (r *reading) decideLeft(a *attempt) {
	why := "the client gave up although nothing had failed"
	if len(a.mms().asks) == 0 {
		why = "the client connected and asked nothing that can be read"
	}
	last := a.begin
	for _, s := range a.mms().asks {
		last = s.asked()
		if s.reply != nil {
			last = s.answered()
		}
	}
	a.decide(rollover.Broken, rollover.PartyClient, last, last, "%s", why)
}

// endsMMS finds StopPlaying or CloseFile, and ReportEndOfStream.
func (r *reading) endsMMS(a *attempt) (client, server mark) {
	for _, s := range a.mms().asks {
		if id := s.mid(); id == mms.MIDStopPlaying || id == mms.MIDCloseFile {
			client = earlier(client, s.asked())
		}
	}
	return client, r.mmsTalkOf(a.mediaConn(), serverSide).endOfStream(a.begin)
}

// mmsFull reports a refusal for want of room.
func mmsFull(a *attempt) bool {
	switch mms.HResult(a.Status) {
	case mms.NetworkBusy, mms.TooManySessions, mms.TooManyClients:
		return true
	}
	return false
}

// mmsGranted reports that the server had granted the attempt a funnel.
func mmsGranted(a *attempt) bool {
	return slices.ContainsFunc(a.mms().funnels, func(f funnel) bool { return f.ok() })
}

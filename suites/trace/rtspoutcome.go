package trace

import (
	"slices"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// decideRTSP finds the outcome of an attempt whose connection stood.
func (r *reading) decideRTSP(a *attempt) {
	a.noteRequests()
	a.End = r.endOf(a)
	switch {
	case a.Outcome != "": // it never stood
	case r.abandoned(a):
	case len(a.sent[clientSide]) > 0 && !a.turnedAway():
		first := mark{a.Media.FirstFrame, a.Media.First}
		a.decide(rollover.Played, "", first, mark{a.Media.LastFrame, a.Media.Last}, "media arrived at the client")
	case a.Media.Foreign > 0:
		first := mark{a.Media.FirstFrame, a.Media.First}
		a.decide(rollover.Broken, rollover.PartyServer, first, first, "media arrived that is not the clip")
	default:
		r.decideWithout(a)
	}
}

// abandoned decides an attempt of which one stream had media and another none,
// where the client would have both.
func (r *reading) abandoned(a *attempt) bool {
	s, ok := r.hungry(a)
	if ok {
		asked := a.askedAt()
		a.decide(rollover.Starved, "", asked, asked, "stream %s brought nothing, and the client went on", lastSegment(s.req.Message.URL))
	}
	return ok
}

// turnedAway reports media that came otherwise than was agreed, from a port
// that nobody announced or under another request's mark, and that the client
// then did without.
func (a *attempt) turnedAway() bool {
	return a.followed && a.oddSource > 0 && a.oddSource >= len(a.sent[clientSide])
}

// decideWithout decides an attempt that brought no media.
func (r *reading) decideWithout(a *attempt) {
	if s, ok := a.refusal(); ok {
		a.Status = s.status()
		a.decide(rollover.RTSPStatusOutcome(s.status()), rollover.PartyServer, s.answered(), s.answered(),
			"%s was answered %d", s.method(), s.status())
		return
	}
	if s, ok := a.unanswered(); ok {
		r.decideSilence(a, s)
		return
	}
	if sel, ok := a.misgranted(); ok {
		a.decide(rollover.Broken, rollover.PartyServer, sel.answered(), sel.answered(),
			"SETUP was answered 200 with a transport that was not asked for")
		return
	}
	asked := a.askedAt()
	if r.died(a, asked) {
		return
	}
	if asked.seen() {
		a.decide(rollover.Starved, "", asked, asked, "%s", a.starvedWhy())
		return
	}
	r.decideGivenUp(a)
}

// refusal is the first failed request that ends an attempt and that no later
// one makes good (MS-RTSP 3.1.5.2: only DESCRIBE, SETUP and PLAY do).
func (a *attempt) refusal() (step, bool) {
	for i, s := range a.steps {
		if s.reply == nil || s.ok() || !decisive(s.method()) {
			continue
		}
		mended := false
		for _, later := range a.steps[i+1:] {
			answered := challenged(s.status()) && authorized(later.req.Message) // the retry's own status counts
			mended = mended || later.method() == s.method() && (later.ok() || answered)
		}
		if s.method() == rtsp.Options { // a stranger's first question
			mended = mended || len(a.steps) > i+1
		}
		if !mended {
			return s, true
		}
	}
	return step{}, false
}

// challenged reports a demand for credentials.
func challenged(status int) bool { return status == rtsp.StatusUnauthorized || status == 407 }

func (a *attempt) unanswered() (step, bool) {
	for i, s := range a.steps {
		if s.reply == nil && decisive(s.method()) && (s.method() != rtsp.Options || i == len(a.steps)-1) {
			return s, true
		}
	}
	return step{}, false
}

func decisive(method string) bool {
	switch method {
	case rtsp.Options, rtsp.Describe, rtsp.Setup, rtsp.Play:
		return true
	}
	return false
}

func (a *attempt) misgranted() (selection, bool) {
	for _, s := range a.selections {
		if s.other() {
			return s, true
		}
	}
	return selection{}, false
}

// askedAt is when the client began to wait for packets: its request for a
// packet pair, else PLAY.
func (a *attempt) askedAt() mark {
	var play mark
	for _, s := range a.steps {
		switch {
		case isPairRequest(s.req.Message):
			return s.asked()
		case s.method() == rtsp.Play && !play.seen():
			play = s.asked()
		}
	}
	return play
}

func (a *attempt) starvedWhy() string {
	switch {
	case a.oddSource > 0:
		return "media reached the client otherwise than was agreed, and it did without"
	case a.Media.ServerSide+len(a.sent[serverSide])+a.Pairs.ServerSide > 0:
		return "packets left the server, and none reached the client"
	case len(a.wrongPort) > 0:
		return "media left the server for a port that the client had not named"
	case a.Pairs.ClientSide > 0:
		return "the packet pair arrived, media never left the server"
	}
	return "no media left the server"
}

// decideSilence decides an attempt by its unanswered request.
func (r *reading) decideSilence(a *attempt, s step) {
	end := closingOf(s.conn)
	asked := s.asked()
	there, ok := twin(r.nearTalk(s.conn).exchanges, r.talkOf(s.conn, serverSide).exchanges, s.n)
	switch {
	case !ok && s.conn.views[serverSide] != nil:
		a.decide(rollover.Broken, rollover.PartyRig, asked, mark{}, "%s did not reach the server", s.method())
	case ok && there.reply != nil:
		a.decide(rollover.Broken, rollover.PartyRig, asked, there.answered(), "the reply to %s did not reach the client", s.method())
	case end.byServer() && end.reset:
		a.say(end.server, false, "RST")
		a.decide(rollover.Broken, end.party(), end.server, end.server, "the connection was reset instead of an answer to %s", s.method())
	case end.byServer():
		a.say(end.server, false, "FIN")
		a.decide(rollover.Broken, rollover.PartyServer, end.server, end.server, "the connection was closed instead of an answer to %s", s.method())
	case end.client.seen() && end.client.at-asked.at < grace:
		a.decide(rollover.Broken, rollover.PartyClient, end.client, end.client, "the client closed without waiting for the answer to %s", s.method())
	default:
		a.decide(rollover.Broken, rollover.PartyServer, asked, mark{}, "mute: %s was never answered", s.method())
	}
}

// died decides an attempt whose connection the server's side ended while the
// client still waited for media.
func (r *reading) died(a *attempt, asked mark) bool {
	c := a.conns[len(a.conns)-1]
	end := closingOf(c)
	over := a.followed && end.server.at > a.until
	if _, said := r.nearTalk(c).endOfStream(); said || !end.byServer() || over || a.torn || r.sentToItsEnd(a, end.server) {
		return false
	}
	if len(a.steps) > 0 && end.server.at < a.steps[len(a.steps)-1].asked().at {
		return false
	}
	how := "closed"
	if end.reset {
		how = "reset"
	}
	what := "before the client asked for media"
	if asked.seen() {
		what = "before media came"
	}
	a.decide(rollover.Broken, end.party(), end.server, end.server, "the connection was %s %s", how, what)
	return true
}

// sentToItsEnd reports that the server had sent all there is before it hung up:
// it need not say so in words.
func (r *reading) sentToItsEnd(a *attempt, hungUp mark) bool {
	if !r.modern() || len(a.sent[serverSide]) == 0 {
		return false
	}
	if r.sentAll(a) {
		return true
	}
	for _, g := range r.udp[serverSide] {
		if g.fromServer && g.class == classRTCP && g.at >= a.begin.at && g.at <= hungUp.at && saysGoodbye(g.data) {
			return true
		}
	}
	return false
}

// saysGoodbye reports that a source ends (RFC 3550 6.6).
func saysGoodbye(reports []byte) bool {
	all, _ := rtsp.ParseRTCP(reports)
	return slices.ContainsFunc(all, func(p rtsp.RTCP) bool { return p.Type == rtsp.RTCPGoodbye })
}

// decideGivenUp decides an attempt that the client left although everything
// it had asked was granted.
func (r *reading) decideGivenUp(a *attempt) {
	by, why := rollover.PartyClient, "the client gave up although nothing had failed"
	if icmp := a.conns[len(a.conns)-1].near().icmp; icmp.seen() {
		a.decide(rollover.Broken, rollover.PartyRig, icmp, icmp, "an ICMP error met the connection")
		return
	}
	if len(a.steps) == 0 {
		why = "the client connected and asked nothing"
	}
	last := a.begin
	for _, s := range a.steps {
		last = s.answered()
		if s.method() == rtsp.Describe && s.ok() {
			if sdp, err := rtsp.ParseSDP(s.reply.Message.Body); err != nil || len(sdp.Streams()) == 0 {
				by, why = rollover.PartyServer, "the description names no stream"
			}
		}
	}
	for _, sel := range a.selections {
		_, port := sel.serverPort()
		if sel.granted.Multicast() {
			_, port = sel.group()
		}
		if sel.ok() && (!sel.replied || sel.granted.UDP() && !port) {
			by, why = rollover.PartyServer, "the answer to SETUP does not say where media comes from"
		}
	}
	a.decide(rollover.Broken, by, last, last, "%s", why)
}

// endsRTSP finds TEARDOWN or PAUSE, and EndOfStream.
func (r *reading) endsRTSP(a *attempt) (client, server mark) {
	for _, s := range a.steps {
		if m := s.method(); m == rtsp.Teardown || m == rtsp.Pause {
			client = earlier(client, s.asked())
		}
	}
	if at, ok := r.talkOf(a.mediaConn(), serverSide).endOfStream(); ok {
		server = mark{frame: -1, at: at}
	}
	return client, server
}

package trace

import (
	"slices"

	"github.com/rollover-conformance/rollover/fixtures/mms"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// unheard is the first message that was due an answer and got none. Of the
// requests for the header one answer will do, and the header itself, for it
// goes another way (MS-MMSP 3.1.5.10).
func (a *attempt) unheard() (mmsAsk, bool) {
	for i, s := range a.mms().asks {
		if s.reply != nil {
			continue
		}
		switch s.mid() {
		case mms.MIDConnect, mms.MIDConnectFunnel, mms.MIDOpenFile, mms.MIDSecurityResponse, mms.MIDStartPlaying:
			return s, true
		case mms.MIDFunnelInfo, mms.MIDStreamSwitch:
			if i == len(a.mms().asks)-1 {
				return s, true
			}
		case mms.MIDReadBlock:
			answered := slices.ContainsFunc(a.mms().find(mms.MIDReadBlock), func(s mmsAsk) bool { return s.reply != nil })
			if !answered && a.Pairs.ServerSide == 0 {
				return s, true
			}
		}
	}
	return mmsAsk{}, false
}

// decideUnheard decides an attempt by its unanswered message.
func (r *reading) decideUnheard(a *attempt, s mmsAsk) {
	end := r.leaving(s.conn)
	asked := s.asked()
	there, arrived := r.atServer(s)
	junk := r.nearMMS(s.conn).garbage()
	switch {
	case !arrived && s.conn.views[serverSide] != nil:
		a.decide(rollover.Broken, rollover.PartyRig, asked, mark{}, "%s did not reach the server", s.mid())
	case arrived && there.reply != nil:
		a.decide(rollover.Broken, rollover.PartyRig, asked, there.answered(), "the answer to %s did not reach the client", s.mid())
	case junk != nil && junk.Span.End >= asked.at:
		a.decide(rollover.Broken, rollover.PartyServer, mmsMark(junk), mmsMark(junk), "%s was answered with what is no MMS: %.40q", s.mid(), junk.Bytes)
	case end.byServer() && end.reset:
		a.say(end.server, false, "RST")
		a.decide(rollover.Broken, end.party(), end.server, end.server, "the connection was reset instead of an answer to %s", s.mid())
	case end.byServer():
		a.say(end.server, false, "FIN")
		a.decide(rollover.Broken, rollover.PartyServer, end.server, end.server, "the connection was closed instead of an answer to %s", s.mid())
	case end.client.seen() && end.client.at-asked.at < grace:
		a.decide(rollover.Broken, rollover.PartyClient, end.client, end.client, "the client closed without waiting for the answer to %s", s.mid())
	default:
		a.decide(rollover.Broken, rollover.PartyServer, asked, mark{}, "mute: %s was never answered", s.mid())
	}
}

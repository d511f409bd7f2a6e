package trace

import (
	"fmt"
	"strings"

	"github.com/rollover-conformance/rollover/fixtures/mms"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// noteMMS tells the control leg's messages as a person would name them.
func (a *attempt) noteMMS() {
	for _, c := range a.conns {
		if v := c.near(); v.established() && len(v.syns) > 0 && a.begin.at <= v.first.at {
			a.say(v.syns[0], true, "%s", times("SYN", len(v.syns)))
		}
	}
	blocks := 0
	for _, e := range a.mms().heard {
		text := mmsText(e.Message)
		if _, again := e.Message.(*mms.ReadBlock); again {
			if blocks++; blocks > 1 {
				text += " (again)"
			}
		}
		a.say(mmsMark(e), e.FromClient, "%s", text)
	}
	for _, f := range a.mms().funnels {
		a.marks = append(a.marks, f.asked(), f.answered())
	}
	for _, s := range a.mms().find(mms.MIDReadBlock) {
		a.marks = append(a.marks, s.asked())
		a.Pairs.Asked = true
	}
	a.Asked = len(a.mms().starts()) > 0
	if at := a.mms().headers[clientSide].first; at.seen() {
		a.say(at, false, "header")
	}
}

// noteLost tells that the client asked for lost packets, which goes by UDP
// and is one message however often.
func (r *reading) noteLost(a *attempt) {
	var first mark
	n := 0
	for _, g := range r.udp[clientSide] {
		if g.class != classResend || g.at < a.begin.at || a.followed && g.at > a.until {
			continue
		}
		if m, err := mms.ParseResend(g.data); err == nil {
			n += len(m.Sequences)
			first = earlier(first, g.mark)
		}
	}
	if n > 0 && a.rung() == rollover.MMSU {
		a.say(first, true, "%s", times("Resend", n))
	}
}

func mmsText(m mms.Message) string {
	switch m := m.(type) {
	case *mms.Connect:
		who := mms.ParseSubscriber(m.Subscriber)
		return strings.TrimSuffix(fmt.Sprintf("Connect %s/%s", who.Product, who.Version), "/")
	case *mms.ReportConnectedEX:
		if m.Result.Failed() {
			return fmt.Sprintf("not connected %v", m.Result)
		}
		return strings.TrimSpace("connected " + m.Version)
	case *mms.ReportFunnelInfo:
		return withResult(fmt.Sprintf("client id %08x", m.ClientID), m.Result)
	case *mms.ConnectFunnel:
		if f, err := mms.ParseFunnel(m.Name); err == nil {
			return fmt.Sprintf("ConnectFunnel %s %d", f.Transport, f.Port)
		}
		return fmt.Sprintf("ConnectFunnel %.60q", m.Name)
	case *mms.ReportConnectedFunnel:
		text := withResult("connected funnel", m.Result)
		if !godly(m.Name) {
			text += fmt.Sprintf(" %.60q", m.Name)
		}
		return text
	case *mms.ReportDisconnectedFunnel:
		return fmt.Sprintf("disconnected funnel %v", m.Result)
	case *mms.OpenFile:
		return fmt.Sprintf("OpenFile %.60s", m.FileName)
	case *mms.ReportOpenFile:
		return withResult(fmt.Sprintf("file %d", m.FileID), m.Result)
	case *mms.Logging:
		return strings.TrimSpace("Logging " + m.Transport)
	case *mms.ReportRedirect:
		return withResult("redirect to "+m.Location, m.Result)
	case *mms.Malformed:
		return m.ID.String() + " (too short)"
	case *mms.Unknown:
		return m.ID.String()
	}
	text, ok := reported[m.MID()]
	if !ok {
		text = m.MID().String()
	}
	if result, ok := resultOf(m); ok {
		text = withResult(text, result)
	}
	return text
}

// reported are short words for plain answers.
var reported = map[mms.MID]string{
	mms.MIDReportReadBlock:      "header comes",
	mms.MIDReportStreamSwitch:   "switched",
	mms.MIDReportStartedPlaying: "started",
	mms.MIDReportStartStriding:  "striding",
	mms.MIDReportEndOfStream:    "EndOfStream",
	mms.MIDReportStreamChange:   "StreamChange",
}

// withResult adds a result that is not plain success.
func withResult(text string, r mms.HResult) string {
	if r == mms.OK {
		return text
	}
	return fmt.Sprintf("%s %v", text, r)
}

// godly reports whether a funnel's name is the one that all have. A server of
// Windows 2000 cuts it short.
func godly(name string) bool {
	const short = "Funnel Of The"
	name = strings.TrimRight(name, " ")
	return name == mms.FunnelName || name == short
}

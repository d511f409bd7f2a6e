package trace

import (
	"fmt"
	"strings"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
)

// noteRequests tells the control leg's messages as a person would name them.
func (a *attempt) noteRequests() {
	if len(a.steps) > 0 && a.begin == a.conns[0].near().first {
		a.say(a.begin, true, "%s", times("SYN", max(1, len(a.conns[0].near().syns))))
	}
	for _, s := range a.steps {
		a.say(s.asked(), true, "%s", requestText(s.req.Message))
		if s.reply != nil {
			a.say(s.answered(), false, "%s", replyText(s))
		}
	}
	for _, sel := range a.selections {
		a.marks = append(a.marks, sel.asked(), sel.answered())
	}
	for _, s := range a.steps {
		a.Asked = a.Asked || s.method() == rtsp.Play
		a.Pairs.Asked = a.Pairs.Asked || isPairRequest(s.req.Message)
	}
}

func requestText(m *rtsp.Message) string {
	switch {
	case m.Method == rtsp.Setup:
		return strings.TrimSpace(fmt.Sprintf("SETUP %s %s", lastSegment(m.URL), transportText(m.Header.List("Transport"))))
	case isPairRequest(m):
		return "packet pair?"
	case m.ContentType() == rtsp.TypeLogConnect:
		return "LogConnect"
	case m.ContentType() == rtsp.TypeLogPlay:
		return "LogPlay"
	case m.Method == rtsp.GetParameter && len(m.Body) == 0 && m.ContentType() == "":
		return "KeepAlive"
	}
	return m.Method
}

func replyText(s step) string {
	text := fmt.Sprint(s.status())
	if s.method() == rtsp.Setup && s.ok() {
		text += " " + transportText(s.reply.Message.Header.List("Transport"))
	}
	return strings.TrimSpace(text)
}

// transportText is a Transport header in two words a spec.
func transportText(value string) string {
	specs, err := rtsp.ParseTransport(value)
	if err != nil {
		return ""
	}
	var out []string
	for _, t := range specs {
		word := t.Protocol
		switch {
		case t.TCP():
			word = "TCP"
		case t.Multicast():
			word = "multicast"
		case t.UDP():
			word = "UDP"
		}
		if p, ok := t.ServerPort(); ok {
			word += " from " + p.String()
		}
		if p, ok := t.ClientPort(); ok {
			word += " to " + p.String()
		}
		if p, ok := t.Interleaved(); ok {
			word += " channel " + p.String()
		}
		out = append(out, word)
	}
	return strings.Join(out, " or ")
}

// endOf is when nothing of the attempt came any more.
func (r *reading) endOf(a *attempt) time.Duration {
	if a.followed && len(a.conns) > 0 && a.until <= a.conns[len(a.conns)-1].near().last.at {
		return a.until // the next attempt is on the same connection, or overlaps
	}
	end := a.conns[len(a.conns)-1].near().last.at
	return max(end, a.Media.Last)
}

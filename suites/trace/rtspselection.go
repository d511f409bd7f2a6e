package trace

import (
	"slices"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// step is one request of an attempt, with the place where to find it again.
type step struct {
	exchange
	conn *connection
	n    int // index among the client's requests on that connection
}

// selection is a SETUP.
type selection struct {
	step
	rtx     bool
	specs   []rtsp.Transport
	granted rtsp.Transport
	replied bool // the reply has a Transport that could be read
}

func selectionOf(s step) selection {
	sel := selection{step: s, rtx: isRTX(s.req.Message.URL)}
	sel.specs, _ = rtsp.ParseTransport(s.req.Message.Header.List("Transport"))
	if s.ok() {
		if specs, err := rtsp.ParseTransport(s.reply.Message.Header.List("Transport")); err == nil {
			sel.granted, sel.replied = specs[0], true
		}
	}
	return sel
}

// rungOf is the rung that a transport spec means.
func rungOf(t rtsp.Transport) rollover.Rung {
	switch {
	case t.TCP():
		return rollover.RTSPT
	case t.UDP() && t.Multicast():
		return rollover.RTSPM
	case t.UDP():
		return rollover.RTSPU
	}
	return ""
}

// wants lists the rungs that the request would have, each once.
func (s selection) wants() []rollover.Rung {
	var out []rollover.Rung
	for _, t := range s.specs {
		if r := rungOf(t); r != "" && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// rung is the rung that the negotiation is about: what was asked for, or, of
// several, what was granted. "" when that cannot be told.
func (s selection) rung() rollover.Rung {
	wants := s.wants()
	if len(wants) == 1 {
		return wants[0]
	}
	if s.replied && slices.Contains(wants, rungOf(s.granted)) {
		return rungOf(s.granted)
	}
	return ""
}

// other reports a grant of something that was not asked for.
func (s selection) other() bool {
	return s.replied && len(s.specs) > 0 && !slices.Contains(s.wants(), rungOf(s.granted))
}

// clientPort is where the client wants the stream: as granted, else as asked.
func (s selection) clientPort() (rtsp.Ports, bool) {
	for _, t := range s.specs {
		if t.UDP() {
			if p, ok := t.ClientPort(); ok {
				return p, true
			}
		}
	}
	return rtsp.Ports{}, false
}

// serverPort is where the stream was promised to come from.
func (s selection) serverPort() (rtsp.Ports, bool) {
	if !s.replied || !s.granted.UDP() {
		return rtsp.Ports{}, false
	}
	p, ok := s.granted.ServerPort()
	return p, ok && p.First != 0
}

package trace

import (
	"strings"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
)

// exchange is a request and its reply, if one came.
type exchange struct {
	req, reply *rtsp.Event
	place      int // of the reply among the events of its connection
}

func (x exchange) status() int {
	if x.reply == nil {
		return 0
	}
	return x.reply.Message.Status
}

func (x exchange) ok() bool { return x.status()/100 == 2 }

func (x exchange) method() string { return strings.ToUpper(x.req.Message.Method) }

func (x exchange) asked() mark { return markOf(x.req) }

func (x exchange) answered() mark {
	if x.reply == nil {
		return mark{}
	}
	return markOf(x.reply)
}

// markOf is where a message was complete.
func markOf(e *rtsp.Event) mark { return spanMark(e.Span) }

// talk is an RTSP connection as one point shows it.
type talk struct {
	events    []rtsp.Event
	exchanges []exchange // the client's requests
	orders    []exchange // the server's requests
	odd       []oddReply // replies of the server's that are no request's by their number

	clientGarbage bool // the client sent what can be no request
}

// listen dissects one view of a connection; nil gives an empty talk.
func listen(v *view) talk {
	var t talk
	if v == nil {
		return t
	}
	t.events = rtsp.Dissect(v.segments)
	for i := range t.events {
		e := &t.events[i]
		switch {
		case e.Kind == rtsp.Request && e.FromClient:
			t.exchanges = append(t.exchanges, exchange{req: e})
		case e.Kind == rtsp.Request:
			t.orders = append(t.orders, exchange{req: e})
		case e.Kind == rtsp.Response && e.FromClient:
			match(t.orders, e, i)
		case e.Kind == rtsp.Response:
			if waiting, odd := match(t.exchanges, e, i); odd && waiting != nil {
				t.odd = append(t.odd, oddReply{e, waiting})
			}
		case e.Kind == rtsp.Garbage && e.FromClient:
			t.clientGarbage = true
		}
	}
	return t
}

// match gives a reply to the open request with its CSeq; a reply without a
// number we know goes to the oldest open one, for replies come in order. It
// returns the oldest request that waited, and whether the reply is odd: no
// request's by its number.
func match(open []exchange, reply *rtsp.Event, place int) (waiting *rtsp.Event, odd bool) {
	number, known := reply.Message.CSeq()
	first := -1
	for i := range open {
		if open[i].reply != nil {
			continue
		}
		if first < 0 {
			first, waiting = i, open[i].req
		}
		if n, ok := open[i].req.Message.CSeq(); ok && known && n == number {
			open[i].reply, open[i].place = reply, place
			return waiting, false
		}
	}
	if first >= 0 && !known {
		open[first].reply, open[first].place = reply, place
	}
	return waiting, true
}

// twin is the same exchange as the other point saw it: requests of one
// direction keep their order.
func twin(mine, theirs []exchange, n int) (exchange, bool) {
	if n >= len(theirs) || n >= len(mine) {
		return exchange{}, false
	}
	return theirs[n], true
}

// ended reports when the server said that the stream is over, or never.
func (t talk) endOfStream() (time.Duration, bool) {
	for _, x := range t.orders {
		if x.req.Message.ContentType() != rtsp.TypeExtensionCmd {
			continue
		}
		if _, ok := rtsp.ParseEndOfStream(x.req.Message.Body); ok {
			return x.req.Span.End, true
		}
	}
	return 0, false
}

// overAt reports that the stream was over when the client spoke: the server may
// hang up then, and what crosses its hanging up is met by a reset of TCP's.
func (t talk) overAt(m mark) bool {
	told, over := t.endOfStream()
	return over && told <= m.at
}

// lastSegment is the last element of a URL's path: the stream of a SETUP.
func lastSegment(url string) string {
	url, _, _ = strings.Cut(url, "?")
	url = strings.TrimRight(url, "/")
	return url[strings.LastIndexByte(url, '/')+1:]
}

func isRTX(url string) bool { return strings.EqualFold(lastSegment(url), "rtx") }

func isPairRequest(m *rtsp.Message) bool { return m.ContentType() == rtsp.TypeUDPPacketPair }

package trace

import (
	"fmt"
	"slices"
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// attempt is an attempt while it is being read.
type attempt struct {
	rollover.Attempt
	service    rollover.Service
	conns      []*connection // those it used, in order
	begin      mark
	until      time.Duration // where the next attempt begins, or the capture ends
	followed   bool          // there is a next attempt
	here       time.Duration // as until, of attempts on its own connections
	steps      []step        // RTSP: the client's requests
	selections []selection   // RTSP: its SETUPs
	own        any           // what only its protocol's reading knows
	calls      []call        // HTTP
	torn       bool          // RTSP: TEARDOWN was sent
	sent       [points]map[int]mark
	late       []datagram         // media by UDP that came when it was over, server side
	wrongPort  []datagram         // media to a port the client did not name, server side
	tunnel     *tunnel            // RTSPH: what it runs through
	departures map[int]*departure // modern: of the selections, what left the server
	sealed     bool               // RTSPS: its media is what can only be that
	fed        map[int]mark       // modern: the selections that had media at the client, and when last
	oddSource  int                // packets at the client that came otherwise than was agreed: from another port, under another SSRC or mark
	parcels    []parcel           // RTSP, MMS: media as it left the server
	marks      []mark             // that show it
}

func newAttempt(service rollover.Service, c *connection) *attempt {
	a := &attempt{service: service, conns: []*connection{c}, begin: c.near().first}
	a.marks = append(a.marks, a.begin)
	for p := range a.sent {
		a.sent[p] = map[int]mark{}
	}
	return a
}

// rung is the attempt's only candidate, "" while it has several or none.
func (a *attempt) rung() rollover.Rung {
	if len(a.Candidates) == 1 {
		return a.Candidates[0]
	}
	return ""
}

func (a *attempt) setRung(r rollover.Rung) { a.Candidates = []rollover.Rung{r} }

// decide sets the outcome with what shows it.
func (a *attempt) decide(o rollover.Outcome, by rollover.Party, trigger, shown mark, format string, args ...any) {
	a.Outcome, a.EndedBy, a.Trigger = o, by, trigger.at
	a.Why = fmt.Sprintf(format, args...)
	a.marks = append(a.marks, trigger, shown)
}

// say adds a message of the control leg.
func (a *attempt) say(m mark, fromClient bool, format string, args ...any) {
	a.Messages = append(a.Messages, rollover.Message{At: m.at, Frame: m.frame, FromClient: fromClient, Text: fmt.Sprintf(format, args...)})
}

// carried counts packets of content that the attempt brought past a point.
func (a *attempt) carried(p point, at mark, y yield) {
	if p == clientSide {
		a.Media.Foreign += y.foreign
		if y.media() {
			if a.Media.FirstFrame == 0 {
				a.Media.First, a.Media.FirstFrame = at.at, at.frame
			}
			a.Media.Last, a.Media.LastFrame = at.at, at.frame
		}
	}
	for _, k := range y.clip {
		if _, known := a.sent[p][k]; !known {
			a.sent[p][k] = at
		}
	}
}

// finish fills in what is derived from the rest.
func (a *attempt) finish(total int) rollover.Attempt {
	if a.sealed {
		total = 0
	}
	a.Media.ServerSide, a.Media.ClientSide, a.Media.Total = len(a.sent[serverSide]), len(a.sent[clientSide]), total
	a.Start = a.begin.at
	a.End = max(a.End, a.Start)
	a.Frames = framesOf(a.marks)
	slices.SortStableFunc(a.Messages, func(x, y rollover.Message) int { return x.Frame - y.Frame })
	return a.Attempt
}

// framesOf lists where the marks are: the first stays first, the last last,
// each once.
func framesOf(marks []mark) []rollover.FrameRef {
	out := []rollover.FrameRef{}
	for i, m := range marks {
		if !m.seen() || slices.Contains(out, m.frame) && i != len(marks)-1 {
			continue
		}
		out = slices.DeleteFunc(out, func(f int) bool { return f == m.frame && len(out) > 1 && f != out[0] })
		if !slices.Contains(out, m.frame) {
			out = append(out, m.frame)
		}
	}
	const enough = 16
	if n := len(out); n > enough {
		out = append(out[:enough-1:enough-1], out[n-1])
	}
	return out
}

package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// The picture's columns, in its own units.
const (
	pictureWidth px = 960
	axisX        px = 62
	expectedX    px = 76
	expectedW    px = 206
	windowX      px = 291
	observedX    px = 304
	clientX      px = 344
	gatewayX     px = 632
	serverX      px = 920
)

// The picture's heights.
const (
	topY       px = 54
	headerH    px = 46 // from an attempt's top to its first row
	rowH       px = 23
	footH      px = 13
	betweenH   px = 10
	lineH      px = 14
	whyColumns    = 31 // characters of a line in the expected column
	mostRows      = 40 // messages drawn of one attempt; its table has all
)

// ladderPicture is the predicted and the observed ladder side by side on one
// time axis.
type ladderPicture struct {
	Width, Height px
	AxisX         px
	Axis          [2]px // from, to
	Client        px
	Gateway       px
	Server        px
	Expected      box // the column
	Observed      box
	Ticks         []tick
	Steps         []stepBox
	Windows       []windowBar
	Attempts      []attemptBox
}

type box struct{ X, Y, W, H px }

// stepBox is one predicted step.
type stepBox struct {
	box
	Rung    rollover.Rung
	Outcome rollover.Outcome
	Note    string // optional, not seen
	Lines   []textLine
}

type textLine struct {
	X, Y px
	Text string
}

// windowBar is when the next attempt is due, and when it came.
type windowBar struct {
	box
	Title string
	DotX  px
	Dot   px // 0: none came
	Late  bool
}

// attemptBox is one observed attempt.
type attemptBox struct {
	box
	Rungs   string
	Outcome rollover.Outcome
	Why     string
	Title   string
	Rows    []arrow
	Life    [2]px // from, to: of the parties' lines
}

// arrow is one message, or the media, on its way.
type arrow struct {
	Y          px
	From, To   px
	Head       string // points of the arrow head
	Stopped    bool
	Text       string
	TextX      px
	Frame      string
	FromClient bool
	Media      bool
	Elided     bool
}

// drawLadder lays the picture out. A result with neither prediction nor
// attempt has none.
func drawLadder(r rollover.Result) *ladderPicture {
	pairs := nearest(r.Prediction, r.Trace.Attempts)
	if len(pairs) == 0 && len(r.Trace.Attempts) == 0 {
		return nil
	}
	d := ladderDrawing{result: r, axis: &axis{}, starts: map[int]mark{}}
	d.observe()
	d.expect(pairs)
	bottom := d.axis.layOut(topY)
	p := &ladderPicture{Width: pictureWidth, Height: bottom + 16, AxisX: axisX, Axis: [2]px{topY, bottom},
		Client: clientX, Gateway: gatewayX, Server: serverX,
		Expected: box{expectedX, 8, expectedW, bottom - 8}, Observed: box{observedX, 8, pictureWidth - observedX, bottom - 8}}
	p.Ticks = d.axis.ticks(startOf(r.Trace))
	for _, place := range d.place {
		place(p)
	}
	return p
}

// ladderDrawing collects moments first; where they lie is known only when all
// of them are on the axis, so each part leaves a function that places it.
type ladderDrawing struct {
	result rollover.Result
	axis   *axis
	starts map[int]mark // of the attempts
	place  []func(*ladderPicture)
}

func (d *ladderDrawing) observe() {
	attempts := d.result.Trace.Attempts
	var last mark
	for i, a := range attempts {
		start := d.axis.add(a.Start)
		if i > 0 {
			d.axis.keep(last, start, betweenH)
		}
		d.starts[i] = start
		limit := forever
		if i+1 < len(attempts) {
			limit = attempts[i+1].Start - 1
		}
		last = d.observeAttempt(a, start, limit)
	}
}

// forever is later than any moment of a trial.
const forever time.Duration = math.MaxInt64

// observeAttempt draws one attempt. What belongs to it but came after the
// next one had begun, such as a late farewell, is drawn before the limit.
func (d *ladderDrawing) observeAttempt(a rollover.Attempt, start mark, limit time.Duration) (end mark) {
	at, least := start, headerH
	var rows []mark
	arrows := d.arrows(a)
	for _, row := range arrows {
		at = d.axis.next(at, row.at, limit, least)
		rows = append(rows, at)
		least = rowH
	}
	end = d.axis.next(at, a.End, limit, footH)
	d.axis.keep(start, end, 36)
	d.place = append(d.place, func(p *ladderPicture) {
		top := d.axis.y(start)
		b := attemptBox{box: box{observedX, top, pictureWidth - observedX, d.axis.y(end) - top},
			Rungs: rungNames(a.Candidates), Outcome: a.Outcome, Why: shorten(a.Why, 62), Title: a.Why}
		for i, row := range arrows {
			row.arrow.Y = d.axis.y(rows[i])
			b.Rows = append(b.Rows, row.arrow.withHead())
		}
		if len(rows) > 0 {
			b.Life = [2]px{d.axis.y(rows[0]) - 14, d.axis.y(end) - 3}
		}
		p.Attempts = append(p.Attempts, b)
	})
	return end
}

// timedArrow is an arrow before its height is known.
type timedArrow struct {
	arrow
	at time.Duration
}

func (d *ladderDrawing) arrows(a rollover.Attempt) []timedArrow {
	var out []timedArrow
	elide := len(a.Messages) - mostRows
	for i, m := range a.Messages {
		if elide > 0 && i >= mostRows/2 && i < mostRows/2+elide {
			if i == mostRows/2 {
				out = append(out, timedArrow{at: m.At, arrow: arrow{Elided: true, TextX: clientX + 12,
					Text: count(elide, "more message") + ", see the table"}})
			}
			continue
		}
		out = append(out, timedArrow{at: m.At, arrow: d.message(a, m)})
	}
	if m, ok := d.media(a); ok {
		out = append(out, m)
	}
	slices.SortStableFunc(out, func(x, y timedArrow) int { return cmp.Compare(x.at, y.at) })
	return out
}

// message is the arrow of one message. One that a closed leg swallowed, or
// that a gateway answered in the server's place, ends or begins at the wall.
func (d *ladderDrawing) message(a rollover.Attempt, m rollover.Message) arrow {
	far := serverX
	swallowed := a.Outcome == rollover.Blocked
	if swallowed || a.Outcome == rollover.Refused && a.EndedBy == rollover.PartyRig {
		far = wallX(d.result.Scenario)
	}
	w := arrow{From: clientX, To: far, FromClient: m.FromClient, Stopped: swallowed && m.FromClient,
		Text: shorten(m.Text, 64), TextX: clientX + 12, Frame: fmt.Sprint(m.Frame)}
	if !m.FromClient {
		w.From, w.To = far, clientX
	}
	return w
}

// media is the arrow of the media, if any left the server.
func (d *ladderDrawing) media(a rollover.Attempt) (timedArrow, bool) {
	m := a.Media
	if m.ServerSide == 0 && m.ClientSide == 0 {
		return timedArrow{}, false
	}
	w := arrow{From: serverX, To: clientX, Media: true, TextX: clientX + 12,
		Text: fmt.Sprintf("media: %d of %d packets", m.ClientSide, m.Total)}
	at := m.First
	if m.FirstFrame > 0 {
		w.Frame = fmt.Sprintf("%d–%d", m.FirstFrame, m.LastFrame)
	}
	if m.ClientSide == 0 {
		w.To, w.Stopped, at = wallX(d.result.Scenario), true, a.Trigger
		w.TextX = min(w.To+12, gatewayX+12)
		w.Text = fmt.Sprintf("media: %s left, none arrived", count(m.ServerSide, "packet"))
	}
	return timedArrow{at: at, arrow: w}, true
}

// wallX is where the scenario's firewall stands in the picture.
func wallX(s rollover.Scenario) px {
	switch wallOf(s) {
	case "server":
		return serverX - 26
	case "client":
		return clientX + 26
	}
	return gatewayX
}

// withHead adds the points of the arrow's head.
func (w arrow) withHead() arrow {
	back := px(-7)
	if w.To < w.From {
		back = 7
	}
	w.Head = fmt.Sprintf("%s,%s %s,%s %s,%s", w.To, w.Y, w.To+back, w.Y-3.5, w.To+back, w.Y+3.5)
	return w
}

// shorten keeps a label inside its box.
func shorten(s string, most int) string {
	s = printable(s)
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

package reports

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"
)

// px is a length of a drawing, in its own units.
type px float64

// String writes the length as SVG takes it.
func (p px) String() string { return strconv.FormatFloat(math.Round(float64(p)*10)/10, 'f', -1, 64) }

// axis lays out moments along one vertical time axis. Later is never higher.
// Real gaps are compressed, since a trial is milliseconds of talk between
// seconds of silence, and moments whose labels would collide are kept apart.
type axis struct {
	moments []moment
	apart   []distance
}

// mark is a moment's number on its axis.
type mark int

type moment struct {
	at   time.Duration // decides the order
	told time.Duration // what its label says
	y    px
}

// distance keeps the later of two moments at least so far below the earlier.
type distance struct {
	from, to mark
	least    px
}

// add puts a moment on the axis.
func (a *axis) add(at time.Duration) mark {
	a.moments = append(a.moments, moment{at: at, told: at})
	return mark(len(a.moments) - 1)
}

// keep asks for a distance between two moments.
func (a *axis) keep(from, to mark, least px) {
	a.apart = append(a.apart, distance{from, to, least})
}

// next adds a moment that is drawn between another and a limit, whatever its
// own time is, and at least so far below the other. Its label stays true.
func (a *axis) next(after mark, at, limit time.Duration, least px) mark {
	m := a.add(max(min(at, limit), a.moments[after].at))
	a.moments[m].told = at
	a.keep(after, m, least)
	return m
}

// y is where a moment lies once the axis is laid out.
func (a *axis) y(m mark) px { return a.moments[m].y }

// order is the moments by time; of equal ones, in the order they were added.
func (a *axis) order() []mark {
	out := make([]mark, len(a.moments))
	for i := range out {
		out[i] = mark(i)
	}
	slices.SortStableFunc(out, func(x, y mark) int { return cmp.Compare(a.moments[x].at, a.moments[y].at) })
	return out
}

// layOut gives every moment its place, the first one at top, and returns the
// lowest.
func (a *axis) layOut(top px) px {
	wants := map[mark][]distance{}
	for _, d := range a.apart {
		wants[d.to] = append(wants[d.to], d)
	}
	y, last := top, time.Duration(0)
	for i, m := range a.order() {
		here := &a.moments[m]
		if i > 0 {
			y += gapOf(here.at - last)
		}
		for _, d := range wants[m] {
			y = max(y, a.moments[d.from].y+d.least)
		}
		here.y, last = y, here.at
	}
	return y
}

// gapOf is how far apart two moments are drawn for the time between them:
// nothing for no time, and about thirty units for each tenfold.
func gapOf(d time.Duration) px {
	if d <= 0 {
		return 0
	}
	return px(14 * math.Log10(1+float64(d)/float64(20*time.Millisecond)))
}

// tick is a label of the axis.
type tick struct {
	Y    px
	Text string
}

// ticks labels the axis wherever there is room, in seconds since zero.
func (a *axis) ticks(zero time.Duration) []tick {
	const room = 15
	var out []tick
	for _, m := range a.order() {
		here := tick{Y: a.moments[m].y, Text: seconds(a.moments[m].told - zero)}
		if n := len(out); n == 0 || here.Y-out[n-1].Y >= room && here.Text != out[n-1].Text {
			out = append(out, here)
		}
	}
	return out
}

package trace

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// parcel is one packet with content as it left the server, on the way that was
// agreed on.
type parcel struct {
	mark
	content []int // what it completes; see [yield]
	byUDP   bool  // datagrams may overtake each other, what is on a connection does not
	rtp     rtsp.RTP
	head    dataHeader // where it is no RTP
}

// dataHeader is what stands in front of the packets that are no RTP.
type dataHeader struct {
	location    uint32 // the packet's number in the content
	incarnation byte   // of the request that it answers
	count       byte   // of the packets sent
}

// left notes a parcel.
func (a *attempt) left(p parcel) { a.parcels = append(a.parcels, p) }

// numbered is a parcel under its number, which does not wrap.
type numbered struct {
	parcel
	n int
}

// unwrap counts on where a number of so many bits wraps, and sorts by it.
func unwrap(in []parcel, bits int, number func(parcel) int) []numbered {
	size, high := 1<<bits, 0
	out := make([]numbered, 0, len(in))
	for i, p := range in {
		n := number(p)
		if i > 0 {
			step := (n - high) & (size - 1)
			if step >= size/2 {
				step -= size
			}
			n = high + step
		}
		if i == 0 || n > high {
			high = n
		}
		out = append(out, numbered{p, n})
	}
	slices.SortStableFunc(out, func(a, b numbered) int { return cmp.Compare(a.n, b.n) })
	return out
}

// once keeps the first of the parcels that share a number: a network may double
// a datagram, and a server sends lost ones again.
func once(in []numbered) []parcel {
	var out []parcel
	for i, p := range in {
		if i == 0 || p.n != in[i-1].n {
			out = append(out, p.parcel)
		}
	}
	return out
}

// holes is how many numbers are missing between the parcels, and the frames on
// both sides of the holes.
func holes(in []numbered) (missing int, frames []int) {
	for i := 1; i < len(in); i++ {
		if gap := in[i].n - in[i-1].n - 1; gap > 0 {
			missing += gap
			frames = append(frames, in[i-1].frame, in[i].frame)
		}
	}
	return missing, frames
}

// onceThrough reports that the attempt asked for the content once: then its
// packets have one order.
func (r *reading) onceThrough(starts int) bool {
	return starts <= 1 && !r.changesPlay() && r.scenario.Offer.Content != "live"
}

// inspectOrder looks for the clip's packets out of their order, and for packets
// that come again. Of other content nobody knows the order: a broadcast may
// begin anew at any time.
func (r *reading) inspectOrder(i int, in []parcel) {
	if !r.wantsClip() {
		return
	}
	astray, again, high := 0, 0, -1
	seen := map[int]bool{}
	var before parcel
	var frames []int
	for _, p := range in {
		for _, k := range p.content {
			known := seen[k]
			seen[k] = true
			switch {
			case k > high:
				high, before = k, p
				continue
			case !known:
				astray++
			default:
				again++
			}
			frames = append(frames, before.frame, p.frame)
		}
	}
	if len(frames) == 0 {
		return
	}
	var what string
	switch {
	case again == 0:
		what = fmt.Sprintf("%d packets came behind later ones of the content", astray)
	case astray == 0:
		what = fmt.Sprintf("%d packets of the content came again", again)
	default:
		what = fmt.Sprintf("%d packets came behind later ones of the content, %d came again", astray, again)
	}
	r.note(rollover.FactMediaOrder, i, in[0].at, slices.Compact(frames), what)
}

// inspectLocations holds the numbers of data packets against those that they
// have in the clip.
func (r *reading) inspectLocations(i int, in []parcel) {
	if !r.wantsClip() || r.scenario.Offer.Content == "live" {
		return
	}
	var frames []int
	var said uint32
	is := 0
	for _, p := range in {
		for _, k := range p.content {
			if p.head.location != uint32(k) {
				if len(frames) == 0 {
					said, is = p.head.location, k
				}
				frames = append(frames, p.frame)
			}
		}
	}
	if len(frames) > 0 {
		r.note(rollover.FactPacketNumber, i, in[0].at, frames, fmt.Sprintf("%d packets with a wrong LocationId; the first says %d and is number %d", len(frames), said, is))
	}
}

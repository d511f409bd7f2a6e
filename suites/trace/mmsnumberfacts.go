package trace

import (
	"fmt"
	"slices"

	"github.com/rollover-conformance/rollover/fixtures/mms"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// inspectBlocks looks at the data packets of MMS, one by one and in their order.
func (r *reading) inspectBlocks(a *attempt, i int) {
	if len(a.parcels) == 0 {
		return
	}
	r.inspectLocations(i, a.parcels)
	r.inspectMMSCounts(i, a.parcels)
	r.inspectMarks(a, i)
	r.inspectEarlyData(a, i)
	if in := a.parcels; r.onceThrough(len(a.mms().starts())) {
		if a.rung() == rollover.MMSU && !still(in) {
			in = once(counted(in))
		}
		r.inspectOrder(i, in)
	}
}

func counted(in []parcel) []numbered {
	return unwrap(in, 8, func(p parcel) int { return int(p.head.count) })
}

// inspectMMSCounts looks for packets that the counter does not count. Where it
// begins is the server's, some leave it where it is, and behind 0xFE a new start
// may go on with 0x00 (protocols/mms.md 3.3, 6.4).
func (r *reading) inspectMMSCounts(i int, in []parcel) {
	if still(in) {
		return
	}
	numbers := counted(in)
	missing, frames := holes(numbers)
	if missing == 1 && slices.ContainsFunc(numbers, func(p numbered) bool { return p.head.count == 0xFE }) &&
		!slices.ContainsFunc(numbers, func(p numbered) bool { return p.head.count == 0xFF }) {
		return
	}
	if missing > 0 {
		r.note(rollover.FactPacketCount, i, in[0].at, frames,
			fmt.Sprintf("the counter goes from %d to %d and leaves %d out", numbers[0].n&0xFF, numbers[len(numbers)-1].n&0xFF, missing))
	}
}

// still reports a counter that never moves.
func still(in []parcel) bool {
	return len(in) > 0 && !slices.ContainsFunc(in, func(p parcel) bool { return p.head.count != in[0].head.count })
}

// inspectMarks looks for media that carries another request's number. That of
// ReadBlock is told apart: the text has it so in one place (protocols/mms.md
// 2.4).
func (r *reading) inspectMarks(a *attempt, i int) {
	var frames []int
	var mark byte
	for _, p := range a.parcels {
		if !a.agreedMark(p.head.incarnation) {
			frames, mark = append(frames, p.frame), p.head.incarnation
		}
	}
	if starts := a.mms().starts(); len(frames) > 0 {
		r.note(rollover.FactPacketMark, i, starts[0].asked().at, append([]int{starts[0].asked().frame}, frames...),
			fmt.Sprintf("%d media packets with playIncarnation %d; StartPlaying has %d", len(frames), mark, incarnationOf(starts[len(starts)-1])))
	}
}

// agreedMark reports whether media may carry the number.
func (a *attempt) agreedMark(mark byte) bool {
	asks := append(a.mms().starts(), a.mms().find(mms.MIDReadBlock)...)
	return len(a.mms().starts()) == 0 || slices.ContainsFunc(asks, func(s mmsAsk) bool { return incarnationOf(s) == mark })
}

// inspectEarlyData looks for media on the connection before StartPlaying was
// answered.
func (r *reading) inspectEarlyData(a *attempt, i int) {
	d := &depacketizers{clip: r.clip, anyASF: !r.wantsClip()}
	starts := a.mms().starts()
	if a.rung() != rollover.MMST || len(starts) == 0 {
		return
	}
	there, ok := r.atServer(starts[0])
	if !ok || there.reply == nil {
		return
	}
	var early []int
	t := r.mmsTalkOf(starts[0].conn, serverSide)
	for k := range t.events {
		e := &t.events[k]
		if e == there.reply {
			break
		}
		if e.Kind == mms.DataEvent && e.Span.End >= there.asked().at && a.blockKind(e.Span.End, *e.Data, d) == mediaBlock {
			early = append(early, mmsMark(e).frame)
		}
	}
	if len(early) > 0 {
		r.note(rollover.FactDataBeforeStart, i, there.asked().at, append([]int{there.asked().frame}, early...),
			fmt.Sprintf("%d packets of media between StartPlaying and its answer", len(early)))
	}
}

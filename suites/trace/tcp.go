package trace

import (
	"cmp"
	"slices"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/wire"
)

// maxHeld bounds the bytes that wait for a hole to be filled.
const maxHeld = 4 << 20

// half is one direction of a TCP connection at one point, put in order.
//
// It is our own and not gopacket/reassembly: that one compares sequence
// numbers so that streams which wrap come out corrupt (1.1.19), keeps pages
// for other people's memory limits, and hides which frame a byte came in,
// which is the one thing that evidence needs. What is wanted here fits a
// page: drop what was there already, hold what came too early, and know
// whether a hole was the network's or the recorder's.
type half struct {
	fromClient bool
	begun      bool
	next       uint32 // sequence number of the next byte in order
	held       []piece
	heldBytes  int
	acked      uint32 // the highest acknowledgement the peer sent
	ackedAny   bool
	overflow   bool
	syn        mark
	isn        uint32
	fin        mark
	rst        mark
	last       mark // the last frame with anything in it
}

type piece struct {
	seq   uint32
	frame int
	data  []byte
}

// before reports a < b in the circle of sequence numbers (RFC 9293 3.4).
func before(a, b uint32) bool { return int32(a-b) < 0 }

// take adds a segment and calls out with each run of new bytes in order.
// Held bytes count from the moment the hole before them was filled.
func (h *half) take(p *packet, out func(wire.Segment)) {
	seq, data := p.tcp.seq, p.data
	if p.tcp.syn {
		if !h.syn.seen() {
			h.syn = p.mark
		}
		h.isn = seq
		seq++
		if !h.begun {
			h.begun, h.next = true, seq
		}
	}
	if p.tcp.fin && !h.fin.seen() {
		h.fin = p.mark
	}
	if p.tcp.rst && !h.rst.seen() {
		h.rst = p.mark
	}
	if len(data) == 0 || p.tcp.rst {
		return
	}
	if !h.begun {
		h.begun, h.next = true, seq
	}
	h.last = p.mark
	if before(h.next, seq) {
		h.hold(piece{seq, p.frame, data})
		return
	}
	h.emit(piece{seq, p.frame, data}, p.at, out)
	for len(h.held) > 0 && !before(h.next, h.held[0].seq) {
		first := h.held[0]
		h.held = h.held[1:]
		h.heldBytes -= len(first.data)
		h.emit(first, p.at, out)
	}
}

// restart begins again at another first number: the answer to a SYN was lost
// before the opener heard it, and the next one is a new connection's. It
// reports whether this is so.
func (h *half) restart(isn uint32) bool {
	if !h.begun || isn == h.isn || h.spoke() {
		return false
	}
	*h = half{fromClient: h.fromClient}
	return true
}

func (h *half) hold(p piece) {
	if h.heldBytes+len(p.data) > maxHeld {
		h.overflow = true
		return
	}
	h.heldBytes += len(p.data)
	at, _ := slices.BinarySearchFunc(h.held, p, func(a, b piece) int {
		return cmp.Compare(int32(a.seq-h.next), int32(b.seq-h.next))
	})
	h.held = slices.Insert(h.held, at, p)
}

func (h *half) emit(p piece, at time.Duration, out func(wire.Segment)) {
	old := int(h.next - p.seq) // bytes that were there already
	if old >= len(p.data) {
		return
	}
	data := p.data[old:]
	h.next += uint32(len(data))
	out(wire.Segment{FromClient: h.fromClient, At: at, Frame: p.frame, Data: data})
}

// acknowledge notes how far the peer says that it has read.
func (h *half) acknowledge(ack uint32) {
	if !h.ackedAny || before(h.acked, ack) {
		h.acked, h.ackedAny = ack, true
	}
}

// unseen reports a hole that the peer has acknowledged: the bytes passed, and
// the recorder missed them. A hole that nobody acknowledged is the network's.
func (h *half) unseen() bool {
	if h.overflow {
		return true
	}
	fin := uint32(0)
	if h.fin.seen() {
		fin = 1
	}
	return h.begun && h.ackedAny && before(h.next+fin, h.acked)
}

// pending reports bytes that the peer has not acknowledged: their sender can
// send nothing behind them, the end of the connection included.
func (h *half) pending() bool { return h.begun && h.ackedAny && before(h.acked, h.next) }

// spoke reports that data came in this direction.
func (h *half) spoke() bool { return h.last.seen() }

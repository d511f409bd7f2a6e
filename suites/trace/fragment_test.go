package trace

import (
	"net/netip"
	"testing"
	"time"
)

func ipPiece(id uint32, offset int, more bool, size int, at time.Duration) fragment {
	return fragment{src: netip.MustParseAddr("2001:db8:2::10"), dst: netip.MustParseAddr("2001:db8:1::10"), proto: 17,
		id: id, offset: offset, more: more, data: make([]byte, size), at: mark{frame: 1, at: at}}
}

func TestPieceRelabelledByTheGateway(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		second fragment
		whole  bool
	}{
		{"same identification", ipPiece(1, 1448, false, 30, 0), true},
		{"relabelled at the same instant", ipPiece(2, 1448, false, 30, time.Microsecond), true},
		{"relabelled, but much later", ipPiece(2, 1448, false, 30, time.Second), false},
		{"relabelled, but elsewhere in its packet", ipPiece(2, 2000, false, 30, 0), false},
	} {
		var r reassembler
		if _, _, whole := r.add(ipPiece(1, 0, true, 1448, 0)); whole {
			t.Fatalf("%s: whole with the first piece alone", c.name)
		}
		payload, _, whole := r.add(c.second)
		if whole != c.whole {
			t.Errorf("%s: whole is %v, want %v", c.name, whole, c.whole)
		}
		if whole && len(payload) != 1478 {
			t.Errorf("%s: %d bytes, want 1478", c.name, len(payload))
		}
	}
}

// Pieces belong together by all that names their packet, or by place and
// instant where a gateway gave the later one another number.
func TestPiecesOfOnePacket(t *testing.T) {
	t.Parallel()
	other := func(change func(*fragment)) fragment {
		f := ipPiece(2, 1448, false, 30, 0)
		change(&f)
		return f
	}
	for _, c := range []struct {
		name   string
		second fragment
		whole  bool
	}{
		{"at the last instant", ipPiece(2, 1448, false, 30, sameInstant), true},
		{"an instant too late", ipPiece(2, 1448, false, 30, sameInstant+1), false},
		{"at another point", other(func(f *fragment) { f.point = serverSide }), false},
		{"to another host", other(func(f *fragment) { f.dst = f.src }), false},
		{"of another protocol", other(func(f *fragment) { f.proto = 6 }), false},
		{"one byte before the end of the first", ipPiece(2, 1447, false, 30, 0), false},
		{"a first piece of its own", ipPiece(2, 0, true, 1448, 0), false},
	} {
		var r reassembler
		r.add(ipPiece(1, 0, true, 1448, 0))
		if _, _, whole := r.add(c.second); whole != c.whole {
			t.Errorf("%s: whole is %v", c.name, whole)
		}
	}
	var r reassembler
	r.add(ipPiece(1, 800, false, 30, 0))
	if _, _, whole := r.add(ipPiece(2, 830, false, 30, 0)); whole || len(r.order) != 2 {
		t.Errorf("a piece behind a last one belongs to no packet of before: whole %v, %d packets", whole, len(r.order))
	}
}

// What is kept for packets that never become whole is bounded, and at its bound
// still kept.
func TestPiecesAreBounded(t *testing.T) {
	t.Parallel()
	for extra, kept := range map[int]bool{0: true, 1: false} {
		var r reassembler
		r.add(ipPiece(1, 0, true, 8, 0))
		for n := range maxPartial - 1 + extra {
			r.add(ipPiece(uint32(n+2), 0, true, 8, 0))
		}
		if len(r.order) != maxPartial || len(r.partial) != maxPartial {
			t.Errorf("%d packets begun: %d and %d kept", maxPartial+extra, len(r.order), len(r.partial))
		}
		if _, _, whole := r.add(ipPiece(1, 8, false, 8, time.Second)); whole != kept {
			t.Errorf("%d packets begun: the first is whole: %v", maxPartial+extra, whole)
		}
	}
	for pieces, want := range map[int]bool{maxPieces: true, maxPieces + 1: false} {
		var r reassembler
		whole := false
		for n := range pieces {
			_, _, whole = r.add(ipPiece(1, 8*n, n < pieces-1, 8, 0))
		}
		if whole != want {
			t.Errorf("%d pieces: whole is %v", pieces, whole)
		}
	}
	for size, want := range map[int]bool{8: true, 9: false} {
		var r reassembler
		r.add(ipPiece(1, 0, true, maxPacket-8, 0))
		if _, _, whole := r.add(ipPiece(1, maxPacket-8, false, size, 0)); whole != want {
			t.Errorf("%d bytes: whole is %v", maxPacket-8+size, whole)
		}
	}
}

// Of pieces that overlap, the first bytes to come stay; the frames are told in
// their order.
func TestPiecesOverlap(t *testing.T) {
	t.Parallel()
	piece := func(frame, offset int, more bool, text string) fragment {
		f := ipPiece(1, offset, more, 0, 0)
		f.data, f.at.frame = []byte(text), frame
		return f
	}
	for _, c := range []struct {
		name   string
		pieces []fragment
		want   string
	}{
		{"side by side", []fragment{piece(1, 0, true, "01234567"), piece(2, 8, false, "89")}, "0123456789"},
		{"backwards", []fragment{piece(1, 8, false, "89"), piece(2, 0, true, "01234567")}, "0123456789"},
		{"overlapping", []fragment{piece(1, 0, true, "01234567"), piece(2, 6, false, "xx89")}, "0123456789"},
		{"swallowed", []fragment{piece(1, 0, true, "01234567"), piece(2, 8, true, "89ab"), piece(3, 10, false, "xx")}, "0123456789ab"},
	} {
		var r reassembler
		var got []byte
		var frames []int
		for _, f := range c.pieces {
			got, frames, _ = r.add(f)
		}
		if string(got) != c.want || len(frames) != len(c.pieces) || frames[0] != 1 {
			t.Errorf("%s: %q in %v", c.name, got, frames)
		}
	}
}

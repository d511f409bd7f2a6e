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

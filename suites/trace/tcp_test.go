package trace

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/rollover-conformance/rollover/fixtures/wire"
)

// arrival is a segment: which bytes of the content it carries.
type arrival struct {
	offset, length int
}

func reassemble(isn uint32, content []byte, order []arrival) ([]byte, *half) {
	h := &half{fromClient: true}
	var got []byte
	out := func(s wire.Segment) { got = append(got, s.Data...) }
	h.take(&packet{mark: mark{frame: 1}, tcp: tcpHeader{seq: isn, syn: true}}, out)
	for i, a := range order {
		h.take(&packet{mark: mark{frame: i + 2}, tcp: tcpHeader{seq: isn + 1 + uint32(a.offset)}, data: content[a.offset : a.offset+a.length]}, out)
	}
	return got, h
}

func TestHalf(t *testing.T) {
	t.Parallel()
	content := []byte("the quick brown fox jumps over the lazy dog")
	tests := []struct {
		name  string
		order []arrival
		want  int // bytes that come out
	}{
		{"in order", []arrival{{0, 10}, {10, 33}}, 43},
		{"repeated", []arrival{{0, 10}, {0, 10}, {10, 33}, {10, 33}}, 43},
		{"overlapping", []arrival{{0, 10}, {5, 20}, {20, 23}}, 43},
		{"swallowed", []arrival{{0, 30}, {10, 5}, {30, 13}}, 43},
		{"backwards", []arrival{{30, 13}, {20, 10}, {10, 10}, {0, 10}}, 43},
		{"a hole", []arrival{{0, 10}, {20, 23}}, 10},
		{"a hole filled late", []arrival{{0, 10}, {20, 23}, {10, 10}}, 43},
	}
	for _, test := range tests {
		// 0xFFFFFFF0: the numbers wrap inside the content.
		for _, isn := range []uint32{0, 1 << 31, 0xFFFFFFF0, 0xFFFFFFFF} {
			got, _ := reassemble(isn, content, test.order)
			if !bytes.Equal(got, content[:test.want]) {
				t.Errorf("%s from %#x: %q", test.name, isn, got)
			}
		}
	}
}

// Streams that wrap, with segments repeated and out of order, come out whole:
// what gopacket's reassembly does not do.
func TestHalfWraps(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	content := make([]byte, 20000)
	for i := range content {
		content[i] = byte(random.Uint32())
	}
	for n := range 500 {
		isn := uint32(0xFFFFFFFF) - uint32(random.IntN(len(content)))
		var order []arrival
		for at := 0; at < len(content); {
			length := min(1+random.IntN(1460), len(content)-at)
			order = append(order, arrival{at, length})
			if random.IntN(4) == 0 {
				order = append(order, order[random.IntN(len(order))])
			}
			at += length
		}
		for i := range order { // neighbours overtake each other
			if j := i + random.IntN(3); j < len(order) {
				order[i], order[j] = order[j], order[i]
			}
		}
		if got, h := reassemble(isn, content, order); !bytes.Equal(got, content) || len(h.held) != 0 {
			t.Fatalf("stream %d from %#x: %d of %d bytes", n, isn, len(got), len(content))
		}
	}
}

func TestHalfIsBounded(t *testing.T) {
	t.Parallel()
	content := make([]byte, maxHeld+3000)
	var order []arrival
	for at := 1; at+1000 < len(content); at += 1000 {
		order = append(order, arrival{at, 1000})
	}
	_, h := reassemble(7, content, order)
	if h.heldBytes > maxHeld || !h.unseen() {
		t.Errorf("holds %d bytes, unseen %v", h.heldBytes, h.unseen())
	}
}

// A hole is the recorder's only if the peer acknowledged what lies beyond.
func TestHalfUnseen(t *testing.T) {
	t.Parallel()
	_, h := reassemble(100, make([]byte, 50), []arrival{{0, 10}, {20, 30}})
	h.acknowledge(111)
	if h.unseen() {
		t.Error("a hole nobody acknowledged is the network's")
	}
	h.acknowledge(151)
	if !h.unseen() {
		t.Error("acknowledged bytes are missing, and nobody says so")
	}
}

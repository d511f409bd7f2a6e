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

// Bytes that wait for a hole are kept up to the bound and not beyond it.
func TestHeldToTheByte(t *testing.T) {
	t.Parallel()
	for extra, overflow := range map[int]bool{0: false, 1: true} {
		_, h := reassemble(7, make([]byte, 1+maxHeld+extra), []arrival{{1, maxHeld + extra}})
		if h.overflow != overflow {
			t.Errorf("%d bytes: overflow is %v", maxHeld+extra, h.overflow)
		}
	}
	_, h := reassemble(7, make([]byte, 40), []arrival{{10, 10}, {30, 10}, {0, 10}})
	if h.heldBytes != 10 || len(h.held) != 1 {
		t.Errorf("%d bytes in %d pieces wait", h.heldBytes, len(h.held))
	}
}

// Another first number begins a direction again, unless it is the same, the
// direction had not begun, or bytes came in it.
func TestRestart(t *testing.T) {
	t.Parallel()
	_, silent := reassemble(100, nil, nil)
	_, spoken := reassemble(100, make([]byte, 5), []arrival{{0, 5}})
	for _, c := range []struct {
		name string
		half half
		isn  uint32
		want bool
	}{
		{"another number", *silent, 200, true},
		{"the same", *silent, 100, false},
		{"after bytes", *spoken, 200, false},
		{"not begun", half{}, 200, false},
	} {
		h := c.half
		if h.restart(c.isn) != c.want {
			t.Errorf("%s: restarted is not %v", c.name, c.want)
		}
		if c.want && (h.begun || !h.fromClient) {
			t.Errorf("%s: left %+v", c.name, h)
		}
	}
}

// What the peer acknowledges says what it still waits for: a FIN takes a number
// too, and the highest acknowledgement counts.
func TestAcknowledged(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name            string
		fin             bool
		acks            []uint32
		unseen, pending bool
	}{
		{"nothing", false, nil, false, false},
		{"all", false, []uint32{111}, false, false},
		{"less", false, []uint32{110}, false, true},
		{"an older one late", false, []uint32{111, 105}, false, false},
		{"one more", false, []uint32{112}, true, false},
		{"the FIN", true, []uint32{112}, false, false},
		{"more than the FIN", true, []uint32{113}, true, false},
	} {
		_, h := reassemble(100, make([]byte, 10), []arrival{{0, 10}})
		if c.fin {
			h.take(&packet{mark: mark{frame: 9}, tcp: tcpHeader{seq: 111, fin: true}}, nil)
		}
		for _, ack := range c.acks {
			h.acknowledge(ack)
		}
		if h.unseen() != c.unseen || h.pending() != c.pending {
			t.Errorf("%s: unseen %v, pending %v", c.name, h.unseen(), h.pending())
		}
	}
	var none half
	none.acknowledge(5)
	if none.unseen() || none.pending() {
		t.Error("a direction that never began lacks something")
	}
}

// The first of each flag counts, a SYN's bytes have a number of their own, and a
// reset carries none.
func TestFlags(t *testing.T) {
	t.Parallel()
	var got []byte
	h := &half{}
	for i, p := range []packet{
		{tcp: tcpHeader{seq: 9, syn: true}},
		{tcp: tcpHeader{seq: 9, syn: true}, data: []byte("ab")},
		{tcp: tcpHeader{seq: 12, fin: true}, data: []byte("c")},
		{tcp: tcpHeader{seq: 12, fin: true}},
		{tcp: tcpHeader{seq: 13, rst: true}, data: []byte("why")},
		{tcp: tcpHeader{seq: 13, rst: true}},
	} {
		p.frame = i + 1
		h.take(&p, func(s wire.Segment) { got = append(got, s.Data...) })
	}
	if string(got) != "abc" || h.syn.frame != 1 || h.fin.frame != 3 || h.rst.frame != 5 || h.last.frame != 3 {
		t.Errorf("%q, %+v", got, h)
	}
	middle := &half{}
	middle.take(&packet{mark: mark{frame: 1}, tcp: tcpHeader{seq: 77}, data: []byte("xy")}, func(s wire.Segment) { got = s.Data })
	if string(got) != "xy" || middle.next != 79 {
		t.Errorf("from the middle: %q, next %d", got, middle.next)
	}
}

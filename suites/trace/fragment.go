package trace

import (
	"cmp"
	"net/netip"
	"slices"
	"time"
)

// Bounds of what is kept for packets that never become whole.
const (
	maxPacket  = 1 << 16 // bytes of one IP packet
	maxPartial = 1 << 10 // packets being put together at a time
	maxPieces  = 128     // fragments of one packet
)

// fragment is an IP packet or a piece of one.
type fragment struct {
	point    point
	at       mark
	src, dst netip.Addr
	id       uint32
	proto    byte
	ttl      byte
	offset   int // bytes
	more     bool
	data     []byte
}

func (f fragment) fragment() bool { return f.offset != 0 || f.more }

type fragmentKey struct {
	point    point
	src, dst netip.Addr
	id       uint32
	proto    byte
}

// reassembler puts fragments together, at each point by itself: the gateway
// may have dropped a piece. The first bytes to come for a place stay.
type reassembler struct {
	partial map[fragmentKey][]fragment
	order   []fragmentKey // oldest first
}

// add takes a packet or a piece. It returns the packet's payload and the
// frames that carried it once all is there.
func (r *reassembler) add(f fragment) (payload []byte, frames []int, whole bool) {
	if !f.fragment() {
		return f.data, []int{f.at.frame}, true
	}
	if r.partial == nil {
		r.partial = map[fragmentKey][]fragment{}
	}
	key := r.keyOf(f)
	pieces, known := r.partial[key]
	if !known {
		r.order = append(r.order, key)
		if len(r.order) > maxPartial {
			delete(r.partial, r.order[0])
			r.order = r.order[1:]
		}
	}
	if len(pieces) >= maxPieces || f.offset+len(f.data) > maxPacket {
		return nil, nil, false
	}
	pieces = append(pieces, f)
	r.partial[key] = pieces
	if payload, frames, whole = join(pieces); whole {
		delete(r.partial, key)
		r.order = slices.DeleteFunc(r.order, func(k fragmentKey) bool { return k == key })
	}
	return payload, frames, whole
}

// sameInstant is how far apart the pieces of one packet lie at most where only
// their place tells that they belong together.
const sameInstant = 10 * time.Millisecond

// keyOf is the packet that a piece belongs to, by its identification. A gateway
// that tracks connections puts IPv6 packets together and takes them apart again
// under an identification of its own, and writes it into the very bytes that
// the recorder still holds of a later piece that came in: such a piece belongs
// to the packet of the same instant that ends where it begins.
func (r *reassembler) keyOf(f fragment) fragmentKey {
	key := fragmentKey{f.point, f.src, f.dst, f.id, f.proto}
	if _, known := r.partial[key]; known || f.offset == 0 {
		return key
	}
	for _, other := range slices.Backward(r.order) {
		pieces := r.partial[other]
		last := pieces[len(pieces)-1]
		relabelled := other
		relabelled.id = f.id
		if relabelled == key && last.more && last.offset+len(last.data) == f.offset && f.at.at-last.at.at <= sameInstant {
			return other
		}
	}
	return key
}

// join lines the pieces up, if they reach from the start to a last piece
// without a hole.
func join(pieces []fragment) (payload []byte, frames []int, whole bool) {
	payload, open := line(pieces)
	if open {
		return nil, nil, false
	}
	for _, f := range pieces {
		frames = append(frames, f.at.frame)
	}
	slices.Sort(frames)
	return payload, frames, true
}

// line puts the pieces behind each other up to the first hole.
func line(pieces []fragment) (payload []byte, open bool) {
	sorted := slices.Clone(pieces)
	slices.SortStableFunc(sorted, func(a, b fragment) int { return cmp.Compare(a.offset, b.offset) })
	open = true
	for _, f := range sorted {
		if f.offset > len(payload) {
			return payload, true
		}
		if have := len(payload) - f.offset; have < len(f.data) {
			payload = append(payload, f.data[have:]...)
		}
		open = open && f.more
	}
	return payload, open
}

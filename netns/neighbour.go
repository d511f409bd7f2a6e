package netns

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"
)

// Neighbour returns when the host at the other end of a link has told that it
// has the address: by ARP, or neighbour discovery. It is asked for nothing
// else, so that a program under test sees nothing of it. The error is
// [ErrNobody] when the context ends first.
func (h *Host) Neighbour(ctx context.Context, link string, a netip.Addr) error {
	_, index := h.Interface(link)
	err := withRTNL(h.ns, func(r *rtnl) error {
		for {
			var t train
			t.solicit(index, a)
			if err := r.send(&t); err != nil {
				return err
			}
			known, err := r.knows(index, a)
			if known || err != nil {
				return err
			}
			if pause(ctx, 5*time.Millisecond) != nil {
				return ErrNobody
			}
		}
	})
	if err != nil {
		return fmt.Errorf("host %s: looking for %s: %w", h.name, a, err)
	}
	return nil
}

// ErrNobody is the error of an address that nobody has.
var ErrNobody = errors.New("nobody answers for the address")

// solicit uses a neighbour entry as a packet would; the kernel asks for the
// neighbour unless it knows it, or is asking already.
func (t *train) solicit(index int, a netip.Addr) {
	body := make([]byte, unix.SizeofNdMsg)
	body[0] = family(a)
	binary.NativeEndian.PutUint32(body[4:], uint32(index))
	body[10] = unix.NTF_USE
	t.message(fmt.Sprintf("asking for %s", a), unix.RTM_NEWNEIGH, unix.NLM_F_CREATE, body)
	t.attrAddr(unix.NDA_DST, a)
}

// knows tells whether a neighbour has answered.
func (r *rtnl) knows(index int, a netip.Addr) (bool, error) {
	const known = unix.NUD_REACHABLE | unix.NUD_STALE | unix.NUD_DELAY | unix.NUD_PROBE | unix.NUD_PERMANENT
	all, err := r.dump(unix.RTM_GETNEIGH, make([]byte, unix.SizeofNdMsg))
	if err != nil {
		return false, err
	}
	for _, b := range all {
		at, ok := netip.AddrFromSlice(findAttr(b[unix.SizeofNdMsg:], unix.NDA_DST))
		if ok && at == a && int(binary.NativeEndian.Uint32(b[4:])) == index && binary.NativeEndian.Uint16(b[8:])&known != 0 {
			return true, nil
		}
	}
	return false, nil
}

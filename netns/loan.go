package netns

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// loan is a card that is not at home.
type loan struct {
	card       string
	home, wire *os.File // namespaces
	luggage    luggage
}

func (l loan) close() error { return errors.Join(l.home.Close(), l.wire.Close()) }

// take moves the card from home to the wire, and makes it a port of the bridge
// there. Frames are to arrive as they were sent, so that merging is off.
func (l *loan) take(bridge int) error {
	err := withRTNL(l.home, func(r *rtnl) error {
		packed, err := r.pack(l.card)
		if errors.Is(err, unix.ENODEV) {
			return errors.New("there is no such interface")
		}
		if err != nil {
			return err
		}
		l.luggage = packed
		var t train
		t.move(packed.index, int(l.wire.Fd()), 0)
		return r.send(&t)
	})
	if err != nil {
		return err
	}
	err = withRTNL(l.wire, func(r *rtnl) error {
		var t train
		t.find(l.card)
		if err := r.send(&t); err != nil {
			return err
		}
		if _, err := r.ethtool(l.card, unix.ETHTOOL_SGRO, 0); err != nil && l.luggage.gro != 0 {
			return fmt.Errorf("keeping it from merging segments: %w", err)
		}
		t = train{}
		t.enslave(r.index[l.card], bridge)
		t.up(r.index[l.card])
		return r.send(&t)
	})
	if err != nil {
		err = errors.Join(err, l.give())
	}
	return err
}

// give moves the card home.
func (l loan) give() error {
	err := withRTNL(l.wire, func(r *rtnl) error {
		var t train
		t.find(l.card)
		if err := r.send(&t); err != nil {
			return err
		}
		index := r.index[l.card]
		t = train{}
		t.move(index, int(l.home.Fd()), l.luggage.index)
		err := r.send(&t)
		if errors.Is(err, unix.EBUSY) { // somebody else has its index by now
			t = train{}
			t.move(index, int(l.home.Fd()), 0)
			err = r.send(&t)
		}
		return err
	})
	if err != nil {
		return err
	}
	return withRTNL(l.home, func(r *rtnl) error { return r.unpack(l.card, l.luggage) })
}

// withRTNL runs f with a route netlink socket of the namespace.
func withRTNL(ns *os.File, f func(*rtnl) error) error {
	return inNamespace(int(ns.Fd()), func() error {
		r, err := openRTNL()
		if err != nil {
			return err
		}
		return errors.Join(f(r), r.close())
	})
}

package netns

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Foreign is a network namespace that outlives a lab: a container's, that of a
// process which runs already, or one of ours that a program is kept in. One
// host of a lab may be there ([HostSpec.In]): the lab's link leads into it for
// as long as the lab exists, with addresses and routes of its own, and nothing
// else in it is touched. A [Wire] is one as well.
//
// The link cannot outlive the lab: its other end is in a namespace of the
// lab's, and the kernel takes both ends away when that one goes, whatever ends
// the process.
type Foreign struct {
	name string   // for messages
	ns   *os.File // the namespace
	own  bool     // a namespace of ours: it may be given rules, and programs
	wire *Wire    // behind it is a machine; nil: the host is the namespace itself
}

// linkName is what the lab's link is called inside a foreign namespace. It is
// a fixed name on purpose: two labs at once in one namespace would have the
// same addresses, and the second finds the name taken.
const linkName = "rollover0"

// OpenForeign opens the namespace at a path such as /run/netns/box or
// /proc/1234/ns/net.
func OpenForeign(path string) (*Foreign, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	kind, err := unix.IoctlRetInt(int(f.Fd()), unix.NS_GET_NSTYPE)
	if err == nil && kind != unix.CLONE_NEWNET {
		err = errors.New("a namespace of another kind")
	}
	if err != nil {
		return nil, errors.Join(&os.PathError{Op: "open", Path: path, Err: ErrNotNetwork}, f.Close())
	}
	return &Foreign{name: path, ns: f}, nil
}

// ErrNotNetwork is the error of a file that is no network namespace.
var ErrNotNetwork = errors.New("not a network namespace")

// NewForeign makes a namespace that outlives labs, set up as a lab's host is.
func NewForeign(name string) (*Foreign, error) {
	var f *Foreign
	err := onThread(func() error {
		s, err := newSite(HostSpec{Name: name})
		if err != nil {
			return err
		}
		f = &Foreign{name: name, ns: s.host.ns, own: true}
		var t train
		t.up(1) // lo
		if err := errors.Join(s.rtnl.send(&t), s.rtnl.close()); err != nil {
			return errors.Join(err, f.ns.Close())
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("making the namespace of %s: %w", name, err)
	}
	return f, nil
}

// Name is what the namespace is called in messages.
func (f *Foreign) Name() string { return f.name }

// Close lets the namespace go; a wire's card is brought back. Labs that have a
// host in it must be closed before, those in another one are not concerned.
func (f *Foreign) Close() error {
	if f.wire != nil {
		return errors.Join(f.wire.unplug(), f.ns.Close())
	}
	return f.ns.Close()
}

// fd is the descriptor of the namespace; it is good until Close.
func (f *Foreign) fd() int { return int(f.ns.Fd()) }

// site is the namespace as a host of a lab that is being built. Nothing is
// set in it: its settings are its owner's.
func (f *Foreign) site(spec HostSpec) (*site, error) {
	fd, err := unix.FcntlInt(uintptr(f.fd()), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("holding the namespace of %s: %w", f.name, os.NewSyscallError("fcntl", err))
	}
	ns := os.NewFile(uintptr(fd), "namespace of "+f.name)
	s := &site{spec: spec, host: &Host{name: spec.Name, ns: ns, in: f}}
	s.host.dropped, err = s.host.udpErrors()
	if err == nil {
		err = inNamespace(fd, func() (err error) {
			s.rtnl, err = openRTNL()
			return err
		})
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("entering the namespace of %s: %w", f.name, err), ns.Close())
	}
	return s, nil
}

// linkSysctls are the settings of the lab's link in a foreign namespace, as far
// as they differ from those a host of ours has by default: each link has its
// own, so nobody else is concerned.
func linkSysctls() []sysctl {
	return []sysctl{
		{"ipv6/conf/" + linkName + "/disable_ipv6", "0"}, // containers often have it off
		{"ipv6/conf/" + linkName + "/accept_dad", "0"},
		{"ipv6/conf/" + linkName + "/addr_gen_mode", "1"},
		{"ipv6/conf/" + linkName + "/accept_ra", "0"},
		{"ipv6/conf/" + linkName + "/router_solicitations", "0"},
		{"ipv4/conf/" + linkName + "/rp_filter", "0"},
	}
}

// detach takes the lab's link out of a foreign namespace, at once: closing the
// lab would do the same, but some time later, when the next lab wants in.
func (h *Host) detach() error {
	if h.in == nil || len(h.interfaces) == 0 {
		return nil
	}
	return h.Do(func() error {
		r, err := openRTNL()
		if err != nil {
			return err
		}
		var t train
		t.remove(h.interfaces[0].index)
		err = r.send(&t)
		if errors.Is(err, unix.ENODEV) {
			err = nil // its owner has been faster
		}
		return errors.Join(err, r.close())
	})
}

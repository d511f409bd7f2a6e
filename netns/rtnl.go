package netns

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// rtnl is a route netlink socket of one namespace. It also listens to address
// notifications: an IPv6 address is complete (local route, solicited-node
// group) only when the kernel says so.
type rtnl struct {
	fd    int
	seq   uint32
	buf   []byte
	ready map[netip.Addr]bool // addresses announced as complete
	oper  map[int]byte        // operational state of links, as last answered
	index map[string]int      // of links, as last answered
}

// kernelPatience bounds the wait for any answer of the kernel; it answers in
// microseconds unless many builders contend.
const kernelPatience = 10 * time.Second

// openRTNL opens the socket in the calling thread's namespace; it is then used
// from any thread.
func openRTNL() (*rtnl, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	patience := unix.NsecToTimeval(int64(kernelPatience))
	err = errors.Join(
		os.NewSyscallError("setsockopt", unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &patience)),
		os.NewSyscallError("bind", unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: unix.RTMGRP_IPV6_IFADDR})),
	)
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	return &rtnl{fd: fd, buf: make([]byte, 32<<10), ready: map[netip.Addr]bool{}, oper: map[int]byte{}, index: map[string]int{}}, nil
}

func (r *rtnl) close() error { return os.NewSyscallError("close", unix.Close(r.fd)) }

// send sends a train and waits until the kernel has done the last of it.
func (r *rtnl) send(t *train) error {
	if len(t.what) == 0 {
		return nil
	}
	first := r.seq + 1
	last := t.seal(first)
	r.seq = last
	if err := unix.Sendto(r.fd, t.buf, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return os.NewSyscallError("sendmsg", err)
	}
	var errs []error
	for done := false; !done; {
		err := r.receive(func(seq uint32, errno unix.Errno) {
			if seq < first || seq > last {
				return
			}
			if errno != 0 {
				errs = append(errs, fmt.Errorf("%s: %w", t.what[seq-first], errno))
			}
			done = done || seq == last
		})
		if err != nil {
			return errors.Join(append(errs, err)...)
		}
	}
	return errors.Join(errs...)
}

// receive reads one datagram, keeps what it announces and hands the
// acknowledgements on.
func (r *rtnl) receive(ack func(seq uint32, errno unix.Errno)) error {
	n, _, err := unix.Recvfrom(r.fd, r.buf, 0)
	switch {
	case errors.Is(err, unix.EINTR):
		return nil
	case errors.Is(err, unix.EAGAIN):
		return fmt.Errorf("waiting for the kernel's answer: %w", os.ErrDeadlineExceeded)
	case err != nil:
		return os.NewSyscallError("recvfrom", err)
	}
	for b := r.buf[:n]; len(b) >= headerLen; {
		length := int(binary.NativeEndian.Uint32(b))
		if length < headerLen || length > len(b) {
			return fmt.Errorf("netlink message of %d bytes in %d", length, len(b))
		}
		r.take(binary.NativeEndian.Uint16(b[4:]), binary.NativeEndian.Uint32(b[seqOffset:]), b[headerLen:length], ack)
		b = b[min(len(b), (length+3)&^3):]
	}
	return nil
}

func (r *rtnl) take(kind uint16, seq uint32, body []byte, ack func(uint32, unix.Errno)) {
	switch {
	case kind == unix.NLMSG_ERROR && len(body) >= 4:
		ack(seq, unix.Errno(-int32(binary.NativeEndian.Uint32(body))))
	case kind == unix.RTM_NEWADDR && len(body) >= unix.SizeofIfAddrmsg:
		if a, ok := netip.AddrFromSlice(findAttr(body[unix.SizeofIfAddrmsg:], unix.IFA_ADDRESS)); ok {
			r.ready[a] = true
		}
	case kind == unix.RTM_NEWLINK && len(body) >= unix.SizeofIfInfomsg:
		index := int(binary.NativeEndian.Uint32(body[4:]))
		if v := findAttr(body[unix.SizeofIfInfomsg:], unix.IFLA_OPERSTATE); len(v) == 1 {
			r.oper[index] = v[0]
		}
		if v := findAttr(body[unix.SizeofIfInfomsg:], unix.IFLA_IFNAME); len(v) > 1 {
			r.index[string(v[:len(v)-1])] = index
		}
	}
}

// await reads until the address has been announced as complete.
func (r *rtnl) await(a netip.Addr) error {
	for !r.ready[a] {
		if err := r.receive(func(uint32, unix.Errno) {}); err != nil {
			return fmt.Errorf("address %s never became usable: %w", a, err)
		}
	}
	return nil
}

// findAttr is the value of the first attribute of a kind; nil if there is none.
func findAttr(b []byte, kind uint16) []byte {
	for len(b) >= unix.SizeofRtAttr {
		length := int(binary.NativeEndian.Uint16(b))
		if length < unix.SizeofRtAttr || length > len(b) {
			return nil
		}
		if binary.NativeEndian.Uint16(b[2:]) == kind {
			return b[unix.SizeofRtAttr:length]
		}
		b = b[min(len(b), (length+3)&^3):]
	}
	return nil
}

// noOffload switches checksum offload of an interface off, or frames of up to
// 65 kB with wrong checksums are captured.
func (r *rtnl) noOffload(name string) error {
	if _, err := r.ethtool(name, unix.ETHTOOL_STXCSUM, 0); err != nil {
		return fmt.Errorf("switching checksum offload of %s off: %w", name, err)
	}
	return nil
}

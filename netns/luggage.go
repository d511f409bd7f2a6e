package netns

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// luggage is what a network card has beside itself, and loses when it leaves
// its namespace.
type luggage struct {
	index    int
	up       bool
	settings map[string]string // files below /proc/sys/net
	addrs    [][]byte          // ifaddrmsg and attributes, as the kernel told them
	routes   [][]byte          // rtmsg and attributes
	gro      uint32            // whether received segments are merged
}

// pack reads what a card has, and refuses cards that must not leave.
func (r *rtnl) pack(name string) (l luggage, err error) {
	var t train
	t.find(name)
	if err := r.send(&t); err != nil {
		return l, err
	}
	l.index = r.index[name]
	links, err := r.dump(unix.RTM_GETLINK, linkBody(0, 0, 0))
	if err != nil {
		return l, err
	}
	for _, b := range links {
		if int(binary.NativeEndian.Uint32(b[4:])) != l.index {
			continue
		}
		flags := binary.NativeEndian.Uint32(b[8:])
		l.up = flags&unix.IFF_UP != 0
		if flags&unix.IFF_LOOPBACK != 0 {
			return l, errors.New("there is no machine behind a loopback interface")
		}
		if findAttr(b[unix.SizeofIfInfomsg:], unix.IFLA_MASTER) != nil {
			return l, errors.New("it is a port of a bridge or bond")
		}
	}
	if l.addrs, err = r.ownAddresses(l.index); err != nil {
		return l, err
	}
	if l.routes, err = r.ownRoutes(l.index); err != nil {
		return l, err
	}
	l.settings = settingsOf(name)
	l.gro, _ = r.ethtool(name, unix.ETHTOOL_GGRO, 0) // a driver without it does not merge
	return l, nil
}

// settingsOf reads the files that the calling thread's namespace has for an
// interface below /proc/sys/net.
func settingsOf(name string) map[string]string {
	all := map[string]string{}
	for _, dir := range []string{"ipv4/conf/", "ipv4/neigh/", "ipv6/conf/", "ipv6/neigh/"} {
		files, _ := os.ReadDir("/proc/sys/net/" + dir + name) // a kernel without IPv6 has none
		for _, f := range files {
			path := dir + name + "/" + f.Name()
			if text, err := os.ReadFile("/proc/sys/net/" + path); err == nil { // some are to be written only
				all[path] = strings.TrimSpace(string(text))
			}
		}
	}
	return all
}

// ownAddresses are those that somebody gave the card; the kernel makes the
// others itself.
func (r *rtnl) ownAddresses(index int) ([][]byte, error) {
	all, err := r.dump(unix.RTM_GETADDR, make([]byte, unix.SizeofIfAddrmsg))
	if err != nil {
		return nil, err
	}
	var own [][]byte
	for _, b := range all {
		permanent := b[2]&unix.IFA_F_PERMANENT != 0
		made := b[0] == unix.AF_INET6 && b[3] == unix.RT_SCOPE_LINK
		if int(binary.NativeEndian.Uint32(b[4:])) == index && permanent && !made {
			own = append(own, b)
		}
	}
	return own, nil
}

// ownRoutes are those that somebody made over the card. A card with the default
// route is how the machine is reached, and stays.
func (r *rtnl) ownRoutes(index int) ([][]byte, error) {
	all, err := r.dump(unix.RTM_GETROUTE, make([]byte, unix.SizeofRtMsg))
	if err != nil {
		return nil, err
	}
	var own [][]byte
	for _, b := range all {
		out := findAttr(b[unix.SizeofRtMsg:], unix.RTA_OIF)
		if len(out) != 4 || int(binary.NativeEndian.Uint32(out)) != index || b[7] != unix.RTN_UNICAST || b[5] == unix.RTPROT_KERNEL {
			continue
		}
		if b[1] == 0 {
			return nil, errors.New("it carries the machine's default route")
		}
		own = append(own, b)
	}
	return own, nil
}

// unpack gives a card that has come back what it had. The kernel may have
// given it another index.
func (r *rtnl) unpack(name string, l luggage) error {
	var t train
	t.find(name)
	if err := r.send(&t); err != nil {
		return err
	}
	index := r.index[name]
	var errs []error
	now := settingsOf(name)
	for path, value := range l.settings {
		if now[path] != value {
			_ = sysctl{path, value}.write() // one that the kernel does not take again keeps its default
		}
	}
	if _, err := r.ethtool(name, unix.ETHTOOL_SGRO, l.gro); err != nil && l.gro != 0 {
		errs = append(errs, err)
	}
	t = train{}
	if l.up {
		t.up(index)
	}
	for _, b := range l.addrs {
		binary.NativeEndian.PutUint32(b[4:], uint32(index))
		t.message("giving an address back", unix.RTM_NEWADDR, unix.NLM_F_CREATE|unix.NLM_F_REPLACE, b)
	}
	for _, b := range l.routes {
		binary.NativeEndian.PutUint32(findAttr(b[unix.SizeofRtMsg:], unix.RTA_OIF), uint32(index))
		t.message("giving a route back", unix.RTM_NEWROUTE, unix.NLM_F_CREATE|unix.NLM_F_REPLACE, b)
	}
	return errors.Join(append(errs, r.send(&t))...)
}

// move puts a link into another namespace, under an index if there is one to
// ask for; kernels before 5.13 choose themselves.
func (t *train) move(index, ns, wanted int) {
	t.message(fmt.Sprintf("moving interface %d", index), unix.RTM_NEWLINK, 0, linkBody(index, 0, 0))
	t.attrUint32(unix.IFLA_NET_NS_FD, uint32(ns))
	if wanted != 0 {
		t.attrUint32(unix.IFLA_NEW_IFINDEX, uint32(wanted))
	}
}

// dump asks for everything of a kind and returns the bodies of the answers.
func (r *rtnl) dump(kind uint16, body []byte) ([][]byte, error) {
	var t train
	t.message("asking for everything", kind, unix.NLM_F_DUMP, body)
	r.seq++
	t.seal(r.seq)
	if err := unix.Sendto(r.fd, t.buf, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return nil, os.NewSyscallError("sendmsg", err)
	}
	var all [][]byte
	for {
		n, _, err := unix.Recvfrom(r.fd, r.buf, 0)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return nil, os.NewSyscallError("recvfrom", err)
		}
		for b := r.buf[:n]; len(b) >= headerLen; {
			length := int(binary.NativeEndian.Uint32(b))
			if length < headerLen || length > len(b) {
				return nil, fmt.Errorf("netlink message of %d bytes in %d", length, len(b))
			}
			answer, text := binary.NativeEndian.Uint16(b[4:]), b[headerLen:length]
			if ours := binary.NativeEndian.Uint32(b[seqOffset:]) == r.seq; ours && answer == unix.NLMSG_DONE {
				return all, nil
			} else if ours && answer == unix.NLMSG_ERROR && len(text) >= 4 {
				return nil, unix.Errno(-int32(binary.NativeEndian.Uint32(text)))
			} else if ours {
				all = append(all, append([]byte(nil), text...))
			}
			b = b[min(len(b), (length+3)&^3):]
		}
	}
}

// ethtool gets or sets one number of an interface; the ioctl works on any
// socket of the namespace.
func (r *rtnl) ethtool(name string, command, data uint32) (uint32, error) {
	value := struct{ cmd, data uint32 }{command, data}
	var req struct {
		name [unix.IFNAMSIZ]byte
		data unsafe.Pointer
		_    [16]byte
	}
	copy(req.name[:unix.IFNAMSIZ-1], name)
	req.data = unsafe.Pointer(&value)
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(r.fd), unix.SIOCETHTOOL, uintptr(unsafe.Pointer(&req))); errno != 0 {
		return 0, os.NewSyscallError("ioctl", errno)
	}
	return value.data, nil
}

package capture

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// ethAll is ETH_P_ALL in network order: every frame, in and out.
const ethAll = unix.ETH_P_ALL<<8&0xff00 | unix.ETH_P_ALL>>8

// source is where a point's frames come from.
type source interface {
	// drain takes frames until none waits, or about limit. It tells whether
	// none waits any more.
	drain(limit int, take func(at int64, length int, data []byte)) (empty bool, err error)
	// lost is how many frames the kernel dropped since the last call.
	lost() (uint64, error)
	// hurry is how long the source may be left alone, as a share of what an
	// ample one may: from 0 to 1.
	hurry() float64
	close() error
}

// openSocket makes a packet socket in the calling thread's namespace that
// receives nothing yet: with protocol 0 it is on no list of the kernel's, and
// setting it up costs no grace period.
func openSocket(name string) (fd, index int, err error) {
	fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, 0, fmt.Errorf("opening packet socket: %w", os.NewSyscallError("socket", err))
	}
	index, err = interfaceIndex(fd, name)
	if err != nil {
		return -1, 0, errors.Join(err, unix.Close(fd))
	}
	return fd, index, nil
}

func interfaceIndex(fd int, name string) (int, error) {
	req, err := unix.NewIfreq(name)
	if err != nil {
		return 0, fmt.Errorf("interface %q: %w", name, err)
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFINDEX, req); err != nil {
		return 0, fmt.Errorf("interface %q: %w", name, os.NewSyscallError("ioctl", err))
	}
	return int(req.Uint32()), nil
}

// golive binds the socket to the interface; from here on frames come.
func golive(fd, index int) error {
	err := unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: ethAll, Ifindex: index})
	return os.NewSyscallError("bind", err)
}

// Sizes of the kernel's queue, in bytes. The kernel doubles what it is asked
// for, charges a frame about 2,300 bytes, and takes memory only for frames that
// wait, so that much costs nothing until it is needed: when the machine is so
// busy that we come late.
const (
	ampleQueue  = 64 << 20
	lazyQueue   = 16 << 20 // holds a tick's frames at the highest rate a veth has
	enoughQueue = 1 << 20  // below, 10,000 frames a second are lost: use a ring
)

// growQueue sets the receive queue's size, and returns what it got. The
// privileged get what they ask for, others as much as rmem_max allows.
func growQueue(fd int, bytes int, privileged bool) (int, error) {
	if privileged && unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, bytes) == nil {
		return bytes, nil
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, bytes); err != nil {
		return 0, os.NewSyscallError("setsockopt", err)
	}
	doubled, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF)
	return doubled / 2, os.NewSyscallError("getsockopt", err)
}

package capture

import (
	"errors"
	"os"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// mmsgSource reads a packet socket's queue, many frames a call.
type mmsgSource struct {
	fd    int
	bytes int   // of the queue
	last  int64 // stamp of the frame taken last
}

// newMmsgSource prepares a socket whose queue has its size already.
func newMmsgSource(fd, queueBytes int) (*mmsgSource, error) {
	// SO_TIMESTAMPNS would do, but it makes the stamp up when the frame is
	// read if the kernel had not begun to stamp yet; this leaves it out.
	const flags = unix.SOF_TIMESTAMPING_RX_SOFTWARE | unix.SOF_TIMESTAMPING_SOFTWARE
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPING, flags); err != nil {
		return nil, os.NewSyscallError("setsockopt", err)
	}
	return &mmsgSource{fd: fd, bytes: queueBytes, last: time.Now().UnixNano()}, nil
}

// batch is the memory of one recvmmsg call. Small frames touch only the first
// page of each buffer.
type batch struct {
	headers  [batchFrames]mmsghdr
	vectors  [batchFrames]unix.Iovec
	frames   [batchFrames][maxFrame]byte
	controls [batchFrames][controlSize]byte
}

const (
	batchFrames = 64
	controlSize = 96 // SCM_TIMESTAMPING: a header and three stamps
)

// mmsghdr is struct mmsghdr.
type mmsghdr struct {
	header unix.Msghdr
	length uint32
}

// batches are shared by all recordings: each holds one only while it reads.
var batches = sync.Pool{New: func() any {
	b := new(batch)
	for i := range b.headers {
		b.vectors[i].Base = &b.frames[i][0]
		b.vectors[i].SetLen(maxFrame)
		b.headers[i].header.Iov = &b.vectors[i]
		b.headers[i].header.SetIovlen(1)
		b.headers[i].header.Control = &b.controls[i][0]
	}
	return b
}}

func (s *mmsgSource) drain(limit int, take func(at int64, length int, data []byte)) (empty bool, err error) {
	b := batches.Get().(*batch)
	defer batches.Put(b)
	for taken := 0; taken < limit; {
		n, err := b.receive(s.fd)
		switch {
		case errors.Is(err, unix.EAGAIN):
			return true, nil
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.ENETDOWN):
			// The link went down; frames that wait are still there.
			continue
		case err != nil:
			return true, os.NewSyscallError("recvmmsg", err)
		}
		for i := range n {
			at, stamped := stamp(b.controls[i][:b.headers[i].header.Controllen])
			if !stamped {
				at = s.last // it came after that one, and the stamping starts in a moment
			}
			s.last = at
			length := int(b.headers[i].length)
			take(at, length, b.frames[i][:min(length, maxFrame)])
		}
		taken += n
		if n < batchFrames {
			return true, nil
		}
	}
	return false, nil
}

func (b *batch) receive(fd int) (int, error) {
	for i := range b.headers {
		b.headers[i].header.SetControllen(controlSize)
	}
	// MSG_TRUNC: the length of the frame as it passed, also when it was longer
	// than the buffer.
	n, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, uintptr(fd), uintptr(unsafe.Pointer(&b.headers[0])),
		batchFrames, unix.MSG_DONTWAIT|unix.MSG_TRUNC, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// stamp reads the first of a SCM_TIMESTAMPING message's stamps: the
// software's, from when the kernel took the frame up or handed it out.
func stamp(control []byte) (at int64, ok bool) {
	header := unix.CmsgLen(0)
	if len(control) < header+int(unsafe.Sizeof(unix.Timespec{})) {
		return 0, false
	}
	h := (*unix.Cmsghdr)(unsafe.Pointer(&control[0]))
	if h.Level != unix.SOL_SOCKET || h.Type != unix.SO_TIMESTAMPING {
		return 0, false
	}
	ts := (*unix.Timespec)(unsafe.Pointer(&control[header]))
	return ts.Nano(), ts.Nano() != 0
}

func (s *mmsgSource) lost() (uint64, error) {
	stats, err := unix.GetsockoptTpacketStats(s.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS)
	if err != nil {
		return 0, os.NewSyscallError("getsockopt", err)
	}
	return uint64(stats.Drops), nil
}

func (s *mmsgSource) hurry() float64 { return min(1, float64(s.bytes)/lazyQueue) }

func (s *mmsgSource) close() error { return os.NewSyscallError("close", unix.Close(s.fd)) }

package netns

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// transaction is a batch of nf_tables changes that the kernel makes all or
// none of. We write it ourselves rather than with google/nftables, because
// that asks the kernel to echo every rule: the answers then need more socket
// buffer than an ordinary user can have.
type transaction struct {
	train
	sets uint32 // so far; their numbers need only differ within the transaction
}

// newTransaction begins with the batch's opening.
func newTransaction() *transaction {
	t := &transaction{}
	t.message("opening the batch", unix.NFNL_MSG_BATCH_BEGIN, 0, nfHeader(unix.AF_UNSPEC, unix.NFNL_SUBSYS_NFTABLES))
	return t
}

// nfHeader is struct nfgenmsg.
func nfHeader(family byte, subsystem uint16) []byte {
	return binary.BigEndian.AppendUint16([]byte{family, unix.NFNETLINK_V0}, subsystem)
}

// change starts a message about our kind of tables.
func (t *transaction) change(what string, kind, flags uint16) {
	t.message(what, unix.NFNL_SUBSYS_NFTABLES<<8|kind, flags, nfHeader(unix.NFPROTO_INET, 0))
}

// attrBig appends a number; nf_tables wants them in network order.
func (t *transaction) attrBig(kind uint16, v uint32) {
	t.attr(kind, binary.BigEndian.AppendUint32(nil, v))
}

// list nests what f writes, as nf_tables marks nests.
func (t *transaction) list(kind uint16, f func()) { t.nest(kind|unix.NLA_F_NESTED, f) }

// commit ends the batch, sends it and waits for the kernel's word. The socket
// must be of the namespace that is to change.
func (t *transaction) commit(fd int) error {
	last := uint32(len(t.what) - 1) // messages are numbered from 0
	// The batch's end is not acknowledged before Linux 6.10, the last change is.
	flags := binary.NativeEndian.Uint16(t.buf[t.begin+flagOffset:])
	binary.NativeEndian.PutUint16(t.buf[t.begin+flagOffset:], flags|unix.NLM_F_ACK)
	t.message("closing the batch", unix.NFNL_MSG_BATCH_END, 0, nfHeader(unix.AF_UNSPEC, unix.NFNL_SUBSYS_NFTABLES))
	t.seal(0)
	if err := unix.Sendto(fd, t.buf, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return fmt.Errorf("sending %d bytes of rules: %w", len(t.buf), os.NewSyscallError("sendmsg", err))
	}
	return t.await(fd, last)
}

// await reads answers until the one to the last change. A change that fails
// always answers, and the kernel goes on to judge the rest.
func (t *transaction) await(fd int, last uint32) error {
	var errs []error
	answer := make([]byte, 8<<10)
	for {
		n, _, err := unix.Recvfrom(fd, answer, 0)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return errors.Join(append(errs, fmt.Errorf("waiting for the kernel's answer: %w", os.NewSyscallError("recvfrom", err)))...)
		}
		for b := answer[:n]; len(b) >= headerLen+4; {
			length := int(binary.NativeEndian.Uint32(b))
			if length < headerLen+4 || length > len(b) {
				return fmt.Errorf("netlink message of %d bytes in %d", length, len(b))
			}
			seq := binary.NativeEndian.Uint32(b[seqOffset:])
			errno := unix.Errno(-int32(binary.NativeEndian.Uint32(b[headerLen:])))
			if errno != 0 && int(seq) < len(t.what) {
				errs = append(errs, fmt.Errorf("%s: %w", t.what[seq], errno))
			}
			if seq == last || len(errs) > 0 && seq > last {
				return errors.Join(errs...)
			}
			b = b[min(len(b), (length+3)&^3):]
		}
	}
}

// openNetfilter opens a netlink socket in the calling thread's namespace; it
// is then used from any thread.
func openNetfilter(buffer func(fd int) error) (int, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_NETFILTER)
	if err != nil {
		return -1, os.NewSyscallError("socket", err)
	}
	patience := unix.NsecToTimeval(int64(kernelPatience))
	err = errors.Join(
		os.NewSyscallError("setsockopt", unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &patience)),
		// An answer need not carry the change it answers.
		os.NewSyscallError("setsockopt", unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_CAP_ACK, 1)),
		os.NewSyscallError("bind", unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK})),
		buffer(fd),
	)
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// ruleBuffer is what we ask for as the buffers of the socket, in bytes. A
// transaction is one message, which must fit the send buffer.
const ruleBuffer = 16 << 20

// growBuffers asks for large buffers: what the privileged may have, else as
// much as the system's limit (wmem_max, rmem_max) gives. The common 212,992
// carries 300 rules.
func growBuffers(fd int) error {
	for _, option := range [][2]int{{unix.SO_SNDBUFFORCE, unix.SO_SNDBUF}, {unix.SO_RCVBUFFORCE, unix.SO_RCVBUF}} {
		forced, capped := option[0], option[1]
		if unix.SetsockoptInt(fd, unix.SOL_SOCKET, forced, ruleBuffer) == nil {
			continue
		}
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, capped, ruleBuffer); err != nil {
			return os.NewSyscallError("setsockopt", err)
		}
	}
	return nil
}

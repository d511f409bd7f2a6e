package netns

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// keeper is PID 1 of a sandbox in its second office: it takes network cards out
// of their namespaces for the main process, and brings them back when that
// asks, or has ended, or whoever is outside has. It talks over a socket on
// which descriptors travel as well.
type keeper struct {
	own, mains *os.File // the two ends of the socket
	done       chan struct{}

	mu     sync.Mutex
	closed bool
	lent   map[int]loan
}

func newKeeper() (*keeper, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socketpair", err)
	}
	return &keeper{own: os.NewFile(uintptr(fds[0]), "keeper"), mains: os.NewFile(uintptr(fds[1]), "main"),
		done: make(chan struct{}), lent: map[int]loan{}}, nil
}

// start begins to run errands. Only the main process has its end from here on.
func (k *keeper) start() {
	_ = k.mains.Close() // it is open in the main process
	go k.run()
}

func (k *keeper) run() {
	defer close(k.done)
	buf, control := make([]byte, 4096), make([]byte, unix.CmsgSpace(2*4))
	for {
		n, c, _, _, err := unix.Recvmsg(int(k.own.Fd()), buf, control, unix.MSG_CMSG_CLOEXEC)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || n == 0 {
			return // the main process has ended
		}
		answer, err := json.Marshal(failedOrNot(k.do(buf[:n], control[:c])))
		if err != nil {
			panic(err) // texts and numbers only
		}
		// Without a main process there is nobody to answer.
		_ = unix.Sendto(int(k.own.Fd()), answer, unix.MSG_NOSIGNAL, nil)
	}
}

func failedOrNot(err error) report {
	if err == nil {
		return report{}
	}
	return failed("", err)
}

func (k *keeper) do(request, control []byte) error {
	files, err := received(control)
	if err != nil {
		return err
	}
	var e errand
	if err := json.Unmarshal(request, &e); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.closed:
		return os.ErrClosed
	case e.Card == "":
		return k.give(e.Number)
	case len(files) != 2:
		return fmt.Errorf("%d namespaces, want 2", len(files))
	}
	l := loan{card: e.Card, home: files[0], wire: files[1]}
	if err := l.take(e.Bridge); err != nil {
		return errors.Join(err, l.close())
	}
	k.lent[e.Number] = l
	return nil
}

// received takes the descriptors out of a control message.
func received(control []byte) ([]*os.File, error) {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return nil, err
	}
	var files []*os.File
	for _, m := range messages {
		fds, err := unix.ParseUnixRights(&m)
		if err != nil {
			return nil, err
		}
		for _, fd := range fds {
			files = append(files, os.NewFile(uintptr(fd), "namespace"))
		}
	}
	return files, nil
}

func (k *keeper) give(number int) error {
	l, ok := k.lent[number]
	if !ok {
		return fmt.Errorf("no card has been taken under the number %d", number)
	}
	delete(k.lent, number)
	return errors.Join(l.give(), l.close())
}

// close brings everything back. It is the last that PID 1 does.
func (k *keeper) close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.closed = true
	for number, l := range k.lent {
		if err := k.give(number); err != nil {
			fmt.Fprintf(os.Stderr, "netns: bringing the network card %s back: %v\n", l.card, err)
		}
	}
}

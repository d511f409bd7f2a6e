package netns

import (
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// errand is what the main process asks for: to take a card, which comes with
// two descriptors, the card's namespace and the wire's, or to give back the one
// that was taken under that number.
type errand struct {
	Number int
	Card   string `json:",omitempty"` // empty: give back
	Bridge int    `json:",omitempty"` // in the wire's namespace
}

// askKeeper has PID 1 of the sandbox run an errand.
func askKeeper(e errand, files ...*os.File) error {
	if sandbox.keeper == nil {
		return ErrNoSandbox
	}
	sandbox.asking.Lock()
	defer sandbox.asking.Unlock()
	request, err := json.Marshal(e)
	if err != nil {
		return err
	}
	var fds []int
	for _, f := range files {
		fds = append(fds, int(f.Fd()))
	}
	var control []byte
	if len(fds) > 0 {
		control = unix.UnixRights(fds...)
	}
	socket := int(sandbox.keeper.Fd())
	if err := unix.Sendmsg(socket, request, control, nil, unix.MSG_NOSIGNAL); err != nil {
		return os.NewSyscallError("sendmsg", err)
	}
	answer := make([]byte, 4096)
	n, _, err := unix.Recvfrom(socket, answer, 0)
	if err != nil {
		return os.NewSyscallError("recvfrom", err)
	}
	var r report
	if err := json.Unmarshal(answer[:n], &r); err != nil {
		return fmt.Errorf("reading the answer of PID 1: %w", err)
	}
	return r.err()
}

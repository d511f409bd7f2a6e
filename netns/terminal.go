package netns

import (
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// terminal remembers who had the terminal before the sandbox took it.
type terminal struct {
	fd    int
	group int
}

// foreground arranges that the child's process group gets the terminal, when
// we have it: an interactive shell inside needs it, and keys such as Ctrl-C
// then go to the inner process alone. Nil when there is nothing to hand over.
func foreground(in *os.File, attr *syscall.SysProcAttr) *terminal {
	if in == nil {
		return nil
	}
	fd := int(in.Fd())
	group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP)
	if err != nil || group != unix.Getpgrp() {
		return nil
	}
	// Taking and giving back happen from the background, where the kernel
	// would stop us; the child inherits this.
	signal.Ignore(unix.SIGTTOU)
	attr.Foreground, attr.Ctty = true, fd
	return &terminal{fd: fd, group: group}
}

// restore takes the terminal back. It may be gone by now, and then nobody
// needs it.
func (t *terminal) restore() {
	if t == nil {
		return
	}
	_ = unix.IoctlSetPointerInt(t.fd, unix.TIOCSPGRP, t.group)
	signal.Reset(unix.SIGTTOU)
}

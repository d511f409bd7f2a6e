package netns

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"

	"golang.org/x/sys/unix"
)

// threadNetns is the namespace of the calling thread; /proc/self would name
// the main thread's.
const threadNetns = "/proc/thread-self/ns/net"

// onThread runs f on a thread of its own that may change its network
// namespace, and brings the thread back home afterwards. When the way back
// fails the goroutine ends with the thread still locked, and the runtime
// throws the thread away. A panic in f goes up in the caller's goroutine.
func onThread(f func() error) error {
	type end struct {
		err   error
		panic any
	}
	done := make(chan end, 1)
	go func() {
		var e end
		runtime.LockOSThread()
		defer func() { done <- e }()
		home, err := unix.Open(threadNetns, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			runtime.UnlockOSThread()
			e.err = &os.PathError{Op: "open", Path: threadNetns, Err: err}
			return
		}
		defer unix.Close(home)
		e.panic, e.err = recovering(f)
		if err := unix.Setns(home, unix.CLONE_NEWNET); err == nil {
			runtime.UnlockOSThread()
		}
	}()
	e := <-done
	if e.panic != nil {
		panic(e.panic)
	}
	return e.err
}

// recovering turns a panic of f into a value, so that it can be raised again
// where the caller's deferred calls run.
func recovering(f func() error) (raised any, err error) {
	defer func() {
		if r := recover(); r != nil {
			raised = fmt.Sprintf("%v\n\ninside a namespace:\n%s", r, debug.Stack())
		}
	}()
	return nil, f()
}

// inNamespace runs f on a thread inside the namespace of the descriptor.
func inNamespace(fd int, f func() error) error {
	return onThread(func() error {
		if err := unix.Setns(fd, unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("entering the namespace: %w", os.NewSyscallError("setns", err))
		}
		return f()
	})
}

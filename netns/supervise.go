package netns

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// A process of ours that is PID 1 of a namespace is started with these
// descriptors beside the standard three.
const (
	lifelineFD = 3 // read: each byte is a signal to pass on; its end is ours
	reportFD   = 4 // write: reports, one JSON value each
	configFD   = 5 // read: what to run (programs only)
)

// report is what an init says to the process that started it: first whether
// everything is prepared and running, then how it ended.
type report struct {
	Step    string `json:",omitempty"` // the step that failed; empty: none did
	Text    string `json:",omitempty"` // the error
	Errno   int    `json:",omitempty"` // its number, so that it can be compared again
	Exec    bool   `json:",omitempty"` // it was the program that could not be executed
	Running bool   `json:",omitempty"`
	Code    int    `json:",omitempty"` // exit code, when not Running
	Signal  int    `json:",omitempty"` // the signal that ended it
}

// failed makes the report of a step that went wrong.
func failed(step string, err error) report {
	r := report{Step: step, Text: err.Error()}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		r.Errno = int(errno)
	}
	return r
}

// err gives the reported error back: its text, and its number for errors.Is.
func (r report) err() error {
	if r.Text == "" {
		return nil
	}
	return &reported{r}
}

type reported struct{ report }

func (e *reported) Error() string { return e.Text }
func (e *reported) Unwrap() error {
	if e.Errno == 0 {
		return nil
	}
	return syscall.Errno(e.Errno)
}

// initFiles are the descriptors an init of ours was started with; its children
// do not inherit them.
type initFiles struct {
	lifeline *os.File
	reports  *json.Encoder
}

func openInitFiles() initFiles {
	for _, fd := range []int{lifelineFD, reportFD, configFD} {
		unix.CloseOnExec(fd)
	}
	return initFiles{
		lifeline: os.NewFile(lifelineFD, "lifeline"),
		reports:  json.NewEncoder(os.NewFile(reportFD, "reports")),
	}
}

// withstand keeps PID 1 alive when a terminal signals its whole process group:
// the runtime would end the process, and with it the namespace. Handlers are
// reset in children, so main gets the default again. Suspension is off: the
// outer process would not notice it.
func withstand() {
	signal.Notify(make(chan os.Signal, 1), unix.SIGINT, unix.SIGTERM, unix.SIGHUP, unix.SIGQUIT)
	signal.Ignore(unix.SIGTSTP, unix.SIGTTIN, unix.SIGTTOU)
}

// supervise is the life of a PID 1 of ours once its child runs: pass signals
// on to it, reap everybody, and end when the child has ended or the lifeline
// has, after the last thing to do. Ending PID 1 ends every process of the
// namespace.
func supervise(child, target int, lifeline io.Reader, last func()) unix.WaitStatus {
	go func() {
		signals := make([]byte, 1)
		for {
			if _, err := lifeline.Read(signals); err != nil {
				last()
				os.Exit(exitInit)
			}
			// The child may have ended already; then there is nobody to tell.
			_ = unix.Kill(target, unix.Signal(signals[0]))
		}
	}()
	for {
		var status unix.WaitStatus
		pid, err := unix.Wait4(-1, &status, 0, nil)
		if err != nil && !errors.Is(err, unix.EINTR) {
			fmt.Fprintln(os.Stderr, "netns: init: wait4:", err) // the child is ours to wait for, so this cannot be
			os.Exit(exitInit)
		}
		if pid == child && (status.Exited() || status.Signaled()) {
			return status
		}
	}
}

// exitCode is the status as a shell shows it: a signal counts from 128 on.
func exitCode(s unix.WaitStatus) int {
	if s.Signaled() {
		return 128 + int(s.Signal())
	}
	return s.ExitStatus()
}

package netns

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// SandboxError says which step of making a sandbox this machine forbids, and
// what to do about it.
type SandboxError struct {
	Step string // one of the Step constants
	Err  error
	Hint string // what to change; empty: unknown
}

func (e *SandboxError) Error() string {
	s := fmt.Sprintf("sandbox: %s: %v", e.Step, e.Err)
	if e.Hint != "" {
		s += ": " + e.Hint
	}
	return s
}

func (e *SandboxError) Unwrap() error { return e.Err }

// forbidden makes the error of a step. A refused clone does not say which
// namespace it was about: that is found out by asking for one after the other.
func forbidden(step string, err error) error {
	if step == StepClone {
		if s, e := refusedNamespace(); e != nil {
			step, err = s, e
		}
	}
	return &SandboxError{Step: step, Err: err, Hint: hint(step, err)}
}

// namespaceSteps are the namespaces of a sandbox in the order they are tried.
var namespaceSteps = []struct {
	step string
	flag uintptr
}{
	{StepUser, 0}, // asked for by namespaces() where it is needed
	{StepNet, unix.CLONE_NEWNET},
	{StepMount, unix.CLONE_NEWNS},
	{StepPID, unix.CLONE_NEWPID},
}

// refusedNamespace finds the first namespace that may not be made.
func refusedNamespace() (step string, err error) {
	for _, n := range namespaceSteps {
		if err := tryNamespaces(n.flag); err != nil {
			return n.step, err
		}
	}
	return "", nil
}

// tryNamespaces starts our own binary in namespaces, to end at once.
func tryNamespaces(flag uintptr) error {
	p, err := os.StartProcess(selfExe, []string{os.Args[0]}, &os.ProcAttr{
		Env: role{Part: partNothing}.environment(os.Environ()),
		Sys: namespaces(flag),
	})
	var refused syscall.Errno
	if errors.As(err, &refused) { // it was about the clone, not about our binary
		return os.NewSyscallError("clone", refused)
	}
	if err != nil {
		return err
	}
	_, err = p.Wait()
	return err
}

// Settings that forbid ordinary users their namespaces.
const (
	apparmorUserns = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns"
	debianUserns   = "/proc/sys/kernel/unprivileged_userns_clone"
	maxUserns      = "/proc/sys/user/max_user_namespaces"
)

const containerFlags = "in a container, run it with --cap-add SYS_ADMIN --cap-add NET_ADMIN " +
	"--security-opt apparmor=unconfined --security-opt seccomp=unconfined --security-opt systempaths=unconfined, or --privileged"

// hint says what to change so that a step becomes possible.
func hint(step string, err error) string {
	switch {
	case errors.Is(err, unix.ENOSPC):
		return "a limit is reached: see /proc/sys/user/max_user_namespaces, max_net_namespaces, max_mnt_namespaces, max_pid_namespaces"
	case !privileged() && setting(apparmorUserns) == "1":
		return "Ubuntu restricts user namespaces: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or run as root"
	case !privileged() && setting(debianUserns) == "0":
		return "user namespaces are switched off: sysctl -w kernel.unprivileged_userns_clone=1, or run as root"
	case !privileged() && setting(maxUserns) == "0":
		return "user namespaces are switched off: sysctl -w user.max_user_namespaces=10000, or run as root"
	}
	switch step {
	case StepClone, StepUser, StepNet, StepMount, StepPID, StepPrivate:
		return containerFlags
	case StepProc, StepSysctl:
		return "a part of /proc is masked or read-only: " + containerFlags
	case StepPlace, StepTemp:
		return "one of " + strings.Join(privateDirs, ", ") + " must exist and be mountable"
	}
	return ""
}

func setting(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

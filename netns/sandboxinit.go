package netns

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// The steps of a sandbox, as a SandboxError and doctor name them.
const (
	StepPlace   = "finding a place for a private temporary directory"
	StepClone   = "making the namespaces"
	StepUser    = "making a user namespace"
	StepNet     = "making a network namespace"
	StepMount   = "making a mount namespace"
	StepPID     = "making a PID namespace"
	StepInit    = "starting the inner process"
	StepPrivate = "making mounts private"
	StepProc    = "mounting /proc"
	StepSysctl  = "writing below /proc/sys/net"
	StepTemp    = "mounting a private temporary directory"
	StepLo      = "setting lo up"
	StepMain    = "starting the main process"
)

// insideSteps prepare the sandbox from inside, as its PID 1.
var insideSteps = []struct {
	name string
	do   func(role) error
}{
	{StepPrivate, func(role) error { return mount("none", "/", "", unix.MS_REC|unix.MS_PRIVATE, "") }},
	{StepProc, func(role) error {
		return mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "")
	}},
	{StepSysctl, func(role) error {
		return errors.Join(sysctl{"ipv4/ip_unprivileged_port_start", "0"}.write(), ownConnections.try())
	}},
	{StepTemp, func(r role) error { return r.Dir.mount(r.Bytes) }},
	{StepLo, func(role) error { return loUp() }},
}

// sandboxInit is PID 1 of the sandbox.
func sandboxInit(r role) int {
	files := openInitFiles()
	withstand()
	for _, s := range insideSteps {
		if err := s.do(r); err != nil {
			_ = files.reports.Encode(failed(s.name, err)) // without a reader there is nobody to tell
			return exitInit
		}
	}
	keeper, err := newKeeper()
	if err != nil {
		_ = files.reports.Encode(failed(StepMain, err))
		return exitInit
	}
	main := role{Part: r.Main, Dir: r.Dir, Foreign: r.Foreign}
	pid, err := syscall.ForkExec(selfExe, os.Args, &syscall.ProcAttr{
		Env:   main.environment(os.Environ(), "TMPDIR="+r.Dir.tmp()),
		Files: main.files(keeper),
	})
	if err != nil {
		_ = files.reports.Encode(failed(StepMain, err))
		return exitInit
	}
	keeper.start()
	defer keeper.close()
	if err := files.reports.Encode(report{Running: true}); err != nil {
		return exitInit
	}
	return exitCode(supervise(pid, pid, files.lifeline, keeper.close))
}

func mount(source, target, fstype string, flags uintptr, data string) error {
	if err := unix.Mount(source, target, fstype, flags, data); err != nil {
		return &os.PathError{Op: "mount", Path: target, Err: err}
	}
	return nil
}

// mountTmpfs puts a tmpfs over a directory; size 0 is the kernel's default.
func mountTmpfs(dir string, size int64, options string) error {
	if size > 0 {
		options += fmt.Sprintf(",size=%d", size)
	}
	return mount("tmpfs", dir, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, options)
}

// loUp sets the loopback interface of the thread's namespace up.
func loUp() error {
	r, err := openRTNL()
	if err != nil {
		return err
	}
	var t train
	t.up(1)
	return errors.Join(r.send(&t), r.close())
}

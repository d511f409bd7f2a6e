package netns

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// SandboxOptions vary the sandbox; the zero value is the usual one.
type SandboxOptions struct {
	TmpfsSize int64 // of all that is in TMPDIR, bytes; 0: half of the memory

	// Signals are those to pass on; whoever asks for them early loses none.
	// Nil: Sandbox asks for the usual ones itself.
	Signals chan os.Signal

	// Foreign are namespaces that cannot be found from inside, such as that of
	// a process of the machine's: [Inherited] has them there. Entering one
	// needs root.
	Foreign []*Foreign
}

// Sandbox puts the process into namespaces of its own. In the process that is
// outside, it re-executes the same binary with the same arguments inside fresh
// network, mount and PID namespaces (and a user namespace unless the process
// may do without), waits for it, passes signals on, and returns its exit code
// with inside false: the caller then exits with that code. In the re-executed
// process it returns inside true.
//
// Inside, TMPDIR is a private tmpfs, /proc belongs to the new PID namespace
// and lo is up; the working directory, the files of the machine and the user
// they are written as stay as they were. The inner process ends when the outer
// one does, however that ends.
//
// The error is a [*SandboxError] when this machine forbids a step.
func Sandbox(o SandboxOptions) (inside bool, exit int, err error) {
	Init()
	if sandbox.inside {
		return true, 0, nil
	}
	inner, err := startSandbox(context.Background(), o, partInside, os.Stdin, os.Stdout, os.Stderr)
	if err != nil {
		return false, 0, err
	}
	exit, err = inner.wait()
	return false, exit, err
}

// Inside tells whether this process is in a sandbox.
func Inside() bool { Init(); return sandbox.inside }

// inner is the sandbox seen from outside.
type inner struct {
	cmd      *exec.Cmd
	lifeline *os.File
	signals  chan os.Signal
	terminal *terminal
}

// startSandbox starts the inner process and returns when it runs.
func startSandbox(ctx context.Context, o SandboxOptions, part string, in, out, errs *os.File) (*inner, error) {
	dir, err := choosePlace()
	if err != nil {
		return nil, forbidden(StepPlace, err)
	}
	r := role{Part: partInit, Main: part, Dir: dir, Bytes: o.TmpfsSize, Foreign: names(o.Foreign)}
	cmd := exec.CommandContext(ctx, selfExe)
	cmd.Args = os.Args
	cmd.Env = r.environment(os.Environ())
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, errs
	cmd.SysProcAttr = namespaces(unix.CLONE_NEWNET | unix.CLONE_NEWNS | unix.CLONE_NEWPID)
	// A process group of its own, or a key such as Ctrl-C would reach the
	// inner process twice: from the terminal and passed on by us.
	cmd.SysProcAttr.Setpgid = true
	i := &inner{cmd: cmd, signals: o.Signals, terminal: foreground(in, cmd.SysProcAttr)}
	first, err := i.start(o.Foreign)
	if err != nil {
		i.terminal.restore()
		return nil, forbidden(StepClone, err)
	}
	if first.Step != "" {
		_, err := i.wait()
		return nil, errors.Join(forbidden(first.Step, first.err()), err)
	}
	return i, nil
}

// start runs the init and reads its first report.
func (i *inner) start(foreign []*Foreign) (report, error) {
	lifeline, reports, files, err := initPipes()
	if err != nil {
		return report{}, err
	}
	defer reports.Close()
	i.cmd.ExtraFiles = slices.Clone(files)
	for _, f := range foreign {
		i.cmd.ExtraFiles = append(i.cmd.ExtraFiles, f.ns)
	}
	if i.signals == nil {
		i.signals = make(chan os.Signal, 8)
		signal.Notify(i.signals, unix.SIGINT, unix.SIGTERM, unix.SIGHUP, unix.SIGQUIT)
	}
	err = i.cmd.Start()
	for _, f := range files {
		f.Close()
	}
	if err != nil {
		signal.Stop(i.signals)
		return report{}, errors.Join(err, lifeline.Close())
	}
	i.lifeline = lifeline
	var first report
	if err := json.NewDecoder(reports).Decode(&first); err != nil && !errors.Is(err, io.EOF) {
		first = failed(StepInit, err)
	} else if !first.Running && first.Step == "" {
		first = failed(StepInit, errors.New("the inner process ended without a word"))
	}
	return first, nil
}

// wait passes signals on until the sandbox is gone.
func (i *inner) wait() (exit int, err error) {
	done := make(chan struct{})
	passed := make(chan struct{})
	go func() {
		defer close(passed)
		for {
			select {
			case s := <-i.signals:
				// An inner process that has just ended needs no signal.
				_, _ = i.lifeline.Write([]byte{byte(s.(syscall.Signal))})
			case <-done:
				return
			}
		}
	}()
	err = i.cmd.Wait()
	close(done)
	<-passed
	signal.Stop(i.signals)
	i.lifeline.Close()
	i.terminal.restore()
	var ended *exec.ExitError
	if err == nil || errors.As(err, &ended) {
		return exitCode(unix.WaitStatus(i.cmd.ProcessState.Sys().(syscall.WaitStatus))), nil
	}
	return 0, fmt.Errorf("waiting for the sandbox: %w", err)
}

// selfExe is our own binary, also when its file has been replaced or deleted.
const selfExe = "/proc/self/exe"

// initPipes makes the pipes of an init of ours; files are its ends.
func initPipes() (lifeline, reports *os.File, files []*os.File, err error) {
	lifeRead, lifeline, err := os.Pipe()
	if err != nil {
		return nil, nil, nil, err
	}
	reports, reportWrite, err := os.Pipe()
	if err != nil {
		return nil, nil, nil, errors.Join(err, lifeRead.Close(), lifeline.Close())
	}
	return lifeline, reports, []*os.File{lifeRead, reportWrite}, nil
}

// namespaces asks for namespaces, and for a user namespace that owns them when
// the process may not make them as it is.
func namespaces(flags uintptr) *syscall.SysProcAttr {
	if privileged() {
		return &syscall.SysProcAttr{Cloneflags: flags}
	}
	return &syscall.SysProcAttr{
		Cloneflags:  flags | unix.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}},
	}
}

// Privileged tells whether the process may make namespaces without a user
// namespace, and enter those of others.
func Privileged() bool { return privileged() }

// privileged tells whether the process may make namespaces and what is inside
// them without a user namespace; root in a container often may not.
func privileged() bool {
	var data [2]unix.CapUserData
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	if os.Geteuid() != 0 || unix.Capget(&header, &data[0]) != nil {
		return false
	}
	for _, c := range []int{unix.CAP_SYS_ADMIN, unix.CAP_NET_ADMIN, unix.CAP_NET_RAW, unix.CAP_SETUID, unix.CAP_SETGID} {
		if data[c/32].Effective&(1<<(c%32)) == 0 {
			return false
		}
	}
	return true
}

package netns

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// Program is somebody else's program, to be run in a host. It runs as an
// ordinary user without capabilities, in a PID namespace of its own under a
// small init of ours, and may bind any port.
//
// Its HOME, TMPDIR and, unless Dir says otherwise, its working directory are a
// private directory of limited size, [ProgramDir]. Names of the lab's hosts
// resolve by its /etc/hosts; there is no other resolver.
type Program struct {
	Argv      []string          // what to execute; the first is looked up in PATH, or relative to Dir
	Env       []string          // added to a small environment: PATH, HOME, TMPDIR, LANG
	Dir       string            // working directory; empty: ProgramDir
	User      string            // of the machine's user table; empty: nobody (65534)
	Files     map[string][]byte // put into ProgramDir before the start, under these relative names
	Stdout    io.Writer         // nil: discarded
	Stderr    io.Writer         // nil: discarded; may be Stdout
	Output    int64             // bytes kept of each of the two, then a note; 0: 4 MiB
	TmpfsSize int64             // bytes of ProgramDir; 0: 64 MiB
	Grace     time.Duration     // between SIGTERM and SIGKILL; 0: 2 s
}

// The defaults of Program.
const (
	defaultOutput = 4 << 20
	defaultTmpfs  = 64 << 20
	defaultGrace  = 2 * time.Second
	nobody        = 65534
)

// ErrNotStarted marks errors of Start that are ours, not the program's.
var ErrNotStarted = errors.New("the program was not started")

// ExecError is a program that could not be executed: not found, not
// executable, or out of reach of its user. An exit code of 127 is another
// thing: the program ran and said so.
type ExecError struct {
	Argv0 string
	Err   error
}

func (e *ExecError) Error() string { return fmt.Sprintf("executing %s: %v", e.Argv0, e.Err) }
func (e *ExecError) Unwrap() error { return e.Err }

// programConfig is what our init needs to know of a program.
type programConfig struct {
	Argv     []string
	Env      []string
	Dir      string
	Files    map[string][]byte
	Hosts    []byte
	Size     int64
	UID, GID int
	Nested   bool // a user namespace of its own gives it its ids
}

// ErrNoSandbox is the error of what works inside a sandbox only.
var ErrNoSandbox = errors.New("this process is not in a sandbox")

// ProgramDir is the private directory that every program finds for itself: the
// same path in each, another directory behind it. It is empty outside of a
// sandbox, where no program can be started.
func ProgramDir() string {
	if !Inside() {
		return ""
	}
	return sandbox.dir.home()
}

// Start runs a program in the host and returns when it has been executed. When
// the context ends the program is stopped as by Process.Stop. Errors are an
// [*ExecError], or wrap [ErrNotStarted].
func (h *Host) Start(ctx context.Context, p Program) (*Process, error) {
	process, err := h.start(ctx, p)
	var unexecutable *ExecError
	switch {
	case errors.As(err, &unexecutable):
		return nil, fmt.Errorf("host %s: %w", h.name, err)
	case err != nil:
		return nil, fmt.Errorf("host %s: %w: %w", h.name, ErrNotStarted, err)
	}
	return process, nil
}

func (h *Host) start(ctx context.Context, p Program) (*Process, error) {
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	if !Inside() {
		return nil, ErrNoSandbox
	}
	if h.Attached() {
		return nil, fmt.Errorf("%s is not ours to start programs in", h.in.name)
	}
	config, err := p.config(ProgramDir(), hostsFile(h.table))
	if err != nil {
		return nil, err
	}
	lifeline, reports, files, err := initPipes()
	if err != nil {
		return nil, err
	}
	configRead, configWrite, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, lifeline.Close(), reports.Close(), files[0].Close(), files[1].Close())
	}
	files = append(files, configRead)

	cmd := exec.Command(selfExe)
	cmd.Args = []string{"rollover-init"}
	cmd.Env = role{Part: partProgram, Dir: sandbox.dir}.environment(os.Environ())
	cmd.ExtraFiles = files
	p.connect(cmd)
	cmd.SysProcAttr = namespaces(unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWIPC)
	cmd.SysProcAttr.Setpgid = true
	err = h.Do(cmd.Start)
	for _, f := range files {
		f.Close()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("starting its init: %w", err), lifeline.Close(), reports.Close(), configWrite.Close())
	}
	// An init that dies early says why in its report, or in none.
	encodeErr := errors.Join(gob.NewEncoder(configWrite).Encode(config), configWrite.Close())
	process := newProcess(cmd, lifeline, reports, p.grace())
	if err := process.running(ctx, encodeErr); err != nil {
		return nil, err
	}
	return process, nil
}

// config is the program as our init runs it.
func (p Program) config(dir string, hosts []byte) (c programConfig, err error) {
	if len(p.Argv) == 0 {
		return c, errors.New("no command")
	}
	for name := range p.Files {
		if !filepath.IsLocal(name) {
			return c, fmt.Errorf("file %q: the name must stay inside the program's directory", name)
		}
	}
	c = programConfig{
		Argv: p.Argv, Dir: p.Dir, Files: p.Files, Hosts: hosts, Size: p.TmpfsSize,
		UID: nobody, GID: nobody, Nested: !ownsMachineIDs(),
		Env: override([]string{
			"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
			"HOME=" + dir, "TMPDIR=" + dir, "XDG_RUNTIME_DIR=" + dir, "LANG=C.UTF-8",
		}, p.Env...),
	}
	if c.Dir == "" {
		c.Dir = dir
	}
	c.Dir, err = filepath.Abs(c.Dir) // our init is elsewhere
	if err != nil {
		return c, err
	}
	if c.Size == 0 {
		c.Size = defaultTmpfs
	}
	if p.User != "" {
		uid, gid, err := lookupUser(p.User)
		if err != nil {
			return c, err
		}
		c.UID, c.GID = uid, gid
	}
	return c, nil
}

// connect gives the command its output, limited. One writer for both stays
// one, so that lines keep their order.
func (p Program) connect(cmd *exec.Cmd) {
	limit := p.Output
	if limit == 0 {
		limit = defaultOutput
	}
	if p.Stdout != nil {
		cmd.Stdout = &limited{w: p.Stdout, left: limit, limit: limit}
	}
	if p.Stderr != nil {
		cmd.Stderr = &limited{w: p.Stderr, left: limit, limit: limit}
	}
	if p.Stdout != nil && p.Stderr == p.Stdout {
		cmd.Stderr = cmd.Stdout
	}
}

func (p Program) grace() time.Duration {
	if p.Grace == 0 {
		return defaultGrace
	}
	return p.Grace
}

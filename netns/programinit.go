package netns

import (
	"encoding/gob"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// programInit is PID 1 of a program under test: it prepares what the program
// sees, gives up every privilege on its behalf, executes and supervises it.
func programInit(r role) int {
	// No new privileges is a property of the thread that forks.
	runtime.LockOSThread()
	files := openInitFiles()
	withstand()
	unix.Umask(0o022) // what is written here is for another user, whatever ours is
	tell := func(r report) int {
		_ = files.reports.Encode(r) // without a reader there is nobody to tell
		return exitInit
	}
	var c programConfig
	in := os.NewFile(configFD, "config")
	if err := errors.Join(gob.NewDecoder(in).Decode(&c), in.Close()); err != nil {
		return tell(failed("reading what to run", err))
	}
	for _, s := range programSteps {
		if err := s.do(r.Dir, c); err != nil {
			return tell(failed(s.name, err))
		}
	}
	path, err := lookPath(c.Argv[0], c.Dir, c.Env)
	if err != nil {
		return tell(execFailed(c, err))
	}
	pid, err := syscall.ForkExec(path, c.Argv, c.attr())
	if err != nil {
		return tell(execFailed(c, err))
	}
	if err := files.reports.Encode(report{Running: true}); err != nil {
		return exitInit
	}
	status := supervise(pid, -pid, files.lifeline, func() {})
	last := report{Code: status.ExitStatus()}
	if status.Signaled() {
		last.Signal = int(status.Signal())
	}
	tell(last)
	return 0
}

// execFailed tells that the program could not be executed. Where it is not
// permitted, the program's user lacks the way to its folder as often as to the
// program; where it is not there, it was looked for in the wrong place.
func execFailed(c programConfig, err error) report {
	switch {
	case errors.Is(err, unix.EACCES):
		err = fmt.Errorf("%w (as user %d, in %s)", err, c.UID, c.Dir)
	case errors.Is(err, unix.ENOENT) && !strings.Contains(c.Argv[0], "/"):
		err = fmt.Errorf("%w (in no folder of its PATH)", err)
	case errors.Is(err, unix.ENOENT) && !filepath.IsAbs(c.Argv[0]):
		err = fmt.Errorf("%w (in %s)", err, c.Dir)
	}
	r := failed(c.Argv[0], err)
	r.Exec = true
	return r
}

// programSteps prepare the namespace of a program, in order.
var programSteps = []struct {
	name string
	do   func(at place, c programConfig) error
}{
	{"making mounts private", func(place, programConfig) error {
		return mount("none", "/", "", unix.MS_REC|unix.MS_PRIVATE, "")
	}},
	{"mounting /proc", func(place, programConfig) error {
		return mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "")
	}},
	{"giving it a hosts file", func(at place, c programConfig) error { return ownNames(at.etc(), c.Hosts) }},
	{"mounting its directory", func(at place, c programConfig) error {
		return mountTmpfs(at.home(), c.Size, "mode=0700,"+c.owner())
	}},
	{"writing its files", func(at place, c programConfig) error { return c.writeFiles(at.home()) }},
	{"entering its working directory", func(_ place, c programConfig) error { return os.Chdir(c.Dir) }},
	{"forbidding new privileges", func(place, programConfig) error {
		return os.NewSyscallError("prctl", unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
	}},
}

// owner is the mount option that gives the directory to the program. In a
// nested user namespace its ids are ours under another number.
func (c programConfig) owner() string {
	if c.Nested {
		return "uid=0,gid=0"
	}
	return fmt.Sprintf("uid=%d,gid=%d", c.UID, c.GID)
}

// ownNames puts files of our own over /etc/hosts and /etc/resolv.conf. They
// live on a small tmpfs of this program's own. Without a name server, what the hosts file lacks is refused on
// lo at once: a query would show up in the capture as the program's traffic.
func ownNames(dir string, hosts []byte) error {
	if err := mountTmpfs(dir, 1<<20, "mode=0755"); err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		data []byte
	}{
		{"hosts", hosts},
		{"resolv.conf", []byte("nameserver 127.0.0.1\noptions attempts:1 timeout:1\n")},
	} {
		over := filepath.Join("/etc", f.name)
		if _, err := os.Stat(over); errors.Is(err, os.ErrNotExist) {
			continue // nothing to put it over; who lacks the file does not read it
		}
		own := filepath.Join(dir, f.name)
		if err := os.WriteFile(own, f.data, 0o644); err != nil {
			return err
		}
		if err := mount(own, over, "", unix.MS_BIND, ""); err != nil {
			return err
		}
	}
	return nil
}

// writeFiles puts the caller's files into the directory, for its user to
// change and execute as it likes.
func (c programConfig) writeFiles(dir string) error {
	for name, data := range c.Files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o755); err != nil {
			return err
		}
		for at := path; !c.Nested && at != dir; at = filepath.Dir(at) {
			if err := os.Chown(at, c.UID, c.GID); err != nil {
				return err
			}
		}
	}
	return nil
}

// attr makes the program's process an ordinary user's, in a session of its
// own so that a signal reaches all that it started.
func (c programConfig) attr() *syscall.ProcAttr {
	null, err := os.Open(os.DevNull)
	in := ^uintptr(0) // closed, where there is no /dev/null
	if err == nil {
		in = null.Fd()
	}
	sys := &syscall.SysProcAttr{Setsid: true}
	if c.Nested {
		sys.Cloneflags = unix.CLONE_NEWUSER
		sys.UidMappings = []syscall.SysProcIDMap{{ContainerID: c.UID, HostID: 0, Size: 1}}
		sys.GidMappings = []syscall.SysProcIDMap{{ContainerID: c.GID, HostID: 0, Size: 1}}
	} else {
		sys.Credential = &syscall.Credential{Uid: uint32(c.UID), Gid: uint32(c.GID)}
	}
	return &syscall.ProcAttr{Dir: c.Dir, Env: c.Env, Files: []uintptr{in, 1, 2}, Sys: sys}
}

// lookPath finds a command as a shell in the program's place would: by the
// PATH of its environment, or by a path relative to its directory.
func lookPath(command, dir string, env []string) (string, error) {
	if strings.Contains(command, "/") {
		if !filepath.IsAbs(command) {
			command = filepath.Join(dir, command)
		}
		return command, nil
	}
	for _, v := range env {
		list, ok := strings.CutPrefix(v, "PATH=")
		if !ok {
			continue
		}
		for _, d := range filepath.SplitList(list) {
			if path, err := exec.LookPath(filepath.Join("/", d, command)); err == nil {
				return path, nil
			}
		}
	}
	return "", &os.PathError{Op: "exec", Path: command, Err: unix.ENOENT}
}

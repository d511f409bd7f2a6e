package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// worldVar makes this test program the keeper of a world; its value is what
// happens in it.
const worldVar = "ROLLOVER_TEST_WORLD"

// happening is a command that is played in a world of its own: fresh process,
// network and mount namespaces with empty temporary folders. Whatever is in the
// world afterwards and was not before was left by the command, and nothing that
// others do on this machine can be taken for it.
type happening struct {
	Home   string // the folder that the command is started in, and may write to
	Argv   []string
	Env    []string
	User   bool           // it is an ordinary user's
	Signal syscall.Signal // 0: none
	After  time.Duration  // of its start, the signal
}

// aftermath is what a happening came to.
type aftermath struct {
	Code    int           // exit code; -1: a signal ended it
	Early   bool          // it had ended before the signal
	Took    time.Duration // until it had ended
	Left    []string      // what is left, when patience has run out
	Trouble string        // of the keeper's
}

// happen makes a world and lets it happen there. The command's output is for
// messages.
func happen(t *testing.T, h happening) (a aftermath, output string) {
	t.Helper()
	story, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var text locked
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), worldVar+"="+string(story))
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = &text, &text, []*os.File{out}
	cmd.WaitDelay = patience
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWPID | unix.CLONE_NEWNS | unix.CLONE_NEWNET, Pdeathsig: unix.SIGKILL}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= unix.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}}
	}
	err = cmd.Start()
	out.Close()
	if err != nil {
		t.Fatal(err)
	}
	decoded := json.NewDecoder(in).Decode(&a)
	if err := errors.Join(decoded, cmd.Wait()); err != nil || a.Trouble != "" {
		t.Fatalf("the world's keeper: %v %s\n%s", err, a.Trouble, text.String())
	}
	return a, text.String()
}

// keepWorld is PID 1 of a world.
func keepWorld(story string) int {
	var a aftermath
	var h happening
	err := json.Unmarshal([]byte(story), &h)
	if err == nil {
		err = furnish(h.Home)
	}
	if err == nil {
		a, err = h.play()
	}
	if err != nil {
		a.Trouble = err.Error()
	}
	if err := json.NewEncoder(os.NewFile(3, "aftermath")).Encode(a); err != nil {
		return 1
	}
	return 0
}

// emptied are the folders that a world has for itself.
var emptied = []string{"/tmp", "/var/tmp", "/run", "/dev/shm", "/mnt"}

// furnish gives the world its own /proc and empty temporary folders, with the
// home alone in its old place.
func furnish(home string) error {
	unix.CloseOnExec(3)
	if err := unix.Mount("none", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("making mounts private: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		return fmt.Errorf("mounting /proc: %w", err)
	}
	kept, err := os.Open(home)
	if err != nil {
		return err
	}
	defer kept.Close()
	for _, dir := range emptied {
		if _, err := os.Stat(dir); err != nil {
			continue
		}
		if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "mode=1777"); err != nil {
			return fmt.Errorf("emptying %s: %w", dir, err)
		}
	}
	if err := os.MkdirAll(home, 0o755); err != nil {
		return err
	}
	if err := unix.Mount(fmt.Sprintf("/proc/self/fd/%d", kept.Fd()), home, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("keeping %s: %w", home, err)
	}
	return os.Chdir(home)
}

// play starts the command, signals it and waits until nothing is left.
func (h happening) play() (aftermath, error) {
	var a aftermath
	before, err := takeStock()
	if err != nil {
		return a, err
	}
	attr := &syscall.ProcAttr{Dir: h.Home, Files: []uintptr{0, 1, 2}, Sys: &syscall.SysProcAttr{},
		Env: append(without(os.Environ(), worldVar), append([]string{"HOME=" + h.Home, "TMPDIR=" + filepath.Join(h.Home, "tmp")}, h.Env...)...)}
	if h.User && os.Geteuid() == 0 {
		attr.Sys.Credential = &syscall.Credential{Uid: ordinary, Gid: ordinary}
	}
	path, err := exec.LookPath(h.Argv[0])
	if err != nil {
		return a, err
	}
	began := time.Now()
	pid, err := syscall.ForkExec(path, h.Argv, attr)
	if err != nil {
		return a, err
	}
	ended := reap(pid)
	moment := time.After(h.After)
	if h.Signal == 0 {
		moment = nil
	}
	var status unix.WaitStatus
	select {
	case status = <-ended:
		a.Early = true
	case <-moment:
		if err := unix.Kill(pid, h.Signal); err != nil {
			return a, err
		}
		select {
		case status = <-ended:
		case <-time.After(2 * patience):
			return a, fmt.Errorf("%v did not end it within %v", h.Signal, 2*patience)
		}
	}
	a.Took, a.Code = time.Since(began), status.ExitStatus()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(h.patience()); ; {
		after, err := takeStock()
		if err != nil {
			return a, err
		}
		a.Left = after.without(before, h.allowed)
		if len(a.Left) == 0 {
			return a, nil
		}
		select {
		case <-tick.C:
		case <-end:
			return a, nil
		}
	}
}

// patience is how long something may be left: what no signal ends is not worth
// a long wait.
func (h happening) patience() time.Duration {
	if h.Signal == 0 {
		return time.Second
	}
	return patience
}

// allowed are the files that a command may leave: those of its run.
func (h happening) allowed(file string) bool {
	rel, err := filepath.Rel(h.Home, file)
	return err == nil && (rel == "run" || strings.HasPrefix(rel, "run/"))
}

// reap waits for every orphan of the world and tells when pid has ended.
func reap(pid int) <-chan unix.WaitStatus {
	ended := make(chan unix.WaitStatus, 1)
	go func() {
		for {
			var status unix.WaitStatus
			got, err := unix.Wait4(-1, &status, 0, nil)
			switch {
			case got == pid:
				ended <- status
			case errors.Is(err, unix.ECHILD):
				return // nobody is left to become an orphan
			}
		}
	}()
	return ended
}

func without(env []string, name string) []string {
	var out []string
	for _, v := range env {
		if !strings.HasPrefix(v, name+"=") {
			out = append(out, v)
		}
	}
	return out
}

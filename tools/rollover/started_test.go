package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for something that takes moments.
const patience = time.Minute

// program is a copy of this program of its own, in a folder of its own, so that
// its processes can be told from all others.
type program struct {
	home string // the folder, which is also where it is started
	path string
	user bool // it runs as an ordinary user
}

// newProgram makes a copy, for an ordinary user or for whoever runs the test.
func newProgram(t *testing.T, user bool) program {
	t.Helper()
	home := userHome(t)
	if err := os.Mkdir(filepath.Join(home, "tmp"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(home); err != nil {
			t.Error(err)
		}
	})
	if user {
		if err := handOver(home); err != nil {
			t.Fatal(err)
		}
	}
	return program{home: home, path: filepath.Join(home, "rollover"), user: user}
}

// command prepares the program with arguments; its TMPDIR is in its home.
func (p program) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(p.path, args...)
	cmd.Dir = p.home
	if p.user {
		asOrdinary(cmd, p.home)
	}
	cmd.Env = append(cmd.Environ(), "TMPDIR="+filepath.Join(p.home, "tmp"))
	return cmd
}

// started is the program while it runs.
type started struct {
	*exec.Cmd
	out, errs locked
	done      chan struct{}
}

func (p program) start(t *testing.T, args ...string) *started {
	t.Helper()
	return p.startWith(t, nil, args...)
}

// startWith starts the program by another one, which executes it.
func (p program) startWith(t *testing.T, by []string, args ...string) *started {
	t.Helper()
	s := &started{Cmd: p.command(t, args...), done: make(chan struct{})}
	if len(by) > 0 {
		path, err := exec.LookPath(by[0])
		if err != nil {
			t.Fatal(err)
		}
		s.Path, s.Args = path, append(by, s.Args...)
	}
	s.Stdout, s.Stderr = &s.out, &s.errs
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(s.done)
		s.Wait() //nolint:errcheck // ProcessState tells
	}()
	t.Cleanup(func() {
		s.Process.Kill() //nolint:errcheck // it may have ended
		<-s.done
	})
	return s
}

// exit waits for the program and returns its exit code.
func (s *started) exit(t *testing.T) int {
	t.Helper()
	select {
	case <-s.done:
	case <-time.After(patience):
		s.Process.Signal(syscall.SIGABRT) //nolint:errcheck // for the stacks
		t.Fatalf("it did not end within %v\n%s%s", patience, s.out.String(), s.errs.String())
	}
	return s.ProcessState.ExitCode()
}

// eventually waits until something holds, and looks now and then.
func eventually(t *testing.T, what string, holds func() error) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	end := time.After(patience)
	for {
		err := holds()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("%s: not within %v: %v", what, patience, err)
		}
	}
}

// locked is a buffer that may be read while it is written.
type locked struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// lines is how many lines a file has; none where there is no file.
func lines(name string) int {
	data, err := os.ReadFile(name)
	if err != nil {
		return 0
	}
	return bytes.Count(data, []byte("\n"))
}

// hasLines waits until a file has so many lines.
func hasLines(t *testing.T, name string, n int) {
	t.Helper()
	eventually(t, filepath.Base(name), func() error {
		if got := lines(name); got < n {
			return fmt.Errorf("%d lines of %d", got, n)
		}
		return nil
	})
}

// filesBelow are all files of a folder.
func filesBelow(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		out = append(out, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// ours reports a file that somebody else could not have removed: what a run
// leaves belongs to the user who started it.
func ours(file string) error {
	var s syscall.Stat_t
	if err := syscall.Lstat(file, &s); err != nil {
		return err
	}
	want := uint32(os.Geteuid())
	if want == 0 {
		want = ordinary
	}
	if s.Uid != want {
		return fmt.Errorf("%s belongs to user %d, want %d", file, s.Uid, want)
	}
	return nil
}

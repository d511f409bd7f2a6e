package netns

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// run runs a shell script as a program in the client and gives its output
// when it has ended.
func run(t *testing.T, script string, change ...func(*Program)) (output string, exit Exit) {
	t.Helper()
	var out bytes.Buffer
	p := Program{Argv: []string{"sh", "-c", script}, Stdout: &out, Stderr: &out}
	for _, c := range change {
		c(&p)
	}
	process, err := routed(t, Options{}).Host(Client).Start(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	exit = process.Exit()
	if err := process.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	return out.String(), exit
}

func TestExits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		script string
		want   Exit
	}{
		{"exit 0", Exit{}},
		{"exit 3", Exit{Code: 3}},
		{"exit 127", Exit{Code: 127}},
		{"kill -SEGV $$", Exit{Code: -1, Signal: syscall.SIGSEGV}},
		{"kill -TERM $$", Exit{Code: -1, Signal: syscall.SIGTERM}}, // nobody asked it to
	} {
		if _, exit := run(t, c.script); exit != c.want {
			t.Errorf("%s: %+v, want %+v", c.script, exit, c.want)
		}
	}
}

func TestUnexecutable(t *testing.T) {
	t.Parallel()
	h := routed(t, Options{}).Host(Client)
	for _, c := range []struct {
		name string
		p    Program
		want error
	}{
		{"not in PATH", Program{Argv: []string{"no-such-program"}}, syscall.ENOENT},
		{"not there", Program{Argv: []string{"./nothing"}}, syscall.ENOENT},
		{"a directory", Program{Argv: []string{"/etc"}}, syscall.EACCES},
		{"no program", Program{Argv: []string{"./text"}, Files: map[string][]byte{"text": []byte("plain text")}}, syscall.ENOEXEC},
	} {
		_, err := h.Start(t.Context(), c.p)
		var e *ExecError
		if !errors.As(err, &e) || e.Argv0 != c.p.Argv[0] || !errors.Is(err, c.want) || errors.Is(err, ErrNotStarted) {
			t.Errorf("%s: %v, want an ExecError with %v", c.name, err, c.want)
		}
	}
	for _, c := range []struct {
		name string
		p    Program
		want string
	}{
		{"no command", Program{}, "no command"},
		{"a file outside", Program{Argv: []string{"true"}, Files: map[string][]byte{"../x": nil}}, "must stay inside"},
		{"too large a file", Program{Argv: []string{"true"}, TmpfsSize: 1 << 16, Files: map[string][]byte{"x": make([]byte, 1<<17)}}, "writing its files"},
		{"nowhere", Program{Argv: []string{"true"}, Dir: "/no/such"}, "entering its working directory"},
		{"root", Program{Argv: []string{"true"}, User: "root"}, "ordinary user"},
		{"nobody known", Program{Argv: []string{"true"}, User: "no-such-user"}, "not in the machine's user table"},
	} {
		_, err := h.Start(t.Context(), c.p)
		if !errors.Is(err, ErrNotStarted) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want ErrNotStarted and %q", c.name, err, c.want)
		}
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Start(cancelled, Program{Argv: []string{"true"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("in a cancelled context: %v", err)
	}
}

// TestWorldOfAProgram looks at it with the program's own eyes.
func TestWorldOfAProgram(t *testing.T) {
	t.Parallel()
	out, exit := run(t, `
		echo "uid $(id -u) gid $(id -g)"
		grep -E '^(CapEff|CapPrm|CapAmb|NoNewPrivs)' /proc/self/status | tr -s '\t' ' '
		echo "home $HOME tmp $TMPDIR at $(pwd)"
		grep server /etc/hosts
		test "$(cat clip.asf)" = bytes && echo "has the file"
		echo new >written && ./tool
		echo "processes $(ls -d /proc/[0-9]* | wc -l)"
		test -z "$ROLLOVER_NETNS" && echo "no trace of the harness"
		echo "SECRET=$SECRET LOG=$LOG"
		dd if=/dev/zero of=big bs=1024 count=2048 2>/dev/null || echo "the directory is full"
		cat <&0 | wc -c
	`, func(p *Program) {
		p.Files = map[string][]byte{"clip.asf": []byte("bytes"), "tool": []byte("#!/bin/sh\necho tool ran\n")}
		p.Env = []string{"LOG=debug"}
		p.TmpfsSize = 1 << 20
	})
	if exit.Code != 0 {
		t.Errorf("it ended with %v", exit)
	}
	home := ProgramDir()
	for _, want := range []string{
		"uid 65534 gid 65534\n",
		"CapPrm: 0000000000000000\nCapEff: 0000000000000000\nCapAmb: 0000000000000000\nNoNewPrivs: 1\n",
		"home " + home + " tmp " + home + " at " + home + "\n",
		"198.51.100.10\tserver\n2001:db8:2::10\tserver\n",
		"has the file\n", "tool ran\n", "no trace of the harness\n", "SECRET= LOG=debug\n", "the directory is full\n",
		"\n0\n", // standard input is empty
	} {
		if !strings.Contains(out, want) {
			t.Errorf("missing %q", want)
		}
	}
	if t.Failed() {
		t.Log(out)
	}
}

func TestProgramsDoNotShareTheirDirectory(t *testing.T) {
	t.Parallel()
	h := routed(t, Options{}).Host(Client)
	var out lines
	first, err := h.Start(t.Context(), Program{Argv: []string{"sh", "-c", "echo x >mine; echo ready; sleep 1000"}, Stdout: &out})
	if err != nil {
		t.Fatal(err)
	}
	out.await(t, "ready")
	var seen bytes.Buffer
	second, err := h.Start(t.Context(), Program{Argv: []string{"ls", "-A"}, Stdout: &seen})
	if err != nil {
		t.Fatal(err)
	}
	second.Exit()
	if seen.Len() > 0 {
		t.Errorf("the second program sees %q of the first", seen.String())
	}
	if err := first.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if files, err := os.ReadDir(ProgramDir()); err != nil || len(files) > 0 {
		t.Errorf("left behind: %v, %v", files, err)
	}
}

// TestStop covers what a program may do when it is asked to end.
func TestStop(t *testing.T) {
	t.Parallel()
	h := routed(t, Options{}).Host(Server)
	for _, c := range []struct {
		name, script string
		grace        time.Duration
		want         Exit
		slow         bool // it has to be killed
	}{
		{"at once", "echo ready; sleep 1000", patience, Exit{Code: -1, Signal: syscall.SIGTERM, Stopped: true}, false},
		{"in order", "trap 'exit 4' TERM; echo ready; sleep 1000 & wait", patience, Exit{Code: 4, Stopped: true}, false},
		{"stubborn", "trap '' TERM; echo ready; while :; do sleep 1000; done", 50 * time.Millisecond, Exit{Code: -1, Signal: syscall.SIGKILL, Stopped: true}, true},
		{"with children", "(trap '' TERM; setsid sleep 1000) & echo ready; sleep 1000", patience, Exit{Code: -1, Signal: syscall.SIGTERM, Stopped: true}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out lines
			p, err := h.Start(t.Context(), Program{Argv: []string{"sh", "-c", c.script}, Stdout: &out, Grace: c.grace})
			if err != nil {
				t.Fatal(err)
			}
			out.await(t, "ready")
			start := time.Now()
			for range 2 {
				if err := p.Stop(t.Context()); err != nil {
					t.Error(err)
				}
			}
			select {
			case <-p.Done():
			default:
				t.Error("Stop returned before Done")
			}
			if p.Exit() != c.want {
				t.Errorf("it ended with %+v, want %+v", p.Exit(), c.want)
			}
			if took := time.Since(start); c.slow != (took >= c.grace) {
				t.Errorf("stopping took %v of %v", took, c.grace)
			}
		})
	}
}

// TestForkedProgram: a program that ends with a child in the background takes
// the child with it; nothing of it may reach into the next trial.
func TestForkedProgram(t *testing.T) {
	t.Parallel()
	var out lines
	p, err := routed(t, Options{}).Host(Server).Start(t.Context(), Program{
		Argv: []string{"sh", "-c", "setsid sleep 1000.75 & exit 5"}, Stdout: &out,
	})
	if err != nil {
		t.Fatal(err)
	}
	if exit := p.Exit(); exit.Code != 5 || exit.Stopped {
		t.Errorf("it ended with %+v", exit)
	}
	if left := processes(t, "1000.75"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestContextStopsAProgram(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	p, err := routed(t, Options{}).Host(Server).Start(ctx, Program{Argv: []string{"sleep", "1000"}})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if exit := p.Exit(); !exit.Stopped || exit.Signal != syscall.SIGTERM {
		t.Errorf("it ended with %+v", exit)
	}
}

func TestOutputIsLimited(t *testing.T) {
	t.Parallel()
	flood := "dd if=/dev/zero bs=65536 count=200 2>/dev/null | tr '\\0' x; echo end >&2"
	out, exit := run(t, flood, func(p *Program) { p.Output = 100_000 })
	const note = "\n[output cut after 100000 bytes]\n"
	if exit.Code != 0 {
		t.Errorf("it ended with %v: its own output must not stop it", exit)
	}
	if len(out) != 100_000+len(note) || !strings.HasSuffix(out, note) {
		t.Errorf("%d bytes, ending in %q", len(out), out[max(0, len(out)-50):])
	}
	var stderr bytes.Buffer
	if _, exit := run(t, flood, func(p *Program) { p.Stdout, p.Stderr = nil, &stderr }); exit.Code != 0 || stderr.String() != "end\n" {
		t.Errorf("without a writer: %v, standard error %q", exit, stderr.String())
	}
}

func TestWriterThatFails(t *testing.T) {
	t.Parallel()
	p, err := routed(t, Options{}).Host(Client).Start(t.Context(), Program{Argv: []string{"echo", "x"}, Stdout: failingWriter{}})
	if err != nil {
		t.Fatal(err)
	}
	p.Exit()
	if err := p.Stop(t.Context()); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("Stop: %v, want the writer's error", err)
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// TestServerUnderTest is a whole program: our own test binary as a server on
// low ports, as an ordinary user.
func TestServerUnderTest(t *testing.T) {
	t.Parallel()
	lab := routed(t, Options{})
	binary, err := os.ReadFile(selfExe)
	if err != nil {
		t.Fatal(err)
	}
	var out lines
	server := lab.Host(Server)
	p, err := server.Start(t.Context(), Program{
		Argv: []string{"./server"}, Env: []string{toyVar + "=server"},
		Files: map[string][]byte{"server": binary}, Stdout: &out, Stderr: &out,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := server.WaitListening(soon(t, patience), []string{"tcp/554", "udp/5004"}); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	short, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := server.WaitListening(short, []string{"tcp/554", "tcp/80"}); err == nil || !strings.Contains(err.Error(), "nothing listens on tcp/80:") {
		t.Errorf("waiting for what is not there: %v", err)
	}
	c, err := lab.Host(Client).DialContext(soon(t, patience), "tcp", at(server, true, 554))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	status, err := io.ReadAll(c)
	if err != nil || !strings.Contains(string(status), "NoNewPrivs:\t1") {
		t.Errorf("%v: %s", err, status)
	}
	if exit := p.Exit(); exit.Code != 0 || exit.Stopped {
		t.Errorf("it ended with %+v: %s", exit, out.String())
	}
}

func TestNoProgramOutsideOfASandbox(t *testing.T) {
	h := &Host{name: "x"}
	inside := sandbox.inside
	sandbox.inside = false
	defer func() { sandbox.inside = inside }()
	if _, err := h.Start(t.Context(), Program{Argv: []string{"true"}}); !errors.Is(err, ErrNoSandbox) {
		t.Errorf("%v, want ErrNoSandbox", err)
	}
}

// lines collects output and lets a test wait for a part of it.
type lines struct {
	mu      sync.Mutex
	text    strings.Builder
	changed chan struct{}
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(p)
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
	return len(p), nil
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// await waits until the output contains a text.
func (l *lines) await(t *testing.T, text string) {
	t.Helper()
	limit := time.After(patience)
	for {
		l.mu.Lock()
		if strings.Contains(l.text.String(), text) {
			l.mu.Unlock()
			return
		}
		if l.changed == nil {
			l.changed = make(chan struct{})
		}
		changed := l.changed
		l.mu.Unlock()
		select {
		case <-changed:
		case <-limit:
			t.Fatalf("no %q in %q", text, l.String())
		}
	}
}

// processes are those of our PID namespace whose command line has a text.
func processes(t *testing.T, text string) (found []string) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		line, err := os.ReadFile(f)
		if err != nil {
			continue // it has just ended
		}
		if s := strings.ReplaceAll(string(line), "\x00", " "); strings.Contains(s, text) {
			found = append(found, filepath.Base(filepath.Dir(f))+": "+s)
		}
	}
	return found
}

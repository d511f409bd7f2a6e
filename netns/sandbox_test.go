package netns

import (
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

// toy is our own binary as a toy program, in a sandbox of its own.
func toy(t *testing.T, name string) (*exec.Cmd, *lines) {
	t.Helper()
	needLab(t)
	cmd := exec.Command(selfExe)
	cmd.Args = []string{"toy-" + name + "-" + t.Name()}
	cmd.Env = append(os.Environ(), toyVar+"="+name)
	out := new(lines)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.WaitDelay = patience
	return cmd, out
}

// start starts a toy that is killed at the end at the latest.
func start(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
}

func TestSandboxPassesTheExitCodeOn(t *testing.T) {
	t.Parallel()
	cmd, out := toy(t, "exit")
	if err := cmd.Run(); cmd.ProcessState.ExitCode() != 7 {
		t.Errorf("%v, want exit code 7: %s", err, out)
	}
}

// TestSandboxPassesSignalsOn sends them to the outer process: each arrives
// inside, and once.
func TestSandboxPassesSignalsOn(t *testing.T) {
	t.Parallel()
	cmd, out := toy(t, "signals")
	start(t, cmd)
	out.await(t, "ready\n")
	for _, s := range []syscall.Signal{unix.SIGINT, unix.SIGHUP, unix.SIGTERM} {
		if err := cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		out.await(t, s.String()+"\n")
	}
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 3 {
		t.Errorf("exit code %d, want 3", code)
	}
	if want := "ready\ninterrupt\nhangup\nterminated\n"; out.String() != want {
		t.Errorf("inside arrived %q, want %q", out, want)
	}
}

func TestSandboxTakesOrphansAlong(t *testing.T) {
	t.Parallel()
	cmd, out := toy(t, "orphan")
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if left := processes(t, "1000.25"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestKilledSandboxLeavesNothing kills the outer process, which can do nothing
// about it any more, while a program with children runs in a lab.
func TestKilledSandboxLeavesNothing(t *testing.T) {
	t.Parallel()
	mounts := mountsOf(t)
	cmd, out := toy(t, "victim")
	start(t, cmd)
	out.await(t, "ready")
	if n := len(processes(t, cmd.Args[0])); n != 3 {
		t.Errorf("%d processes of the toy, want outer, init and main", n)
	}
	waitUntil(t, "the program's shell to have forked", func() bool { return len(processes(t, "1000.5")) == 3 })
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	waitUntil(t, "everything to be gone", func() bool {
		return len(processes(t, cmd.Args[0]))+len(processes(t, "1000.5")) == 0
	})
	if now := mountsOf(t); now != mounts {
		t.Errorf("mounts before: %s\nand now: %s", mounts, now)
	}
	for _, dir := range privateDirs {
		if left, _ := filepath.Glob(dir + "/home"); len(left) > 0 && place(dir) != sandbox.dir {
			t.Errorf("left behind: %v", left)
		}
	}
}

func mountsOf(t *testing.T) string {
	text, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestFilesBelongToTheCaller: what is written outside of the private directory
// is the caller's, where the caller stands.
func TestFilesBelongToTheCaller(t *testing.T) {
	t.Parallel()
	cmd, out := toy(t, "file")
	cmd.Dir = t.TempDir()
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	path := filepath.Join(cmd.Dir, "written")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if owner := int(info.Sys().(*syscall.Stat_t).Uid); owner != os.Geteuid() {
		t.Errorf("it belongs to %d, we are %d", owner, os.Geteuid())
	}
	tmp, err := os.ReadFile(path)
	if err != nil || !strings.HasSuffix(string(tmp), "/tmp") || strings.HasPrefix(string(tmp), string(sandbox.dir)) {
		t.Errorf("TMPDIR inside was %q, %v", tmp, err)
	}
}

// TestShellHasTheTerminal plays a person at a terminal: what is typed reaches
// a shell in a host, Ctrl-C the command in it and nobody else.
func TestShellHasTheTerminal(t *testing.T) {
	t.Parallel()
	cmd, _ := toy(t, "shell")
	keyboard, tty := pseudoTerminal(t)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.Env = append(cmd.Env, "PS1=prompt>", "ENV=")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	start(t, cmd)
	tty.Close()
	screen := new(lines)
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := keyboard.Read(buf)
			if err != nil {
				return
			}
			screen.Write(buf[:n])
		}
	}()
	say := func(text string) {
		if _, err := keyboard.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	screen.await(t, "prompt>")
	say("sleep 1000; echo interrupted $?\n")
	waitUntil(t, "the command in the shell", func() bool { return len(processes(t, "sleep 1000 ")) > 0 })
	say("\x03")
	say("ip -br addr show client || cat /proc/net/dev\nexit 9\n")
	screen.await(t, "client")
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(patience):
		t.Fatalf("the shell does not end:\n%s", screen)
	}
	if code := cmd.ProcessState.ExitCode(); code != 9 {
		t.Errorf("exit code %d, want 9:\n%s", code, screen)
	}
}

// pseudoTerminal opens one.
func pseudoTerminal(t *testing.T) (keyboard, tty *os.File) {
	t.Helper()
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo terminal: %v", err)
	}
	t.Cleanup(func() { keyboard.Close() })
	fd := int(keyboard.Fd())
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		t.Skipf("no pseudo terminal: %v", err)
	}
	return keyboard, tty
}

// TestForbidden lets a machine forbid network namespaces, and asks whether the
// error and doctor name them. The machine is an ordinary user's sandbox.
func TestForbidden(t *testing.T) {
	t.Parallel()
	cmd, out := toy(t, "limited")
	cmd.Dir = "/"
	cmd.SysProcAttr = asStranger()
	if err := cmd.Run(); err != nil {
		t.Error(err)
	}
	for _, want := range []string{
		"step: " + StepNet + "\n", "hint: a limit is reached", "no space left on device",
		"user namespace: true\nnetwork namespace: false\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

// TestNoPlace names every possible place on the command line, so that none is
// free to be hidden.
func TestNoPlace(t *testing.T) {
	t.Parallel()
	cmd, out := toy(t, "exit")
	for _, dir := range privateDirs {
		cmd.Args = append(cmd.Args, "--out="+dir+"/out")
	}
	if err := cmd.Run(); cmd.ProcessState.ExitCode() != 98 || !strings.Contains(out.String(), "must exist") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestStepChecks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want string
	}{
		{nil, "private mounts true, /proc true, /proc/sys/net true, temporary directory true, loopback true"},
		{&SandboxError{Step: StepPrivate, Err: unix.EPERM}, "private mounts false"},
		{&SandboxError{Step: StepProc, Err: unix.EPERM}, "private mounts true, /proc false"},
		{&SandboxError{Step: StepSysctl, Err: unix.EROFS}, "private mounts true, /proc true, /proc/sys/net false"},
		{&SandboxError{Step: StepPlace, Err: unix.ENOENT}, "sandbox false"},
		{unix.ENOMEM, "sandbox false"},
	} {
		var got []string
		for _, check := range stepChecks(c.err) {
			got = append(got, fmt.Sprintf("%s %v", check.Name, check.OK))
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%v: %s, want %s", c.err, s, c.want)
		}
	}
}

func TestDoctor(t *testing.T) {
	t.Parallel()
	needLab(t)
	begin := time.Now()
	seen := map[string]bool{}
	for _, c := range Checks(t.Context()) {
		seen[c.Name] = true
		if !c.OK || c.Detail == "" || c.Needs == "" {
			t.Errorf("%+v, in a place where labs work", c)
		}
	}
	for _, name := range []string{
		"user namespace", "network namespace", "mount namespace", "PID namespace", "private mounts", "/proc", "/proc/sys/net",
		"temporary directory", "loopback", "lab", "traffic", "nftables", "packet socket", "program", "receive buffers", "open files", "memory",
	} {
		if !seen[name] {
			t.Errorf("no check of %s", name)
		}
	}
	t.Logf("took %v", time.Since(begin))
}

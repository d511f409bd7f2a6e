package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// needRoot skips a test of what takes root.
func needRoot(t *testing.T) {
	t.Helper()
	needLab(t)
	if os.Geteuid() == 0 {
		return
	}
	if labsRequired() {
		t.Fatal("attaching is tested as root")
	}
	t.Skip("attaching takes root")
}

// inNamespace starts a command in a network namespace of its own, as somebody
// makes a container by hand.
func inNamespace(t *testing.T, dir, name string, arg ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("unshare", append([]string{"--net", "--fork", "--kill-child", name}, arg...)...)
	cmd.Dir = dir
	var out locked
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill() //nolint:errcheck // it may have ended
		cmd.Wait()         //nolint:errcheck // killed
	})
	eventually(t, name+" in a namespace of its own", func() error {
		own, err1 := os.Readlink("/proc/self/ns/net")
		its, err2 := os.Readlink(namespaceOf(cmd))
		if err1 != nil || err2 != nil || own == its {
			return fmt.Errorf("%v %v\n%s", err1, err2, out.String())
		}
		return nil
	})
	return cmd
}

func namespaceOf(cmd *exec.Cmd) string { return fmt.Sprintf("/proc/%d/ns/net", cmd.Process.Pid) }

// within runs a command in the namespace of a process.
func within(t *testing.T, of *exec.Cmd, command string) string {
	t.Helper()
	out, err := exec.Command("nsenter", "--net="+namespaceOf(of), "sh", "-c", command).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
	return string(out)
}

// network is what a namespace's owner sees of it.
const network = "ip -o addr; ip route; ip -6 route; cat /proc/net/dev | cut -d: -f1"

// serving is the reference server in a namespace of its own.
func serving(t *testing.T, p program) *exec.Cmd {
	t.Helper()
	box := inNamespace(t, p.home, p.path, "serve", "--listen", "0.0.0.0", "--clip", "2s")
	eventually(t, "the server", func() error {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/tcp6", box.Process.Pid)) // it takes both families there
		if err == nil && !strings.Contains(string(text), ":022A ") {
			err = fmt.Errorf("nothing listens on 554:\n%s", text)
		}
		return err
	})
	return box
}

const attachedServer = `vendor: Example
product: a server that runs already
role: server
claims: {dialects: [wmp11, wmp6], rungs: [RTSPU, RTSPT, MMSU, MMST, HTTP]}
attach: `

// put writes a file into the program's home.
func (p program) put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.home, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestAttach plays against a server in a container, by its path and by a
// process in it: once to the end, and once killed in between. Nothing remains.
func TestAttach(t *testing.T) {
	needRoot(t)
	t.Parallel()
	p := newProgram(t, false)
	box := serving(t, p)
	before := within(t, box, network)
	p.put(t, "path.yaml", attachedServer+"{netns: "+namespaceOf(box)+"}\n")
	p.put(t, "pid.yaml", attachedServer+fmt.Sprintf("{pid: %d}\n", box.Process.Pid))
	for target, ids := range map[string][]string{"path": {"rtsp/no-udp", "mms/open/mms"}, "pid": {"rtsp/open/http"}} {
		run := p.start(t, append([]string{"run", "--out", target, "--target", target + ".yaml"}, ids...)...)
		if code := run.exit(t); code != exitPass {
			t.Fatalf("%s: exit code %d\n%s%s", target, code, run.out.String(), run.errs.String())
		}
		if after := within(t, box, network); after != before {
			t.Errorf("before:\n%s\nafter:\n%s", before, after)
		}
	}
	killed := p.start(t, "run", "--out", "killed", "--target", "path.yaml", "rtsp/open/*")
	eventually(t, "the link", func() error {
		if strings.Contains(within(t, box, network), "198.51.100.10") {
			return nil
		}
		return fmt.Errorf("no trial has begun")
	})
	killed.Process.Signal(syscall.SIGKILL) //nolint:errcheck // it has just begun
	eventually(t, "the link is gone", func() error {
		if after := within(t, box, network); after != before {
			return fmt.Errorf("before:\n%s\nafter:\n%s", before, after)
		}
		return nil
	})
	if err := box.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("the server has not survived: %v", err)
	}
}

// TestAttachToAMachine plays against a server behind a network card: another
// namespace plays the machine. A run that is killed gives the card back.
func TestAttachToAMachine(t *testing.T) {
	needRoot(t)
	t.Parallel()
	p := newProgram(t, false)
	machine := serving(t, p)
	bench := inNamespace(t, p.home, "sleep", "1000")
	within(t, bench, fmt.Sprintf(`ip link add card0 type veth peer name eth0 netns %d
		ip addr add 10.9.8.7/24 dev card0; ip link set card0 addrgenmode none up`, machine.Process.Pid))
	within(t, machine, "ip addr add 192.168.7.20/24 dev eth0; ip link set eth0 addrgenmode none up")
	before := within(t, bench, network)
	p.put(t, "machine.yaml", attachedServer+"{interface: card0, address: 192.168.7.20/24}\n")
	start := func(args ...string) *started {
		return p.startWith(t, []string{"nsenter", "--net=" + namespaceOf(bench)}, args...)
	}

	run := start("run", "--out", "run", "--target", "machine.yaml", "rtsp/no-udp", "mms/open/http", "rtsp/open/rtspt")
	if code := run.exit(t); code != exitPass {
		t.Fatalf("exit code %d\n%s%s", code, run.out.String(), run.errs.String())
	}
	if after := within(t, bench, network); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
	killed := start("run", "--out", "killed", "--target", "machine.yaml", "rtsp/open/*")
	eventually(t, "the card", func() error {
		if strings.Contains(within(t, bench, network), "card0") {
			return fmt.Errorf("it is at home yet")
		}
		return nil
	})
	killed.Process.Signal(syscall.SIGKILL) //nolint:errcheck // it has just begun
	eventually(t, "the card is back", func() error {
		if after := within(t, bench, network); after != before {
			return fmt.Errorf("before:\n%s\nafter:\n%s", before, after)
		}
		return nil
	})
}

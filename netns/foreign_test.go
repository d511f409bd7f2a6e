package netns

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// container is a process in a namespace of its own, as somebody made it by
// hand, with a network of its own in it.
func container(t *testing.T, setup string) (pid int) {
	t.Helper()
	needLab(t)
	cmd := exec.Command("unshare", "--net", "--fork", "--kill-child", "sh", "-c", setup+"; echo ready; exec sleep 1000")
	out := new(lines)
	cmd.Stdout, cmd.Stderr = out, out
	start(t, cmd)
	out.await(t, "ready")
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscan(string(children), &pid); err != nil {
		t.Fatal(err)
	}
	return pid
}

// foreignAt opens the namespace of a process.
func foreignAt(t *testing.T, pid int) *Foreign {
	t.Helper()
	f, err := OpenForeign(fmt.Sprintf("/proc/%d/ns/net", pid))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// inside runs a command in the namespace of a process.
func inside(t *testing.T, pid int, command string) string {
	t.Helper()
	out, err := exec.Command("nsenter", "--net", "--target", fmt.Sprint(pid), "sh", "-c", command).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", command, err, out)
	}
	return string(out)
}

// world is what a container's owner sees of its network.
const world = `ip -d addr; ip route; ip -6 route; ip neigh; nft list ruleset; sysctl -a --pattern 'net\.ipv[46]\.(conf|ip_forward)' 2>/dev/null; cat /proc/net/tcp`

const containerSetup = `ip link set lo up; ip link add eth0 type veth peer name far; ip addr add 10.1.2.3/24 dev eth0; ip link set eth0 up; ip link set far up
	ip route add default via 10.1.2.1; sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv4.conf.all.rp_filter=1; nft add table inet rollover`

// TestForeignIsLeftAsItWas: a lab leads its link into a container, packets of
// both families pass, and nothing of it remains there.
func TestForeignIsLeftAsItWas(t *testing.T) {
	t.Parallel()
	pid := container(t, containerSetup)
	before := inside(t, pid, world)
	f := foreignAt(t, pid)
	for range 3 { // one after the other, without a pause
		lab := routed(t, Options{Server: f})
		for _, v6 := range []bool{false, true} {
			if took, err := firstPacket(lab, v6); err != nil || took > patience/2 {
				t.Errorf("first packet (v6 %v): %v, %v", v6, took, err)
			}
		}
		if err := lab.Load(firewall.Profile{Name: "x", Default: firewall.Accept}); err != nil {
			t.Error(err)
		}
		if during := inside(t, pid, "ip -o addr; ip route"); !strings.Contains(during, "198.51.100.10/24") || !strings.Contains(during, "default via 10.1.2.1") {
			t.Errorf("while the lab is up:\n%s", during)
		}
		if err := lab.Close(); err != nil {
			t.Error(err)
		}
	}
	if after := inside(t, pid, world); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

// TestForeignServer: a server that runs already is seen listening, and its
// packets and connections are counted without the container's own.
func TestForeignServer(t *testing.T) {
	t.Parallel()
	f := foreignAt(t, container(t, containerSetup+``))
	h := routed(t, Options{Server: f}).Host(Server)
	if !h.Attached() || h.Remote() {
		t.Errorf("attached %v, remote %v", h.Attached(), h.Remote())
	}
	l, err := h.Listen(t.Context(), "tcp", "127.0.0.1:9")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	own, err := h.DialContext(t.Context(), "tcp", "127.0.0.1:9")
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	if n, err := h.Connections(); err != nil || n != 0 {
		t.Errorf("%d connections with the lab, %v", n, err)
	}
	if _, err := h.Start(t.Context(), Program{Argv: []string{"true"}}); err == nil {
		t.Error("a program was started in somebody's container")
	}
}

// TestTwoLabsInOneContainer: the second waits, and is refused in words.
func TestTwoLabsInOneContainer(t *testing.T) {
	t.Parallel()
	f := foreignAt(t, container(t, "true"))
	routed(t, Options{Server: f})
	lab, err := Build(soon(t, 200*time.Millisecond), Routed(Options{Server: f}))
	if err == nil {
		lab.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "another lab has one there") {
		t.Errorf("%v", err)
	}
}

// TestStandingNamespace: a program that was started in one lab is reached from
// the next.
func TestStandingNamespace(t *testing.T) {
	t.Parallel()
	needLab(t)
	f, err := NewForeign("kept")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lab := routed(t, Options{Server: f})
	l, err := lab.Host(Server).Listen(t.Context(), "tcp", ":554")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for range 3 {
		closed := firewall.Profile{Name: "closed", Default: firewall.Drop, At: firewall.AtServer}
		if err := errors.Join(lab.Load(closed), lab.Loaded(closed)); err != nil {
			t.Error(err)
		}
		if _, err := lab.Host(Client).DialContext(soon(t, 50*time.Millisecond), "tcp", at(lab.Host(Server), false, 554)); err == nil {
			t.Error("the rules at the server do nothing")
		}
		lab.Close()
		lab = routed(t, Options{Server: f})
		if err := lab.Load(firewall.Profile{Name: "open", Default: firewall.Accept}); err != nil {
			t.Error(err)
		}
		for _, v6 := range []bool{false, true} {
			c, err := lab.Host(Client).DialContext(soon(t, patience), "tcp", at(lab.Host(Server), v6, 554))
			if err != nil {
				t.Fatal(err)
			}
			c.Close()
		}
	}
}

func TestOpenForeign(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]error{"/no/such/file": os.ErrNotExist, "/etc/passwd": ErrNotNetwork, "/proc/self/ns/mnt": ErrNotNetwork, filepath.Dir("/proc/self/ns/net"): ErrNotNetwork} {
		if _, err := OpenForeign(path); !errors.Is(err, want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want %v", path, err, want)
		}
	}
}

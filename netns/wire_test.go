package netns

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// bench is a machine with a network card, and another machine at the other end
// of its cable. They are containers, whose processes can be asked.
type bench struct {
	tester, machine int
	home            *Foreign
}

const cardName = "card0"

func newBench(t *testing.T, machineSetup string) bench {
	t.Helper()
	b := bench{machine: container(t, "sysctl -qw net.ipv6.conf.default.accept_dad=0; ip link set lo up")}
	b.tester = container(t, fmt.Sprintf(`sysctl -qw net.ipv6.conf.default.accept_dad=0
		ip link set lo up
		ip link add %s type veth peer name eth0 netns %d
		ip addr add 10.9.8.7/24 dev %[1]s; ip addr add 2001:db8:9::7/64 dev %[1]s; ip link set %[1]s up
		ip route add 10.77.0.0/16 via 10.9.8.1`, cardName, b.machine))
	inside(t, b.machine, machineSetup)
	b.home = foreignAt(t, b.tester)
	return b
}

const machineSetup = `ip addr add 192.168.7.20/24 dev eth0; ip addr add 2001:db8:7::20/64 dev eth0; ip link set eth0 up; ethtool -K eth0 tx off >/dev/null 2>&1 || :`

var machineAddrs = []netip.Prefix{netip.MustParsePrefix("192.168.7.20/24"), netip.MustParsePrefix("2001:db8:7::20/64")}

// card is what its owner sees of it.
const card = `ip -o addr show dev ` + cardName + ` | tr -s ' ' | cut -d' ' -f2-5 | sort; ip route; ip -6 route; ip -o link show up dev ` + cardName + ` | grep -c LOWER_UP`

// TestMachineBehindACard: a lab reaches a machine that needs no setting but its
// own address, over both families, one lab after the other, and the card comes
// home with all it had.
func TestMachineBehindACard(t *testing.T) {
	t.Parallel()
	b := newBench(t, machineSetup)
	before := inside(t, b.tester, card)
	wire, err := OpenWire(t.Context(), b.home, cardName, machineAddrs...)
	if err != nil {
		t.Fatal(err)
	}
	closing := wire
	defer func() {
		if closing != nil {
			closing.Close()
		}
	}()
	machine := foreignAt(t, b.machine)
	host := &Host{name: "machine", ns: machine.ns}
	for range 3 {
		lab := routed(t, Options{Server: wire})
		server := lab.Host(Server)
		if !server.Attached() || !server.Remote() || server.Addr(false).String() != "192.168.7.20" || server.Addr(true).String() != "2001:db8:7::20" {
			t.Errorf("attached %v, remote %v, addresses %v", server.Attached(), server.Remote(), server.Addrs())
		}
		for _, v6 := range []bool{false, true} {
			a := server.Addr(v6)
			if err := lab.Host(Gateway).Neighbour(soon(t, patience), Server, a); err != nil {
				t.Error(err)
			}
			l, err := host.Listen(t.Context(), "tcp", netip.AddrPortFrom(a, 554).String())
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			c, err := lab.Host(Client).DialContext(soon(t, patience), "tcp", netip.AddrPortFrom(a, 554).String())
			if err != nil {
				t.Fatalf("connecting to %s: %v\n%s", a, err, inside(t, b.machine, "ip addr; ip neigh"))
			}
			if took := time.Since(began); took > time.Second {
				t.Errorf("connecting took %v: an address was answered for late", took)
			}
			if got := netip.MustParseAddrPort(c.LocalAddr().String()).Addr(); got != lab.Host(Client).Addr(v6) {
				t.Errorf("the client came from %s", got)
			}
			c.Close()
			l.Close()
		}
		if n, err := server.Sent(); err != nil || n == 0 {
			t.Errorf("%d packets sent by the machine, %v", n, err)
		}
		if err := lab.Load(firewall.Profile{Name: "closed", Default: firewall.Drop, At: firewall.AtServer}); err == nil {
			t.Error("rules were loaded at a machine of its own")
		}
		lab.Close()
	}
	closing = nil
	if err := wire.Close(); err != nil {
		t.Error(err)
	}
	if after := inside(t, b.tester, card); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

// TestNobodyBehindTheCard: an address that is not there is told as such.
func TestNobodyBehindTheCard(t *testing.T) {
	t.Parallel()
	b := newBench(t, machineSetup)
	wire, err := OpenWire(t.Context(), b.home, cardName, netip.MustParsePrefix("192.168.7.21/24"))
	if err != nil {
		t.Fatal(err)
	}
	defer wire.Close()
	lab := routed(t, Options{Server: wire})
	if err := lab.Host(Gateway).Neighbour(soon(t, 300*time.Millisecond), Server, netip.MustParseAddr("192.168.7.21")); !errors.Is(err, ErrNobody) {
		t.Errorf("%v", err)
	}
}

func TestCardsThatStay(t *testing.T) {
	t.Parallel()
	b := newBench(t, machineSetup)
	inside(t, b.tester, "ip route add default via 10.9.8.1; ip link add br0 type bridge; ip link add p0 type veth peer name p1; ip link set p0 master br0")
	for card, want := range map[string]string{
		"eth9":   "there is no such interface",
		cardName: "it carries the machine's default route",
		"p0":     "it is a port of a bridge",
		"lo":     "loopback",
	} {
		wire, err := OpenWire(t.Context(), b.home, card, machineAddrs...)
		if err == nil {
			wire.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), card) {
			t.Errorf("%s: %v, want %q", card, err, want)
		}
	}
	inside(t, b.machine, "ip link set eth0 down")
	inside(t, b.tester, "ip route del default")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := OpenWire(ctx, b.home, cardName, machineAddrs...); err == nil || !strings.Contains(err.Error(), "no carrier") {
		t.Errorf("with the machine off: %v", err)
	}
	inside(t, b.tester, "ip link show dev "+cardName) // and it is back
	for _, addrs := range []string{"", "192.168.7.20/30", "192.168.7.20/24 192.168.8.20/24", "2001:db8::1/126"} {
		var prefixes []netip.Prefix
		for _, a := range strings.Fields(addrs) {
			prefixes = append(prefixes, netip.MustParsePrefix(a))
		}
		if _, err := OpenWire(t.Context(), b.home, cardName, prefixes...); err == nil {
			t.Errorf("addresses %q: no error", addrs)
		}
	}
}

// TestKilledProcessBringsTheCardBack kills the process outside of the sandbox,
// and then the one inside: PID 1 brings the card back all the same.
func TestKilledProcessBringsTheCardBack(t *testing.T) {
	t.Parallel()
	for _, inner := range []bool{false, true} {
		b := newBench(t, machineSetup)
		before := inside(t, b.tester, card)
		cmd, out := toy(t, "borrower")
		cmd.Env = append(cmd.Env, fmt.Sprintf("NETNS_TOY_HOME=/proc/%d/ns/net", b.tester))
		start(t, cmd)
		out.await(t, "ready ")
		if now := inside(t, b.tester, "ip -o link"); strings.Contains(now, cardName) {
			t.Fatalf("the card is still at home: %s", now)
		}
		victim := cmd.Process.Pid
		if inner {
			victim = innermost(t, victim)
		}
		if err := unix.Kill(victim, unix.SIGKILL); err != nil {
			t.Fatal(err)
		}
		waitUntil(t, "the card to be back", func() bool {
			text, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/dev", b.tester))
			return err == nil && strings.Contains(string(text), cardName)
		})
		waitUntil(t, "the card to be as it was", func() bool { return inside(t, b.tester, card) == before })
	}
}

// innermost follows a process to its last descendant.
func innermost(t *testing.T, pid int) int {
	t.Helper()
	for {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", pid))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Sscan(string(text), &pid); err != nil {
			return pid
		}
	}
}

func TestNeighbours(t *testing.T) {
	t.Parallel()
	for machine, want := range map[string]string{
		"192.168.7.20/24":   "192.168.7.254 192.168.7.253",
		"192.168.7.254/24":  "192.168.7.253 192.168.7.252",
		"10.0.0.1/29":       "10.0.0.6 10.0.0.5",
		"10.0.0.5/29":       "10.0.0.6 10.0.0.4",
		"10.1.2.3/9":        "10.127.255.254 10.127.255.253",
		"2001:db8:7::20/64": "2001:db8:7:0:ffff:ffff:ffff:ffff 2001:db8:7:0:ffff:ffff:ffff:fffe",
	} {
		gateway, client := neighbours(netip.MustParsePrefix(machine))
		if got := gateway.String() + " " + client.String(); got != want {
			t.Errorf("%s: %s, want %s", machine, got, want)
		}
	}
}

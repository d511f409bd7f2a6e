package netns

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// families names the two for subtests.
var families = []struct {
	name string
	v6   bool
}{{"ipv4", false}, {"ipv6", true}}

// patience bounds what a test waits for; nothing should take a part of it.
const patience = 20 * time.Second

// routed is a routed lab for the length of the test.
func routed(t testing.TB, o Options) *Lab {
	t.Helper()
	needLab(t)
	lab, err := Build(t.Context(), Routed(o))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := lab.Close(); err != nil {
			t.Errorf("closing the lab: %v", err)
		}
	})
	return lab
}

func needLab(t testing.TB) { t.Helper(); NeedLab(t) }

// at is an address of a host with a port.
func at(h *Host, v6 bool, port int) string {
	return net.JoinHostPort(h.Addr(v6).String(), strconv.Itoa(port))
}

// soon is a context for one step of a test.
func soon(t testing.TB, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// TestFirstPacketPasses builds many labs and sends one datagram and one SYN of
// each family across, the moment each stands. Every one of the traps in
// performance.md 1.4 shows up here as a stall of one second or more. How late
// the machine itself was meanwhile does not count.
func TestFirstPacketPasses(t *testing.T) {
	needLab(t)
	late := watchLateness(t)
	labs := 500
	if testing.Short() {
		labs = 50
	}
	const limit = 100 * time.Millisecond
	for n := range labs {
		lab, err := Build(t.Context(), Routed(Options{}))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range families {
			late()
			took, err := firstPacket(lab, f.v6)
			if err != nil {
				t.Fatalf("lab %d, %s: %v", n, f.name, err)
			}
			if took > limit && took-late() > limit {
				t.Errorf("lab %d, %s: the first packet took %v, more than %v", n, f.name, took, limit)
			}
		}
		if err := lab.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// watchLateness looks at the clock all the time; late waits for the next look
// and tells by how much the latest one since it was last asked came too late.
func watchLateness(t *testing.T) (late func() time.Duration) {
	const tick = time.Millisecond
	asked, answer := make(chan struct{}), make(chan time.Duration)
	go func() {
		var worst time.Duration
		for {
			due := time.Now().Add(tick)
			select {
			case <-time.After(tick):
				worst = max(worst, time.Since(due))
			case <-t.Context().Done():
				return
			}
			select {
			case <-asked:
				answer <- worst
				worst = 0
			default:
			}
		}
	}()
	return func() time.Duration { asked <- struct{}{}; return <-answer }
}

// firstPacket sends one datagram from client to server and says how long it
// was on its way.
func firstPacket(lab *Lab, v6 bool) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	server, err := lab.Host(Server).ListenPacket(ctx, "udp", at(lab.Host(Server), v6, 5004))
	if err != nil {
		return 0, err
	}
	defer server.Close()
	client, err := lab.Host(Client).DialContext(ctx, "udp", server.LocalAddr().String())
	if err != nil {
		return 0, err
	}
	defer client.Close()
	deadline, _ := ctx.Deadline()
	start := time.Now()
	_, err = client.Write([]byte("first"))
	if err := errors.Join(err, server.SetReadDeadline(deadline)); err != nil {
		return 0, err
	}
	_, _, err = server.ReadFrom(make([]byte, 8))
	return time.Since(start), err
}

func TestTCPAcrossTheGateway(t *testing.T) {
	t.Parallel()
	lab := routed(t, Options{})
	for _, f := range families {
		t.Run(f.name, func(t *testing.T) {
			l, err := lab.Host(Server).Listen(t.Context(), "tcp", at(lab.Host(Server), f.v6, 554))
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			var wg sync.WaitGroup
			defer wg.Wait()
			wg.Go(func() {
				if c, err := l.Accept(); err == nil {
					c.Write([]byte(c.RemoteAddr().String()))
					c.Close()
				}
			})
			c, err := lab.Host(Client).DialContext(soon(t, patience), "tcp", l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			buf := make([]byte, 64)
			n, err := c.Read(buf)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(buf[:n]); got != c.LocalAddr().String() {
				t.Errorf("the server saw %s, the client is %s", got, c.LocalAddr())
			}
			if from := netip.MustParseAddrPort(c.LocalAddr().String()).Addr(); from != lab.Host(Client).Addr(f.v6) {
				t.Errorf("the client came from %s, not from %s", from, lab.Host(Client).Addr(f.v6))
			}
		})
	}
}

func TestRefusedAndUnreachable(t *testing.T) {
	t.Parallel()
	lab := routed(t, Options{})
	for _, f := range families {
		_, err := lab.Host(Client).DialContext(soon(t, patience), "tcp", at(lab.Host(Server), f.v6, 555))
		if !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("%s, a closed port: %v, want connection refused", f.name, err)
		}
		var op *net.OpError
		if !errors.As(err, &op) || op.Op != "dial" || op.Addr == nil {
			t.Errorf("%s: %#v is no dial error with an address", f.name, err)
		}
	}
	_, err := lab.Host(Gateway).DialContext(soon(t, patience), "tcp", "203.0.113.1:554")
	if !errors.Is(err, syscall.ENETUNREACH) {
		t.Errorf("no route: %v, want network unreachable", err)
	}
}

// TestBlockedConnectsHoldNothing lets many connects run into a dropping
// gateway and asks whether they hold threads or delay another lab.
func TestBlockedConnectsHoldNothing(t *testing.T) {
	lab, other := routed(t, Options{}), routed(t, Options{})
	if err := lab.Host(Gateway).Load(firewall.Profile{Default: firewall.Drop}); err != nil {
		t.Fatal(err)
	}
	before := threads(t)
	ctx, cancel := context.WithCancel(t.Context())
	const blocked = 200
	errs := make(chan error, blocked)
	for range blocked {
		go func() {
			c, err := lab.Host(Client).DialContext(ctx, "tcp", at(lab.Host(Server), false, 554))
			if err == nil {
				c.Close()
			}
			errs <- err
		}()
	}
	waitUntil(t, "the connects to be under way", func() bool { return synSent(t, lab.Host(Client)) >= blocked })
	if grown := threads(t) - before; grown > blocked/4 {
		t.Errorf("%d blocked connects hold %d threads", blocked, grown)
	}
	if took, err := firstPacket(other, false); err != nil || took > time.Second {
		t.Errorf("meanwhile in another lab: %v after %v", err, took)
	}
	cancel()
	for range blocked {
		if err := <-errs; !errors.Is(err, context.Canceled) {
			t.Fatalf("a cancelled connect: %v, want context canceled", err)
		}
	}
}

func TestConnectTimesOut(t *testing.T) {
	t.Parallel()
	lab := routed(t, Options{})
	if err := lab.Host(Gateway).Load(firewall.Profile{Default: firewall.Drop}); err != nil {
		t.Fatal(err)
	}
	_, err := lab.Host(Client).DialContext(soon(t, 50*time.Millisecond), "tcp", at(lab.Host(Server), true, 554))
	var timeout net.Error
	if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("a dropped connect: %v, want a deadline that is a time-out", err)
	}
}

// threads is how many the process has.
func threads(t *testing.T) int {
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	return len(tasks)
}

// synSent is how many connects of a host are waiting for an answer.
func synSent(t *testing.T, h *Host) (n int) {
	err := h.Do(func() error {
		text, err := os.ReadFile("/proc/thread-self/net/tcp")
		for line := range strings.Lines(string(text)) {
			if f := strings.Fields(line); len(f) > 3 && f[3] == "02" {
				n++
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func waitUntil(t *testing.T, what string, done func() bool) {
	t.Helper()
	ctx := soon(t, patience)
	for !done() {
		if err := pause(ctx, time.Millisecond); err != nil {
			t.Fatalf("waiting for %s: %v", what, err)
		}
	}
}

func TestSocketsOutliveTheLab(t *testing.T) {
	t.Parallel()
	lab := routed(t, Options{})
	client, server := lab.Host(Client), lab.Host(Server)
	to, err := server.ListenPacket(t.Context(), "udp", at(server, false, 5004))
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	from, err := client.DialContext(t.Context(), "udp", to.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	for range 2 {
		if err := lab.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	}
	if err := client.Do(func() error { return nil }); !errors.Is(err, ErrClosed) {
		t.Errorf("Do in a closed lab: %v, want ErrClosed", err)
	}
	if _, err := client.Listen(t.Context(), "tcp", ":80"); !errors.Is(err, ErrClosed) {
		t.Errorf("Listen in a closed lab: %v, want ErrClosed", err)
	}
	from.Write([]byte("x"))
	if err := to.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	// The gateway is gone with its descriptor; the socket itself still works.
	if _, err := to.(*net.UDPConn).WriteToUDPAddrPort([]byte("x"), netip.MustParseAddrPort("198.51.100.10:5004")); err != nil {
		t.Errorf("a socket of a closed lab: %v", err)
	}
}

func TestSocketOptions(t *testing.T) {
	t.Parallel()
	lab := routed(t, Options{})
	h := lab.Host(Server)
	p, err := h.ListenPacket(t.Context(), "udp4", at(h, false, 5004))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	l, err := h.Listen(t.Context(), "tcp", ":554")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	option := func(c syscall.Conn, level, name int) (v int) {
		raw, err := c.SyscallConn()
		if err == nil {
			err = errors.Join(raw.Control(func(fd uintptr) { v, err = unix.GetsockoptInt(int(fd), level, name) }), err)
		}
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if v := option(p.(*net.UDPConn), unix.IPPROTO_IP, unix.IP_MTU_DISCOVER); v != unix.IP_PMTUDISC_DONT {
		t.Errorf("IP_MTU_DISCOVER is %d, want don't (%d)", v, unix.IP_PMTUDISC_DONT)
	}
	if v := option(p.(*net.UDPConn), unix.SOL_SOCKET, unix.SO_RCVBUF); v < 212_992 {
		t.Errorf("receive buffer of %d bytes, want at least the kernel's default", v)
	}
	if v := option(l.(*net.TCPListener), unix.SOL_SOCKET, unix.SO_PROTOCOL); v != unix.IPPROTO_TCP {
		t.Errorf("the listener speaks protocol %d, want plain TCP", v)
	}
}

func TestManyLabsAtOnce(t *testing.T) {
	needLab(t)
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			lab, err := Build(t.Context(), Routed(Options{}))
			if err != nil {
				t.Error(err)
				return
			}
			defer lab.Close()
			for _, f := range families {
				if _, err := firstPacket(lab, f.v6); err != nil {
					t.Errorf("%s: %v", f.name, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestDoBringsErrorsAndPanicsBack(t *testing.T) {
	t.Parallel()
	h := routed(t, Options{}).Host(Client)
	want := errors.New("inside")
	if err := h.Do(func() error { return want }); err != want {
		t.Errorf("Do returned %v, want the function's own error", err)
	}
	defer func() {
		if r, _ := recover().(string); !strings.Contains(r, "boom") {
			t.Errorf("recovered %q, want the panic of the function", r)
		}
	}()
	h.Do(func() error { panic("boom") })
}

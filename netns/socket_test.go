package netns

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestLiteralAddressesOnly(t *testing.T) {
	t.Parallel()
	lab := routed(t, Options{})
	h := lab.Host(Client)
	for _, c := range []struct{ network, address, want string }{
		{"tcp", "server:554", "is not literal"},
		{"tcp", "localhost:554", "is not literal"},
		{"tcp", "198.51.100.10", "missing port"},
		{"tcp", "198.51.100.10:rtsp", "invalid port"},
		{"tcp", "198.51.100.10:65536", "invalid port"},
		{"tcp6", "198.51.100.10:554", "not of network tcp6"},
		{"tcp4", "[2001:db8:2::10]:554", "not of network tcp4"},
		{"tcp", "[fe80::1%eth0]:554", "zones are not supported"},
		{"unix", "/tmp/socket", "unknown network unix"},
		{"ip", "198.51.100.10:1", "unknown network ip"},
		{"", "198.51.100.10:1", "unknown network"},
	} {
		if conn, err := h.DialContext(t.Context(), c.network, c.address); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("dialling %s %s: %v, %v, want %q", c.network, c.address, conn, err, c.want)
		}
	}
	if l, err := h.Listen(t.Context(), "tcp", "server:554"); err == nil || !strings.Contains(err.Error(), "is not literal") {
		t.Errorf("listening on a name: %v, %v", l, err)
	}
	if l, err := h.Listen(t.Context(), "udp", ":554"); err == nil {
		t.Errorf("Listen took udp: %v", l)
	}
	if p, err := h.ListenPacket(t.Context(), "tcp", ":554"); err == nil {
		t.Errorf("ListenPacket took tcp: %v", p)
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	h := routed(t, Options{}).Host(Client)
	for name, want := range map[string]string{
		"client":    "192.0.2.10 2001:db8:1::10",
		"gateway":   "192.0.2.1 2001:db8:1::1 198.51.100.1 2001:db8:2::1",
		"server":    "198.51.100.10 2001:db8:2::10",
		"localhost": "127.0.0.1 ::1",
		"192.0.2.7": "192.0.2.7",
		"::7":       "::7",
	} {
		got, err := h.Resolve(t.Context(), name)
		if text := strings.Trim(strings.Join(strings.Fields(joined(got)), " "), " "); err != nil || text != want {
			t.Errorf("%s: %s, %v, want %s", name, text, err, want)
		}
	}
	var notFound *net.DNSError
	if _, err := h.Resolve(t.Context(), "example.com"); err == nil || !asDNS(err, &notFound) || !notFound.IsNotFound {
		t.Errorf("a name from outside: %v, want not found", err)
	}
}

func joined(addrs []netip.Addr) (s string) {
	for _, a := range addrs {
		s += a.String() + " "
	}
	return s
}

func asDNS(err error, target **net.DNSError) (ok bool) {
	*target, ok = err.(*net.DNSError)
	return ok
}

func TestParseSockets(t *testing.T) {
	t.Parallel()
	const head = "  sl  local_address                         remote_address                        st tx_queue\n"
	for _, c := range []struct {
		name, text, waits string
		want              []string
	}{
		{"listening", head + "   0: 0A0200C0:022A 00000000:0000 0A 0:0\n", "0A", []string{"192.0.2.10:554"}},
		{"connected", head + "   0: 0A0200C0:022A 0A0200C0:9999 01 0:0\n", "0A", nil},
		{"all of IPv6", head + "   1: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A\n", "0A", []string{"[::]:80"}},
		{"one of IPv6", head + "   1: B80D0120000002000000000010000000:138C 00000000000000000000000000000000:0000 07\n", "07", []string{"[2001:db8:2::10]:5004"}},
		{"none", head, "0A", nil},
		{"nothing", "", "0A", nil},
		{"a short line", head + "   0: x\n", "0A", nil},
	} {
		found, err := parseSockets([]byte(c.text), "tcp", c.waits)
		var got []string
		for _, l := range found {
			got = append(got, netip.AddrPortFrom(l.Addr, l.Port).String())
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, %v, want %v", c.name, got, err, c.want)
		}
	}
	for _, bad := range []string{"zz:022A", "0A0200:022A", "0A0200C0:10000", "0A0200C0", ""} {
		if a, err := parseEndpoint(bad); err == nil {
			t.Errorf("%q was read as %s", bad, a)
		}
	}
}

func TestListening(t *testing.T) {
	t.Parallel()
	h := routed(t, Options{}).Host(Server)
	before, err := h.Listening()
	if err != nil || len(before) > 0 {
		t.Fatalf("in a fresh host: %v, %v", before, err)
	}
	l, err := h.Listen(t.Context(), "tcp", at(h, true, 554))
	if err != nil {
		t.Fatal(err)
	}
	p, err := h.ListenPacket(t.Context(), "udp", at(h, false, 5004))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.WaitListening(soon(t, patience), []string{"tcp/554", "udp/5004"}); err != nil {
		t.Error(err)
	}
	l.Close()
	p.Close()
	if after, err := h.Listening(); err != nil || len(after) > 0 {
		t.Errorf("after closing: %v, %v", after, err)
	}
}

// TestWaitListeningWantsWhatTheLabReaches: a program that listens elsewhere, or
// for its own host only, is not ready, and the error tells where it listens.
func TestWaitListeningWantsWhatTheLabReaches(t *testing.T) {
	t.Parallel()
	h := routed(t, Options{}).Host(Server)
	for _, address := range []string{"127.0.0.1:554", ":8554"} {
		l, err := h.Listen(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
	}
	err := h.WaitListening(soon(t, 50*time.Millisecond), []string{"tcp/554", "tcp/8554"})
	var deaf *NotListening
	if !errors.As(err, &deaf) || !errors.Is(err, context.DeadlineExceeded) || len(deaf.Missing) != 1 || deaf.Missing[0] != "tcp/554" ||
		deaf.Instead() != "; what listens is tcp/554 at 127.0.0.1, tcp/8554" {
		t.Errorf("%v", err)
	}
}

// TestUDPErrors fills a receive buffer that nobody empties, over each family.
func TestUDPErrors(t *testing.T) {
	t.Parallel()
	for _, f := range families {
		h := routed(t, Options{}).Host(Server)
		if n, err := h.UDPErrors(); err != nil || n != 0 {
			t.Errorf("%s: in a fresh host: %d, %v", f.name, n, err)
		}
		to, err := h.ListenPacket(t.Context(), "udp", at(h, f.v6, 5004))
		if err != nil {
			t.Fatal(err)
		}
		defer to.Close()
		if err := to.(*net.UDPConn).SetReadBuffer(1); err != nil {
			t.Fatal(err)
		}
		from, err := h.DialContext(t.Context(), "udp", to.LocalAddr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer from.Close()
		for range 20 {
			from.Write(make([]byte, 1000))
		}
		if n, err := h.UDPErrors(); err != nil || n < 10 {
			t.Errorf("%s: %d counted of 20 datagrams into a full buffer, %v", f.name, n, err)
		}
	}
}

func TestParseCounters(t *testing.T) {
	t.Parallel()
	const snmp = "Tcp: RcvbufErrors\nTcp: 9\nUdp: InDatagrams RcvbufErrors SndbufErrors\nUdp: 5 7 1\n"
	if n, ok := parseSNMP(snmp, "Udp:", "RcvbufErrors"); n != 7 || !ok {
		t.Errorf("snmp: %d, %v", n, ok)
	}
	for _, bad := range []string{"", "Udp: InDatagrams\nUdp: 5\n", "Udp: InDatagrams RcvbufErrors\nUdp: 5\n", "Udp: RcvbufErrors\nUdp: x\n"} {
		if n, ok := parseSNMP(bad, "Udp:", "RcvbufErrors"); ok {
			t.Errorf("%q: read as %d", bad, n)
		}
	}
	if n, ok := parseSNMP6("Udp6InErrors \t1\nUdp6RcvbufErrors                \t3\n", "Udp6RcvbufErrors"); n != 3 || !ok {
		t.Errorf("snmp6: %d, %v", n, ok)
	}
}

func TestHostsFile(t *testing.T) {
	t.Parallel()
	h := routed(t, Options{}).Host(Gateway)
	want := "127.0.0.1\tlocalhost\n::1\tlocalhost\n" +
		"192.0.2.10\tclient\n2001:db8:1::10\tclient\n" +
		"192.0.2.1\tgateway\n2001:db8:1::1\tgateway\n198.51.100.1\tgateway\n2001:db8:2::1\tgateway\n" +
		"198.51.100.10\tserver\n2001:db8:2::10\tserver\n"
	if got := string(hostsFile(h.table)); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

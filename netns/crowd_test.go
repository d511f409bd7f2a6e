package netns

import (
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// Each of several clients reaches the server over both families, from an
// address of its own that the server answers.
func TestSeveralClients(t *testing.T) {
	t.Parallel()
	const clients = 100
	lab := routed(t, Options{Clients: clients})
	hosts := lab.Clients()
	if len(hosts) != clients {
		t.Fatalf("%d client hosts, want %d", len(hosts), clients)
	}
	for _, f := range families {
		server, err := lab.Host(Server).ListenPacket(t.Context(), "udp", at(lab.Host(Server), f.v6, 5004))
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		var wait sync.WaitGroup
		for n, h := range hosts {
			wait.Go(func() { echo(t, h, n+1, f.v6, server.LocalAddr().String()) })
		}
		server.SetReadDeadline(time.Now().Add(patience))
		seen := map[netip.Addr]bool{}
		buf := make([]byte, 8)
		for range hosts {
			_, from, err := server.ReadFrom(buf)
			if err != nil {
				t.Fatal(err)
			}
			seen[netip.MustParseAddrPort(from.String()).Addr().Unmap()] = true
			server.WriteTo(buf, from)
		}
		wait.Wait()
		for n, h := range hosts {
			if !seen[h.Addr(f.v6)] {
				t.Errorf("%s: nothing came from client %d (%s)", f.name, n+1, h.Addr(f.v6))
			}
		}
	}
}

func echo(t *testing.T, h *Host, n int, v6 bool, server string) {
	c, err := h.DialContext(t.Context(), "udp", server)
	if err != nil {
		t.Error(err)
		return
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	c.Write([]byte("hello"))
	if _, err := c.Read(make([]byte, 8)); err != nil {
		t.Errorf("client %d got no answer: %v", n, err)
	}
}

// The firewall of the client's host stands on each of them, its counters are
// summed, and the switch between has none.
func TestFirewallOnEachClient(t *testing.T) {
	t.Parallel()
	lab := routed(t, Options{Clients: 3})
	p := firewall.Profile{Name: "silent", At: firewall.AtClient, Rules: []firewall.Rule{
		{Name: "no media asked for", Action: firewall.Drop, From: firewall.Client, Proto: firewall.UDP, DPort: firewall.Ports{{Lo: 5004, Hi: 5004}}}}}
	if err := lab.Load(p); err != nil {
		t.Fatal(err)
	}
	if err := lab.Loaded(p); err != nil {
		t.Fatal(err)
	}
	if rules, err := lab.Host(Client).kernelRules(); err != nil || len(rules) > 0 {
		t.Errorf("the switch has %d rules (%v)", len(rules), err)
	}
	for _, h := range lab.Clients() {
		c, err := h.DialContext(t.Context(), "udp", at(lab.Host(Server), false, 5004))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.Write([]byte("lost"))
	}
	counters, err := lab.Counters(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range counters {
		if c.Name == "no media asked for" && c.Packets != 3 {
			t.Errorf("%d packets counted, want one of each client", c.Packets)
		}
	}
}

// One client is the host at the gateway's link, as it always was.
func TestOneClient(t *testing.T) {
	t.Parallel()
	lab := routed(t, Options{Clients: 1})
	if hosts := lab.Clients(); len(hosts) != 1 || hosts[0] != lab.Host(Client) {
		t.Errorf("%d client hosts", len(hosts))
	}
}

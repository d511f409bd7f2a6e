package netns

import (
	"context"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// stream is a UDP socket at each end, the client's bound to a port.
type stream struct {
	t              testing.TB
	client, server *end
}

func openStream(t testing.TB, lab *Lab, v6 bool, clientPort, serverPort uint16) *stream {
	t.Helper()
	p := path{lab: lab, v6: v6, profile: firewall.Profile{NAT: firewall.Masquerade}}
	server, err := p.socket(lab.Host(Server), serverPort, lab.Host(Client), clientPort)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	client, err := p.socket(lab.Host(Client), clientPort, lab.Host(Server), serverPort)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return &stream{t: t, client: client, server: server}
}

// toClient sends datagrams from the server and returns the numbers that
// arrive.
func (s *stream) toClient(count, size int) []int {
	s.t.Helper()
	for n := range count {
		data := make([]byte, size)
		copy(data, strconv.Itoa(n))
		if _, err := s.server.WriteToUDP(data, s.server.peer); err != nil {
			s.t.Fatal(err)
		}
	}
	var arrived []int
	buf := make([]byte, 65536)
	for len(arrived) < count {
		s.client.within(300 * time.Millisecond)
		n, err := s.client.Read(buf)
		if err != nil {
			return arrived
		}
		digits := 0
		for digits < n && buf[digits] >= '0' && buf[digits] <= '9' {
			digits++
		}
		number, err := strconv.Atoi(string(buf[:digits]))
		if err != nil || n != size {
			s.t.Errorf("datagram of %d bytes, want %d: %v", n, size, err)
		}
		arrived = append(arrived, number)
	}
	return arrived
}

func packets(t testing.TB, lab *Lab, name string) uint64 {
	t.Helper()
	counters, err := lab.Counters(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range counters {
		if c.Name == name {
			return c.Packets
		}
	}
	t.Fatalf("no counter %q in %v", name, counters)
	return 0
}

// Loss is counted, not random: two runs lose the same datagrams.
func TestEveryNthIsEveryNth(t *testing.T) {
	needLab(t)
	for _, v6 := range []bool{false, true} {
		lab := routed(t, Options{})
		p := firewall.Profile{Name: "lossy", Rules: []firewall.Rule{
			{Name: "loss", Action: firewall.Drop, From: firewall.Server, Proto: firewall.UDP, DPort: firewall.Ports{{Lo: 2000, Hi: 2000}}, Every: 3},
		}}
		if err := lab.Load(p); err != nil {
			t.Fatal(err)
		}
		openStream(t, lab, v6, 2001, 5005).toClient(4, 50) // not met by the rule, not counted
		got := openStream(t, lab, v6, 2000, 5004).toClient(30, 100)
		want := 0
		for _, n := range got {
			if want%3 == 2 {
				want++
			}
			if n != want {
				t.Fatalf("ipv6 %v: datagrams %v arrived, want all but each third", v6, got)
			}
			want++
		}
		if lost := packets(t, lab, "loss"); len(got) != 20 || lost != 10 {
			t.Errorf("ipv6 %v: %d of 30 arrived, the rule counts %d, want 20 and 10", v6, len(got), lost)
		}
	}
}

func TestFragmentsAreDroppedBeforeReassembly(t *testing.T) {
	needLab(t)
	port := firewall.Ports{{Lo: 5004, Hi: 5004}}
	dropped := firewall.Rule{Name: "fragments", Action: firewall.Drop, From: firewall.Server, Proto: firewall.UDP, Fragments: true}
	byPort := firewall.Rule{Name: "media", Action: firewall.Accept, From: firewall.Server, Proto: firewall.UDP, SPort: port}
	const large, small = 4000, 1000
	for _, c := range []struct {
		name    string
		profile firewall.Profile
		arrive  bool // large ones; small ones always do
	}{
		{"open", firewall.Profile{}, true},
		{"dropped", firewall.Profile{Rules: []firewall.Rule{dropped}}, false},
		{"dropped at the client", firewall.Profile{At: firewall.AtClient, Rules: []firewall.Rule{dropped}}, false},
		{"dropped though stateful", firewall.Profile{Stateful: true, Rules: []firewall.Rule{dropped}}, false},
		{"passed by port", firewall.Profile{Default: firewall.Drop, Rules: []firewall.Rule{byPort}}, true},
		{"passed by port at the client", firewall.Profile{At: firewall.AtClient, Default: firewall.Drop, Rules: []firewall.Rule{byPort}}, true},
	} {
		for _, v6 := range []bool{false, true} {
			lab := routed(t, Options{})
			if err := lab.Load(c.profile); err != nil {
				t.Fatal(err)
			}
			s := openStream(t, lab, v6, 2000, 5004)
			if got := s.toClient(2, small); len(got) != 2 {
				t.Errorf("%s, ipv6 %v: %d small datagrams of 2 arrived", c.name, v6, len(got))
			}
			flow := firewall.Flow{From: firewall.Server, Proto: firewall.UDP, SPort: 5004, DPort: 2000, Fragment: true}
			if fate := c.profile.Fate(flow).Action; (fate == firewall.Accept) != c.arrive {
				t.Errorf("%s: the model says %s", c.name, fate)
			}
			if got := s.toClient(2, large); (len(got) == 2) != c.arrive || len(got) == 1 {
				t.Errorf("%s, ipv6 %v: %d large datagrams of 2 arrived", c.name, v6, len(got))
			}
		}
	}
}

// What port the server sees for each of the client's.
func TestPortsThroughNAT(t *testing.T) {
	needLab(t)
	for _, nat := range []firewall.NAT{firewall.NoNAT, firewall.Masquerade, firewall.Renumber} {
		for _, v6 := range []bool{false, true} {
			lab := routed(t, Options{})
			if err := lab.Load(firewall.Profile{NAT: nat}); err != nil {
				t.Fatal(err)
			}
			for _, port := range []uint16{1024, 5000, 40000, 56000, 60999, 61000, 65535} {
				s := openStream(t, lab, v6, port, 5004)
				if err := s.client.send("hello"); err != nil {
					t.Fatal(err)
				}
				s.server.within(5 * time.Second)
				if got := s.server.await("hello"); got != delivered {
					t.Fatalf("nat %s: port %d: %s", nat, port, got)
				}
				checkTranslation(t, lab, nat, v6, port, s.server.peer)
				if got := s.toClient(3, 100); len(got) != 3 {
					t.Errorf("nat %s: %d answers of 3 came back to port %d", nat, len(got), port)
				}
				s.server.Close()
			}
		}
	}
}

func checkTranslation(t *testing.T, lab *Lab, nat firewall.NAT, v6 bool, port uint16, seen *net.UDPAddr) {
	t.Helper()
	ownAddr := seen.AddrPort().Addr().Unmap() == lab.Host(Client).Addr(v6)
	if ownAddr != (nat == firewall.NoNAT) {
		t.Errorf("nat %s: the server sees %v", nat, seen)
	}
	if samePort := seen.Port == int(port); samePort != (nat != firewall.Renumber) {
		t.Errorf("nat %s: the server sees port %d for %d", nat, seen.Port, port)
	}
}

// A conversation that runs meets the new profile from the next packet on, and
// the old one again when it comes back.
func TestChangeInMidPlay(t *testing.T) {
	needLab(t)
	open := firewall.Profile{Name: "open"}
	for _, closed := range []firewall.Profile{
		{Name: "closed", Default: firewall.Drop},
		{Name: "no data", Rules: []firewall.Rule{{Name: "no data", Action: firewall.Drop, From: firewall.Server}}},
		{Name: "host", At: firewall.AtClient, Default: firewall.Drop},
	} {
		lab := routed(t, Options{})
		near, far := connection(t, lab)
		s := openStream(t, lab, false, 2000, 5004)
		for _, p := range []firewall.Profile{open, closed, open} {
			if err := lab.Load(p); err != nil {
				t.Fatal(err)
			}
			passes := p.Name == open.Name
			if got := s.toClient(3, 100); (len(got) == 3) != passes || !passes && len(got) > 0 {
				t.Errorf("after loading %s: %d datagrams of 3", p.Name, len(got))
			}
			if _, err := far.Write([]byte(p.Name)); err != nil {
				t.Fatal(err)
			}
			if !passes {
				near.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
				if n, err := near.Read(make([]byte, 16)); err == nil {
					t.Errorf("after loading %s: %d bytes over TCP", p.Name, n)
				}
				continue
			}
			if got := s.t.Failed(); got {
				return
			}
			near.SetReadDeadline(time.Now().Add(10 * time.Second))
			if _, err := near.Read(make([]byte, 64)); err != nil {
				t.Errorf("after loading %s: over TCP: %v", p.Name, err)
			}
		}
	}
}

// connection is one that stands across the lab: the client's end, the
// server's.
func connection(t *testing.T, lab *Lab) (near, far net.Conn) {
	t.Helper()
	to := at(lab.Host(Server), false, 554)
	l, err := lab.Host(Server).Listen(t.Context(), "tcp", to)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	near, err = lab.Host(Client).DialContext(soon(t, 5*time.Second), "tcp", to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { near.Close() })
	far, err = l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { far.Close() })
	return near, far
}

// No packet meets a mixture of two profiles, or none: with the same port open
// in both, nothing is lost while they replace each other.
func TestReplacementIsAtomic(t *testing.T) {
	needLab(t)
	lab := routed(t, Options{})
	port := firewall.Ports{{Lo: 2000, Hi: 2000}}
	media := firewall.Rule{Name: "media", Action: firewall.Accept, From: firewall.Server, Proto: firewall.UDP, DPort: port}
	one := firewall.Profile{Name: "one", Default: firewall.Drop, Rules: []firewall.Rule{media}}
	two := manyRules(40)
	two.Rules = append(two.Rules, media)
	s := openStream(t, lab, false, 2000, 5004)
	if err := lab.Load(one); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	sent, arrived := make(chan int, 1), make(chan int, 1)
	go func() {
		n := 0
		for ; ctx.Err() == nil; n++ {
			s.server.WriteToUDP([]byte("media"), s.server.peer)
			time.Sleep(200 * time.Microsecond) // the pace of the sender
		}
		sent <- n
	}()
	s.client.within(time.Minute)
	go func() {
		n := 0
		for ; s.client.await("media") == delivered; n++ {
		}
		arrived <- n
	}()
	for range 20 {
		for _, p := range []firewall.Profile{two, one} {
			if err := lab.Load(p); err != nil {
				t.Error(err)
			}
		}
	}
	stop()
	count := <-sent
	s.client.within(300 * time.Millisecond) // for what is still on its way
	if got := <-arrived; got != count || count < 100 {
		t.Errorf("%d datagrams of %d arrived while profiles changed", got, count)
	}
}

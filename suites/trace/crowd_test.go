package trace

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/rollover-conformance/rollover/fixtures/mms"
	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// many is a film of several clients.
type many struct {
	*film
	clients []*member
}

// member is one of several clients, with what it names for itself.
type member struct {
	*tcp
	rtx, port uint16
	ssrc      uint32 // of its media
	seq       uint16
}

func memberAddr(n int) netip.Addr { return netip.AddrFrom4([4]byte{198, 18, byte(n), 10}) }

// newMany is a film of n clients that nobody has dialled yet.
func newMany(t *testing.T, n int) *many {
	m := &many{film: newFilm(t)}
	for i := range n {
		m.clients = append(m.clients, &member{rtx: uint16(2000 + 4*i), port: uint16(2002 + 4*i), ssrc: 0x5000 + uint32(i)})
	}
	return m
}

func (m *many) setup() rollover.Setup {
	s := testSetup()
	for i := range m.clients {
		s.Clients = append(s.Clients, rollover.HostSetup{Name: fmt.Sprintf("client-%d", i+1), Addrs: []netip.Addr{memberAddr(i + 1)}})
	}
	s.Client = s.Clients[0]
	return s
}

func (m *many) scenario() rollover.Scenario {
	s := testScenario()
	s.Client.Count = len(m.clients)
	return s
}

// as lets the ith client, counted from 1, act.
func (m *many) as(i int) *member {
	m.client = memberAddr(i)
	return m.clients[i-1]
}

func (m *many) dial(i int, port uint16) *member {
	c := m.as(i)
	c.tcp = m.film.dial(port)
	return c
}

// open brings a client as far as PLAY, over UDP.
func (m *many) open(i int) {
	c := m.dial(i, 554)
	c.describe()
	c.setup("rtx", udpSpec(int(c.rtx)), 200, udpGrant(int(c.rtx), 0x9000+uint32(i)))
	c.answer(c.askPair(), 200, nil)
	m.pairs(5004, c.rtx, 0x9000+uint32(i), both)
	c.setup("audio", udpSpec(int(c.port)), 200, udpGrant(int(c.port), c.ssrc))
	c.play()
	c.logs()
}

// openTCP brings a client as far as PLAY, over TCP.
func (m *many) openTCP(i int) {
	c := m.dial(i, 554)
	c.describe()
	c.setup("audio", tcpSpec, 200, fmt.Sprintf("RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=%08x;mode=PLAY", c.ssrc))
	c.play()
	c.logs()
}

// packet is the kth of the clip, of the client's own session.
func (c *member) packet(k int) []byte {
	p := rtsp.Packetizer{SSRC: c.ssrc, PayloadType: 96, Sequence: c.seq}
	c.seq++
	return p.Packets(testClip.Packet(k), k, testClip.SendTime(k))[0]
}

// send shows the ith client's media where it should go.
func (m *many) send(i, k int) {
	c := m.as(i)
	m.datagram(true, 5004, c.port, c.packet(k), both)
}

// finish ends every client's session.
func (m *many) finish() {
	for i := range m.clients {
		c := m.as(i + 1)
		c.endOfStream()
		c.teardown()
		c.close()
	}
	m.wait(2 * time.Second)
	m.trailer()
}

func (m *many) read() rollover.Trace { return m.film.read(m.scenario(), m.setup()) }

// convicted judges the trace and says whom the verdict names, with the
// requirement.
func (m *many) convicted(seen rollover.Trace, predicted string) (rollover.Verdict, []string) {
	p, err := rollover.ParseSequences(predicted)
	if err != nil {
		m.t.Fatal(err)
	}
	all := p
	for range m.clients {
		all.Clients = append(all.Clients, p)
	}
	setup := m.setup()
	setup.Timing = rollover.Brisk
	setup.Exits = []rollover.Exit{{Party: rollover.PartyServer, Ready: true, Code: -1, Ended: time.Hour}}
	for i := range m.clients {
		setup.Exits = append(setup.Exits, rollover.Exit{Party: rollover.PartyClient, Client: i + 1, Ready: true, ByItself: true, Ended: time.Hour})
	}
	v := rollover.Judge(rollover.Case{Scenario: m.scenario(), Prediction: all, Trace: seen, Setup: setup})
	var out []string
	for _, f := range v.Findings {
		if word := fmt.Sprintf("%d %s %s", f.Client, f.Party, f.Requirement); !f.Note && !slices.Contains(out, word) {
			out = append(out, word)
		}
	}
	slices.Sort(out)
	return v, out
}

// sees asks a client's part of the trace for a fact.
func sees(t rollover.Trace, n int, kind rollover.FactKind) (rollover.Fact, bool) {
	facts := t.Of(n).Facts
	i := slices.IndexFunc(facts, func(f rollover.Fact) bool { return f.Kind == kind })
	if i < 0 {
		return rollover.Fact{}, false
	}
	return facts[i], true
}

func TestSeveralClientsPlay(t *testing.T) {
	t.Parallel()
	m := newMany(t, 20)
	for i := range m.clients {
		m.open(i + 1)
	}
	for k := range testClip.Packets() {
		for i := range m.clients {
			m.send(i+1, k)
		}
		m.wait(40 * time.Millisecond)
	}
	m.finish()
	seen := m.read()
	if len(seen.Clients) != 20 || !seen.Health.Canary || len(seen.Attempts) != 0 {
		t.Fatalf("%d clients, health %+v, %d attempts of nobody's", len(seen.Clients), seen.Health, len(seen.Attempts))
	}
	frames := 0
	for i, one := range seen.Clients {
		if got := rollover.Observed(one); got != "RTSPU:played" || len(one.Facts) > 0 {
			t.Errorf("client %d: %s, %+v", i+1, got, one.Facts)
		}
		if media := one.Attempts[0].Media; media.ClientSide != testClip.Packets() || media.ServerSide != testClip.Packets() {
			t.Errorf("client %d: %+v", i+1, media)
		}
		frames += one.Health.ClientFrames
	}
	if frames != seen.Health.ClientFrames || frames == 0 {
		t.Errorf("%d frames of clients, %d of all", frames, seen.Health.ClientFrames)
	}
	if v, who := m.convicted(seen, "RTSPU:played"); v.Grade != rollover.Pass {
		t.Errorf("%s: %v", v.Grade, who)
	}
}

// A server that mixes up two of twenty sessions is caught, and the verdict says
// whose they are.
func TestMixedUpSessions(t *testing.T) {
	t.Parallel()
	const a, b = 3, 17 // client a's media goes to client b
	for name, stray := range map[string]func(m *many, packet []byte){
		"to the port that b named": func(m *many, packet []byte) { m.datagram(true, 5004, m.as(b).port, packet, both) },
		"to the port that a named, at b": func(m *many, packet []byte) {
			port := m.as(a).port
			m.as(b)
			m.datagram(true, 5004, port, packet, both)
		},
		"to the port that b named, and to a": func(m *many, packet []byte) {
			m.datagram(true, 5004, m.as(a).port, packet, both)
			m.datagram(true, 5004, m.as(b).port, packet, both)
		},
		"to b's port, and the path stops it": func(m *many, packet []byte) { m.datagram(true, 5004, m.as(b).port, packet, far) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMany(t, 20)
			for i := range m.clients {
				m.open(i + 1)
			}
			for k := range testClip.Packets() {
				for i := range m.clients {
					if i+1 == a && k >= 10 {
						stray(m, m.as(a).packet(k))
						continue
					}
					m.send(i+1, k)
				}
				m.wait(40 * time.Millisecond)
			}
			m.finish()
			seen := m.read()
			f, ok := sees(seen, b, rollover.FactCrossed)
			if !ok || f.Other != a || len(f.Frames) == 0 || f.Attempt != 0 {
				t.Errorf("client %d: %+v", b, seen.Of(b).Facts)
			}
			v, who := m.convicted(seen, "RTSPU:played")
			if v.Grade != rollover.Fail || !slices.Contains(who, fmt.Sprintf("%d server RO-RTSP-102", b)) {
				t.Errorf("%s: %v", v.Grade, who)
			}
			for i, grade := range v.Clients {
				if (grade != rollover.Pass) && i+1 != a && i+1 != b {
					t.Errorf("client %d is a %s: %+v", i+1, grade, v.Findings)
				}
			}
		})
	}
}

// A server that ends another session than the one it was told to.
func TestWrongSessionTornDown(t *testing.T) {
	t.Parallel()
	m := newMany(t, 5)
	for i := range m.clients {
		m.open(i + 1)
	}
	for k := range testClip.Packets() {
		if k == 20 { // client 2 has had enough, and the server ends client 4's
			m.as(2).teardown()
		}
		for i := range m.clients {
			if i+1 != 4 || k < 20 {
				m.send(i+1, k)
			}
		}
		m.wait(40 * time.Millisecond)
	}
	m.finish()
	seen := m.read()
	if _, ok := sees(seen, 4, rollover.FactMediaIncomplete); !ok {
		t.Errorf("client 4, whose session ended: %+v", seen.Of(4).Facts)
	}
	if _, ok := sees(seen, 2, rollover.FactUDPAfterTeardown); !ok {
		t.Errorf("client 2, whose session did not: %+v", seen.Of(2).Facts)
	}
	v, who := m.convicted(seen, "RTSPU:played")
	if want := []string{"2 server RO-RTSP-109", "4 server RO-RTSP-02"}; v.Grade != rollover.Fail || !slices.Equal(who, want) {
		t.Errorf("%s: %v, want %v", v.Grade, who, want)
	}
}

// Over TCP, one client's media on another's connection.
func TestMixedUpConnections(t *testing.T) {
	t.Parallel()
	m := newMany(t, 4)
	for i := range m.clients {
		m.openTCP(i + 1)
	}
	for k := range testClip.Packets() {
		for i := range m.clients {
			packet, on := m.as(i+1).packet(k), i+1
			if on == 2 && k > 5 {
				on = 3
			}
			m.as(on).server(rtsp.AppendFrame(nil, 0, packet))
		}
		m.wait(40 * time.Millisecond)
	}
	m.finish()
	seen := m.read()
	if f, ok := sees(seen, 3, rollover.FactCrossed); !ok || f.Other != 2 {
		t.Errorf("client 3: %+v", seen.Of(3).Facts)
	}
	if v, who := m.convicted(seen, "RTSPT:played"); v.Grade != rollover.Fail || v.Clients[0] != rollover.Pass || v.Clients[1] != rollover.Fail || v.Clients[2] != rollover.Fail {
		t.Errorf("%v: %v", v.Clients, who)
	}
}

// By MMS, to the port of another client's funnel, at an address where nobody
// asked for it.
func TestMixedUpFunnels(t *testing.T) {
	t.Parallel()
	m := newMany(t, 3)
	var peers []*mmsPeers
	for i := range m.clients {
		m.as(i + 1)
		c := m.film.dialMMS()
		c.port = m.clients[i].port
		c.connect()
		c.funnel(mms.UDP)
		c.open()
		c.headerUDP(both)
		c.start()
		peers = append(peers, c)
	}
	for k := range testClip.Packets() {
		for i, c := range peers {
			m.as(i + 1)
			if i == 0 {
				m.as(3) // at whose address the port means nothing
			}
			m.datagram(true, mmsSourceUDP, c.port, c.packet(k), both)
		}
		m.wait(40 * time.Millisecond)
	}
	for i, c := range peers {
		m.as(i + 1)
		c.endOfStream()
		c.say(&mms.Logging{Transport: "UDP"})
		c.goodbye()
	}
	m.wait(2 * time.Second)
	m.trailer()
	seen := m.read()
	if f, ok := sees(seen, 3, rollover.FactCrossed); !ok || f.Other != 1 {
		t.Errorf("client 3: %+v", seen.Of(3).Facts)
	}
	if got := rollover.Final(seen.Of(1)); got != rollover.None {
		t.Errorf("client 1 played %s", got)
	}
	if _, who := m.convicted(seen, "MMSU:played"); !slices.Contains(who, "3 server RO-MMS-102") {
		t.Errorf("%v", who)
	}
}

// A port that serves one client and refuses the next, or leaves it without a
// word.
func TestOnlyTheFirstIsServed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind rollover.FactKind
		want string
		next func(m *many)
	}{
		{rollover.FactDoorShut, "2 server RO-RTSP-01", func(m *many) {
			m.as(2).tcp = m.conn(554)
			m.as(2).flags(false, layers.TCP{SYN: true})
			m.as(2).flags(true, layers.TCP{RST: true, ACK: true})
		}},
		{rollover.FactSecondUnanswered, "2 server RO-ROLL-07", func(m *many) {
			c := m.dial(2, 554)
			c.ask("DESCRIBE", testURL)
			m.wait(500 * time.Millisecond)
		}},
	} {
		m := newMany(t, 2)
		m.open(1)
		c.next(m)
		for k := range testClip.Packets() {
			m.send(1, k)
			m.wait(50 * time.Millisecond)
		}
		one := m.as(1)
		one.endOfStream()
		one.teardown()
		one.close()
		m.wait(2 * time.Second)
		m.trailer()
		seen := m.read()
		if f, ok := sees(seen, 2, c.kind); !ok || f.Other != 1 || f.Attempt != 0 {
			t.Errorf("%s: %s, %+v", c.kind, rollover.Observed(seen.Of(2)), seen.Of(2).Facts)
		}
		if _, who := m.convicted(seen, "RTSPU:played"); !slices.Contains(who, c.want) {
			t.Errorf("%s: %v, want %s", c.kind, who, c.want)
		}
	}
}

// What is sent to a group is for all who want it, and crosses nobody's session.
func TestGroupIsNobodysAlone(t *testing.T) {
	t.Parallel()
	m := newMany(t, 2)
	m.open(1)
	m.open(2)
	group := netip.MustParseAddr("239.1.2.3")
	for k := range testClip.Packets() {
		m.send(1, k)
		packet := m.clients[1].packet(k)
		m.as(2)
		m.datagram(true, 5004, m.clients[1].port, packet, both)
		udp := &layers.UDP{SrcPort: 5004, DstPort: layers.UDPPort(m.clients[1].port)}
		m.shoot(both, true, m.ip(serverAddr, group, layers.IPProtocolUDP, udp, gopacket.Payload(packet)))
		m.wait(50 * time.Millisecond)
	}
	m.finish()
	seen := m.read()
	for n := range m.clients {
		if f, ok := sees(seen, n+1, rollover.FactCrossed); ok {
			t.Errorf("client %d: %+v", n+1, f)
		}
	}
}

// Behind address translation the server's side shows one address; the first
// sequence number, and the port that was named, tell the clients apart.
func TestSeveralClientsBehindNAT(t *testing.T) {
	t.Parallel()
	m := newMany(t, 2)
	for i := range m.clients {
		c := m.dial(i+1, 554)
		c.describe()
		c.setup("rtx", udpSpec(int(c.rtx)), 200, udpGrant(int(c.rtx), 0x9000))
		c.answer(c.askPair(), 200, nil)
	}
	translated(m.film)
	for i := range m.clients {
		for _, p := range rtsp.PacketPair(0x9000, 97, 1, rtsp.PairSizes(false)) {
			udp := &layers.UDP{SrcPort: 5004, DstPort: layers.UDPPort(m.clients[i].rtx)}
			m.shoot(far, true, m.ip(serverAddr, gatewayAddr, layers.IPProtocolUDP, udp, gopacket.Payload(p)))
		}
	}
	m.wait(1100 * time.Millisecond)
	for i := range m.clients {
		m.as(i + 1).teardown()
		m.as(i + 1).close()
	}
	translated(m.film)
	m.trailer()
	seen := m.read()
	for i, one := range seen.Clients {
		if got := rollover.Observed(one); got != "RTSPU:starved" || one.Attempts[0].Pairs.ServerSide == 0 {
			t.Errorf("client %d: %s, %+v", i+1, got, one.Attempts)
		}
		if len(one.Facts) > 0 {
			t.Errorf("client %d: %+v", i+1, one.Facts)
		}
	}
}

// translated gives what was filmed on the server's side the gateway's address in
// the client's place.
func translated(f *film) {
	for n, s := range f.shots {
		if s.point != serverSide || len(s.data) < 34 || s.data[12] != 8 || s.data[13] != 0 {
			continue
		}
		data := slices.Clone(s.data)
		for _, at := range []int{26, 30} {
			if data[at] == 198 && data[at+1] == 18 {
				copy(data[at:], gatewayAddr.AsSlice())
			}
		}
		f.shots[n].data = data
	}
}

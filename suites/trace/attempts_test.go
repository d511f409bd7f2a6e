package trace

import (
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/netns/firewall"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// Every outcome, on every kind of connection, as the two points show it.
func TestAttempts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		play    func(f *film)
		dialect rollover.Dialect
		moniker string
		port    uint16
		profile firewall.Profile
		setup   func(*rollover.Setup)
		want    string
		by      rollover.Party // who decided the first attempt
		status  int
		clean   bool // it shows no fact
	}{
		{name: "nothing", play: func(f *film) {}, want: "none"},
		{name: "udp plays", play: func(f *film) { c := f.dial(554); c.probe(both); c.playUDP() }, want: "RTSPU:played"},
		{name: "udp plays over ipv6", play: func(f *film) { f.v6 = true; c := f.dial(554); c.probe(both); c.playUDP() }, want: "RTSPU:played"},
		{name: "udp starves, tcp plays on the same connection", play: func(f *film) {
			c := f.dial(554)
			c.starveUDP()
			c.playTCP()
		}, want: "RTSPU:starved RTSPT:played"},
		{name: "udp starves, tcp plays on a new connection", play: func(f *film) {
			c := f.dial(554)
			c.starveUDP()
			c.teardown()
			c.close()
			c = f.dial(554)
			c.describe()
			c.playTCP()
		}, want: "RTSPU:starved RTSPT:played"},
		{name: "tcp first", play: func(f *film) {
			c := f.dial(554)
			c.describe()
			c.playTCP()
		}, want: "RTSPT:played"},
		{name: "media starves after PLAY", play: func(f *film) {
			c := f.dial(554)
			c.describe()
			c.setupUDP()
			c.play()
			f.media(0, 40, 5004, mediaPort, far)
			c.teardown()
			c.close()
		}, want: "RTSPU:starved"},
		{name: "461 to udp", play: func(f *film) {
			c := f.dial(554)
			c.describe()
			c.setup("rtx", udpSpec(rtxPort), 461, "")
			c.playTCP()
		}, want: "RTSPU:rejected RTSPT:played", by: rollover.PartyServer, status: 461},
		{name: "461 to everything, then http", play: func(f *film) {
			c := f.dial(554)
			c.describe()
			c.setup("rtx", udpSpec(rtxPort), 461, "")
			c.setup("audio", tcpSpec, 461, "")
			c.close()
			f.playHTTP()
		}, want: "RTSPU:rejected RTSPT:rejected HTTP:played", by: rollover.PartyServer, status: 461},
		{name: "400 to udp", play: func(f *film) {
			c := f.dial(554)
			c.describe()
			c.setup("rtx", udpSpec(rtxPort), 400, "")
			c.playTCP()
		}, want: "RTSPU:broken RTSPT:played", by: rollover.PartyServer, status: 400},
		{name: "453 to DESCRIBE", play: func(f *film) {
			c := f.dial(554)
			c.answer(c.ask("DESCRIBE", testURL), 453, nil)
			c.close()
		}, want: "RTSPU/RTSPT:denied", by: rollover.PartyServer, status: 453},
		{name: "401, retried on the connection", play: func(f *film) {
			c := f.dial(554)
			c.answer(c.ask("DESCRIBE", testURL), 401, nil)
			c.answer(c.ask("DESCRIBE", testURL, "Authorization", "Digest x"), 200, testSDP(), "Content-Type", "application/sdp")
			c.setupRTX()
			c.pair(both)
			c.playUDP()
		}, want: "RTSPU:played"},
		{name: "401, retried on another connection", play: func(f *film) {
			c := f.dial(554)
			c.answer(c.ask("DESCRIBE", testURL), 401, nil)
			c.close()
			c = f.dial(554)
			c.answer(c.ask("DESCRIBE", testURL, "Authorization", "Digest x"), 200, testSDP(), "Content-Type", "application/sdp")
			c.playTCP()
		}, want: "RTSPT:played"},
		{name: "401 and another knock without credentials", play: func(f *film) {
			c := f.dial(554)
			c.answer(c.ask("DESCRIBE", testURL), 401, nil)
			c.close()
			c = f.dial(554)
			c.describe()
			c.playTCP()
		}, want: "RTSPU/RTSPT:denied RTSPT:played", by: rollover.PartyServer, status: 401},
		{name: "redirect followed", play: func(f *film) {
			c := f.dial(554)
			c.answer(c.ask("DESCRIBE", testURL), 302, nil, "Location", testURL+"2")
			c.close()
			c = f.dial(554)
			c.describe()
			c.playTCP()
		}, want: "RTSPT:played"},
		{name: "options knock is no attempt", play: func(f *film) {
			c := f.dial(554)
			c.answer(c.ask("OPTIONS", testURL), 200, nil)
			c.close()
			c = f.dial(554)
			c.describe()
			c.playTCP()
		}, want: "RTSPT:played"},
		{name: "554 dropped", play: func(f *film) { f.knock(554, 3, near); f.playHTTP() },
			want: "RTSPU/RTSPT:blocked HTTP:played", by: rollover.PartyRig},
		{name: "answer to the SYN dropped", play: func(f *film) {
			c := f.knock(554, 1, both)
			c.serverToward = far
			c.flags(true, layers.TCP{SYN: true, ACK: true})
		}, want: "RTSPU/RTSPT:blocked", by: rollover.PartyRig},
		{name: "the server's host drops", play: func(f *film) { f.knock(554, 3, both) },
			want: "RTSPU/RTSPT:blocked", by: rollover.PartyServer},
		{name: "refused by the server", play: func(f *film) { f.knock(554, 1, both).rstServer(); f.playHTTP() },
			want: "RTSPU/RTSPT:refused HTTP:played", by: rollover.PartyServer},
		{name: "refused by the gateway", play: func(f *film) {
			c := f.knock(554, 1, near)
			c.serverToward = near
			c.rstServer()
			f.playHTTP()
		}, want: "RTSPU/RTSPT:refused HTTP:played", by: rollover.PartyRig},
		{name: "reset by the gateway, which only the server heard", play: func(f *film) {
			c := f.dial(554)
			c.clientToward = far
			c.flags(false, layers.TCP{RST: true, ACK: true})
			c.clientToward = both
			c.ask("DESCRIBE", testURL)
			c.rstServer()
		}, want: "RTSPU/RTSPT:broken", by: rollover.PartyRig},
		{name: "the client's host does not take the answer", play: func(f *film) {
			c := f.knock(554, 2, both)
			c.flags(true, layers.TCP{SYN: true, ACK: true})
		}, want: "RTSPU/RTSPT:blocked", by: rollover.PartyRig},
		{name: "media that the client's own host stops", profile: firewall.Profile{At: firewall.AtClient, Rules: []firewall.Rule{
			{Action: firewall.Drop, From: firewall.Server, Proto: firewall.UDP, DPort: firewall.Ports{{Lo: mediaPort, Hi: mediaPort}}}}},
			play: func(f *film) {
				c := f.dial(554)
				c.probe(both)
				c.setupUDP()
				c.play()
				f.media(0, 20, 5004, mediaPort, both)
				c.playTCP()
			}, want: "RTSPU:starved RTSPT:played"},
		{name: "media that answers the client's own datagram", profile: firewall.Profile{At: firewall.AtClient, Default: firewall.Drop, Stateful: true,
			Rules: []firewall.Rule{{Action: firewall.Accept, From: firewall.Client}}},
			play: func(f *film) {
				f.datagram(false, mediaPort, 5004, []byte("punch"), both)
				f.datagram(false, rtxPort, 5004, []byte("punch"), both)
				c := f.dial(554)
				c.probe(both)
				c.playUDP()
			}, want: "RTSPU:played"},
		{name: "credentials taken, and then a refusal", play: func(f *film) {
			c := f.dial(554)
			c.answer(c.ask("DESCRIBE", testURL), 401, nil)
			c.answer(c.ask("DESCRIBE", testURL, "Authorization", "Digest x"), 500, nil)
			c.close()
		}, want: "RTSPU/RTSPT:broken", by: rollover.PartyServer, status: 500},
		{name: "credentials refused", play: func(f *film) {
			c := f.dial(554)
			c.answer(c.ask("DESCRIBE", testURL), 401, nil)
			c.answer(c.ask("DESCRIBE", testURL, "Authorization", "Digest x"), 401, nil)
			c.close()
		}, want: "RTSPU/RTSPT:denied", by: rollover.PartyServer, status: 401},
		{name: "the client's host does not take the refusal", play: func(f *film) {
			c := f.knock(554, 1, both)
			c.rstServer()
			f.wait(time.Second)
			c.cseq--
			c.flags(false, layers.TCP{SYN: true})
			c.rstServer()
		}, want: "RTSPU/RTSPT:blocked", by: rollover.PartyRig},
		{name: "a connection that an ICMP error meets", dialect: "mf", play: func(f *film) {
			c := f.dial(80)
			quoted := f.ip(clientAddr, serverAddr, layers.IPProtocolTCP, &layers.TCP{SrcPort: layers.TCPPort(c.cport), DstPort: 80})[14:]
			icmp := &layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(3, 13)}
			f.shoot(near, true, f.ip(gatewayAddr, clientAddr, layers.IPProtocolICMPv4, icmp, gopacket.Payload(quoted)))
			c.close()
		}, want: "HTTP/HTTPD:broken", by: rollover.PartyRig},
		{name: "the client's host complains of the answer", play: func(f *film) {
			c := f.knock(554, 1, both)
			c.flags(true, layers.TCP{SYN: true, ACK: true})
			quoted := f.ip(serverAddr, clientAddr, layers.IPProtocolTCP, &layers.TCP{SrcPort: 554, DstPort: layers.TCPPort(c.cport)})[14:]
			icmp := &layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(3, 13)}
			f.shoot(both, false, f.ip(clientAddr, serverAddr, layers.IPProtocolICMPv4, icmp, gopacket.Payload(quoted)))
		}, want: "RTSPU/RTSPT:blocked", by: rollover.PartyRig},
		{name: "a first answer that the gateway reset, and another", clean: true, play: func(f *film) {
			c := f.knock(554, 1, both)
			c.serverToward = far
			c.flags(true, layers.TCP{SYN: true, ACK: true})
			c.clientToward = far
			c.flags(false, layers.TCP{RST: true})
			f.wait(time.Second)
			c.clientToward, c.serverToward = both, both
			c.cseq--
			c.sseq += 77777
			c.flags(false, layers.TCP{SYN: true})
			c.flags(true, layers.TCP{SYN: true, ACK: true})
			c.flags(false, layers.TCP{ACK: true})
			c.describe()
			c.playTCP()
		}, want: "RTSPT:played"},
		{name: "the server's reset does not pass, and translation renumbers the next SYN", play: func(f *film) {
			c := f.knock(554, 1, both)
			c.serverToward = far
			c.rstServer()
			c.cseq--
			c.clientToward = near
			c.flags(false, layers.TCP{SYN: true})
			c.cseq--
			c.clientToward = far
			c.cport += 7
			c.flags(false, layers.TCP{SYN: true})
			c.rstServer()
		}, want: "RTSPU/RTSPT:blocked", by: rollover.PartyRig},
		{name: "a default port that the server does not use", setup: func(s *rollover.Setup) { s.Ports[rollover.ServiceRTSP] = 8554 },
			play: func(f *film) { f.knock(554, 1, both).rstServer(); f.playHTTP() },
			want: "RTSPU/RTSPT:refused HTTP:played", by: rollover.PartyServer},
		{name: "nobody at the port of the URL", port: 9000, play: func(f *film) { f.knock(9000, 1, both).rstServer() },
			want: "RTSPU/RTSPT/HTTP:refused", by: rollover.PartyServer},
		{name: "nobody at the port of a URL that names its rung", port: 9000, moniker: "rtspt",
			play: func(f *film) { f.knock(9000, 1, both).rstServer() },
			want: "RTSPU/RTSPT:refused", by: rollover.PartyServer},
		{name: "http spoken to the rtsp port", port: 554, moniker: "http", play: func(f *film) {
			c := f.dial(554)
			c.get("GET", describePragma, player)
			c.finServer()
			c.finClient()
		}, want: "HTTP:broken", by: rollover.PartyServer},
		{name: "rtsp spoken to the http port", clean: true, port: 80, moniker: "rtspu", play: func(f *film) {
			c := f.dial(80)
			c.ask("DESCRIBE", testURL)
			c.server([]byte("HTTP/1.0 400 Bad Request\r\n\r\n"))
			c.finServer()
			c.finClient()
		}, want: "RTSPU/RTSPT:broken", by: rollover.PartyServer},
		{name: "translation ends in mid-play", play: func(f *film) {
			c := f.conn(554)
			c.clientToward, c.serverToward = near, near // behind it, the server meets the gateway's address
			c.flags(false, layers.TCP{SYN: true})
			c.flags(true, layers.TCP{SYN: true, ACK: true})
			c.flags(false, layers.TCP{ACK: true})
			c.describe()
			c.setupTCP()
			c.play()
			c.frames(0, 10, 0)
			c.clientToward, c.serverToward = both, both
			c.ask("TEARDOWN", testURL)
			c.rstServer()
		}, want: "RTSPT:played"},
		{name: "media that comes when the client has gone on to tcp", play: func(f *film) {
			c := f.dial(554)
			c.starveUDP()
			m := c.ask("SETUP", testURL+"/audio", "Transport", tcpSpec)
			f.datagram(true, 5004, rtxPort, f.rtpOf(0), both)
			f.pairs(5004, rtxPort, rtxSSRC, both)
			c.answer(m, 200, nil, "Session", "7741;timeout=10", "Transport", tcpGrant)
			c.play()
			c.frames(0, 40, 0)
			c.finish()
		}, want: "RTSPU:starved RTSPT:played"},
		{name: "mms port refused", play: func(f *film) { f.knock(1755, 1, both).rstServer(); f.playHTTP() },
			want: "MMSU/MMST:refused HTTP:played", by: rollover.PartyServer},
		{name: "mute", play: func(f *film) {
			c := f.dial(554)
			c.ask("DESCRIBE", testURL)
			f.wait(2 * time.Second)
			c.finClient()
			f.playHTTP()
		}, want: "RTSPU/RTSPT:broken HTTP:played", by: rollover.PartyServer},
		{name: "closed without a reply", play: func(f *film) {
			c := f.dial(554)
			c.ask("DESCRIBE", testURL)
			c.finServer()
			c.finClient()
		}, want: "RTSPU/RTSPT:broken", by: rollover.PartyServer},
		{name: "reset by the gateway in mid-word", play: func(f *film) {
			c := f.dial(554)
			c.ask("DESCRIBE", testURL)
			c.serverToward = near
			c.rstServer()
		}, want: "RTSPU/RTSPT:broken", by: rollover.PartyRig},
		{name: "the reply does not arrive", play: func(f *film) {
			c := f.dial(554)
			m := c.ask("DESCRIBE", testURL)
			c.serverToward = far
			c.answer(m, 200, testSDP())
			f.wait(2 * time.Second)
			c.finClient()
		}, want: "RTSPU/RTSPT:broken", by: rollover.PartyRig},
		{name: "foreign media", play: func(f *film) {
			c := f.dial(554)
			c.describe()
			c.setupTCP()
			c.play()
			c.server(rtsp.AppendFrame(nil, 0, foreignRTP()))
			c.close()
		}, want: "RTSPT:broken", by: rollover.PartyServer},
		{name: "two rungs at once", play: func(f *film) {
			udp, tcp := f.dial(554), f.dial(554)
			udp.probe(both)
			tcp.describe()
			tcp.setupTCP()
			tcp.play()
			udp.setupUDP()
			f.wait(time.Second)
			udp.play()
			for k := range 40 {
				f.media(k, k+1, 5004, mediaPort, both)
				tcp.server(rtsp.AppendFrame(nil, 0, f.rtpOf(k)))
			}
			udp.finish()
			tcp.finish()
		}, want: "RTSPU:played RTSPT:played"},
		{name: "only reports pass", play: func(f *film) {
			c := f.dial(554)
			c.describe()
			c.setupUDP()
			c.play()
			f.datagram(true, 5005, mediaPort+1, rtsp.SenderReport(mediaSSRC, 1, 1, 1, 1, "x"), both)
			f.media(0, 5, 5004, mediaPort, far)
			c.close()
		}, want: "RTSPU:starved"},
		{name: "both transports in one SETUP", play: func(f *film) {
			c := f.dial(554)
			c.probe(both)
			c.setup("audio", udpSpec(mediaPort)+", "+tcpSpec, 200, tcpGrant)
			c.play()
			c.frames(0, 40, 0)
			c.finish()
		}, want: "RTSPT:played"},
		{name: "http plays on two connections", play: func(f *film) {
			c := f.dial(80)
			c.described(cougar, player)
			c.close()
			c = f.dial(80)
			c.get("GET", playPragma, player)
			c.head(200, cougar, -1)
			c.streamed(0, 40)
			f.log()
		}, want: "HTTP:played"},
		{name: "http 404", play: func(f *film) {
			c := f.dial(80)
			c.get("GET", describePragma, player)
			c.head(404, cougar, 0)
			c.close()
		}, want: "HTTP:denied", by: rollover.PartyServer, status: 404},
		{name: "http 500", play: func(f *film) {
			c := f.dial(80)
			c.get("GET", describePragma, player)
			c.head(500, cougar, 0)
			c.close()
		}, want: "HTTP:rejected", by: rollover.PartyServer, status: 500},
		{name: "http impostor", play: func(f *film) {
			c := f.dial(80)
			c.get("GET", describePragma, player)
			c.head(200, "Apache/2.4", 5)
			c.server([]byte("<html"))
			c.close()
		}, want: "HTTP:broken", by: rollover.PartyServer, status: 200},
		{name: "http mute", play: func(f *film) {
			c := f.dial(80)
			c.get("GET", describePragma, player)
			f.wait(2 * time.Second)
			c.finClient()
		}, want: "HTTP:broken", by: rollover.PartyServer},
		{name: "http starves", play: func(f *film) {
			c := f.dial(80)
			c.described(cougar, player)
			c.get("GET", playPragma, player)
			c.head(200, cougar, -1)
			c.server(asfHeader())
			f.wait(2 * time.Second)
			c.finClient()
		}, want: "HTTP:starved"},
		{name: "download behind an impostor", dialect: "mf", play: func(f *film) {
			c := f.dial(80)
			c.get("GET", describePragma, player)
			c.head(200, "Apache/2.4", 5)
			c.server([]byte("<html"))
			c.close()
			c = f.dial(80)
			c.get("GET", "", "Mozilla/5.0")
			c.head(200, "Apache/2.4", len(testClip.File()))
			c.server(testClip.File())
			c.close()
		}, want: "HTTP:broken HTTPD:played", by: rollover.PartyServer, status: 200},
		{name: "80 blocked under mf", dialect: "mf", play: func(f *film) { f.knock(80, 2, near) }, want: "HTTP/HTTPD:blocked", by: rollover.PartyRig},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := newFilm(t)
			test.play(f)
			s := testScenario()
			if test.dialect != "" {
				s.Dialect = test.dialect
			}
			if test.moniker != "" {
				s.Moniker = test.moniker
			}
			s.Port, s.Profile = test.port, test.profile
			setup := testSetup()
			if test.setup != nil {
				test.setup(&setup)
			}
			got := f.read(s, setup)
			if text := rollover.Observed(got); text != test.want {
				t.Fatalf("observed %s, want %s\n%+v", text, test.want, got.Attempts)
			}
			if len(got.Health.Problems) > 0 || !got.Health.Canary || got.Health.Lost != 0 {
				t.Errorf("health: %+v", got.Health)
			}
			for i, a := range got.Attempts {
				if len(a.Frames) == 0 || a.Why == "" || len(a.Messages) == 0 {
					t.Errorf("attempt %d says too little: %+v", i, a)
				}
			}
			if test.clean && len(got.Facts) > 0 {
				t.Errorf("facts: %+v", got.Facts)
			}
			if len(got.Attempts) > 0 && (got.Attempts[0].EndedBy != test.by || got.Attempts[0].Status != test.status) {
				t.Errorf("ended by %q with %d, want %q with %d (%s)", got.Attempts[0].EndedBy, got.Attempts[0].Status, test.by, test.status, got.Attempts[0].Why)
			}
		})
	}
}

func foreignRTP() []byte {
	packet := testClip.Packet(3)
	packet[400] ^= 1
	p := rtsp.Packetizer{SSRC: mediaSSRC, PayloadType: 96}
	return p.Packets(packet, 3, testClip.SendTime(3))[0]
}

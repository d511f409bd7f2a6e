package trace

import (
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/netns/firewall"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// pathCases are what stands between the two: firewalls, translation, ports
// that somebody else has.
var pathCases = []attemptCase{
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
	{name: "media that the client's own host takes from its datagram on", profile: firewall.Profile{At: firewall.AtClient, Default: firewall.Drop, Stateful: true,
		Rules: []firewall.Rule{{Action: firewall.Accept, From: firewall.Client}}},
		play: func(f *film) {
			f.datagram(true, 5004, mediaPort, []byte("before its time"), both)
			f.datagram(false, mediaPort, 5004, []byte("punch"), both)
			f.datagram(false, rtxPort, 5004, []byte("punch"), both)
			c := f.dial(554)
			c.probe(both)
			c.playUDP()
		}, want: "RTSPU:played"},
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
	{name: "mms port refused", play: func(f *film) { f.knock(1755, 1, both).rstServer(); f.playHTTP() },
		want: "MMSU/MMST:refused HTTP:played", by: rollover.PartyServer},
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
	{name: "only reports pass", play: func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setupUDP()
		c.play()
		f.datagram(true, 5005, mediaPort+1, rtsp.SenderReport(mediaSSRC, 1, 1, 1, 1, "x"), both)
		f.media(0, 5, 5004, mediaPort, far)
		c.close()
	}, want: "RTSPU:starved"},
	{name: "80 blocked under mf", dialect: "mf", play: func(f *film) { f.knock(80, 2, near) }, want: "HTTP/HTTPD:blocked", by: rollover.PartyRig},
}

package trace

import (
	"strings"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// unreachable is somebody's word on the way that a connection's packets do not
// arrive.
func (c *tcp) unreachable() {
	f := c.f
	quoted := f.ip(clientAddr, serverAddr, layers.IPProtocolTCP, &layers.TCP{SrcPort: layers.TCPPort(c.cport), DstPort: layers.TCPPort(c.sport)})[14:]
	f.shoot(near, true, f.ip(gatewayAddr, clientAddr, layers.IPProtocolICMPv4, &layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(3, 1)}, gopacket.Payload(quoted)))
}

// on554 is a connection, and what becomes of it.
func on554(rest func(f *film, c *tcp)) func(*film) {
	return func(f *film) { rest(f, f.dial(554)) }
}

// hungUp leaves so long after a request that nobody answers.
func hungUp(after time.Duration) func(*film) {
	return on554(func(f *film, c *tcp) {
		c.ask("DESCRIBE", testURL)
		f.until(f.seenAt(clientSide) + after)
		c.finClient()
		f.wait(3 * time.Second)
		f.trailer()
	})
}

// sentElsewhere is a first answer that ends a connection, and the next one on
// which the client asks again.
func sentElsewhere(status int, fields ...string) func(*film) {
	return on554(func(f *film, c *tcp) {
		c.answer(c.ask("DESCRIBE", testURL), status, nil)
		c.close()
		c = f.dial(554)
		c.answer(c.ask("DESCRIBE", testURL, fields...), 200, testSDP(), "Content-Type", "application/sdp")
		c.playTCP()
	})
}

// rtspEdgeCases are connections to the RTSP port that end before media comes, or
// that one attempt needed several of.
var rtspEdgeCases = []attemptCase{
	{name: "looked at", play: on554(func(f *film, c *tcp) { c.close() }), want: "none"},
	{name: "the request is lost", play: on554(func(f *film, c *tcp) {
		c.clientToward = near
		c.ask("DESCRIBE", testURL)
		f.wait(2 * time.Second)
		c.finClient()
	}), want: "RTSPU/RTSPT:broken", by: rollover.PartyRig},
	{name: "the answer is lost", play: on554(func(f *film, c *tcp) {
		m := c.ask("DESCRIBE", testURL)
		c.serverToward = far
		c.answer(m, 200, testSDP(), "Content-Type", "application/sdp")
		f.wait(2 * time.Second)
		c.finClient()
	}), want: "RTSPU/RTSPT:broken", by: rollover.PartyRig},
	{name: "closed instead of an answer", play: on554(func(f *film, c *tcp) { c.ask("DESCRIBE", testURL); c.finServer(); c.finClient() }),
		want: "RTSPU/RTSPT:broken", by: rollover.PartyServer},
	{name: "reset instead of an answer", play: on554(func(f *film, c *tcp) { c.ask("DESCRIBE", testURL); c.rstServer() }),
		want: "RTSPU/RTSPT:broken", by: rollover.PartyServer},
	{name: "hung up just before the time", play: hungUp(grace - time.Microsecond), want: "RTSPU/RTSPT:broken", by: rollover.PartyClient},
	{name: "hung up at the time", play: hungUp(grace), want: "RTSPU/RTSPT:broken", by: rollover.PartyServer},
	{name: "described, then closed", play: on554(func(f *film, c *tcp) { c.describe(); c.finServer(); c.finClient() }),
		want: "RTSPU/RTSPT:broken", by: rollover.PartyServer},
	{name: "described, then reset", play: on554(func(f *film, c *tcp) { c.describe(); c.rstServer() }),
		want: "RTSPU/RTSPT:broken", by: rollover.PartyServer},
	{name: "closed while media is awaited", play: on554(func(f *film, c *tcp) {
		c.describe()
		c.setupTCP()
		c.play()
		c.finServer()
		c.finClient()
	}), want: "RTSPT:broken", by: rollover.PartyServer},
	{name: "reset while media is awaited", play: on554(func(f *film, c *tcp) {
		c.describe()
		c.setupTCP()
		c.play()
		c.rstServer()
	}), want: "RTSPT:broken", by: rollover.PartyServer},
	{name: "closed, the end being told", play: on554(func(f *film, c *tcp) {
		c.describe()
		c.setupTCP()
		c.play()
		c.endOfStream()
		c.finServer()
		c.finClient()
	}), want: "RTSPT:starved"},
	{name: "described, and left", play: on554(func(f *film, c *tcp) { c.describe(); c.close() }),
		want: "RTSPU/RTSPT:broken", by: rollover.PartyClient},
	{name: "described without a stream, and left", play: on554(func(f *film, c *tcp) {
		c.answer(c.ask("DESCRIBE", testURL), 200, []byte("v=0\r\no=- 1 1 IN IP4 198.51.100.10\r\ns=clip\r\nt=0 0\r\n"), "Content-Type", "application/sdp")
		c.close()
	}), want: "RTSPU/RTSPT:broken", by: rollover.PartyServer},
	{name: "described in no language, and left", play: on554(func(f *film, c *tcp) {
		c.answer(c.ask("DESCRIBE", testURL), 200, []byte("<html>"), "Content-Type", "application/sdp")
		c.close()
	}), want: "RTSPU/RTSPT:broken", by: rollover.PartyServer},
	{name: "left behind an ICMP error", play: on554(func(f *film, c *tcp) { c.describe(); c.unreachable(); c.finClient() }),
		want: "RTSPU/RTSPT:broken", by: rollover.PartyRig},
	{name: "granted without a port, and left", play: on554(func(f *film, c *tcp) {
		c.describe()
		c.setup("audio", udpSpec(mediaPort), 200, udpSpec(mediaPort))
		c.close()
	}), want: "RTSPU:broken", by: rollover.PartyServer},
	{name: "granted without a transport, and left", play: on554(func(f *film, c *tcp) {
		c.describe()
		c.setup("audio", udpSpec(mediaPort), 200, "")
		c.close()
	}), want: "RTSPU:broken", by: rollover.PartyServer},
	{name: "granted, and left", play: on554(func(f *film, c *tcp) { c.describe(); c.setupUDP(); c.close() }),
		want: "RTSPU:broken", by: rollover.PartyClient},
	{name: "granted what was not asked for", play: on554(func(f *film, c *tcp) {
		c.describe()
		c.setup("audio", udpSpec(mediaPort), 200, tcpGrant)
		c.close()
	}), want: "RTSPU:broken", by: rollover.PartyServer, status: 0},
	{name: "OPTIONS refused, all else granted", play: on554(func(f *film, c *tcp) {
		c.answer(c.ask("OPTIONS", testURL), 405, nil)
		c.describe()
		c.close()
	}), want: "RTSPU/RTSPT:broken", by: rollover.PartyClient},
	{name: "OPTIONS refused, and left", play: on554(func(f *film, c *tcp) { c.answer(c.ask("OPTIONS", testURL), 405, nil); c.close() }),
		want: "RTSPU/RTSPT:broken", by: rollover.PartyServer, status: 405},
	{name: "OPTIONS unanswered, all else granted", play: on554(func(f *film, c *tcp) {
		c.ask("OPTIONS", testURL)
		f.wait(time.Second)
		c.describe()
		c.close()
	}), want: "RTSPU/RTSPT:broken", by: rollover.PartyClient},
	{name: "OPTIONS unanswered, and left", play: on554(func(f *film, c *tcp) { c.ask("OPTIONS", testURL); f.wait(2 * time.Second); c.close() }),
		want: "RTSPU/RTSPT:broken", by: rollover.PartyServer},
	{name: "DESCRIBE refused, then granted", play: on554(func(f *film, c *tcp) {
		c.answer(c.ask("DESCRIBE", testURL), 503, nil)
		c.describe()
		c.close()
	}), want: "RTSPU/RTSPT:broken", by: rollover.PartyClient},
	{name: "a challenge met, and refused", play: on554(func(f *film, c *tcp) {
		c.answer(c.ask("DESCRIBE", testURL), 401, nil)
		c.answer(c.ask("DESCRIBE", testURL, "Authorization", "Basic dTpw"), 404, nil)
		c.close()
	}), want: "RTSPU/RTSPT:denied", by: rollover.PartyServer, status: 404},
	{name: "a proxy's challenge met, and refused", play: on554(func(f *film, c *tcp) {
		c.answer(c.ask("DESCRIBE", testURL), 407, nil)
		c.answer(c.ask("DESCRIBE", testURL, "Proxy-Authorization", "Basic dTpw"), 404, nil)
		c.close()
	}), want: "RTSPU/RTSPT:denied", by: rollover.PartyServer, status: 404},
	{name: "a challenge not met", play: on554(func(f *film, c *tcp) {
		c.answer(c.ask("DESCRIBE", testURL), 401, nil)
		c.answer(c.ask("DESCRIBE", testURL), 404, nil)
		c.close()
	}), want: "RTSPU/RTSPT:denied", by: rollover.PartyServer, status: 401},
	{name: "GET_PARAMETER refused, all else granted", play: on554(func(f *film, c *tcp) {
		c.answer(c.ask("GET_PARAMETER", testURL), 451, nil)
		c.describe()
		c.playTCP()
	}), want: "RTSPT:played"},
	{name: "a challenge met on another connection", play: sentElsewhere(401, "Authorization", "Basic dTpw"), want: "RTSPT:played"},
	{name: "a proxy's challenge met on another connection", play: sentElsewhere(407, "Proxy-Authorization", "Basic dTpw"), want: "RTSPT:played"},
	{name: "a challenge not met on another connection", play: sentElsewhere(401), want: "RTSPU/RTSPT:denied RTSPT:played", by: rollover.PartyServer, status: 401},
	{name: "a redirect followed", play: sentElsewhere(302), want: "RTSPT:played"},
	{name: "refused, and again on another connection", play: sentElsewhere(404), want: "RTSPU/RTSPT:denied RTSPT:played", by: rollover.PartyServer, status: 404},
	{name: "a knock with OPTIONS", play: on554(func(f *film, c *tcp) {
		c.answer(c.ask("OPTIONS", testURL), 200, nil)
		c.close()
		c = f.dial(554)
		c.describe()
		c.playTCP()
	}), want: "RTSPT:played"},
	{name: "described on one connection, selected on another", play: on554(func(f *film, c *tcp) {
		c.describe()
		c.close()
		f.dial(554).playTCP()
	}), want: "RTSPT:played"},
	{name: "described twice on two connections", play: on554(func(f *film, c *tcp) {
		c.describe()
		c.close()
		c = f.dial(554)
		c.describe()
		c.close()
	}), want: "RTSPU/RTSPT:broken RTSPU/RTSPT:broken", by: rollover.PartyClient},
	{name: "one stream torn down, and the other kept", play: on554(func(f *film, c *tcp) {
		c.describe()
		c.setupRTX()
		c.setupUDP()
		c.answer(c.ask("TEARDOWN", testURL+"/rtx/"), 200, nil)
		c.setup("rtx", udpSpec(rtxPort), 200, udpGrant(rtxPort, rtxSSRC))
		c.play()
		c.logs()
		f.media(0, 40, 5004, mediaPort, both)
		c.finish()
	}), want: "RTSPU:played"},
	{name: "torn down, and selected again", play: on554(func(f *film, c *tcp) {
		c.probe(both)
		c.setupUDP()
		c.play()
		f.media(0, 10, 5004, mediaPort, far)
		c.teardown()
		c.setupUDP()
		c.play()
		f.media(10, 40, 5004, mediaPort, both)
		c.finish()
	}), want: "RTSPU:starved RTSPU:played"},
	{name: "torn down, and described again", play: on554(func(f *film, c *tcp) {
		c.probe(both)
		c.setupUDP()
		c.play()
		f.media(0, 10, 5004, mediaPort, far)
		c.teardown()
		c.describe()
		c.setupTCP()
		c.play()
		c.frames(0, 40, 0)
		c.finish()
	}), want: "RTSPU:starved RTSPT:played"},
	{name: "both transports in one request, udp refused", play: on554(func(f *film, c *tcp) {
		c.describe()
		c.setup("audio", strings.Join([]string{udpSpec(mediaPort), tcpSpec}, ","), 200, tcpGrant)
		c.play()
		c.frames(0, 40, 0)
		c.finish()
	}), want: "RTSPT:played"},
	{name: "both transports in one request, both refused", play: on554(func(f *film, c *tcp) {
		c.describe()
		c.setup("audio", strings.Join([]string{udpSpec(mediaPort), tcpSpec}, ","), 461, "")
		c.close()
	}), want: "RTSPU/RTSPT:rejected", by: rollover.PartyServer, status: 461},
	{name: "media from a port that nobody named, and the client goes on", play: on554(func(f *film, c *tcp) {
		c.probe(both)
		c.setupUDP()
		c.play()
		f.media(0, 10, 6000, mediaPort, both)
		f.wait(3 * time.Second)
		c.playTCP()
	}), want: "RTSPU:starved RTSPT:played"},
	{name: "replies without a number", play: on554(func(f *film, c *tcp) {
		m := c.ask("DESCRIBE", testURL)
		reply := rtsp.NewReply(m, 404)
		reply.Header.Del("CSeq")
		c.server(reply.Bytes())
		c.close()
	}), want: "RTSPU/RTSPT:denied", by: rollover.PartyServer, status: 404},
}

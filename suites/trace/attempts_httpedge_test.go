package trace

import (
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/rollover-conformance/rollover/fixtures/wmsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// request is a request for the description with a field of its own.
func (c *tcp) request(field string) {
	c.client([]byte("GET /clip HTTP/1.0\r\nUser-Agent: " + player + "\r\nPragma: " + describePragma + "\r\n" + field + "\r\n\r\n"))
}

// playsAfter asks for the description as the client that was sent away.
func (f *film) playsAfter(field string) {
	c := f.dial(80)
	c.request(field)
	header := asfHeader()
	c.head(200, cougar, len(header))
	c.server(header)
	c.get("GET", playPragma, player)
	c.head(200, cougar, -1)
	c.streamed(0, 40)
	f.log()
}

// asked is a connection on which the description was asked for, and what
// became of it.
func asked(rest func(f *film, c *tcp)) func(*film) {
	return func(f *film) { c := f.dial(80); c.get("GET", describePragma, player); rest(f, c) }
}

// playing is a connection on which Play was answered with the header alone.
func playing(rest func(f *film, c *tcp)) func(*film) {
	return func(f *film) {
		c := f.dial(80)
		c.described(cougar, player)
		c.get("GET", playPragma, player)
		c.head(200, cougar, -1)
		c.server(asfHeader())
		rest(f, c)
	}
}

// refusedAs is a first answer that sends the client elsewhere, and a client
// that comes again.
func refusedAs(status int, field string) func(*film) {
	return func(f *film) {
		c := f.dial(80)
		c.get("GET", describePragma, player)
		c.head(status, cougar, 0)
		c.close()
		f.playsAfter(field)
	}
}

// gaveUp leaves so long after the request.
func gaveUp(after time.Duration) func(*film) {
	return asked(func(f *film, c *tcp) {
		f.wait(after - 40*time.Microsecond) // the FIN is seen 20 µs after the server's sight of the request
		c.finClient()
		f.wait(3 * time.Second)
		f.trailer()
	})
}

// webEdgeCases are clients of HTTP that get nothing, or not at once.
var webEdgeCases = []attemptCase{
	{name: "http looked at", play: func(f *film) { f.dial(80).close() }, want: "none"},
	{name: "http log alone", play: func(f *film) { f.log() }, want: "none"},
	{name: "http closed before a request", play: func(f *film) { c := f.dial(80); c.finServer(); c.finClient() },
		want: "HTTP:broken", by: rollover.PartyServer},
	{name: "http asked what nobody can read", play: func(f *film) { c := f.dial(80); c.client([]byte("what?\r\n\r\n")); f.wait(2 * time.Second); c.close() },
		want: "HTTP:broken", by: rollover.PartyClient},
	{name: "http redirect not followed", play: asked(func(f *film, c *tcp) { c.head(302, cougar, 0, "Location", "http://198.51.100.10/other"); c.close() }),
		want: "HTTP:rejected", by: rollover.PartyServer, status: 302},
	{name: "http redirect followed", play: refusedAs(302, "X-Again: 1"), want: "HTTP:played"},
	{name: "http 401 answered", play: refusedAs(401, "Authorization: Basic dTpw"), want: "HTTP:played"},
	{name: "http 407 answered", play: refusedAs(407, "Proxy-Authorization: Basic dTpw"), want: "HTTP:played"},
	{name: "http 401 not answered", play: refusedAs(401, "X-Again: 1"), want: "HTTP:denied HTTP:played", by: rollover.PartyServer, status: 401},
	{name: "http 404, and again", play: refusedAs(404, "Authorization: Basic dTpw"), want: "HTTP:denied HTTP:played", by: rollover.PartyServer, status: 404},
	{name: "http request lost", play: func(f *film) {
		c := f.dial(80)
		c.clientToward = near
		c.get("GET", describePragma, player)
		f.wait(3 * time.Second)
		c.finClient()
	}, want: "HTTP:broken", by: rollover.PartyRig},
	{name: "http answer lost", play: asked(func(f *film, c *tcp) {
		c.serverToward = far
		c.head(200, cougar, 0)
		f.wait(3 * time.Second)
		c.finClient()
	}), want: "HTTP:broken", by: rollover.PartyRig},
	{name: "http answer to the second request lost", play: func(f *film) {
		c := f.dial(80)
		c.described(cougar, player)
		c.get("GET", playPragma, player)
		c.serverToward = far
		c.head(200, cougar, -1)
		f.wait(3 * time.Second)
		c.finClient()
	}, want: "HTTP:broken", by: rollover.PartyRig},
	{name: "http second request lost", play: func(f *film) {
		c := f.dial(80)
		c.described(cougar, player)
		c.clientToward = near
		c.get("GET", playPragma, player)
		f.wait(3 * time.Second)
		c.finClient()
	}, want: "HTTP:broken", by: rollover.PartyRig},
	{name: "http closed instead of an answer", play: asked(func(f *film, c *tcp) { c.finServer(); c.finClient() }),
		want: "HTTP:broken", by: rollover.PartyServer},
	{name: "http reset instead of an answer", play: asked(func(f *film, c *tcp) { c.rstServer() }),
		want: "HTTP:broken", by: rollover.PartyServer},
	{name: "http given up just before the time", play: gaveUp(grace - time.Microsecond), want: "HTTP:broken", by: rollover.PartyClient},
	{name: "http given up at the time", play: gaveUp(grace), want: "HTTP:broken", by: rollover.PartyServer},
	{name: "http without a packet", play: asked(func(f *film, c *tcp) { c.head(200, cougar, 0); c.close() }),
		want: "HTTP:broken", by: rollover.PartyServer, status: 200},
	{name: "http without a packet, to a stranger", play: func(f *film) {
		c := f.dial(80)
		c.get("GET", describePragma, "Mozilla/5.0")
		c.head(200, cougar, 0)
		c.close()
	}, want: "HTTP:broken", by: rollover.PartyClient, status: 200},
	{name: "http described, no Play", play: func(f *film) { c := f.dial(80); c.described(cougar, player); c.close() },
		want: "HTTP:broken", by: rollover.PartyClient, status: 200},
	{name: "http Play's connection dropped on the way", play: func(f *film) {
		c := f.dial(80)
		c.described(cougar, player)
		c.close()
		f.knock(80, 3, near)
	}, want: "HTTP:broken", by: rollover.PartyRig, status: 200},
	{name: "http Play's connection dropped by the server's host", play: func(f *film) {
		c := f.dial(80)
		c.described(cougar, player)
		c.close()
		f.knock(80, 3, both)
	}, want: "HTTP:broken", by: rollover.PartyServer, status: 200},
	{name: "http data lost", play: playing(func(f *film, c *tcp) {
		c.serverToward = far
		c.data(0, 20, func(int, *wmsp.Packet) {})
		f.wait(2 * time.Second)
		c.finClient()
	}), want: "HTTP:starved", by: rollover.PartyRig},
	{name: "http ended without data", play: playing(func(f *film, c *tcp) { c.ended() }), want: "HTTP:broken", by: rollover.PartyServer},
	{name: "http closed without data", play: playing(func(f *film, c *tcp) { c.finServer(); c.finClient() }), want: "HTTP:broken", by: rollover.PartyServer},
	{name: "http reset without data", play: playing(func(f *film, c *tcp) { c.rstServer() }), want: "HTTP:broken", by: rollover.PartyServer},
	{name: "http plays after a second Play", play: func(f *film) {
		c := f.dial(80)
		c.described(cougar, player)
		c.get("GET", playPragma, player)
		c.head(200, cougar, 0)
		c.close()
		c = f.dial(80)
		c.get("GET", playPragma, player)
		c.head(200, cougar, -1)
		c.streamed(0, 40)
		f.log()
	}, want: "HTTP:played"},
	{name: "http plays twice", play: func(f *film) {
		f.playHTTP()
		c := f.dial(80)
		c.get("GET", playPragma, player)
		c.head(200, cougar, -1)
		c.streamed(0, 40)
	}, want: "HTTP:played HTTP:played"},
	{name: "http a provisional answer first", play: asked(func(f *film, c *tcp) { c.head(100, cougar, -1); c.head(404, cougar, 0); c.close() }),
		want: "HTTP:denied", by: rollover.PartyServer, status: 404},
	{name: "http told by ICMP", play: func(f *film) {
		c := f.dial(80)
		quoted := f.ip(clientAddr, serverAddr, layers.IPProtocolTCP, &layers.TCP{SrcPort: layers.TCPPort(c.cport), DstPort: 80})[14:]
		f.shoot(near, true, f.ip(gatewayAddr, clientAddr, layers.IPProtocolICMPv4, &layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(3, 1)}, gopacket.Payload(quoted)))
		c.client([]byte("what?\r\n\r\n"))
		f.wait(2 * time.Second)
		c.finClient()
	}, want: "HTTP:broken", by: rollover.PartyRig},
	{name: "download of half a file", dialect: "mf", play: func(f *film) {
		c := f.dial(80)
		c.get("GET", "", "Mozilla/5.0")
		c.head(200, "Apache/2.4", len(testClip.File()))
		c.server(testClip.File()[:len(testClip.File())/2])
		c.rstServer()
	}, want: "HTTPD:played"},
	{name: "download of a page", dialect: "mf", play: func(f *film) {
		c := f.dial(80)
		c.get("GET", "", "Mozilla/5.0")
		c.head(200, "Apache/2.4", 5)
		c.server([]byte("<html"))
		c.close()
	}, want: "HTTPD:broken", by: rollover.PartyServer, status: 200},
	{name: "download that no rung has", play: func(f *film) {
		c := f.dial(80)
		c.get("GET", "", "Mozilla/5.0")
		c.head(200, "Apache/2.4", len(testClip.File()))
		c.server(testClip.File())
		c.close()
	}, want: "HTTPD:played"},
	{name: "download refused, that no rung has", play: func(f *film) {
		c := f.dial(80)
		c.get("GET", "", "Mozilla/5.0")
		c.head(404, "Apache/2.4", 5)
		c.server(testClip.File()[:5])
		c.close()
	}, want: "HTTP:broken", by: rollover.PartyServer, status: 404},
}

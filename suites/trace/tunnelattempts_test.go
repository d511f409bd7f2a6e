package trace

import (
	"slices"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/modern"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// tunnelCases are RTSP through HTTP.
var tunnelCases = []modernCase{
	{name: "554 dropped, the tunnel plays", play: func(f *film) {
		f.knock(554, 3, near)
		c := f.tunnel("q8Zt41mVbX0sKd72RjHcwA")
		c.begin()
		c.playsTCP()
	}, want: "RTSPU/RTSPM/RTSPT:blocked RTSPH:played", by: rollover.PartyRig},
	{name: "the tunnel's POST is answered 200 by HTTP", play: func(f *film) {
		c := f.tunnel("q8Zt41mVbX0sKd72RjHcwA")
		c.post.server(modern.GetReply("").Append(nil))
		c.begin()
		c.playsTCP()
	}, want: "RTSPH:played"},
	{name: "the tunnel's POST is opened again", play: func(f *film) {
		c := f.tunnel("q8Zt41mVbX0sKd72RjHcwA")
		c.begin()
		c.overTCP()
		c.play()
		c.post.close()
		c.sendTCP(modernClip.Pictures())
		cseq := c.cseq
		c = f.posted(c.get, "q8Zt41mVbX0sKd72RjHcwA")
		c.cseq, c.session = cseq, "7K2Q9ZB4"
		c.goes()
	}, want: "RTSPH:played"},
	{name: "udp refused inside a tunnel", play: func(f *film) {
		c := f.tunnel("q8Zt41mVbX0sKd72RjHcwA")
		c.begin()
		c.setup(0, askUDP(0), 461, "")
		c.playsTCP()
	}, want: "RTSPH:played", fact: true},
	{name: "461 to everything inside a tunnel", play: func(f *film) {
		c := f.tunnel("q8Zt41mVbX0sKd72RjHcwA")
		c.begin()
		c.setup(0, askTCP(0), 461, "")
		c.close()
	}, want: "RTSPH:rejected", by: rollover.PartyServer},
	{name: "credentials inside a tunnel", play: func(f *film) {
		c := f.tunnel("q8Zt41mVbX0sKd72RjHcwA")
		c.answer(c.ask("DESCRIBE", labURL), 401, nil)
		c.close()
	}, want: "RTSPH:denied", by: rollover.PartyServer},
	{name: "no tunnel there", play: func(f *film) {
		c := f.dial(80)
		c.client(modern.Get("/lab", "h", "q8Zt41mVbX0sKd72RjHcwA", "").Append(nil))
		c.head(404, "web/1", 2)
		c.server([]byte("no"))
		c.close()
	}, want: "RTSPH:denied", by: rollover.PartyServer},
	{name: "the tunnel is elsewhere", play: func(f *film) {
		c := f.dial(80)
		c.client(modern.Get("/lab", "h", "q8Zt41mVbX0sKd72RjHcwA", "").Append(nil))
		c.head(302, "lab/1", 0, "Location", "http://h/lab2")
		c.close()
		again := f.tunnel("another")
		again.begin()
		again.playsTCP()
	}, want: "RTSPH:played"},
	{name: "the tunnel is elsewhere, and nobody goes there", play: func(f *film) {
		c := f.dial(80)
		c.client(modern.Get("/lab", "h", "q8Zt41mVbX0sKd72RjHcwA", "").Append(nil))
		c.head(302, "lab/1", 0, "Location", "http://h/lab2")
		c.close()
	}, want: "RTSPH:rejected", by: rollover.PartyServer},
	{name: "a tunnel for who has credentials", play: func(f *film) {
		c := f.dial(80)
		c.client(modern.Get("/lab", "h", "q8Zt41mVbX0sKd72RjHcwA", "").Append(nil))
		c.head(401, "lab/1", 0, "WWW-Authenticate", "Basic realm=\"lab\"")
		c.close()
		get := f.dial(80)
		r := modern.Get("/lab", "h", "another", "")
		r.Fields.Add("Authorization", "Basic cmlnOnNlY3JldA==")
		get.client(r.Append(nil))
		get.server(modern.GetReply("lab/1").Append(nil))
		again := f.posted(get, "another")
		again.begin()
		again.playsTCP()
	}, want: "RTSPH:played"},
	{name: "405 to the tunnel", play: func(f *film) {
		c := f.dial(80)
		c.client(modern.Get("/lab", "h", "q8Zt41mVbX0sKd72RjHcwA", "").Append(nil))
		c.head(405, "web/1", 0)
		c.close()
	}, want: "RTSPH:rejected", by: rollover.PartyServer},
	{name: "a web page instead of a tunnel", play: func(f *film) {
		c := f.dial(80)
		c.client(modern.Get("/lab", "h", "q8Zt41mVbX0sKd72RjHcwA", "").Append(nil))
		c.head(200, "web/1", 4, "Content-Type", "text/html")
		c.server([]byte("page"))
		c.close()
	}, want: "RTSPH:broken", by: rollover.PartyServer},
	{name: "a mute web server", play: func(f *film) {
		c := f.dial(80)
		c.client(modern.Get("/lab", "h", "q8Zt41mVbX0sKd72RjHcwA", "").Append(nil))
		f.wait(2 * time.Second)
		c.close()
	}, want: "RTSPH:broken", by: rollover.PartyServer},
	{name: "the answer to GET does not pass", play: func(f *film) {
		c := f.dial(80)
		c.client(modern.Get("/lab", "h", "q8Zt41mVbX0sKd72RjHcwA", "").Append(nil))
		c.serverToward = far
		c.server(modern.GetReply("").Append(nil))
		f.wait(2 * time.Second)
		c.close()
	}, want: "RTSPH:broken", by: rollover.PartyRig},
	{name: "the second connection does not open", play: func(f *film) {
		c := f.dial(80)
		c.client(modern.Get("/lab", "h", "q8Zt41mVbX0sKd72RjHcwA", "").Append(nil))
		c.server(modern.GetReply("").Append(nil))
		f.knock(80, 2, near)
		c.close()
	}, want: "RTSPH:broken", by: rollover.PartyRig},
	{name: "the client never posts", play: func(f *film) {
		c := f.dial(80)
		c.client(modern.Get("/lab", "h", "q8Zt41mVbX0sKd72RjHcwA", "").Append(nil))
		c.server(modern.GetReply("").Append(nil))
		c.close()
	}, want: "RTSPH:broken", by: rollover.PartyClient},
	{name: "a browser on the tunnel's port", play: func(f *film) {
		c := f.dial(80)
		c.get("GET", "", "Mozilla/5.0")
		c.head(404, "lab/1", 0)
		c.close()
	}, want: "RTSPH:broken", by: rollover.PartyClient},
	{name: "POST refused", play: func(f *film) {
		c := f.tunnel("q8Zt41mVbX0sKd72RjHcwA")
		c.ask("OPTIONS", labURL)
		c.post.head(405, "lab/1", 0)
		c.close()
	}, want: "RTSPH:broken", by: rollover.PartyServer, fact: true},
	{name: "answers on the POST", play: func(f *film) {
		c := f.tunnel("q8Zt41mVbX0sKd72RjHcwA")
		c.answers = c.post.server
		c.answer(c.ask("OPTIONS", labURL), 200, nil)
		f.wait(2 * time.Second)
		c.close()
	}, want: "RTSPH:broken", by: rollover.PartyServer, fact: true},
	{name: "mute inside the tunnel", play: func(f *film) {
		c := f.tunnel("q8Zt41mVbX0sKd72RjHcwA")
		c.ask("OPTIONS", labURL)
		f.wait(2 * time.Second)
		c.close()
	}, want: "RTSPH:broken", by: rollover.PartyServer},
	{name: "the tunnel on the RTSP port", setup: func(s *rollover.Setup) { s.Ports[rollover.ServiceHTTP] = 554 }, play: func(f *film) {
		get := f.dial(554)
		get.client(modern.Get("/lab", "h", "cookie", "").Append(nil))
		get.server(modern.GetReply("").Append(nil))
		post := f.dial(554)
		post.client(modern.Post("/lab", "h", "cookie", "").Append(nil))
		c := &talker{f: f, say: func(b []byte) { post.client(modern.Encode(b)) }, answers: get.server, close: func() { post.close(); get.close() }}
		c.begin()
		c.playsTCP()
	}, want: "RTSPH:played"},
}

// sealedCases are RTSP inside TLS.
var sealedCases = []modernCase{
	{name: "tls plays", play: func(f *film) { f.handshake(322).playsInside(100, both) }, want: "RTSPS:played"},
	{name: "tls plays while the client reports", play: func(f *film) {
		c := f.handshake(322)
		c.asksInside(5)
		f.wait(150 * time.Millisecond)
		for k := range 100 {
			if k%50 == 0 {
				c.client(sealedBytes(60))
			}
			c.server(sealedBytes(1200))
			f.wait(20 * time.Millisecond)
		}
		c.close()
	}, want: "RTSPS:played"},
	{name: "answers inside tls are no media", play: func(f *film) {
		c := f.handshake(322)
		c.asksInside(2)
		c.client(sealedBytes(200))
		f.wait(time.Second) // a slow answer, in two records
		c.server(slices.Concat(sealedBytes(300), sealedBytes(900)))
		c.close()
	}, want: "RTSPS:broken", by: rollover.PartyServer},
	{name: "silence inside tls", play: func(f *film) {
		c := f.handshake(322)
		c.asksInside(5)
		f.wait(2 * time.Second)
		c.close()
	}, want: "RTSPS:starved"},
	{name: "what was sealed does not pass", play: func(f *film) { f.handshake(322).playsInside(100, far) }, want: "RTSPS:starved", by: rollover.PartyRig},
	{name: "a second connection after a challenge inside tls", play: func(f *film) {
		c := f.handshake(322)
		c.asksInside(2)
		c.close()
		f.handshake(322).playsInside(100, both)
	}, want: "RTSPS:played"},
	{name: "322 dropped", play: func(f *film) { f.knock(322, 3, near) }, want: "RTSPS:blocked", by: rollover.PartyRig},
	{name: "322 refused", play: func(f *film) { f.knock(322, 1, both).rstServer() }, want: "RTSPS:refused", by: rollover.PartyServer},
	{name: "no TLS there", play: func(f *film) {
		c := f.dial(322)
		c.client(clientHello)
		c.server([]byte("RTSP/1.0 400 Bad Request\r\n\r\n"))
		c.close()
	}, want: "RTSPS:broken", by: rollover.PartyServer},
	{name: "the server gives the handshake up", play: func(f *film) {
		c := f.dial(322)
		c.client(clientHello)
		c.server([]byte("\x15\x03\x03\x00\x02\x02\x28"))
		c.close()
	}, want: "RTSPS:broken", by: rollover.PartyServer},
	{name: "the client does not trust the server", play: func(f *film) {
		c := f.dial(322)
		c.client(clientHello)
		c.server(serverHello)
		c.client([]byte("\x15\x03\x03\x00\x02\x02\x30"))
		c.close()
	}, want: "RTSPS:broken", by: rollover.PartyClient},
	{name: "the client says so under seal", play: func(f *film) { f.handshake(322).close() }, want: "RTSPS:broken", by: rollover.PartyClient},
	{name: "mute TLS", play: func(f *film) {
		c := f.dial(322)
		c.client(clientHello)
		f.wait(2 * time.Second)
		c.close()
	}, want: "RTSPS:broken", by: rollover.PartyServer},
	{name: "the server hangs up inside TLS", play: func(f *film) {
		c := f.handshake(322)
		c.asksInside(3)
		c.finServer()
		c.finClient()
	}, want: "RTSPS:broken", by: rollover.PartyServer},
	{name: "the gateway resets what is sealed", play: func(f *film) {
		c := f.handshake(322)
		c.asksInside(3)
		c.serverToward = near
		c.rstServer()
	}, want: "RTSPS:broken", by: rollover.PartyRig},
}

package trace

import (
	"slices"
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// goodPlays are trials in which nobody does anything wrong: none of them may
// show a fact. They are the clean counterpart of every case below.
var goodPlays = []struct {
	name string
	play func(f *film)
}{
	{"udp", func(f *film) { c := f.dial(554); c.probe(both); c.playUDP() }},
	{"udp, and again at once to the same port", func(f *film) {
		c := f.dial(554)
		c.probe(both)
		c.playUDP()
		c = f.dial(554)
		c.probe(both)
		c.playUDP()
	}},
	{"udp, then tcp on the same connection", func(f *film) { c := f.dial(554); c.starveUDP(); c.playTCP() }},
	{"udp, then tcp on a new connection", func(f *film) {
		c := f.dial(554)
		c.starveUDP()
		c.teardown()
		c.close()
		c = f.dial(554)
		c.describe()
		c.playTCP()
	}},
	{"461, then tcp", func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setup("rtx", udpSpec(rtxPort), 461, "")
		c.playTCP()
	}},
	{"554 blocked, then http", func(f *film) { f.knock(554, 3, near); f.playHTTP() }},
	{"loss, report and resend", func(f *film) {
		c := f.dial(554)
		c.probe(both)
		c.setupUDP()
		c.play()
		c.logs()
		f.media(0, 20, 5004, mediaPort, both)
		lost := f.rtpOf(20)
		f.datagram(true, 5004, mediaPort, lost, far)
		f.datagram(false, rtxPort+1, 5005, rtsp.NACK{Sender: 1, RTX: rtxSSRC, Media: mediaSSRC, Lost: []uint16{f.seq - 1}}.Append(nil), both)
		f.datagram(true, 5004, rtxPort, lost, both)
		f.media(21, 40, 5004, mediaPort, both)
		c.finish()
	}},
	{"401 to a client that wanted the connection closed", func(f *film) {
		c := f.dial(80)
		c.client([]byte("GET /clip HTTP/1.0\r\nUser-Agent: " + player + "\r\nConnection: Close\r\nPragma: " + describePragma + "\r\n\r\n"))
		c.head(401, cougar, 0)
		c.finServer()
		c.finClient()
	}},
	{"461, and the server closes much later", func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setup("rtx", udpSpec(rtxPort), 461, "")
		f.wait(5 * time.Second)
		c.finServer()
		c.finClient()
	}},
	{"looked back for a session that is gone", lookBackPlay(454)},
	{"the end of the stream names its last packet", endWith(func(c *tcp) { c.endOfStream("RTP-Info", "url="+testURL+"/audio;seq=40") })},
	{"doubled and overtaken datagrams", udpWith(func(f *film) {
		for k := 0; k < 40; k += 2 {
			first, second := f.rtpOf(k), f.rtpOf(k+1)
			for _, p := range [][]byte{second, first, first} {
				f.datagram(true, 5004, mediaPort, p, both)
			}
			f.wait(100 * time.Millisecond)
		}
	})},
	{"in-flight udp at the switch", func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setupUDP2()
		c.play()
		f.media(0, 20, 5004, mediaPort, far)
		c.setupTCP()
		f.media(20, 22, 5004, mediaPort, far)
		c.play()
		c.frames(0, 40, 0)
		c.finish()
	}},
}

// setupUDP2 is a whole selection over UDP, in the dialect's order.
func (c *tcp) setupUDP2() { c.setupRTX(); c.setupUDP() }

func TestGoodPlaysShowNoFact(t *testing.T) {
	t.Parallel()
	for _, test := range goodPlays {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := newFilm(t)
			test.play(f)
			if got := f.read(testScenario(), testSetup()); len(got.Facts) > 0 {
				t.Errorf("facts: %+v", got.Facts)
			}
		})
	}
}

// udpWith plays RTSPU with something else in the place of the media.
func udpWith(media func(f *film)) func(*film) {
	return func(f *film) {
		c := f.dial(554)
		c.probe(both)
		c.setupUDP()
		c.play()
		c.logs()
		media(f)
		c.finish()
	}
}

// tcpWith plays RTSPT with something else behind SETUP.
func tcpWith(rest func(c *tcp)) func(*film) {
	return func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setupTCP()
		rest(c)
		c.finish()
	}
}

// factCase is a capture that shows a fact.
type factCase struct {
	kind     rollover.FactKind
	name     string
	scenario func(s *rollover.Scenario)
	play     func(f *film)
	also     []rollover.FactKind // that come with it
}

// One capture for each kind of fact, which shows it and nothing else of
// weight.
func TestFacts(t *testing.T) {
	t.Parallel()
	tests := slices.Concat(serverFactCases, webFactCases, mmsFactCases, otherFactCases, repeatFactCases, modernFactCases, wordFactCases)
	seen := map[rollover.FactKind]bool{rollover.FactCrossed: true} // which takes two clients (crowd_test.go)
	for _, test := range tests {
		seen[test.kind] = true
		t.Run(string(test.kind)+" "+test.name, func(t *testing.T) {
			t.Parallel()
			f := newFilm(t)
			test.play(f)
			s := testScenario()
			if test.scenario != nil {
				test.scenario(&s)
			}
			got := f.read(s, testSetup())
			found := false
			for _, fact := range got.Facts {
				found = found || fact.Kind == test.kind
				if fact.Kind != test.kind && !slices.Contains(test.also, fact.Kind) {
					t.Errorf("a fact too many: %+v", fact)
				}
				if fact.Seen == "" || len(fact.Frames) == 0 {
					t.Errorf("the fact says too little: %+v", fact)
				}
			}
			if !found {
				t.Errorf("not seen; observed %s, facts %+v", rollover.Observed(got), got.Facts)
			}
		})
	}
	for _, kind := range rollover.FactKinds() {
		if !seen[kind] {
			t.Errorf("no capture shows %s", kind)
		}
	}
}

// pairsWith shows a packet pair that comes otherwise than promised, and the
// client that does without it.
func pairsWith(sport, dport uint16, ssrc uint32) func(f *film) {
	return func(f *film) {
		c := f.dial(554)
		c.describe()
		c.setupRTX()
		c.answer(c.askPair(), 200, nil)
		f.pairs(sport, dport, ssrc, both)
		f.wait(1100 * time.Millisecond)
		c.playTCP()
	}
}

// httpWith plays HTTP between peers that call themselves so.
func httpWith(server, agent string) func(f *film) {
	return func(f *film) {
		c := f.dial(80)
		c.described(server, agent)
		c.get("GET", playPragma, agent)
		c.head(200, server, -1)
		c.streamed(0, 40)
		f.log()
	}
}

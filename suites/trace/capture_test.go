package trace

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

func shortFilm(t *testing.T) *film {
	f := newFilm(t)
	c := f.dial(554)
	c.probe(both)
	c.setupUDP()
	c.play()
	f.media(0, 2, 5004, mediaPort, both)
	c.teardown()
	c.close()
	return f
}

func TestHealth(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		make func(t *testing.T) *film
		good func(h rollover.Health) bool
	}{
		{"whole", shortFilm, func(h rollover.Health) bool {
			return h.Canary && h.Lost == 0 && len(h.Problems) == 0 && h.ClientFrames > 5 && h.FirstClient > 0 && h.Last > h.FirstClient
		}},
		{"frames lost", func(t *testing.T) *film { f := shortFilm(t); f.lost = 3; return f }, func(h rollover.Health) bool {
			return h.Lost == 6 // three at each point
		}},
		{"no statistics", func(t *testing.T) *film { f := shortFilm(t); f.silent = true; return f }, func(h rollover.Health) bool {
			return len(h.Problems) == 2
		}},
		{"no canary", func(t *testing.T) *film { f := shortFilm(t); f.shots = f.shots[2:]; return f }, func(h rollover.Health) bool { return !h.Canary }},
		{"canary at one point", func(t *testing.T) *film { f := shortFilm(t); f.shots = f.shots[1:]; return f }, func(h rollover.Health) bool { return !h.Canary }},
		{"canary too late", func(t *testing.T) *film {
			f := shortFilm(t)
			f.shots = f.shots[2:]
			f.canary()
			return f
		}, func(h rollover.Health) bool { return !h.Canary }},
		{"canary alone", newFilm, func(h rollover.Health) bool { return h.Canary && h.ClientFrames == 0 && h.Frames == 2 }},
		{"a frame that was acknowledged is missing", func(t *testing.T) *film {
			f := shortFilm(t)
			at := slices.IndexFunc(f.shots, func(s shot) bool { return s.point == serverSide && bytes.Contains(s.data, []byte("a=stream:65536")) })
			f.shots = slices.Delete(f.shots, at, at+1)
			return f
		}, func(h rollover.Health) bool {
			return len(h.Problems) == 1 && strings.Contains(h.Problems[0], "acknowledged")
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := test.make(t).read(testScenario(), testSetup()).Health; !test.good(got) {
				t.Errorf("%+v", got)
			}
		})
	}
}

// A capture cut anywhere is damaged, never a panic; whole again, it is read
// the same twice.
func TestReadCutAnywhere(t *testing.T) {
	t.Parallel()
	whole := shortFilm(t).write()
	for n := 0; n < len(whole); n += 7 {
		got, err := Read(bytes.NewReader(whole[:n]), testScenario(), testSetup(), testClip)
		if err != nil && !errors.Is(err, errNoCapture) {
			t.Fatalf("cut at %d: %v", n, err)
		}
		if err == nil && len(got.Health.Problems) == 0 {
			t.Fatalf("cut at %d of %d: no problem", n, len(whole))
		}
	}
	first, err := Read(bytes.NewReader(whole), testScenario(), testSetup(), testClip)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Read(bytes.NewReader(whole), testScenario(), testSetup(), testClip)
	if diff := cmp.Diff(first, again); diff != "" || err != nil {
		t.Errorf("two readings differ: %s %v", diff, err)
	}
}

func TestReadOtherFiles(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "no capture", "\xd4\xc3\xb2\xa1 a pcap of the old kind, which has no points"} {
		if _, err := Read(strings.NewReader(text), testScenario(), testSetup(), testClip); !errors.Is(err, errNoCapture) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Datagrams that travel in fragments are whole again where all pieces came,
// in whatever order, and each frame is named.
func TestFragments(t *testing.T) {
	t.Parallel()
	for _, v6 := range []bool{false, true} {
		for _, drop := range []bool{false, true} {
			f := newFilm(t)
			f.v6 = v6
			c := f.dial(554)
			c.probe(both)
			c.setupUDP()
			c.play()
			for k := range 40 {
				f.fragmented(f.rtpOf(k), drop)
				f.wait(50 * time.Millisecond)
			}
			c.finish()
			got := f.read(testScenario(), testSetup())
			want := "RTSPU:played"
			if drop {
				want = "RTSPU:starved"
			}
			a := got.Attempts[0]
			if rollover.Observed(got) != want || a.Media.ServerSide != 40 || len(got.Health.Problems) > 0 {
				t.Errorf("v6 %v, dropped %v: %s %+v %v", v6, drop, rollover.Observed(got), a.Media, got.Health.Problems)
			}
		}
	}
}

// A recorder may see later pieces of an IPv6 packet under another number.
func TestFragmentsRenumbered(t *testing.T) {
	t.Parallel()
	var r reassembler
	payload := bytes.Repeat([]byte("0123456789abcdef"), 100)
	for i, n := range []uint32{7, 9, 9, 9} {
		piece := fragment{src: serverAddr6, dst: clientAddr6, proto: numberUDP, id: n, offset: 400 * i, more: i < 3, data: payload[400*i : 400*i+400]}
		piece.at.frame = i + 1
		got, frames, whole := r.add(piece)
		if whole != (i == 3) || whole && (!bytes.Equal(got, payload) || len(frames) != 4) {
			t.Fatalf("piece %d: whole %v, %d bytes, frames %v", i, whole, len(got), frames)
		}
	}
	if len(r.partial) != 0 || len(r.order) != 0 {
		t.Errorf("left behind: %v", r.order)
	}
}

func (f *film) fragmented(payload []byte, dropLast bool) {
	client, server := f.hosts()
	datagram := udpBytes(f, 5004, mediaPort, payload)
	for i, piece := range cutIP(f, server, client, datagram, 400) {
		points := both
		if dropLast && i == 0 {
			points = far
		}
		f.shoot(points, true, piece)
	}
}

// The client's address behind NAT is the gateway's; the connection is one.
func TestMasquerade(t *testing.T) {
	t.Parallel()
	f := newFilm(t)
	c := f.dial(554)
	c.describe()
	c.playTCP()
	for i := range f.shots {
		if s := &f.shots[i]; s.point == serverSide {
			s.data = translate(s.data)
		}
	}
	got := f.read(testScenario(), testSetup())
	if rollover.Observed(got) != "RTSPT:played" || got.Attempts[0].Media.ServerSide != 40 || len(got.Facts) > 0 {
		t.Errorf("%s %+v %+v", rollover.Observed(got), got.Attempts, got.Facts)
	}
}

func FuzzRead(f *testing.F) {
	t := &testing.T{}
	f.Add(shortFilm(t).write())
	g := newFilm(t)
	g.playHTTP()
	f.Add(g.write()[:4000])
	h := newFilm(t)
	c := h.dial(554)
	c.describe()
	c.setupTCP()
	c.play()
	c.server(rtsp.AppendFrame(nil, 0, h.rtpOf(0)))
	c.rstServer()
	f.Add(h.write())
	m := newFilm(t)
	p := m.dialMMS()
	p.connect()
	p.funnel("UDP")
	p.open()
	p.headerUDP(both)
	p.start()
	p.mediaUDP(0, 1, funnelPort, both)
	p.server(p.packet(1))
	p.goodbye()
	f.Add(m.write())
	for _, play := range []func(f *film){
		func(f *film) {
			c := f.tunnel(testCookie)
			c.begin()
			c.overTCP()
			c.play()
			c.sendTCP(1)
			c.teardown()
		},
		func(f *film) {
			c := f.described()
			c.overGroups()
			f.joins(groups[0].Addr())
			c.play()
			f.sendGroups(1, both)
			c.close()
		},
		func(f *film) { c := f.handshake(322); c.asksInside(3); c.close() },
	} {
		one := newFilm(t)
		play(one)
		f.Add(one.write())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, s := range []rollover.Scenario{testScenario(), modernScenario()} {
			_, _ = Read(bytes.NewReader(data), s, testSetup(), testClip)
		}
	})
}

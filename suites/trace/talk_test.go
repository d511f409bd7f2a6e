package trace

import (
	"testing"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
)

// A reply belongs to the open request of its number; one without a number that
// can be read, to the oldest open one.
func TestMatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		done    int    // so many of the three requests 1, 2, 3 have their reply
		number  string // of the reply; empty: none
		to      int    // the request that gets it; -1: none
		waiting int    // the oldest that waited; -1: none
		odd     bool
	}{
		{"in order", 0, "1", 0, 0, false},
		{"out of order", 0, "3", 2, 0, false},
		{"behind others", 1, "2", 1, 1, false},
		{"nobody's", 0, "9", -1, 0, true},
		{"a second one", 1, "1", -1, 1, true},
		{"no number", 0, "", 0, 0, true},
		{"no number, behind others", 2, "", 2, 2, true},
		{"nothing open", 3, "", -1, -1, true},
	} {
		open := make([]exchange, 3)
		for i := range open {
			open[i].req = &rtsp.Event{Message: rtsp.NewRequest("OPTIONS", testURL, i+1)}
			if i < c.done {
				open[i].reply = &rtsp.Event{}
			}
		}
		m := rtsp.NewReply(open[0].req.Message, 200)
		m.Header.Del("CSeq")
		if c.number != "" {
			m.Header.Add("CSeq", c.number)
		}
		reply := &rtsp.Event{Message: m}
		waiting, odd := match(open, reply, 7)
		for i, x := range open {
			if (x.reply == reply) != (i == c.to) || i == c.to && x.place != 7 {
				t.Errorf("%s: request %d has %+v", c.name, i, x)
			}
		}
		if odd != c.odd || (waiting == nil) != (c.waiting < 0) || c.waiting >= 0 && waiting != open[c.waiting].req {
			t.Errorf("%s: odd %v, waiting %+v", c.name, odd, waiting)
		}
	}
}

// Of two marks the earlier counts, of equals the first, and one that was never
// seen not at all.
func TestEarlier(t *testing.T) {
	t.Parallel()
	never, one, same, two := mark{}, mark{frame: 1, at: 5}, mark{frame: 2, at: 5}, mark{frame: 3, at: 6}
	for _, c := range []struct{ a, b, want mark }{
		{one, two, one}, {two, one, one}, {one, same, one}, {same, one, same}, {never, two, two}, {two, never, two}, {never, never, never},
	} {
		if got := earlier(c.a, c.b); got != c.want {
			t.Errorf("of %v and %v: %v", c.a, c.b, got)
		}
	}
	for _, c := range []struct {
		client, server mark
		want           bool
	}{{never, one, true}, {one, never, false}, {two, one, true}, {one, two, false}, {one, same, false}, {never, never, false}} {
		if got := (closing{client: c.client, server: c.server}).byServer(); got != c.want {
			t.Errorf("client at %v, server at %v: by the server is %v", c.client, c.server, got)
		}
	}
}

// A packet of the clip may have up to 16 bytes of the next behind it.
func TestPaddedPackets(t *testing.T) {
	t.Parallel()
	d := &depacketizers{clip: testClip}
	for extra, want := range map[int]bool{0: true, 1: true, 16: true, 17: false} {
		var y yield
		d.count(&y, append(testClip.Packet(3), make([]byte, extra)...))
		if got := len(y.clip) == 1 && y.clip[0] == 3 && y.foreign == 0; got != want || !want && y.foreign != 1 {
			t.Errorf("%d bytes more: %+v", extra, y)
		}
	}
}

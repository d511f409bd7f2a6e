package trace

import (
	"bytes"
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/asf"
	"github.com/rollover-conformance/rollover/fixtures/wmsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// TestOtherMedia reads a server whose content is not our clip: any ASF that
// advances will do, and nothing else.
func TestOtherMedia(t *testing.T) {
	t.Parallel()
	foreign := asf.NewClip(3 * time.Second)
	for _, c := range []struct {
		name    string
		packet  func(k int) []byte
		outcome rollover.Outcome
		packets int // distinct ones at the client
		fact    rollover.FactKind
	}{
		{"it advances", foreign.Packet, rollover.Played, 10, ""},
		{"the same again and again", func(int) []byte { return foreign.Packet(3) }, rollover.Played, 1, rollover.FactMediaIncomplete},
		{"no media", func(int) []byte { return bytes.Repeat([]byte{0xff}, foreign.PacketSize()) }, rollover.Broken, 0, rollover.FactForeignMedia},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFilm(t)
			conn := f.dial(80)
			conn.described(cougar, player)
			conn.get("GET", playPragma, player)
			conn.head(200, cougar, -1)
			conn.server(asfHeader())
			for k := range 10 {
				conn.server(wmsp.Packet{Type: wmsp.DataPacket, Location: uint32(k), Flags: byte(k), Payload: c.packet(k)}.Append(nil))
				f.wait(50 * time.Millisecond)
			}
			conn.close()
			f.log()
			setup := testSetup()
			setup.Content = "media"
			got := f.read(testScenario(), setup)
			if n := len(got.Attempts); n != 1 {
				t.Fatalf("%d attempts", n)
			}
			a := got.Attempts[0]
			if a.Outcome != c.outcome || a.Media.ClientSide != c.packets {
				t.Errorf("%s with %d packets (%s), want %s with %d", a.Outcome, a.Media.ClientSide, a.Why, c.outcome, c.packets)
			}
			for _, fact := range got.Facts {
				if fact.Kind != c.fact {
					t.Errorf("fact %s: %s", fact.Kind, fact.Seen)
				}
			}
			if c.fact != "" && len(got.Facts) == 0 {
				t.Errorf("no fact, want %s", c.fact)
			}
		})
	}
}

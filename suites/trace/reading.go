package trace

import (
	"net/netip"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/asf"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// reading is one capture being read.
type reading struct {
	scenario rollover.Scenario
	setup    rollover.Setup
	rows     []dissector // of the dialect
	clip     asf.Clip
	who      roles
	rec      recording
	conns    []*connection
	udp      [points][]datagram
	talks    map[*connection]*[points]talk
	others   map[*connection]any // what other protocols made of them
	facts    []rollover.Fact
}

func newReading(rec recording, s rollover.Scenario, setup rollover.Setup, clip asf.Clip) *reading {
	r := &reading{
		scenario: s, setup: setup, rows: dissectors(s.Dialect), clip: clip, who: rolesOf(setup), rec: rec,
		talks: map[*connection]*[points]talk{}, others: map[*connection]any{},
	}
	r.conns = connections(rec.packets, r.who)
	return r
}

// grace is what may still be under way, or in a sender's hands, when a message
// tells it to stop.
const grace = 300 * time.Millisecond

func rolesOf(setup rollover.Setup) roles {
	return roles{client: unmap(setup.Client.Addrs), server: unmap(setup.Server.Addrs), gateway: unmap(setup.Gateway)}
}

func unmap(in []netip.Addr) []netip.Addr {
	out := make([]netip.Addr, len(in))
	for i, a := range in {
		out[i] = a.Unmap()
	}
	return out
}

// note adds a fact. A fact without an attempt has index -1.
func (r *reading) note(kind rollover.FactKind, attempt int, at time.Duration, frames []int, seen string) {
	r.facts = append(r.facts, rollover.Fact{Kind: kind, Attempt: attempt, At: at, Seen: seen, Frames: few(frames)})
}

// few keeps the first frames of a list: enough to look at.
func few(frames []int) []int {
	const enough = 12
	return frames[:min(len(frames), enough):min(len(frames), enough)]
}

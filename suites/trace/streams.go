package trace

import (
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// group is where the server said that it sends a stream by multicast.
func (s selection) group() (to netip.AddrPort, ok bool) {
	if !s.replied || !s.granted.UDP() || !s.granted.Multicast() {
		return to, false
	}
	host, _ := s.granted.Lookup("destination")
	text, _ := s.granted.Lookup("port")
	addr, err := netip.ParseAddr(host)
	ports, badPorts := rtsp.ParsePorts(text)
	if err != nil || badPorts != nil {
		return to, false
	}
	return netip.AddrPortFrom(addr.Unmap(), ports.First), ports.First != 0
}

// reach is how many routers the server said that a multicast stream may pass; 0:
// it did not say.
func (s selection) reach() int {
	text, _ := s.granted.Lookup("ttl")
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 255 {
		return 0
	}
	return n
}

// streamTo is the selection whose media goes to that address and port; -1: none.
func (a *attempt) streamTo(to netip.AddrPort) int {
	return slices.IndexFunc(a.selections, func(s selection) bool {
		if a.rung().Data() == rollover.OverMulticast {
			at, ok := s.group()
			return ok && at == to
		}
		p, ok := s.clientPort()
		return ok && p.First == to.Port()
	})
}

// streamOn is the selection whose media comes on that interleaved channel; -1:
// none.
func (a *attempt) streamOn(channel byte) int {
	return slices.IndexFunc(a.selections, func(s selection) bool {
		p, ok := s.granted.Interleaved()
		return ok && p.First == uint16(channel)
	})
}

// swapped reports that a source which was named for another stream sends to this
// one's ports.
func (a *attempt) swapped(stream int, ssrc uint32) bool {
	if slices.ContainsFunc(a.selections, func(s selection) bool { return s.rtx }) {
		return false // of the Windows Media dialect, where packets are sent again on another stream
	}
	return slices.ContainsFunc(a.selections, func(s selection) bool {
		named, ok := s.granted.SSRC()
		p, hasPort := s.clientPort()
		mine, _ := a.selections[stream].clientPort()
		return ok && named == ssrc && hasPort && p.First != mine.First
	}) && !a.names(stream, ssrc)
}

// names reports that the source was named for the stream.
func (a *attempt) names(stream int, ssrc uint32) bool {
	named, ok := a.selections[stream].granted.SSRC()
	return ok && named == ssrc
}

// feed notes that a stream of the attempt had media at the client.
func (a *attempt) feed(stream int, at mark) {
	if stream < 0 {
		return
	}
	if a.fed == nil {
		a.fed = map[int]mark{}
	}
	a.fed[stream] = at
}

// hungry is a stream that the server had granted and that brought nothing while
// another one did, where the client then turned away from both: it wants every
// stream (rollover.md B.6 note 5). A client that is content with one stays.
func (r *reading) hungry(a *attempt) (selection, bool) {
	if !r.modern() || !a.followed || len(a.fed) == 0 {
		return selection{}, false
	}
	var last time.Duration
	for _, m := range a.fed {
		last = max(last, m.at)
	}
	leave, asked := r.leaveOf(a), a.askedAt()
	switch {
	case !leave.seen() || leave.at-last >= silence || len(a.sent[serverSide]) >= r.total():
		return selection{}, false // what was fed had come to its end
	case leave.at-asked.at < silence-grace:
		return selection{}, false // it did not wait for the other
	}
	for i, s := range a.selections {
		if _, fed := a.fed[i]; s.ok() && !fed {
			return s, true
		}
	}
	return selection{}, false
}

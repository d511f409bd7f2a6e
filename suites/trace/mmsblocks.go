package trace

import (
	"time"

	"github.com/rollover-conformance/rollover/fixtures/mms"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// block counts one data packet that went as was granted. A whole header shows
// that the data leg is open, and is no media; a packet pair is neither.
func (a *attempt) block(p point, at mark, b mms.Data, d *depacketizers) {
	switch a.blockKind(at.at, b, d) {
	case headerBlock:
		a.mms().headers[p].take(at, b)
		a.Pairs.ServerSide, a.Pairs.ClientSide = a.mms().headers[serverSide].whole, a.mms().headers[clientSide].whole
	case mediaBlock:
		var y yield
		d.count(&y, b.Payload)
		switch {
		case p == serverSide:
			a.left(parcel{mark: at, content: y.clip, byUDP: a.rung() == rollover.MMSU, head: dataHeader{b.Location, b.Incarnation, b.Flags}})
		case !a.agreedMark(b.Incarnation):
			a.oddSource++
		}
		a.carried(p, at, y)
	}
}

// headers are the ASF headers that passed a point, by the mark of the request
// that each is for.
type headers struct {
	pieces  map[byte]map[uint32][]byte
	last    map[byte]uint32 // the location of the piece that ends it
	whole   int
	first   mark   // where a whole one was there
	content []byte // its bytes
}

// take counts a header once, when the last of its pieces has come, in whatever
// order they come.
func (h *headers) take(at mark, b mms.Data) {
	if h.pieces == nil {
		h.pieces, h.last = map[byte]map[uint32][]byte{}, map[byte]uint32{}
	}
	mine := h.pieces[b.Incarnation]
	if mine == nil {
		mine = map[uint32][]byte{}
		h.pieces[b.Incarnation] = mine
	}
	if _, known := mine[b.Location]; known {
		return
	}
	mine[b.Location] = b.Payload
	if b.EndsHeader() {
		h.last[b.Incarnation] = b.Location
	}
	if last, known := h.last[b.Incarnation]; known && len(mine) == int(last)+1 {
		if h.whole++; h.whole == 1 {
			h.first = at
			for n := range last + 1 {
				h.content = append(h.content, mine[n]...)
			}
		}
	}
}

// blockKind is what a data packet is for.
type blockKind int

const (
	mediaBlock  blockKind = iota
	headerBlock           // a piece of the ASF header
	pairBlock             // of a packet pair
)

// blockKind tells media from what comes before it: by its bytes, and where they
// are not known by what the client had asked for by then.
func (a *attempt) blockKind(at time.Duration, b mms.Data, d *depacketizers) blockKind {
	if b.Incarnation == mms.PairMark && (b.Location == mms.PairFirst || b.Location == mms.PairSecond) {
		return pairBlock
	}
	if isASF(b.Payload) {
		return headerBlock
	}
	if _, ok := d.clip.Index(b.Payload); ok && !d.anyASF {
		return mediaBlock
	}
	started := false
	for _, s := range a.mms().starts() {
		started = started || s.asked().at <= at
		if s.asked().at <= at && b.Incarnation == incarnationOf(s) {
			return mediaBlock
		}
	}
	for _, s := range a.mms().find(mms.MIDReadBlock) {
		if b.Incarnation == incarnationOf(s) {
			return headerBlock
		}
	}
	if started {
		return mediaBlock
	}
	return headerBlock
}

// incarnationOf is the mark that data for a request carries.
func incarnationOf(s mmsAsk) byte {
	switch m := s.req.Message.(type) {
	case *mms.ReadBlock:
		return byte(m.Incarnation)
	case *mms.StartPlaying:
		return byte(m.Incarnation)
	case *mms.StartStriding:
		return byte(m.Incarnation)
	}
	return 0
}

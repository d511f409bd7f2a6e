package trace

import (
	"slices"

	"github.com/rollover-conformance/rollover/fixtures/asf"
	"github.com/rollover-conformance/rollover/fixtures/modern"
	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// modernContent knows the content of modern servers in RTP packets.
type modernContent struct {
	clip  modern.Clip
	any   bool    // any valid media will do, it need not be the clip
	types []uint8 // payload types that descriptions name; none: no description was seen
	units map[streamKey]*modern.Depacketizer
}

// contentOf is what the conversations and the scenario say of the content to
// expect.
func (r *reading) contentOf(all []*attempt) *modernContent {
	m := &modernContent{clip: modern.NewClip(r.clip.Duration()), any: !r.wantsClip(), units: map[streamKey]*modern.Depacketizer{}}
	for _, sdp := range descriptions(all) {
		for _, media := range sdp.Media {
			if t := media.PayloadType; t >= 0 && t < 128 && !slices.Contains(m.types, uint8(t)) {
				m.types = append(m.types, uint8(t))
			}
		}
	}
	return m
}

// descriptions are those that clients were given, in order.
func descriptions(all []*attempt) []*rtsp.SDP {
	var out []*rtsp.SDP
	for _, a := range all {
		for _, s := range a.steps {
			if s.method() != rtsp.Describe || !s.ok() {
				continue
			}
			if sdp, err := rtsp.ParseSDP(s.reply.Message.Body); err == nil {
				out = append(out, sdp)
			}
		}
	}
	return out
}

// Content is what is streamed in a scenario, to last as long as the clip: the clip
// itself, or that of RTSP of today.
func Content(s rollover.Scenario, clip asf.Clip) rollover.ClipSetup {
	if s.Dialect != rollover.Modern {
		return rollover.ClipSetup{SHA256: clip.SHA256(), Packets: clip.Packets(), Size: clip.PacketSize(), Duration: clip.Duration()}
	}
	today := modern.NewClip(clip.Duration())
	return rollover.ClipSetup{SHA256: today.SHA256(), Packets: packetsOf(today), Duration: clip.Duration()}
}

func packetsOf(clip modern.Clip) (n int) {
	for _, t := range modern.Tracks {
		n += clip.Packets(t)
	}
	return n
}

// total is how many packets the whole content has.
func (r *reading) total() int {
	if r.modern() {
		return packetsOf(modern.NewClip(r.clip.Duration()))
	}
	return r.clip.Packets()
}

// push takes an RTP packet and counts what it is. A packet without payload
// opens a way and is no media.
func (m *modernContent) push(key streamKey, p rtsp.RTP) yield {
	switch {
	case len(p.Payload) == 0:
		return yield{}
	case len(m.types) > 0 && !slices.Contains(m.types, p.PayloadType):
		return yield{foreign: 1}
	case m.any:
		return yield{clip: []int{int(p.SSRC)<<32 | int(p.Timestamp)}} // media that does not advance is one packet
	}
	y := m.pictures(key, p)
	for _, t := range modern.Tracks {
		if k, ok := m.clip.Index(t, p.Payload); ok {
			y.clip = []int{number(t, k)}
			return y
		}
	}
	if p.PayloadType == modern.Audio.PayloadType() {
		y.foreign++
	}
	return y
}

// number is a packet of the clip among those of all tracks.
func number(t modern.Track, k int) int { return k*len(modern.Tracks) + int(t) }

// pictures tells which pictures of the clip a packet completes, as the numbers
// of their packets, for servers that cut them in their own way. What it completes
// otherwise, and what H.264 does not have, is foreign.
func (m *modernContent) pictures(key streamKey, p rtsp.RTP) (y yield) {
	if p.PayloadType == modern.Audio.PayloadType() {
		return y
	}
	d := m.units[key]
	if d == nil {
		d = &modern.Depacketizer{}
		m.units[key] = d
	}
	nals, err := d.Push(p)
	if err != nil && unitType(p.Payload) != fuA { // else pieces before it may have been lost
		y.foreign++
	}
	for _, nal := range nals {
		if t := unitType(nal); t < 1 || t > lastSlice {
			continue // parameters, and words beside the picture
		}
		k, ok := m.clip.Picture(nal)
		if !ok {
			y.foreign++
			continue
		}
		parts := m.clip.Packets(modern.Video) / m.clip.Pictures()
		for part := range parts {
			y.clip = append(y.clip, number(modern.Video, k*parts+part))
		}
	}
	return y
}

// Types of NAL units and of RTP payloads that hold pieces of them (H.264 7.4.1,
// RFC 6184 5.2).
const (
	lastSlice = 5
	fuA       = 28
)

func unitType(b []byte) byte {
	if len(b) == 0 {
		return 0
	}
	return b[0] & 0x1f
}

// stuck reports media of which every packet has the same time.
func stuck(sent map[int]mark, byStream bool) bool {
	if !byStream {
		return len(sent) == 1
	}
	seen := map[int]int{}
	for key := range sent {
		seen[key>>32]++
	}
	for _, times := range seen {
		if times > 1 {
			return false
		}
	}
	return len(sent) > 0
}

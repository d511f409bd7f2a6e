package trace

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// inspectRTP holds the headers of an attempt's media against what was
// negotiated and against the content.
func (r *reading) inspectRTP(a *attempt, i int) {
	r.inspectIdentity(a, i)
	for _, stream := range bySource(a.parcels) {
		r.inspectSequence(i, stream)
		if r.hasASF(a) {
			r.inspectStamps(i, stream)
			if r.onceThrough(a.plays()) {
				r.inspectOrder(i, once(sequenced(stream)))
			}
		}
	}
}

// bySource parts the parcels by SSRC, in the order of their first packets.
func bySource(in []parcel) [][]parcel {
	var out [][]parcel
	for _, p := range in {
		at := slices.IndexFunc(out, func(s []parcel) bool { return s[0].rtp.SSRC == p.rtp.SSRC })
		if at < 0 {
			out = append(out, nil)
			at = len(out) - 1
		}
		out[at] = append(out[at], p)
	}
	return out
}

func sequenced(in []parcel) []numbered {
	return unwrap(in, 16, func(p parcel) int { return int(p.rtp.Sequence) })
}

// granted are the SSRCs of the ordinary streams; none where a reply leaves it
// out, for then nothing can be wrong.
func (a *attempt) granted() []uint32 {
	var out []uint32
	for _, s := range a.selections {
		if s.rtx || !s.ok() {
			continue
		}
		ssrc, named := s.granted.SSRC()
		if !named {
			return nil
		}
		out = append(out, ssrc)
	}
	return out
}

// agreedSource reports whether media may carry the SSRC.
func (a *attempt) agreedSource(ssrc uint32) bool {
	granted := a.granted()
	return len(granted) == 0 || slices.Contains(granted, ssrc)
}

// payloadTypes are those of the described ordinary streams; none where one of
// them has no number.
func (r *reading) payloadTypes(a *attempt) []int {
	var out []int
	if sdp := r.description(a); sdp != nil {
		for _, m := range sdp.Streams() {
			if m.PayloadType < 0 {
				return nil
			}
			out = append(out, m.PayloadType)
		}
	}
	return out
}

func (r *reading) inspectIdentity(a *attempt, i int) {
	types := r.payloadTypes(a)
	var source, kind []int
	var ssrc uint32
	var payload uint8
	for _, p := range a.parcels {
		if !a.agreedSource(p.rtp.SSRC) {
			source, ssrc = append(source, p.frame), p.rtp.SSRC
		}
		if len(types) > 0 && !slices.Contains(types, int(p.rtp.PayloadType)) {
			kind, payload = append(kind, p.frame), p.rtp.PayloadType
		}
	}
	if len(source) > 0 {
		r.note(rollover.FactRTPSource, i, a.parcels[0].at, source,
			fmt.Sprintf("%d media packets with SSRC %08x; granted: %08x", len(source), ssrc, a.granted()))
	}
	if len(kind) > 0 {
		r.note(rollover.FactRTPType, i, a.parcels[0].at, kind,
			fmt.Sprintf("%d media packets of payload type %d; described: %d", len(kind), payload, types))
	}
}

// inspectSequence looks for numbers that were left out or used twice.
func (r *reading) inspectSequence(i int, stream []parcel) {
	in := sequenced(stream)
	missing, frames := holes(in)
	if missing > 0 {
		r.note(rollover.FactRTPSequence, i, stream[0].at, frames,
			fmt.Sprintf("%d of the sequence numbers from %d to %d were never sent, in %d packets", missing, in[0].rtp.Sequence, in[len(in)-1].rtp.Sequence, len(stream)))
		return
	}
	for k := 1; k < len(in); k++ {
		if in[k].n == in[k-1].n && !bytes.Equal(in[k].rtp.Payload, in[k-1].rtp.Payload) {
			r.note(rollover.FactRTPSequence, i, in[k].at, []int{in[k-1].frame, in[k].frame},
				fmt.Sprintf("two packets under the sequence number %d", in[k].rtp.Sequence))
			return
		}
	}
}

// stampTolerance is how far a timestamp may be off, in milliseconds: send times
// are whole ones.
const stampTolerance = 1

// inspectStamps looks at what the RTP headers say of the ASF packets in them. A
// server may begin to count anywhere.
func (r *reading) inspectStamps(i int, stream []parcel) {
	var late, bare []int
	var first, stamp uint32
	var send int
	begun := false
	for _, p := range stream {
		if len(p.content) == 0 {
			continue
		}
		if !p.rtp.Marker {
			bare = append(bare, p.frame)
		}
		due := r.sendTime(p.content[0])
		if !begun {
			begun, first = true, p.rtp.Timestamp-uint32(due)
		}
		if off := int32(p.rtp.Timestamp - first - uint32(due)); off > stampTolerance || off < -stampTolerance {
			if len(late) == 0 {
				stamp, send = p.rtp.Timestamp-first, due
			}
			late = append(late, p.frame)
		}
	}
	if len(late) > 0 {
		r.note(rollover.FactRTPTime, i, stream[0].at, late,
			fmt.Sprintf("%d packets with a wrong timestamp; the first is %d ms into the stream and %d ms into the content", len(late), stamp, send))
	}
	if len(bare) > 0 {
		r.note(rollover.FactRTPMarker, i, stream[0].at, bare, fmt.Sprintf("%d packets end an ASF packet and have no marker", len(bare)))
	}
}

// sendTime is when a packet of the content is due, in milliseconds from its
// beginning; see [yield].
func (r *reading) sendTime(k int) int {
	if r.wantsClip() {
		return int(r.clip.SendTime(k).Milliseconds())
	}
	return k
}

// description is what the client was told of the content; nil: nothing that can
// be read.
func (r *reading) description(a *attempt) *rtsp.SDP {
	for _, c := range slices.Backward(a.conns) {
		for _, x := range slices.Backward(r.nearTalk(c).exchanges) { // an earlier attempt may have asked
			if x.method() != rtsp.Describe || !x.ok() || x.asked().at > a.here {
				continue
			}
			if sdp, err := rtsp.ParseSDP(x.reply.Message.Body); err == nil {
				return sdp
			}
		}
	}
	return nil
}

// hasASF reports that the content is described as ASF.
func (r *reading) hasASF(a *attempt) bool {
	sdp := r.description(a)
	return sdp != nil && slices.ContainsFunc(sdp.Streams(), rtsp.Media.ASF)
}

// plays is how often the client asked for the content.
func (a *attempt) plays() int {
	n := 0
	for _, s := range a.steps {
		if s.method() == rtsp.Play && s.ok() {
			n++
		}
	}
	return n
}

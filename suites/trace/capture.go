package trace

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
)

// maxFrames bounds what is read of one capture.
const maxFrames = 4 << 20

// errNoCapture is returned for a file that is no capture of ours at all.
var errNoCapture = errors.New("not a pcapng capture with our observation points")

// record reads the whole file. Damage is a problem of the recording; the error
// is for a file that yields nothing.
func record(r io.Reader) (recording, error) {
	guard := newBlocks(r)
	reader, err := open(guard)
	if err != nil {
		return recording{}, fmt.Errorf("%w: %w", errNoCapture, errors.Join(err, guard.damage))
	}
	if reader.LinkType() != layers.LinkTypeEthernet {
		return recording{}, fmt.Errorf("%w: link type %v", errNoCapture, reader.LinkType())
	}
	var rec recording
	var decode decoder
	err = frames(reader, &rec, &decode)
	if err = errors.Join(err, guard.damage); err != nil {
		rec.problems = append(rec.problems, fmt.Sprintf("the capture is damaged after frame %d: %v", rec.frames, err))
	}
	rec.problems = append(rec.problems, decode.problems()...)
	if err := statistics(reader, &rec); err != nil {
		return rec, err
	}
	slices.SortStableFunc(rec.packets, func(a, b packet) int { return cmp.Compare(a.at, b.at) })
	return rec, nil
}

// unreadable turns a panic of pcapgo's into damage as any other: it divides
// by a time resolution and indexes into options without a look at them.
func unreadable(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("unreadable block: %v", r)
	}
}

func open(r io.Reader) (reader *pcapgo.NgReader, err error) {
	defer unreadable(&err)
	return pcapgo.NewNgReader(r, pcapgo.DefaultNgReaderOptions)
}

// frames reads frame after frame.
func frames(reader *pcapgo.NgReader, rec *recording, decode *decoder) (err error) {
	defer unreadable(&err)
	var zero time.Time
	for rec.frames < maxFrames {
		data, info, err := reader.ReadPacketData()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		rec.frames++
		if rec.frames == 1 {
			zero = info.Timestamp
		}
		at := mark{rec.frames, info.Timestamp.Sub(zero)}
		rec.last = max(rec.last, at.at)
		rec.clock(info.InterfaceIndex, at.at)
		iface, err := reader.Interface(info.InterfaceIndex)
		if err != nil {
			return err
		}
		p := slices.Index(pointNames[:], iface.Name)
		if p < 0 {
			continue
		}
		decode.frame(rec, point(p), at, data)
	}
	return fmt.Errorf("more than %d frames", maxFrames)
}

// clockTolerance is how far time may go back between two frames of one point:
// processors take their stamps by themselves.
const clockTolerance = 100 * time.Millisecond

// clock notes a clock that went back: no time between two frames can then be
// believed.
func (r *recording) clock(iface int, at time.Duration) {
	if r.newest == nil {
		r.newest = map[int]time.Duration{}
	}
	if last, ok := r.newest[iface]; ok && last-at > clockTolerance {
		r.problems = append(r.problems, fmt.Sprintf("the clock went back by %v before frame %d", last-at, r.frames))
	}
	r.newest[iface] = at
}

// statistics adds up what the recorder lost. A point without a word about it
// may have lost anything.
func statistics(reader *pcapgo.NgReader, rec *recording) error {
	var found [points]bool
	for i := range reader.NInterfaces() {
		iface, err := reader.Interface(i)
		if err != nil {
			return err
		}
		p := slices.Index(pointNames[:], iface.Name)
		if p < 0 {
			continue
		}
		found[p] = true
		dropped := iface.Statistics.PacketsDropped
		switch {
		case iface.Statistics.LastUpdate.IsZero() || dropped == pcapgo.NgNoValue64:
			rec.problems = append(rec.problems, fmt.Sprintf("no statistics of %s: what it lost is unknown", iface.Name))
		default:
			rec.lost += int(min(dropped, 1<<31))
		}
	}
	for p, ok := range found {
		if !ok {
			return fmt.Errorf("%w: no interface %s", errNoCapture, pointNames[p])
		}
	}
	return nil
}

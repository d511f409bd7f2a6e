package capture

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
)

// MaxBytes is the most that a recording holds of frames, in bytes: some thirty
// times what twenty players make of a trial. Who sends more fills no disk; the
// recording fails, and its file has no end.
const MaxBytes = 256 << 20

// file writes the pcapng: a section, an interface for each point, frames, and
// each interface's statistics at the end.
type file struct {
	out  *pcapgo.NgWriter
	most int // bytes of frames
	left int // of them
}

// fileBuffer spares a system call for most frames.
const fileBuffer = 128 << 10

func newFile(w io.Writer, most int, points []Point) (*file, error) {
	options := pcapgo.NgWriterOptions{SectionInfo: pcapgo.NgSectionInfo{
		OS: "linux", Application: "rollover",
	}}
	// The writer keeps a buffer that is large enough already.
	out, err := pcapgo.NewNgWriterInterface(bufio.NewWriterSize(w, fileBuffer), ngInterface(points[0]), options)
	if err != nil {
		return nil, fmt.Errorf("writing the file's head: %w", err)
	}
	for _, p := range points[1:] {
		if _, err := out.AddInterface(ngInterface(p)); err != nil {
			return nil, fmt.Errorf("writing the file's head: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return nil, fmt.Errorf("writing the file's head: %w", err)
	}
	return &file{out: out, most: most, left: most}, nil
}

func ngInterface(p Point) pcapgo.NgInterface {
	return pcapgo.NgInterface{
		Name: p.Name, Description: p.Host.Name() + ":" + p.Interface, LinkType: layers.LinkTypeEthernet,
		SnapLength: maxFrame, TimestampResolution: 9,
	}
}

func (f *file) frame(point int, fr frame) error {
	if f.left -= len(fr.data); f.left < 0 {
		return fmt.Errorf("more than %d bytes of frames", f.most)
	}
	err := f.out.WritePacket(gopacket.CaptureInfo{
		Timestamp: time.Unix(0, fr.at), CaptureLength: len(fr.data), Length: max(fr.length, len(fr.data)), InterfaceIndex: point,
	}, fr.data)
	if err != nil {
		return fmt.Errorf("writing a frame: %w", err)
	}
	return nil
}

func (f *file) flush() error {
	if err := f.out.Flush(); err != nil {
		return fmt.Errorf("writing frames: %w", err)
	}
	return nil
}

// end writes what each point lost (isb_ifdrop), of how many (isb_ifrecv).
func (f *file) end(s Stats) error {
	for i, p := range s.Points {
		err := f.out.WriteInterfaceStats(i, pcapgo.NgInterfaceStatistics{
			LastUpdate: s.Stopped, StartTime: s.Started, EndTime: s.Stopped,
			PacketsReceived: p.Frames + p.Lost, PacketsDropped: p.Lost,
		})
		if err != nil {
			return fmt.Errorf("writing statistics: %w", err)
		}
	}
	return f.flush()
}

package rollover

import (
	"net/netip"
	"time"
)

// Setup is what judging needs beside the packets: who is under test and how
// the trial was arranged. It is the file setup.json of a trial's folder.
type Setup struct {
	Schema    int                `json:"schema"`
	Tool      string             `json:"tool"` // name and version
	SUT       Party              `json:"sut"`
	Target    string             `json:"target"`
	Claims    []Rung             `json:"claims"`            // rungs the target claims
	Content   string             `json:"content"`           // clip: payload must equal the clip; media: valid, advancing media
	Ports     map[Service]uint16 `json:"ports"`             // where the server serves each protocol
	RTP       uint16             `json:"rtp"`               // UDP port media is expected from
	RTCP      uint16             `json:"rtcp"`              // UDP port that takes loss reports
	Client    HostSetup          `json:"client"`            // of several: the first
	Clients   []HostSetup        `json:"clients,omitempty"` // of several: each, in the order of their numbers
	Server    HostSetup          `json:"server"`
	Gateway   []netip.Addr       `json:"gateway"`
	Points    []Point            `json:"points"`
	Timing    Timing             `json:"timing"`
	Row       ClientRow          `json:"row"`
	Clip      ClipSetup          `json:"clip"`
	Exits     []Exit             `json:"exits"`
	Started   time.Time          `json:"started"`
	Stopped   time.Time          `json:"stopped"`
	TookNS    time.Duration      `json:"took_ns"`           // by the monotonic clock
	Changes   []Change           `json:"changes,omitempty"` // of the profile in mid-play
	Stalled   time.Duration      `json:"stalled_ns"`        // the longest time the machine kept the rig from running
	RcvErrors uint64             `json:"rcvbuf_errors"`     // datagrams that a host of ours dropped for want of buffer
	Capture   string             `json:"capture_sha256,omitempty"`
}

// PortOf is where the server serves the endpoint, as far as the trial knows.
func (s Setup) PortOf(svc Service) uint16 {
	switch svc {
	case PortRTP:
		return s.RTP
	case PortRTCP:
		return s.RTCP
	}
	return s.Ports[svc]
}

// steady is how long the machine may keep the rig waiting before the doings of
// its fixtures prove nothing: a good part of the shortest timer.
func (s Setup) steady() time.Duration { return s.Timing.FirstData / 4 }

// Unsteady reports whether the machine kept the rig from running for so long
// that nobody can be convicted by this trial.
func (s Setup) Unsteady() bool { return s.Stalled > s.steady() }

// HostSetup is one host of the lab.
type HostSetup struct {
	Name  string       `json:"name"`
	Addrs []netip.Addr `json:"addrs"`
}

// Point is one observation point: an interface of the capture file.
type Point struct {
	Name      string `json:"name"`      // client-side, server-side
	Interface string `json:"interface"` // as the capture file calls it
}

// ClipSetup identifies the clip that was offered.
type ClipSetup struct {
	SHA256   string        `json:"sha256"` // of the whole ASF file
	Packets  int           `json:"packets"`
	Size     int           `json:"packet_size"`
	Duration time.Duration `json:"duration_ns"`
}

// Exit is how a program or fixture of the trial ended.
type Exit struct {
	Party    Party         `json:"party"`
	Client   int           `json:"client,omitempty"` // which of several clients, counted from 1
	Program  string        `json:"program"`          // "reference client", or the command
	Ready    bool          `json:"ready"`            // it got as far as being able to take part
	Code     int           `json:"code"`             // -1: ended by a signal or by us
	Detail   string        `json:"detail,omitempty"`
	Ended    time.Duration `json:"ended_ns"` // since the start of the capture
	ByItself bool          `json:"by_itself"`
}

// Change is a profile that replaced another in mid-play.
type Change struct {
	At      time.Duration `json:"at_ns"` // since the start of the capture
	Profile string        `json:"profile"`
}

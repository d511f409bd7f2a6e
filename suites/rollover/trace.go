package rollover

import "time"

// FrameRef is a frame's number in the trial's capture file, counted from 1 as
// Wireshark shows it. Both observation points share one numbering.
type FrameRef = int

// Trace is what the evidence shows, read from the capture alone.
type Trace struct {
	Attempts []Attempt `json:"attempts"`
	Facts    []Fact    `json:"facts,omitempty"`
	Health   Health    `json:"health"`
	Clients  []Trace   `json:"clients,omitempty"` // of several clients: what each did; Attempts and Facts are then empty
}

// Attempt is one try of one rung: one connection, its repeated SYNs included,
// or one transport negotiation on it.
type Attempt struct {
	Candidates []Rung        `json:"candidates"` // one, or those that cannot be told apart
	Outcome    Outcome       `json:"outcome"`
	Start      time.Duration `json:"start_ns"` // since the start of the capture
	End        time.Duration `json:"end_ns"`
	Trigger    time.Duration `json:"trigger_ns"` // when the client's timer for this outcome began (see Window)
	Frames     []FrameRef    `json:"frames"`     // that show it: the opening one first, the deciding one last
	Why        string        `json:"why"`        // what decided, in words
	Status     int           `json:"status,omitempty"`
	EndedBy    Party         `json:"ended_by,omitempty"` // whose frame or silence decided; rig: the gateway's; empty: nobody's
	Asked      bool          `json:"asked"`              // the client asked for media: PLAY
	Pairs      Pairs         `json:"pairs"`
	Media      Media         `json:"media"`
	Messages   []Message     `json:"messages,omitempty"` // what passed on the control leg, for people
}

// Media counts the clip's packets that an attempt carried at each observation
// point. A packet counts once, however often it was sent.
type Media struct {
	ServerSide int           `json:"server_side"` // distinct packets seen to leave the server's link
	ClientSide int           `json:"client_side"` // distinct packets seen on the client's link
	Total      int           `json:"total"`       // packets of the clip
	Foreign    int           `json:"foreign"`     // packets that are not the clip's, on the client's link
	First      time.Duration `json:"first_ns"`    // the first on the client's link
	Last       time.Duration `json:"last_ns"`
	FirstFrame FrameRef      `json:"first_frame,omitempty"`
	LastFrame  FrameRef      `json:"last_frame,omitempty"`
}

// Pairs is what came on an attempt's data leg before media, and told the client
// that it is open: the packets of the pair that it asked for (MS-RTSP 3.1.5.6),
// or over MMS the ASF headers, whole (MS-MMSP 3.1.5.12). It is not media.
type Pairs struct {
	Asked      bool `json:"asked"`
	ServerSide int  `json:"server_side"` // packets seen to leave the server's link
	ClientSide int  `json:"client_side"` // packets seen on the client's link
}

// Message is one message of the control leg as a person would name it.
type Message struct {
	At         time.Duration `json:"at_ns"`
	Frame      FrameRef      `json:"frame"`
	FromClient bool          `json:"from_client"`
	Text       string        `json:"text"` // "SETUP audio UDP 1790", "461", "SYN x4"
}

// Fact is something the capture shows that a requirement forbids or wants
// explained. Reading names the fact; judging says what it breaks.
type Fact struct {
	Kind    FactKind      `json:"kind"`
	Attempt int           `json:"attempt"` // index into Attempts; -1: none
	At      time.Duration `json:"at_ns"`
	Seen    string        `json:"seen"` // one sentence with the numbers
	Frames  []FrameRef    `json:"frames,omitempty"`
	Other   int           `json:"other,omitempty"` // another client, counted from 1, that takes part in it; 0: none
}

// FactKind names a fact; the judge's table says party and requirement.
type FactKind string

// Health is whether the capture can be believed.
type Health struct {
	Frames       int      `json:"frames"`
	Lost         int      `json:"lost"`               // dropped by the recorder, from the capture's own statistics
	Canary       bool     `json:"canary"`             // seen at every point before the client's first frame
	ClientFrames int      `json:"client_frames"`      // TCP and UDP frames the client host sent
	Problems     []string `json:"problems,omitempty"` // damage: truncated file, gap in a stream

	FirstClient time.Duration `json:"first_client_ns,omitempty"` // when the first of ClientFrames was sent
	Last        time.Duration `json:"last_ns,omitempty"`         // when the last frame of the capture came
}

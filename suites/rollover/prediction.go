package rollover

import (
	"slices"
	"time"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// Prediction is what a conforming pair must do. There are several sequences
// where the sources allow several; any of them may be observed.
type Prediction struct {
	Sequences [][]Step     `json:"sequences"`         // an empty sequence: no frame at all. Of several clients: those of all
	Clients   []Prediction `json:"clients,omitempty"` // of several clients: what each must do
	InTurn    bool         `json:"in_turn,omitempty"` // the clients come one after the other, as there are not UDP ports for all
}

// Step is one rung of a predicted sequence.
type Step struct {
	Rung     Rung    `json:"rung"`
	Outcome  Outcome `json:"outcome"`
	Optional bool    `json:"optional,omitempty"` // it may be missing
	Leg      string  `json:"leg,omitempty"`      // control, data: the one that decided; empty: neither
	Why      string  `json:"why"`                // one sentence without a full stop
	Rule     string  `json:"rule,omitempty"`     // the firewall rule that decided
	Window   Window  `json:"window"`
	Lossy    bool    `json:"lossy,omitempty"` // frames may be missing though it plays
	Cut      bool    `json:"cut,omitempty"`   // it may end before the clip does
}

// Window is how long after the step's trigger the next attempt must begin.
// The trigger is what starts the client's timer: the first SYN, the
// packet-pair request, the refusal. The zero Window asks nothing.
type Window struct {
	Trigger string        `json:"trigger,omitempty"` // syn, packet-pair, play, refusal
	Min     time.Duration `json:"min_ns,omitempty"`
	Max     time.Duration `json:"max_ns,omitempty"`
	Advice  bool          `json:"advice,omitempty"` // reported, never failed on (rollover.md U-01)
}

// ClientRow is what a client target declares of itself; it replaces the
// dialect's ladders and the timing in the prediction. The zero value is the
// reference client.
type ClientRow struct {
	Ladders  map[string]Ladder `json:"ladders,omitempty"`  // by moniker
	Optional map[string][]Rung `json:"optional,omitempty"` // of them, those that the client may leave out
	Connect  time.Duration     `json:"connect_ns,omitempty"`
	Data     time.Duration     `json:"first_data_ns,omitempty"`
	Punches  bool              `json:"punches,omitempty"`  // sends a datagram to server_port before it expects media
	Ports    firewall.Ports    `json:"ports,omitempty"`    // where it takes media over UDP; empty: 1024-5000
	NoPairs  bool              `json:"no_pairs,omitempty"` // asks for no packet pairs: waits for media after PLAY
}

// portsIn are the UDP ports of the client in a scenario: those that the
// scenario gives it, else its own, else every player's.
func (row ClientRow) portsIn(s Scenario) firewall.Ports {
	for _, set := range []firewall.Ports{s.Client.Ports, row.Ports} {
		if len(set) > 0 {
			return set
		}
	}
	return firewall.Ports{{Lo: 1024, Hi: 5000}}
}

// ladderIn is what the scenario's moniker names for the client: its own ladder,
// or the dialect's, as [LadderFor] tells it.
func (row ClientRow) ladderIn(s Scenario) (l Ladder, explicit bool, optional []Rung, err error) {
	if own, ok := row.Ladders[s.Moniker]; ok {
		return own, !slices.Contains(Generals(), s.Moniker), row.Optional[s.Moniker], nil
	}
	return s.Ladder()
}

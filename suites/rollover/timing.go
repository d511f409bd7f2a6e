package rollover

import (
	"fmt"
	"time"
)

// Timing is the set of durations that a client lives by, and that the windows
// of a prediction derive from (rollover.md B.5).
type Timing struct {
	Name      string        `json:"name"`
	Connect   time.Duration `json:"connect_ns"`    // TCP connect, and a reply of the control connection
	Reply     time.Duration `json:"reply_ns"`      // an answer on a connection that stands
	FirstData time.Duration `json:"first_data_ns"` // Firewall timer, Header timer, first media
	Retries   int           `json:"retries"`       // of the MMS header
	Silence   time.Duration `json:"silence_ns"`    // media that stops in mid-play
	Slack     time.Duration `json:"slack_ns"`      // what a loaded machine may add to any step
}

// Brisk is the set of legal minima; Standard is the specifications' values.
var (
	Brisk = Timing{Name: "brisk", Connect: 2 * time.Second, Reply: 2 * time.Second, FirstData: time.Second,
		Retries: 4, Silence: 2 * time.Second, Slack: 3 * time.Second}
	Standard = Timing{Name: "standard", Connect: 10 * time.Second, Reply: 10 * time.Second, FirstData: 10 * time.Second,
		Retries: 4, Silence: 10 * time.Second, Slack: 3 * time.Second}
)

// ParseTiming returns the set of that name.
func ParseTiming(name string) (Timing, error) {
	switch name {
	case Brisk.Name:
		return Brisk, nil
	case Standard.Name:
		return Standard, nil
	}
	return Timing{}, fmt.Errorf("unknown timing %q (known: brisk standard)", name)
}

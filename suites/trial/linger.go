package trial

import (
	"context"
	"time"

	"github.com/rollover-conformance/rollover/netns"
)

const (
	// quietFor is how long the server must have been silent before the trial
	// believes that it has finished.
	quietFor = 250 * time.Millisecond
	// lingerLimit is how long a trial watches at most, unless the scenario
	// says otherwise (contract.md, "linger").
	lingerLimit = time.Second
	lingerTick  = 50 * time.Millisecond
)

// linger watches what the server does after the client has gone: for as long
// as the scenario says, or until its sockets are quiet.
func (t *trial) linger(ctx context.Context, server *netns.Host) error {
	limit := lingerLimit
	if t.scenario.Linger > 0 {
		limit = t.scenario.Linger
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(lingerTick)
	defer tick.Stop()
	var last uint64
	quietSince := time.Now()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		sent, err := server.Sent()
		if err != nil {
			return err
		}
		if sent != last {
			last, quietSince = sent, time.Now()
		}
		if t.scenario.Linger > 0 || time.Since(quietSince) < quietFor {
			continue
		}
		open, err := server.Connections()
		if err != nil || open == 0 {
			return err
		}
		quietSince = time.Now() // ask again when as much time has passed
	}
}

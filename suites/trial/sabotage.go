package trial

import (
	"context"

	"github.com/rollover-conformance/rollover/netns"
)

// Sabotage breaks the rig at moments of a trial, so that the self-test can show
// that a broken rig convicts nobody. Every function may be nil.
type Sabotage struct {
	Loaded  func(lab *netns.Lab) error                    // the profile is in force
	Ready   func(lab *netns.Lab, kill func() error) error // the server listens; kill ends it
	Playing func(kill func() error)                       // the first media has come
	Idle    bool                                          // no client is started
}

func (s Sabotage) loaded(lab *netns.Lab) error {
	if s.Loaded == nil {
		return nil
	}
	return s.Loaded(lab)
}

func (s Sabotage) ready(lab *netns.Lab, running server) error {
	if s.Ready == nil {
		return nil
	}
	return s.Ready(lab, func() error { return running.kill(context.Background()) })
}

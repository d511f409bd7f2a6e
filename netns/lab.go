package netns

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Lab is a running topology. Its methods may be called from any goroutine.
type Lab struct {
	hosts []*Host

	closing sync.Once
	closed  error
}

// builders bounds how many labs are being built at a time. The kernel changes
// links under one lock, so more builders only wait for each other, each
// holding a thread (performance.md 1.2).
var builders = make(chan struct{}, 2)

// Build makes the hosts and links of a topology. When it returns, the first
// packet of either family passes at once. It makes all or nothing.
func Build(ctx context.Context, t Topology) (*Lab, error) {
	if err := t.Validate(); err != nil {
		return nil, fmt.Errorf("building lab: %w", err)
	}
	select {
	case builders <- struct{}{}:
		defer func() { <-builders }()
	case <-ctx.Done():
		return nil, fmt.Errorf("building lab: %w", context.Cause(ctx))
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("building lab: %w", context.Cause(ctx))
	}
	hosts, err := build(ctx, t)
	if err != nil {
		return nil, fmt.Errorf("building lab: %w", err)
	}
	return &Lab{hosts: hosts}, nil
}

// Host is the host of that name; nil when the topology has none.
func (l *Lab) Host(name string) *Host {
	for _, h := range l.hosts {
		if h.name == name {
			return h
		}
	}
	return nil
}

// Hosts is every host, in the order of the topology.
func (l *Lab) Hosts() []*Host { return append([]*Host(nil), l.hosts...) }

// Close lets the namespaces go. The kernel removes each one, with its links
// and rules, once the last socket and process inside has ended too; it does so
// in the background. Closing twice is fine.
func (l *Lab) Close() error {
	l.closing.Do(func() {
		var errs []error
		for i := len(l.hosts) - 1; i >= 0; i-- {
			errs = append(errs, l.hosts[i].detach(), l.hosts[i].ns.Close())
		}
		l.closed = errors.Join(errs...)
	})
	return l.closed
}

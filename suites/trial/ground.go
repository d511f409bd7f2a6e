package trial

import (
	"context"
	"errors"
	"fmt"

	"github.com/rollover-conformance/rollover/netns"
	"github.com/rollover-conformance/rollover/suites/target"
)

// Ground is where a server stays from trial to trial: somebody's container, a
// machine behind a network card, or a namespace of ours in which a program is
// kept. Every trial's lab leads there, one after the other.
type Ground struct {
	foreign *netns.Foreign
	attach  *target.Attach // nil: a program of ours is kept there
	kept    *keptProgram   // the program, once it has been started
}

// OpenGround prepares the ground for a target that outlives a trial; nil for
// one that does not. What of it lies outside of the sandbox must have been
// handed on ([GroundOutside]).
func OpenGround(ctx context.Context, t target.Target) (*Ground, error) {
	if !t.Stays() {
		return nil, nil
	}
	if t.Attach == nil {
		f, err := netns.NewForeign("the kept " + t.Name)
		if err != nil {
			return nil, err
		}
		return &Ground{foreign: f}, nil
	}
	f := netns.Inherited(outside(*t.Attach))
	if f == nil {
		var err error
		if f, err = GroundOutside(*t.Attach); err != nil {
			return nil, err
		}
		if t.Attach.Interface != "" {
			defer f.Close()
		}
	}
	if t.Attach.Interface == "" {
		return &Ground{foreign: f, attach: t.Attach}, nil
	}
	wire, err := netns.OpenWire(ctx, f, t.Attach.Interface, t.Attach.Prefixes()...)
	if err != nil {
		return nil, err
	}
	return &Ground{foreign: wire, attach: t.Attach}, nil
}

// GroundOutside finds the namespace that a target file names, where its path
// and process numbers mean something: before the sandbox is entered. That of a
// network card is the one this process is in.
func GroundOutside(a target.Attach) (*netns.Foreign, error) {
	f, err := netns.OpenForeign(outside(a))
	if err != nil {
		return nil, fmt.Errorf("attaching to %s: %w", a, err)
	}
	return f, nil
}

// outside is the path of that namespace.
func outside(a target.Attach) string {
	switch {
	case a.NetNS != "":
		return a.NetNS
	case a.PID != 0:
		return fmt.Sprintf("/proc/%d/ns/net", a.PID)
	}
	return "/proc/self/ns/net"
}

// server is where labs lead; nil: to a host of their own.
func (g *Ground) server() *netns.Foreign {
	if g == nil {
		return nil
	}
	return g.foreign
}

// Close ends the program that is kept, and gives back what was taken.
func (g *Ground) Close(ctx context.Context) error {
	if g == nil {
		return nil
	}
	return errors.Join(g.kept.end(ctx), g.foreign.Close())
}

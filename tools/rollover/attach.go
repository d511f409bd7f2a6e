package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/rollover-conformance/rollover/netns"
	"github.com/rollover-conformance/rollover/suites/target"
	"github.com/rollover-conformance/rollover/suites/trial"
)

// sandboxedWith runs do inside the sandbox, where the target's server can be
// reached if it runs already.
func sandboxedWith(ctx context.Context, t target.Target, do func() error) error {
	if t.Attach == nil || netns.Inside() {
		return sandboxed(ctx, do)
	}
	if !netns.Privileged() {
		return rigTrouble(fmt.Errorf("attaching to %s takes root: the lab's link leads into a network that is not its own", t.Attach))
	}
	f, err := attachable(*t.Attach)
	if err != nil {
		return err
	}
	defer f.Close()
	return sandboxed(ctx, do, f)
}

// attachable finds what a target file names on this machine.
func attachable(a target.Attach) (*netns.Foreign, error) {
	if a.Interface != "" {
		if _, err := net.InterfaceByName(a.Interface); err != nil {
			return nil, fmt.Errorf("attach.interface: this machine has no network card %q; it has: %s", a.Interface, cards())
		}
	}
	f, err := trial.GroundOutside(a)
	switch {
	case errors.Is(err, os.ErrNotExist) && a.PID != 0:
		return nil, fmt.Errorf("attach.pid: no process has the number %d", a.PID)
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("attach.netns: no file %s; allowed: the path of a network namespace, such as /run/netns/box", a.NetNS)
	case errors.Is(err, netns.ErrNotNetwork):
		return nil, fmt.Errorf("attach.netns: %s is no network namespace; allowed: a path such as /run/netns/box or /proc/1234/ns/net", a.NetNS)
	}
	return f, err
}

// cards are the machine's network cards, by name.
func cards() string {
	all, err := net.Interfaces()
	if err != nil {
		return err.Error()
	}
	var names []string
	for _, i := range all {
		names = append(names, i.Name)
	}
	return strings.Join(names, " ")
}

package trial

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/rollover-conformance/rollover/netns"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// attached is a server that runs already, in a namespace or on a machine that
// is not the lab's.
type attached struct {
	t    *trial
	host *netns.Host
	exit rollover.Exit
}

// attachServer waits until a server that runs already is seen to be ready.
func (t *trial) attachServer(ctx context.Context, lab *netns.Lab) (server, bool, error) {
	a := &attached{t: t, host: lab.Host(netns.Server),
		exit: rollover.Exit{Party: rollover.PartyServer, Program: t.Target.Attach.String(), Code: -1}}
	ready, cancel := context.WithTimeout(ctx, t.Target.Attach.Ready.Within)
	defer cancel()
	var err error
	if a.host.Remote() {
		err = lab.Host(netns.Gateway).Neighbour(ready, netns.Server, t.serverAddr())
	} else {
		err = a.host.WaitListening(ready, t.Target.ReadyWhen().Listen)
	}
	var deaf *netns.NotListening
	switch {
	case err == nil:
		a.exit.Ready = true
	case ctx.Err() != nil:
		return nil, false, err
	case errors.As(err, &deaf):
		a.exit.Detail = "not ready: " + notListening(deaf, t.Target.Attach.Ready.Within)
	case errors.Is(err, netns.ErrNobody):
		a.exit.Detail = "not ready: nobody answers for " + t.serverAddr().String() + " behind " + t.Target.Attach.Interface
	default:
		return nil, false, err
	}
	return a, a.exit.Ready, nil
}

func (a *attached) stop(context.Context) error {
	gone, err := a.gone()
	if a.exit.Ready && gone != "" {
		a.exit.ByItself, a.exit.Detail = true, "nothing listens on "+gone+" any more"
	}
	a.t.ended(a.exit)
	return err
}

// gone names what the server has ceased to listen on; of a machine of its own
// that cannot be seen.
func (a *attached) gone() (string, error) {
	if a.host.Remote() {
		return "", nil
	}
	now, err := a.host.Listening()
	if err != nil {
		return "", err
	}
	left := slices.DeleteFunc(slices.Clone(a.t.Target.ReadyWhen().Listen), func(want string) bool {
		return slices.ContainsFunc(now, func(l netns.Listener) bool { return l.String() == want })
	})
	return strings.Join(left, ", "), nil
}

func (a *attached) kill(context.Context) error {
	return errors.New("a server that runs already is not ours to end")
}

// Command rollover tests protocol rollover under a firewall.
//
// It builds small networks out of Linux network namespaces, closes ports or
// switches protocols off, lets a client play from a server under test, and
// proves from the captured packets that the fall-back went as it must. Each
// subcommand is a few lines over a package; `rollover help` lists them, and
// the README explains them.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/rollover-conformance/rollover/netns"
)

// version is set by the linker.
var version = "unversioned"

func main() {
	netns.Init()
	os.Exit(run(os.Args[1:]))
}

// run executes the command line and returns the exit code. A panic of ours is
// trouble of the rig.
func run(args []string) (code int) {
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(os.Stderr, "rollover: internal error: %v\n%s", p, debug.Stack())
			code = exitRig
		}
	}()
	ctx, stop := signal.NotifyContext(context.Background(), endings()...)
	defer stop()
	// Whoever asks a second time does not want to wait for the reports.
	context.AfterFunc(ctx, stop)
	root := newRoot()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var exit exitError
	switch {
	case err == nil:
		return exitPass
	case errors.As(err, &exit):
		return exit.code
	default:
		fmt.Fprintf(os.Stderr, "rollover: %v\n", err)
		return exitUsage
	}
}

// endings are the signals that end a run early and still let it report. A
// terminal that is closed is one, unless the run was told to outlive it.
func endings() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

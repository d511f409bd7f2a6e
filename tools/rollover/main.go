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
	"runtime/debug"

	"github.com/rollover-conformance/rollover/netns"
)

// version is set by the linker; empty: it was not.
var version string

// versionName is what the program calls itself; one that was installed from
// its module needs no linker for it.
func versionName() string {
	info, ok := debug.ReadBuildInfo()
	switch {
	case version != "":
		return version
	case ok && info.Main.Version != "" && info.Main.Version != "(devel)":
		return info.Main.Version
	}
	return "unversioned"
}

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
	ctx, _ := untilSignal(context.Background())
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

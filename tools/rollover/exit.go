package main

import (
	"context"
	"fmt"
	"os"
	"syscall"

	"github.com/rollover-conformance/rollover/netns"
)

// The exit codes of contract.md.
const (
	exitPass         = 0
	exitFail         = 1
	exitUsage        = 2
	exitInconclusive = 3
	exitRig          = 4
)

// exitError ends the program with a code; what there was to say has been
// said.
type exitError struct{ code int }

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", e.code) }

// exitWith is nil for code 0.
func exitWith(code int) error {
	if code == exitPass {
		return nil
	}
	return exitError{code}
}

// rigTrouble says what the rig could not do, and ends with its code.
func rigTrouble(err error) error {
	fmt.Fprintf(os.Stderr, "rollover: %v\n", err)
	return exitError{exitRig}
}

// enter is how the sandbox is entered; a test forbids it.
var enter = netns.Sandbox

// sandboxed runs do inside the sandbox: it re-executes the program there
// unless it is inside already. The signals of ctx are passed on, and so are the
// namespaces that cannot be found from inside.
func sandboxed(ctx context.Context, do func() error, foreign ...*netns.Foreign) error {
	if netns.Inside() {
		return do()
	}
	o := netns.SandboxOptions{Foreign: foreign}
	if s, ok := ctx.Value(signalsKey{}).(*signals); ok {
		if o.Signals, ok = s.handOver(ctx); !ok {
			return exitWith(exitInconclusive)
		}
	}
	_, code, err := enter(o)
	if err != nil {
		return rigTrouble(fmt.Errorf("%w\n`rollover doctor` tells what this machine lacks", err))
	}
	return exitWith(lawful(code))
}

// lawful turns the code of an inner process that did not end by itself into
// one of ours. Whoever asked twice gets no reports, and the code of a run that
// was interrupted.
func lawful(code int) int {
	switch code {
	case exitPass, exitFail, exitUsage, exitInconclusive, exitRig:
		return code
	case 128 + int(syscall.SIGINT), 128 + int(syscall.SIGTERM), 128 + int(syscall.SIGHUP):
		return exitInconclusive
	}
	fmt.Fprintf(os.Stderr, "rollover: the process in the sandbox was ended from outside (code %d)\n", code)
	return exitRig
}

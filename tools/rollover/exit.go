package main

import (
	"fmt"
	"os"

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

// sandboxed runs do inside the sandbox: it re-executes the program there
// unless it is inside already.
func sandboxed(do func() error) error {
	inside, code, err := netns.Sandbox(netns.SandboxOptions{})
	if err != nil {
		return rigTrouble(fmt.Errorf("%w\n`rollover doctor` explains what this machine lacks", err))
	}
	if !inside {
		return exitWith(code)
	}
	return do()
}

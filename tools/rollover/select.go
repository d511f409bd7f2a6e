package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rollover-conformance/rollover/fixtures/external"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
)

// selectScenarios reads the selectors of contract.md; none selects the whole
// catalogue.
func selectScenarios(selectors []string) ([]rollover.Scenario, error) {
	catalogue, err := rollover.Catalogue()
	if err != nil {
		return nil, err
	}
	return rollover.SelectFrom(selectors, catalogue, readFile)
}

// readFile reads a file that is there to stay: the process in the sandbox reads
// it again, and a pipe would be empty by then.
func readFile(name string) ([]byte, error) {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return nil, fmt.Errorf("%s is a pipe or a device; wanted: a file, as it is read twice", name)
	}
	return os.ReadFile(name)
}

// loadTarget finds a target by path or by the name of an embedded row; no
// name is the built-in reference server.
func loadTarget(name string) (target.Target, error) {
	if name == "" {
		name = target.Reference
	}
	if t, ok, err := target.Embedded(name); ok || err != nil {
		return t, err
	}
	if data, ok := external.Row(name); ok {
		return target.Load(name, data)
	}
	data, err := readFile(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return target.Target{}, fmt.Errorf("--target: %q is no file, and no embedded row%s\nrows: %s", name,
			near(rollover.Near(name, targetNames())), strings.Join(targetNames(), " "))
	case err != nil:
		return target.Target{}, fmt.Errorf("--target: %w", err)
	}
	t, err := target.Load(name, data)
	if err != nil {
		return target.Target{}, err
	}
	t.Dir, err = filepath.Abs(filepath.Dir(name))
	return t, err
}

func targetNames() []string {
	return append(target.Names(), external.Names()...)
}

// predict is what the oracle says of a scenario for a target. The error is a
// mistake in the scenario, with its place.
func predict(t target.Target, s rollover.Scenario, commandLine string) (rollover.Prediction, rollover.Timing, error) {
	timing, err := timingOf(s, commandLine)
	if err != nil {
		return rollover.Prediction{}, timing, err
	}
	p, err := rollover.PredictAgainst(s, t.Role, t.ClientRow(), timing)
	if err != nil && s.Source.File != "" {
		err = fmt.Errorf("%s:%d: %w", s.Source.File, s.Source.Line, err)
	}
	return p, timing, err
}

// playable reports every scenario that cannot be played against the target.
func playable(t target.Target, scenarios []rollover.Scenario, commandLine string) error {
	var errs []error
	for _, s := range scenarios {
		_, _, err := predict(t, s, commandLine)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// timingOf is the timing a scenario is played with: its own, else the command
// line's, else brisk.
func timingOf(s rollover.Scenario, commandLine string) (rollover.Timing, error) {
	name := s.Timing
	if name == "" {
		name = commandLine
	}
	if name == "" {
		return rollover.Brisk, nil
	}
	timing, err := rollover.ParseTiming(name)
	if err != nil {
		return timing, fmt.Errorf("--timing: %w", err)
	}
	return timing, nil
}

package main

import (
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
	return rollover.SelectFrom(selectors, catalogue, os.ReadFile)
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
	data, err := os.ReadFile(name)
	if err != nil {
		return target.Target{}, fmt.Errorf("target %q is neither a file nor an embedded row (rows: %s)", name, strings.Join(targetNames(), " "))
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

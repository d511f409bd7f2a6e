package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// knownFlag adds --known-failures.
func knownFlag(cmd *cobra.Command, into *string) {
	cmd.Flags().StringVar(into, "known-failures", "", "excuse the fails that this `FILE` lists; what is stale in it fails the run (schema known-failures)")
}

// loadKnown reads a list of known failures; no name is an empty one.
func loadKnown(name string) (reports.KnownFailures, error) {
	if name == "" {
		return nil, nil
	}
	data, err := readFile(name)
	if err != nil {
		return nil, fmt.Errorf("--known-failures: %w", err)
	}
	known, err := reports.LoadKnownFailures(name, data)
	if err != nil {
		return nil, fmt.Errorf("--known-failures: %w", err)
	}
	return known, nil
}

// markKnown marks a run anew by a list; no name leaves the run as it is.
func markKnown(cmd *cobra.Command, name string, run reports.Run) (reports.Run, error) {
	if name == "" {
		return run, nil
	}
	known, err := loadKnown(name)
	if err != nil {
		return run, err
	}
	warnIdle(cmd.ErrOrStderr(), known, idsOfResults(run.Results))
	return known.MarkAll(run), nil
}

// warnIdle tells of entries that name nothing that exists: not in the
// catalogue, and not among what is judged here.
func warnIdle(w io.Writer, known reports.KnownFailures, judged []string) {
	if len(known) == 0 {
		return
	}
	ids := judged
	if catalogue, err := rollover.Catalogue(); err == nil {
		for _, s := range catalogue {
			ids = append(ids, s.ID)
		}
	}
	for _, e := range known.Idle(ids) {
		fmt.Fprintf(w, "rollover: %s:%d: no scenario is called %s\n", e.File, e.Line, e.Scenario)
	}
}

func idsOf(scenarios []rollover.Scenario) []string {
	out := make([]string, len(scenarios))
	for i, s := range scenarios {
		out[i] = s.ID
	}
	return out
}

func idsOfResults(results []rollover.Result) []string {
	out := make([]string, len(results))
	for i, r := range results {
		out[i] = r.ID
	}
	return out
}

package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
)

// schemas are the files of ours that have a JSON Schema, by the word a user
// says.
var schemas = map[string]func() ([]byte, error){
	"run":            reports.Schema,
	"known-failures": func() ([]byte, error) { return reports.KnownFailuresSchema(), nil },
	"scenario":       func() ([]byte, error) { return rollover.ScenarioSchema(), nil },
	"target":         func() ([]byte, error) { return target.Schema(), nil },
}

func newSchema() *cobra.Command {
	names := slices.Sorted(maps.Keys(schemas))
	return &cobra.Command{
		Use:       "schema [" + strings.Join(names, "|") + "]",
		Short:     "print the JSON Schema of a file format (default: run)",
		ValidArgs: names,
		Args:      noneOr(names),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := "run"
			if len(args) == 1 {
				name = args[0]
			}
			text, err := schemas[name]()
			if err != nil {
				return rigTrouble(err)
			}
			_, err = cmd.OutOrStdout().Write(text)
			return err
		},
	}
}

package main

import (
	_ "embed"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/reports/bundle"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/selftest"
	"github.com/rollover-conformance/rollover/suites/target"
)

//go:embed journal.schema.json
var journalSchema []byte

// schemas are the files and outputs of ours that have a JSON Schema, by the
// word a user says: what people write, what a run leaves, what --json prints.
var schemas = map[string]func() ([]byte, error){
	"scenario":       written(rollover.ScenarioSchema),
	"target":         written(target.Schema),
	"known-failures": written(reports.KnownFailuresSchema),

	"run":      reports.Schema,
	"progress": reports.ProgressSchema,
	"result":   reports.ResultSchema,
	"setup":    derived("setup", "What judging needs beside the packets", rollover.Setup{}),
	"counters": derived("counters", "Counters of a trial's firewall rules", []rollover.Counter{}),
	"journal":  written(func() []byte { return journalSchema }),

	"manifest": derived("manifest", "Manifest of a bundle", bundle.Manifest{}),

	"list":     derived("list", "Output of rollover list --json", []listed{}),
	"targets":  derived("targets", "Output of rollover list --targets --json", []listedTarget{}),
	"compare":  derived("compare", "Output of rollover compare --json", reports.Comparison{}),
	"verify":   derived("verify", "Output of rollover verify --json", bundle.Report{}),
	"judge":    derived("judge", "Output of rollover judge --json", []rollover.Result{}),
	"selftest": derived("selftest", "Output of rollover selftest --json", selftest.Table{}),
}

// written is a schema that was written by hand.
func written(text func() []byte) func() ([]byte, error) {
	return func() ([]byte, error) { return text(), nil }
}

// derived is a schema that is read off a Go type.
func derived(name, title string, v any) func() ([]byte, error) {
	return func() ([]byte, error) { return reports.SchemaOf(name, title, v) }
}

func newSchema() *cobra.Command {
	names := slices.Sorted(maps.Keys(schemas))
	return &cobra.Command{
		Use:   "schema [NAME]",
		Short: "print the JSON Schema of a file or an output (default: run)",
		Long: `Prints the JSON Schema of what people write (scenario, target, known-failures),
of what a run leaves (run, and of progress and journal one line; result, setup,
counters), of a bundle's manifest, and of what --json prints (list, targets,
judge, compare, verify, selftest).`,
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

package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/reports"
)

// schemas are the files of ours that have a JSON Schema, by the word a user
// says.
var schemas = map[string]func() ([]byte, error){
	"run": reports.Schema,
}

func newSchema() *cobra.Command {
	names := []string{"scenario", "target", "run"}
	return &cobra.Command{
		Use:       "schema [" + strings.Join(names, "|") + "]",
		Short:     "print the JSON Schema of a file format",
		ValidArgs: names,
		Args:      cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := "run"
			if len(args) == 1 {
				name = args[0]
			}
			text, err := schemas[name]()
			if err != nil {
				return rigTrouble(err)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s\n", text)
			return err
		},
	}
}

package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/assess"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

func newJudge() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "judge FOLDER ...",
		Short: "give the verdict again from a trial's folder, without root",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, folders []string) error {
			results := make([]rollover.Result, 0, len(folders))
			for _, folder := range folders {
				r, err := assess.Folder(folder)
				if err != nil {
					return err
				}
				results = append(results, r)
			}
			if asJSON {
				enc := json.NewEncoder(cmd.OutOrStdout())
				enc.SetIndent("", "  ")
				if err := enc.Encode(results); err != nil {
					return rigTrouble(fmt.Errorf("writing results: %w", err))
				}
			} else if err := reports.WriteTable(cmd.OutOrStdout(), reports.Run{Results: results}, tableOptions(cmd.OutOrStdout())); err != nil {
				return rigTrouble(fmt.Errorf("writing results: %w", err))
			}
			return exitWith(reports.Run{Results: results}.ExitCode())
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the results as JSON")
	return cmd
}

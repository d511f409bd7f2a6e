package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/assess"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

func newJudge() *cobra.Command {
	var asJSON bool
	var list string
	cmd := &cobra.Command{
		Use:   "judge FOLDER ...",
		Short: "give the verdict again from a trial's folder, without root",
		Long: `Gives the verdict of trials again, from their evidence alone: copies of the
folders do, on any machine, as any user.`,
		Args: oneOrMore("the folder of a trial, or several"),
		RunE: func(cmd *cobra.Command, folders []string) error {
			known, err := loadKnown(list)
			if err != nil {
				return err
			}
			results := make([]rollover.Result, 0, len(folders))
			for _, folder := range folders {
				r, err := assess.Folder(folder)
				if err != nil {
					return err
				}
				r.Evidence, r.Rerun = folder, "rollover judge "+folder
				results = append(results, known.Mark(r))
			}
			warnIdle(cmd.ErrOrStderr(), known, idsOfResults(results))
			if err := writeJudged(cmd.OutOrStdout(), results, asJSON); err != nil {
				return rigTrouble(fmt.Errorf("writing results: %w", err))
			}
			return exitWith(reports.Run{Results: results}.ExitCode())
		},
	}
	knownFlag(cmd, &list)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the results as JSON")
	return cmd
}

func writeJudged(w io.Writer, results []rollover.Result, asJSON bool) error {
	if asJSON {
		return writeJSON(w, results)
	}
	for i, r := range results {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if err := reports.WriteTrial(w, r, tableOptions(w)); err != nil {
			return err
		}
	}
	return nil
}

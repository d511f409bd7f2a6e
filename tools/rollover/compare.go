package main

import (
	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/reports"
)

func newCompare() *cobra.Command {
	var asJSON, verbose bool
	cmd := &cobra.Command{
		Use:   "compare RUN RUN",
		Short: "say what changed from one run to a later one",
		Long: `Says what changed from the first run to the second: new failures, what is fixed,
other changes of a verdict, other ways to the same verdict, and rungs that take
longer.

Exit codes: 0 nothing got worse, 1 something did, 2 usage. Worse is a scenario
that fails and did not, that breaks another requirement, or that passed and has
no clear answer now. Slower rungs, and scenarios of one run only that do not
fail, are told and are not worse.`,
		Args: exactlyTwo("the folders of two runs, the earlier one first"),
		RunE: func(cmd *cobra.Command, args []string) error {
			before, err := readRun(args[0])
			if err != nil {
				return err
			}
			after, err := readRun(args[1])
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			c := reports.Compare(before, after)
			if asJSON {
				err = c.WriteJSON(out)
			} else {
				options := tableOptions(out)
				options.Verbose = verbose
				err = c.Write(out, options)
			}
			if err != nil {
				return rigTrouble(err)
			}
			if c.Worse {
				return exitWith(exitFail)
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.BoolVar(&asJSON, "json", false, "print JSON")
	f.BoolVar(&verbose, "verbose", false, "name every scenario that only one run has")
	return cmd
}

package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/netns"
)

func newDoctor() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "perform the steps of a lab one by one and say what this machine lacks",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			checks := netns.Checks(cmd.Context())
			out := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
			lacking := 0
			for _, c := range checks {
				mark := "ok"
				if !c.OK {
					mark, lacking = "LACKS", lacking+1
				}
				fmt.Fprintf(out, "%s\t%s\t%s\n", mark, c.Name, c.Detail)
				if !c.OK && c.Hint != "" {
					fmt.Fprintf(out, "\t\t-> %s\n", c.Hint)
				}
			}
			if err := out.Flush(); err != nil {
				return rigTrouble(err)
			}
			if lacking > 0 {
				fmt.Fprintf(cmd.OutOrStdout(), "\n%d of %d checks lack something.\n", lacking, len(checks))
				return exitWith(exitFail)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "\nAll %d checks passed: labs can be built here.\n", len(checks))
			return nil
		},
	}
}

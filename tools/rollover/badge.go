package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/reports/bundle"
)

func newBadge() *cobra.Command {
	return &cobra.Command{
		Use:   "badge BUNDLE",
		Short: "draw a bundle's result as an SVG for a README",
		Long: `Verifies a bundle and draws its profile, result and day as a small SVG, on
standard output.

Exit codes: 0 drawn, 1 the bundle is refused, 2 unreadable.`,
		Args: exactlyOne("a bundle"),
		RunE: func(cmd *cobra.Command, args []string) error {
			report, err := verifyOptions{}.verify(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if !report.Valid {
				fmt.Fprintf(cmd.ErrOrStderr(), "rollover: %s is refused:\n%v\n", args[0], refused(report))
				return exitWith(exitFail)
			}
			return bundle.WriteBadge(cmd.OutOrStdout(), report, report.Stopped.UTC().Format(time.DateOnly))
		},
	}
}

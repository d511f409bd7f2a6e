package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/suites/campaign"
)

func newReport() *cobra.Command {
	var o runOptions
	cmd := &cobra.Command{
		Use:   "report RUN",
		Short: "write JUnit, JSON and HTML again, also of a run that was killed",
		Long: `Writes the reports of a run again, into its folder and where the flags say, and
ends with the run's own exit code. Of a run that was killed it keeps every trial
that had ended; the others have not run. With --known-failures, what is known is
marked anew by that list.`,
		Args: exactlyOne("the folder of a run"),
		RunE: func(cmd *cobra.Command, args []string) error {
			run, err := readRun(args[0])
			if err != nil {
				return err
			}
			run, err = markKnown(cmd, o.known, run)
			if err := errors.Join(err, o.copies.check(), checkFolder(args[0], campaign.Check)); err != nil {
				return err
			}
			if err := o.report(args[0], run, cmd.OutOrStdout()); err != nil {
				return rigTrouble(err)
			}
			return exitWith(run.ExitCode())
		},
	}
	o.copies.flags(cmd)
	knownFlag(cmd, &o.known)
	cmd.Flags().BoolVar(&o.verbose, "verbose", false, "print every scenario's prediction, and what did not apply")
	return cmd
}

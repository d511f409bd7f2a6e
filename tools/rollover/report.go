package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/reports"
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
			known, err := loadKnown(o.known)
			if err := errors.Join(err, o.copies.check(), checkFolder(args[0], campaign.Check)); err != nil {
				return err
			}
			if o.known != "" {
				warnIdle(cmd.ErrOrStderr(), known, idsOfResults(run.Results))
				run = known.MarkAll(run)
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

// readRun reads the record of a run from its folder. A run that was killed
// left the record of its plan; what it finished is taken from the progress
// log, and the rest has not run.
func readRun(dir string) (reports.Run, error) {
	record, err := os.Open(filepath.Join(dir, campaign.RecordFile))
	if err != nil {
		return reports.Run{}, fmt.Errorf("%s is no run of ours: %w", dir, err)
	}
	defer record.Close()
	run, err := reports.ReadJSON(record)
	if err != nil {
		return reports.Run{}, fmt.Errorf("%s: %w", record.Name(), err)
	}
	if !run.Stopped.IsZero() {
		return run, nil
	}
	log, err := os.Open(filepath.Join(dir, campaign.ProgressFile))
	if errors.Is(err, os.ErrNotExist) {
		run.Aborted = reports.Killed
		return run, nil
	}
	if err != nil {
		return reports.Run{}, err
	}
	defer log.Close()
	return reports.Rebuild(log, run)
}

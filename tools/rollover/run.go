package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/campaign"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
)

// runOptions are the flags of `rollover run`.
type runOptions struct {
	target    string
	jobs      int
	timing    string
	out       string
	copies    copies
	timeLimit time.Duration
	failFast  bool
	known     string
	rerun     string
	repeat    int
	quiet     bool
	verbose   bool
}

func newRun() *cobra.Command {
	var o runOptions
	cmd := &cobra.Command{
		Use:   "run [SELECTOR ...]",
		Short: "play scenarios and report",
		Long: `Plays the selected scenarios, all that apply without a selector, and leaves
run.json, junit.xml, index.html and a folder of evidence for each trial.

A SELECTOR is @list.txt, file.yaml, an ID, a glob (* within one part, ** across
parts) or a label expression such as 'core && !ipv6'.

Exit codes: 0 all passed or known to fail, 1 a fail or a stale entry of the
known failures, 2 usage, 3 inconclusive, unstable or not
run, 4 trouble of the rig.`,
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, selectors []string) error {
			return o.run(cmd, selectors)
		},
	}
	targetFlag(cmd, &o.target)
	f := cmd.Flags()
	f.IntVar(&o.jobs, "jobs", 0, "play `N` trials at once (default: as many as the machine allows, 64 at most)")
	f.StringVar(&o.timing, "timing", "", "`TIMING` of scenarios that name none: brisk (the default) or standard")
	f.StringVar(&o.out, "out", "", "leave the run in this `FOLDER` (default runs/<UTC time>)")
	o.copies.flags(cmd)
	f.DurationVar(&o.timeLimit, "time-limit", 0, "end the run after this `TIME`, such as 10m")
	f.BoolVar(&o.failFast, "fail-fast", false, "start nothing more after the first fail")
	knownFlag(cmd, &o.known)
	f.StringVar(&o.rerun, "rerun-failed", "", "play what did not pass in this earlier `RUN`")
	f.IntVar(&o.repeat, "repeat", 1, "play each scenario `N` times")
	f.BoolVar(&o.quiet, "quiet", false, "print nothing but what is asked for")
	f.BoolVar(&o.verbose, "verbose", false, "print every scenario's prediction, and what did not apply")
	return cmd
}

// run checks everything a user can get wrong before it enters the sandbox.
func (o runOptions) run(cmd *cobra.Command, selectors []string) error {
	scenarios, err := o.scenarios(selectors)
	if err != nil {
		return err
	}
	t, err := loadTarget(o.target)
	if err != nil {
		return err
	}
	known, err := loadKnown(o.known)
	if err := errors.Join(err, o.check(), playable(t, scenarios, o.timing)); err != nil {
		return err
	}
	return sandboxedWith(cmd.Context(), t, func() error {
		warnIdle(cmd.ErrOrStderr(), known, idsOf(scenarios))
		return o.play(cmd.Context(), t, scenarios, known, selectors, cmd.OutOrStdout(), cmd.ErrOrStderr())
	})
}

func (o runOptions) check() error {
	var errs []error
	refuse := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if o.timing != "" {
		if _, err := rollover.ParseTiming(o.timing); err != nil {
			refuse("--timing: %w", err)
		}
	}
	if o.jobs < 0 {
		refuse("--jobs: found %d; allowed: 1 or more, or 0 for as many as the machine allows", o.jobs)
	}
	if o.repeat < 1 {
		refuse("--repeat: found %d; allowed: 1 or more", o.repeat)
	}
	if o.timeLimit < 0 {
		refuse("--time-limit: found %v; allowed: a duration such as 10m", o.timeLimit)
	}
	if o.quiet && o.verbose {
		refuse("--quiet and --verbose exclude each other")
	}
	return errors.Join(append(errs, checkFolder(o.out, campaign.Check), o.copies.check())...)
}

func (o runOptions) play(ctx context.Context, t target.Target, scenarios []rollover.Scenario, known reports.KnownFailures, selectors []string, out, errOut io.Writer) error {
	dir, err := makeFolder(o.out)
	if err != nil {
		return rigTrouble(err)
	}
	progress := newProgressLine(ctx, errOut, o.quiet)
	run, err := campaign.Run(ctx, t, scenarios, campaign.Options{
		Out: dir, Tool: build(), Jobs: o.jobs, Timing: o.timing, Repeat: o.repeat,
		FailFast: o.failFast, Known: known, TimeLimit: o.timeLimit, Selectors: selectors, Rerun: o.again(), Watch: progress.show,
	})
	progress.close()
	if err != nil {
		return rigTrouble(err)
	}
	if err := o.report(dir, run, out); err != nil {
		return rigTrouble(err)
	}
	return exitWith(run.ExitCode())
}

// again is the command that a scenario's name has to follow to be played again.
func (o runOptions) again() string {
	words := []string{"rollover", "run"}
	if o.target != "" {
		words = append(words, "--target", o.target)
	}
	if o.timing != "" {
		words = append(words, "--timing", o.timing)
	}
	return commandLine(words)
}

// report writes the run's reports into its folder and where the flags say,
// and the table to standard output unless a report goes there.
func (o runOptions) report(dir string, run reports.Run, out io.Writer) error {
	if err := writeReports(dir, run, o.copies.junitOf(dir)); err != nil {
		return err
	}
	if err := o.copies.write(dir, run, out); err != nil {
		return err
	}
	if o.quiet || o.copies.toStdout() {
		return nil
	}
	options := tableOptions(out)
	options.Verbose = o.verbose
	if err := reports.WriteTable(out, run, options); err != nil {
		return err
	}
	text := fmt.Sprintf("\nReport: %s\n", htmlOf(dir))
	if slices.ContainsFunc(run.Results, wantsAgain) {
		text += fmt.Sprintf("Again:  %s\n", o.againAll(dir, run))
	}
	_, err := io.WriteString(out, text)
	return err
}

// againAll is the command that plays all that is not settled again.
func (o runOptions) againAll(dir string, run reports.Run) string {
	words := []string{"rollover", "run"}
	if name := run.Target.Name; name != "" && name != target.Reference {
		words = append(words, "--target", name)
	}
	if run.Timing != "" && run.Timing != rollover.Brisk.Name {
		words = append(words, "--timing", run.Timing)
	}
	if o.known != "" {
		words = append(words, "--known-failures", o.known)
	}
	return commandLine(append(words, "--rerun-failed", dir))
}

// build is this program as a run record names it.
func build() reports.Build {
	b := reports.Build{Name: "rollover", Version: versionName(), Go: runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				b.Commit = s.Value
			}
		}
	}
	return b
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
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
	shard     string
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

--shard 2/4 plays the second of four parts; the parts together are the whole
selection, and merge puts their runs together. --shard auto takes the part from
CI_NODE_INDEX and CI_NODE_TOTAL (GitLab), BUILDKITE_PARALLEL_JOB and
BUILDKITE_PARALLEL_JOB_COUNT, or CIRCLE_NODE_INDEX and CIRCLE_NODE_TOTAL;
--shard auto/4 takes the index only, also from JOB_COMPLETION_INDEX (Kubernetes).
GitLab counts from 1, the others from 0.

Exit codes: 0 all passed or known to fail, 1 a fail or a stale entry of the
known failures, 2 usage, 3 inconclusive, unstable or not run, 4 trouble of the
rig.`,
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
	shardFlag(cmd, &o.shard)
	f.StringVar(&o.rerun, "rerun-failed", "", "play what did not pass in this earlier `RUN`")
	f.IntVar(&o.repeat, "repeat", 1, "play each scenario `N` times")
	f.BoolVar(&o.quiet, "quiet", false, "print nothing but what is asked for")
	f.BoolVar(&o.verbose, "verbose", false, "print every scenario's prediction, and what did not apply")
	return cmd
}

// plan is what a run is going to play.
type plan struct {
	target    target.Target
	scenarios []rollover.Scenario
	selectors []string // as the user wrote them
	shard     *reports.Shard
	known     reports.KnownFailures
}

// run checks everything a user can get wrong before it enters the sandbox.
func (o runOptions) run(cmd *cobra.Command, selectors []string) error {
	p, err := o.plan(selectors)
	if err != nil {
		return err
	}
	if err := errors.Join(o.check(), playable(p.target, p.scenarios, o.timing)); err != nil {
		return err
	}
	return sandboxedWith(cmd.Context(), p.target, func() error {
		warnIdle(cmd.ErrOrStderr(), p.known, idsOf(p.scenarios))
		return o.play(cmd.Context(), p, cmd.OutOrStdout(), cmd.ErrOrStderr())
	})
}

func (o runOptions) plan(selectors []string) (plan, error) {
	p := plan{selectors: selectors}
	index, total, err := shardOf(o.shard, environment)
	if err != nil {
		return p, err
	}
	if p.scenarios, err = o.scenarios(selectors); err != nil {
		return p, err
	}
	if p.target, err = loadTarget(o.target); err != nil {
		return p, err
	}
	if p.known, err = loadKnown(o.known); err != nil || total == 0 {
		return p, err
	}
	mine, shard, err := reports.SplitOff(index, total, p.scenarios)
	p.scenarios, p.shard = mine, &shard
	return p, err
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

func (o runOptions) play(ctx context.Context, p plan, out, errOut io.Writer) error {
	dir, err := makeFolder(o.out)
	if err != nil {
		return rigTrouble(err)
	}
	progress := newProgressLine(ctx, errOut, o.quiet)
	run, err := campaign.Run(ctx, p.target, p.scenarios, campaign.Options{
		Out: dir, Tool: build(), Jobs: o.jobs, Timing: o.timing, Repeat: o.repeat,
		FailFast: o.failFast, Known: p.known, TimeLimit: o.timeLimit, Selectors: p.selectors, Shard: p.shard,
		Rerun: o.again(), Watch: progress.show,
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
	return reports.CommandLine(words)
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

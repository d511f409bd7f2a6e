package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/fixtures/asf"
	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/campaign"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
	"github.com/rollover-conformance/rollover/suites/trial"
)

// playOptions are the flags of `rollover play`.
type playOptions struct {
	target string
	timing string
	out    string
	hold   bool
}

func newPlay() *cobra.Command {
	var o playOptions
	cmd := &cobra.Command{
		Use:   "play ID|FILE",
		Short: "play one scenario and show everything; --hold keeps the lab",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd, args[0])
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.target, "target", "", "the target: a path or an embedded row")
	f.StringVar(&o.timing, "timing", "", "brisk or standard")
	f.StringVar(&o.out, "out", "", "the trial's folder (default: one under runs/)")
	f.BoolVar(&o.hold, "hold", false, "keep the lab and open a shell in a host of it")
	return cmd
}

func (o playOptions) run(cmd *cobra.Command, selector string) error {
	chosen, err := selectScenarios([]string{selector})
	if err != nil {
		return err
	}
	if len(chosen) != 1 {
		return fmt.Errorf("%s names %d scenarios; play takes one", selector, len(chosen))
	}
	s := chosen[0]
	t, err := loadTarget(o.target)
	if err != nil {
		return err
	}
	timing, err := timingOf(s, o.timing)
	if err != nil {
		return fmt.Errorf("--timing: %w", err)
	}
	return sandboxed(func() error {
		return o.play(cmd.Context(), t, s, timing, cmd.OutOrStdout())
	})
}

func (o playOptions) play(ctx context.Context, t target.Target, s rollover.Scenario, timing rollover.Timing, out io.Writer) error {
	result := rollover.Result{ID: s.ID, Scenario: s, Verdict: rollover.NotApplicable, Final: "none"}
	if applies, reason := target.Applicable(t, s); !applies {
		result.Reason = reason
	} else {
		dir, err := runOptions{out: o.out}.folder()
		if err != nil {
			return rigTrouble(err)
		}
		bench := trial.Bench{Target: t, Timing: timing, Clip: asf.NewClip(campaign.ClipDuration), Tool: "rollover " + version}
		if o.hold {
			bench.Hold = hold(s, os.Stdin, out)
		}
		if result, err = trial.Run(ctx, bench, s, dir); err != nil {
			return rigTrouble(err)
		}
		result.Evidence = dir
	}
	run := reports.Run{Results: []rollover.Result{result}}
	options := tableOptions(out)
	options.Verbose = true
	if err := reports.WriteTable(out, run, options); err != nil {
		return rigTrouble(err)
	}
	return exitWith(run.ExitCode())
}

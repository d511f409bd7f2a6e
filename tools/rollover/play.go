package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/fixtures/asf"
	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/campaign"
	"github.com/rollover-conformance/rollover/suites/evidence"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
	"github.com/rollover-conformance/rollover/suites/trial"
)

// playOptions are the flags of `rollover play`.
type playOptions struct {
	target string
	timing string
	out    string
	known  string
	hold   bool
}

func newPlay() *cobra.Command {
	var o playOptions
	cmd := &cobra.Command{
		Use:   "play ID|FILE",
		Short: "play one scenario and show everything; --hold keeps the lab",
		Long: `Plays one scenario, from the catalogue or from a file that holds one, and shows
what was predicted, what was seen and why that is the verdict.

--hold keeps the lab when the client has ended: with the server still serving
it tells how to play again by hand, and opens shells in the lab's hosts.`,
		Args:              exactlyOne("one scenario: an ID, or a file that holds one"),
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd, args[0])
		},
	}
	targetFlag(cmd, &o.target)
	f := cmd.Flags()
	f.StringVar(&o.timing, "timing", "", "`TIMING` of a scenario that names none: brisk (the default) or standard")
	f.StringVar(&o.out, "out", "", "leave the trial in this `FOLDER` (default runs/<UTC time>)")
	knownFlag(cmd, &o.known)
	f.BoolVar(&o.hold, "hold", false, "keep the lab and open shells in its hosts")
	return cmd
}

// run checks everything a user can get wrong before it enters the sandbox.
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
	known, listErr := loadKnown(o.known)
	_, timing, err := predict(t, s, o.timing)
	if err := errors.Join(err, listErr, checkFolder(o.out, mayHoldTrial)); err != nil {
		return err
	}
	if applies, reason := target.Applicable(t, s); !applies {
		fmt.Fprintf(cmd.OutOrStdout(), "%s does not apply to %s: %s\n", s.ID, t.Name, reason)
		return exitWith(exitInconclusive)
	}
	return sandboxedWith(cmd.Context(), t, func() error {
		warnIdle(cmd.ErrOrStderr(), known, []string{s.ID})
		return o.play(cmd.Context(), t, s, timing, known, cmd.OutOrStdout())
	})
}

// mayHoldTrial reports whether a trial may be written to the folder: as for a
// run, or one that holds a trial.
func mayHoldTrial(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, evidence.SetupFile)); err == nil {
		return nil
	}
	return campaign.Check(dir)
}

func (o playOptions) play(ctx context.Context, t target.Target, s rollover.Scenario, timing rollover.Timing, known reports.KnownFailures, out io.Writer) error {
	dir, err := makeFolder(o.out)
	if err != nil {
		return rigTrouble(err)
	}
	clip := asf.NewClip(campaign.ClipDuration)
	bench := trial.Bench{Target: t, Timing: timing, Clip: clip, Tool: "rollover " + versionName()}
	if o.hold {
		bench.Hold = holder{scenario: s, target: t, timing: timing, in: os.Stdin, out: out}.hold
	}
	result, err := trial.Run(ctx, bench, s, dir)
	if err != nil {
		return rigTrouble(err)
	}
	if ctx.Err() != nil {
		result = rollover.Result{ID: s.ID, Scenario: s, Predicted: result.Predicted, Verdict: rollover.NotRun, Reason: campaign.EndOf(ctx)}
	}
	result = known.Mark(result)
	if err := reports.WriteTrial(out, result, tableOptions(out)); err != nil {
		return rigTrouble(err)
	}
	fmt.Fprintf(out, "\nEvidence: %s\nJudge it again: rollover judge %s\n", dir, dir)
	return exitWith(reports.Run{Results: []rollover.Result{result}}.ExitCode())
}

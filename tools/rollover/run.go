package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
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
	junit     string
	json      string
	html      string
	timeLimit time.Duration
	failFast  bool
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

Exit codes: 0 all passed, 1 a fail, 2 usage, 3 inconclusive, unstable or not
run, 4 trouble of the rig.`,
		RunE: func(cmd *cobra.Command, selectors []string) error {
			return o.run(cmd, selectors)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.target, "target", "", "the target: a path or an embedded row (list --targets)")
	f.IntVar(&o.jobs, "jobs", 0, "trials at once (default: as many as the machine allows, 64 at most)")
	f.StringVar(&o.timing, "timing", "", "brisk or standard, for scenarios that name none (default brisk)")
	f.StringVar(&o.out, "out", "", "the run's folder (default runs/<UTC time>)")
	f.StringVar(&o.junit, "junit", "", "write JUnit here too; - is standard output")
	f.StringVar(&o.json, "json", "", "write the run record here too; - is standard output")
	f.StringVar(&o.html, "html", "", "write the HTML page here too; - is standard output")
	f.DurationVar(&o.timeLimit, "time-limit", 0, "end the run after this long")
	f.BoolVar(&o.failFast, "fail-fast", false, "start nothing more after the first fail")
	f.StringVar(&o.rerun, "rerun-failed", "", "play what did not pass in this earlier run")
	f.IntVar(&o.repeat, "repeat", 1, "play each scenario this often")
	f.BoolVar(&o.quiet, "quiet", false, "print nothing but what is asked for")
	f.BoolVar(&o.verbose, "verbose", false, "print every scenario's ladder and findings")
	cmd.MarkFlagsMutuallyExclusive("quiet", "verbose")
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
	if err := o.check(); err != nil {
		return err
	}
	return sandboxed(func() error {
		return o.play(cmd.Context(), t, scenarios, selectors, cmd.OutOrStdout(), cmd.ErrOrStderr())
	})
}

func (o runOptions) check() error {
	if o.timing != "" {
		if _, err := rollover.ParseTiming(o.timing); err != nil {
			return fmt.Errorf("--timing: %w", err)
		}
	}
	if o.jobs < 0 {
		return fmt.Errorf("--jobs %d: it must be 1 or more", o.jobs)
	}
	if o.repeat < 1 {
		return fmt.Errorf("--repeat %d: it must be 1 or more", o.repeat)
	}
	if o.out != "" {
		return campaign.Check(o.out)
	}
	return nil
}

// scenarios is what is selected, narrowed to what did not pass where
// --rerun-failed names an earlier run.
func (o runOptions) scenarios(selectors []string) ([]rollover.Scenario, error) {
	chosen, err := selectScenarios(selectors)
	if err != nil || o.rerun == "" {
		return chosen, err
	}
	earlier, err := readRun(o.rerun)
	if err != nil {
		return nil, err
	}
	again := map[string]bool{}
	for _, r := range earlier.Results {
		again[r.ID] = r.Verdict != rollover.Pass && r.Verdict != rollover.NotApplicable || r.Unstable
	}
	return slices.DeleteFunc(chosen, func(s rollover.Scenario) bool { return !again[s.ID] }), nil
}

func (o runOptions) play(ctx context.Context, t target.Target, scenarios []rollover.Scenario, selectors []string, out, errOut io.Writer) error {
	dir, err := o.folder()
	if err != nil {
		return rigTrouble(err)
	}
	progress := newProgressLine(errOut, o.quiet)
	run, err := campaign.Run(ctx, t, scenarios, campaign.Options{
		Out: dir, Tool: build(), Jobs: o.jobs, Timing: o.timing, Repeat: o.repeat,
		FailFast: o.failFast, TimeLimit: o.timeLimit, Selectors: selectors, Watch: progress.show,
	})
	progress.clear()
	if err != nil {
		return rigTrouble(err)
	}
	if err := o.report(dir, run, out); err != nil {
		return rigTrouble(err)
	}
	return exitWith(run.ExitCode())
}

// folder is the run's own folder: the one asked for, or a new one under runs.
func (o runOptions) folder() (string, error) {
	if o.out != "" {
		return o.out, campaign.Prepare(o.out)
	}
	stamp := filepath.Join("runs", time.Now().UTC().Format("20060102T150405Z"))
	if err := os.MkdirAll("runs", 0o755); err != nil {
		return "", err
	}
	dir := stamp
	for n := 2; ; n++ {
		err := os.Mkdir(dir, 0o755)
		if err == nil || !os.IsExist(err) {
			return dir, err
		}
		dir = fmt.Sprintf("%s-%d", stamp, n)
	}
}

// report writes the run's reports into its folder and where the flags say,
// and the table to standard output unless a report goes there.
func (o runOptions) report(dir string, run reports.Run, out io.Writer) error {
	if err := writeReports(dir, run); err != nil {
		return err
	}
	taken := false
	for _, extra := range []struct {
		path  string
		write func(io.Writer, reports.Run) error
	}{{o.json, reports.WriteJSON}, {o.junit, reports.WriteJUnit}, {o.html, reports.WriteHTML}} {
		switch extra.path {
		case "":
		case "-":
			taken = true
			if err := extra.write(out, run); err != nil {
				return err
			}
		default:
			if err := campaign.ReplaceFile(extra.path, func(f *os.File) error { return extra.write(f, run) }); err != nil {
				return err
			}
		}
	}
	if taken || o.quiet {
		return nil
	}
	options := tableOptions(out)
	options.Verbose = o.verbose
	if err := reports.WriteTable(out, run, options); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\nReport: %s\n", filepath.Join(dir, campaign.HTMLFile))
	return err
}

// writeReports writes the renderings of a run into its folder.
func writeReports(dir string, run reports.Run) error {
	for name, write := range map[string]func(io.Writer, reports.Run) error{
		campaign.RecordFile: reports.WriteJSON,
		campaign.JUnitFile:  reports.WriteJUnit,
		campaign.HTMLFile:   reports.WriteHTML,
	} {
		path := filepath.Join(dir, name)
		if err := campaign.ReplaceFile(path, func(f *os.File) error { return write(f, run) }); err != nil {
			return err
		}
	}
	return nil
}

// build is this program as a run record names it.
func build() reports.Build {
	b := reports.Build{Name: "rollover", Version: version, Go: runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				b.Commit = s.Value
			}
		}
	}
	return b
}

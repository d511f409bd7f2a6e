package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
)

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

// againAll is the command that plays all that is not settled again. Where the
// target was a file, the record has its name, and only a trial's own command
// the way to it.
func (o runOptions) againAll(dir string, run reports.Run) string {
	words := []string{"rollover", "run"}
	name := cmp.Or(o.target, run.Target.Name)
	for _, r := range run.Results {
		if rest, ok := strings.CutPrefix(r.Rerun, "rollover run --target "); ok && o.target == "" && !strings.HasPrefix(rest, "'") {
			name, _, _ = strings.Cut(rest, " ")
		}
	}
	if name != "" && name != target.Reference {
		words = append(words, "--target", name)
	}
	if run.Timing != "" && run.Timing != rollover.Brisk.Name {
		words = append(words, "--timing", run.Timing)
	}
	if o.known != "" {
		words = append(words, "--known-failures", o.known)
	}
	return reports.CommandLine(append(words, "--rerun-failed", dir))
}

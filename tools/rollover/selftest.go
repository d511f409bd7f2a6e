package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/suites/campaign"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/selftest"
)

// selftestOptions are the flags of `rollover selftest`.
type selftestOptions struct {
	json     bool
	jobs     int
	out      string
	markdown string
}

func newSelftest() *cobra.Command {
	var o selftestOptions
	cmd := &cobra.Command{
		Use:   "selftest [FAULT ...]",
		Short: "plant every known fault and show that the suites catch it",
		Long: `Plants each fault of rollover's list in the reference server or client, plays
the scenarios that must catch it, and says whether a verdict named the right
side and the right requirement, with frames. Faults of the laboratory itself
must end as an error and convict nobody.

Exit codes: 0 every planted fault was killed, 1 one survived, 2 usage, 4
trouble of the rig that nobody planted.`,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd, args) },
	}
	f := cmd.Flags()
	f.BoolVar(&o.json, "json", false, "write the table as JSON")
	f.IntVar(&o.jobs, "jobs", 0, "trials at once (default: as many as the machine allows, 64 at most)")
	f.StringVar(&o.markdown, "markdown", "", "write the table as a document, too, to this file")
	f.StringVar(&o.out, "out", "", "keep the evidence in this folder (default: it is not kept)")
	return cmd
}

func (o selftestOptions) run(cmd *cobra.Command, ids []string) error {
	plan, err := selftest.Plan()
	if err != nil {
		return err
	}
	plan, rig, err := chosenFaults(plan, ids)
	if err != nil {
		return err
	}
	if o.out != "" {
		if err := emptyFolder(o.out); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
	}
	if o.markdown != "" {
		if err := writable(filepath.Dir(o.markdown)); err != nil {
			return fmt.Errorf("--markdown: %w", err)
		}
	}
	if o.jobs < 0 {
		return fmt.Errorf("--jobs: found %d; allowed: 1 or more, or 0 for as many as the machine allows", o.jobs)
	}
	return sandboxed(cmd.Context(), func() error { return o.play(cmd.Context(), plan, rig, cmd.OutOrStdout(), cmd.ErrOrStderr()) })
}

// emptyFolder refuses a folder that holds something, or cannot be written to.
func emptyFolder(dir string) error {
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) > 0 {
		return fmt.Errorf("%s exists and is not empty", dir)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return writable(dir)
}

// chosenFaults keeps those that are named, and says which of the rig's are; no
// name keeps all.
func chosenFaults(plan []selftest.Planting, ids []string) (chosen []selftest.Planting, rig func(string) bool, err error) {
	if len(ids) == 0 {
		return plan, nil, nil
	}
	ofRig := selftest.RigFaultIDs()
	for _, id := range ids {
		id = strings.ToUpper(id)
		i := slices.IndexFunc(plan, func(p selftest.Planting) bool { return p.Fault.ID == id })
		if i >= 0 {
			chosen = append(chosen, plan[i])
			continue
		}
		if !slices.Contains(ofRig, id) {
			return nil, nil, unknownFault(id)
		}
	}
	return chosen, func(id string) bool {
		return slices.ContainsFunc(ids, func(named string) bool { return strings.EqualFold(named, id) })
	}, nil
}

func unknownFault(id string) error {
	all, ofRig := rollover.Faults(), selftest.RigFaultIDs()
	return fmt.Errorf("unknown fault %q; allowed: %s to %s, and %s to %s of the rig",
		id, all[0].ID, all[len(all)-1].ID, ofRig[0], ofRig[len(ofRig)-1])
}

func (o selftestOptions) play(ctx context.Context, plan []selftest.Planting, rig func(string) bool, out, errOut io.Writer) error {
	dir := o.out
	if dir == "" {
		temporary, err := os.MkdirTemp("", "rollover-selftest-")
		if err != nil {
			return rigTrouble(err)
		}
		defer os.RemoveAll(temporary)
		dir = temporary
	}
	progress := newProgressLine(ctx, errOut, false)
	table, err := selftest.Run(ctx, plan, rig, selftest.Options{Out: filepath.Clean(dir), Tool: build(), Jobs: o.jobs, Watch: progress.show})
	progress.close()
	if err != nil {
		return rigTrouble(err)
	}
	write := table.Write
	if o.json {
		write = table.WriteJSON
	}
	if err := write(out); err != nil {
		return rigTrouble(err)
	}
	if o.markdown != "" {
		if err := campaign.ReplaceFile(o.markdown, func(f *os.File) error { return table.WriteMarkdown(f) }); err != nil {
			return rigTrouble(err)
		}
	}
	if len(table.Survivors()) > 0 {
		return exitWith(exitFail)
	}
	return nil
}

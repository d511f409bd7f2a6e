package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/campaign"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

func newMerge() *cobra.Command {
	var o runOptions
	cmd := &cobra.Command{
		Use:   "merge --out FOLDER RUN ...",
		Short: "put the shards of a run together",
		Long: `Puts runs that were played with --shard together into the run that they are
parts of: its record, its reports, its progress log and all evidence, as if one
machine had played it. A shard that is missing, there twice, or of another run
is refused. Ends with the code of the whole run.`,
		Args: oneOrMore("the folders of all shards"),
		RunE: func(cmd *cobra.Command, folders []string) error {
			merged, shards, err := o.merged(folders)
			if err != nil {
				return err
			}
			if merged, err = markKnown(cmd, o.known, merged); err != nil {
				return err
			}
			if err := mergeInto(o.out, merged, shards); err != nil {
				return rigTrouble(err)
			}
			if err := o.report(o.out, merged, cmd.OutOrStdout()); err != nil {
				return rigTrouble(err)
			}
			return exitWith(merged.ExitCode())
		},
	}
	cmd.Flags().StringVar(&o.out, "out", "", "leave the whole run in this new `FOLDER`")
	o.copies.flags(cmd)
	knownFlag(cmd, &o.known)
	cmd.Flags().BoolVar(&o.verbose, "verbose", false, "print every scenario's prediction, and what did not apply")
	return cmd
}

// merged checks everything that can be wrong before anything is written. It
// also returns the folders of the shards, the first shard's first.
func (o runOptions) merged(folders []string) (reports.Run, []string, error) {
	if o.out == "" {
		return reports.Run{}, nil, errors.New("merge wants --out, a new folder for the whole run")
	}
	if err := errors.Join(o.copies.check(), emptyFolder(o.out)); err != nil {
		return reports.Run{}, nil, err
	}
	runs := make([]reports.Run, len(folders))
	for i, folder := range folders {
		var err error
		if runs[i], err = readRun(folder); err != nil {
			return reports.Run{}, nil, err
		}
	}
	whole, err := reports.Merge(runs)
	if err != nil {
		return reports.Run{}, nil, fmt.Errorf("%w\nruns, in this order: %s", err, strings.Join(folders, " "))
	}
	shards := make([]string, len(folders))
	for i, folder := range folders {
		shards[runs[i].Shard.Index-1] = folder
	}
	for i, r := range whole.Results {
		if err := hasEvidence(shards[i%len(shards)], r); err != nil {
			return reports.Run{}, nil, err
		}
	}
	return whole, shards, nil
}

// hasEvidence reports a trial that was played and whose folder is not there.
func hasEvidence(shard string, r rollover.Result) error {
	if r.Evidence == "" {
		return nil
	}
	for _, path := range []string{r.ID, r.Evidence} {
		if !filepath.IsLocal(filepath.FromSlash(path)) {
			return fmt.Errorf("%s: the evidence of %s is said to be in %s", shard, r.ID, path)
		}
	}
	if _, err := os.Stat(filepath.Join(shard, filepath.FromSlash(r.Evidence))); err != nil {
		return fmt.Errorf("%s: the evidence of %s is missing: %w", shard, r.ID, err)
	}
	return nil
}

// mergeInto writes the record, the log and the evidence of the whole run.
func mergeInto(dir string, whole reports.Run, shards []string) error {
	if err := campaign.Record(dir, whole); err != nil {
		return err
	}
	for i, r := range whole.Results {
		from := filepath.Join(shards[i%len(shards)], filepath.FromSlash(r.ID))
		if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := os.CopyFS(filepath.Join(dir, filepath.FromSlash(r.ID)), os.DirFS(from)); err != nil {
			return fmt.Errorf("copying the evidence of %s: %w", r.ID, err)
		}
	}
	return nil
}

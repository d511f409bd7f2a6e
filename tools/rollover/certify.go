package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/reports/bundle"
	"github.com/rollover-conformance/rollover/suites/campaign"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/selftest"
)

// certifyOptions are the flags of `rollover certify`.
type certifyOptions struct {
	runOptions
	profile string
	keyFile string
}

func newCertify() *cobra.Command {
	var o certifyOptions
	cmd := &cobra.Command{
		Use:   "certify --target TARGET",
		Short: "play all that a profile demands, into a bundle that anyone can verify",
		Long: `Plays every scenario that a profile demands against a target, lets this program
prove itself on planted faults, and packs record, reports, evidence and self-test
into one archive, FOLDER/PROFILE.tar.gz. A run that fails is packed, too: its
bundle says so. One that was cut short is not.

With --key, an ed25519 private key in a PEM file, the bundle's statement is signed:
  openssl genpkey -algorithm ed25519 -out key.pem
  openssl pkey -in key.pem -pubout -out key.pub

Ends with the code of the run; 4 too where the program did not catch its faults.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd) },
	}
	targetFlag(cmd, &o.target)
	f := cmd.Flags()
	f.StringVar(&o.profile, "profile", "wm-core", "the `PROFILE`: wm-core, wm-extended or rtsp-core")
	f.StringVar(&o.keyFile, "key", "", "sign with the private key in this `FILE`")
	f.StringVar(&o.out, "out", "", "leave run and bundle in this new `FOLDER` (default runs/<UTC time>)")
	f.IntVar(&o.jobs, "jobs", 0, "play `N` trials at once (default: as many as the machine allows, 64 at most)")
	f.StringVar(&o.timing, "timing", "", "`TIMING`: brisk (the default) or standard")
	f.BoolVar(&o.quiet, "quiet", false, "print nothing but what is asked for")
	return cmd
}

// run checks everything a user can get wrong before it enters the sandbox.
func (o certifyOptions) run(cmd *cobra.Command) error {
	profile, err := bundle.Named(o.profile)
	if err != nil {
		return fmt.Errorf("--profile: %w", err)
	}
	catalogue, err := rollover.Catalogue()
	if err != nil {
		return err
	}
	p := plan{selectors: []string{"profile " + profile.Name}}
	if p.scenarios, err = profile.Select(catalogue); err != nil {
		return err
	}
	if p.target, err = loadTarget(o.target); err != nil {
		return err
	}
	in := bundle.Input{Profile: profile}
	if o.keyFile != "" {
		if in.Key, err = privateKey(o.keyFile); err != nil {
			return fmt.Errorf("--key: %w", err)
		}
	}
	o.repeat, o.copies.attachments = 1, relativePaths
	if o.out != "" {
		if err := emptyFolder(o.out); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
	}
	if err := errors.Join(o.check(), playable(p.target, p.scenarios, o.timing)); err != nil {
		return err
	}
	return sandboxedWith(cmd.Context(), p.target, func() error {
		return o.play(cmd.Context(), p, in, cmd.OutOrStdout(), cmd.ErrOrStderr())
	})
}

func (o certifyOptions) play(ctx context.Context, p plan, in bundle.Input, out, errOut io.Writer) error {
	dir, err := makeFolder(o.out)
	if err != nil {
		return rigTrouble(err)
	}
	o.out = filepath.Join(dir, bundle.RunFolder)
	ended := o.runOptions.play(ctx, p, out, errOut)
	if in.Run, err = readRun(o.out); err != nil {
		return errors.Join(ended, rigTrouble(err))
	}
	if in.Run.Aborted != "" {
		fmt.Fprintf(errOut, "rollover: no bundle: the run ended early: %s\n", in.Run.Aborted)
		return ended
	}
	table, err := proveSelf(ctx, o.runOptions, errOut)
	if err != nil {
		return rigTrouble(err)
	}
	var written bytes.Buffer
	if err := table.WriteJSON(&written); err != nil {
		return rigTrouble(err)
	}
	in.Selftest, in.Folder = written.Bytes(), os.DirFS(o.out)
	file := filepath.Join(dir, in.Profile.Name+".tar.gz")
	if err := campaign.ReplaceFile(file, func(f *os.File) error { return bundle.Write(ctx, f, in) }); err != nil {
		return rigTrouble(err)
	}
	if !o.quiet {
		fmt.Fprintf(out, "Bundle: %s\n", file)
	}
	if survivors := table.Survivors(); len(survivors) > 0 {
		return rigTrouble(fmt.Errorf("this program did not catch %d of its planted faults, such as %s: the bundle will be refused", len(survivors), survivors[0].ID))
	}
	return ended
}

// proveSelf plants every fault and keeps no evidence of it.
func proveSelf(ctx context.Context, o runOptions, errOut io.Writer) (selftest.Table, error) {
	faults, err := selftest.Plan()
	if err != nil {
		return selftest.Table{}, err
	}
	dir, err := os.MkdirTemp("", "rollover-selftest-")
	if err != nil {
		return selftest.Table{}, err
	}
	defer os.RemoveAll(dir)
	progress := newProgressLine(ctx, errOut, o.quiet)
	defer progress.close()
	return selftest.Run(ctx, faults, nil, selftest.Options{Out: dir, Tool: build(), Jobs: o.jobs, Watch: progress.show})
}

// plantedFaults are the faults that a self-test of this version plants.
func plantedFaults() ([]string, error) {
	all, err := selftest.Plan()
	if err != nil {
		return nil, err
	}
	ids := selftest.RigFaultIDs()
	for _, p := range all {
		if p.Waits == "" {
			ids = append(ids, p.Fault.ID)
		}
	}
	return ids, nil
}

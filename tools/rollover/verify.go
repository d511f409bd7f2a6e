package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/reports/bundle"
	"github.com/rollover-conformance/rollover/suites/assess"
)

func newVerify() *cobra.Command {
	var o verifyOptions
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify BUNDLE",
		Short: "check a bundle, without a network or root",
		Long: `Checks that a bundle is whole and true to itself: every file against the manifest,
the progress log from line to line, everything that the profile demands once and
run, no excuse, reports that say what the record says, a self-test that killed
every fault, and the statement. With --deep every verdict is derived again from
the captures. With --key the signature of the statement is checked, too.

A valid bundle is no passed test: the result stands beside.

Exit codes: 0 valid, 1 refused, with every rule that is broken, 2 unreadable.`,
		Args: exactlyOne("a bundle"),
		RunE: func(cmd *cobra.Command, args []string) error {
			report, err := o.verify(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			write := writeVerified
			if asJSON {
				write = func(w io.Writer, r bundle.Report) error { return writeJSON(w, r) }
			}
			if err := write(cmd.OutOrStdout(), report); err != nil {
				return err
			}
			if !report.Valid {
				return exitWith(exitFail)
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.deep, "deep", false, "derive every verdict again from the captures")
	f.StringVar(&o.keyFile, "key", "", "check the signature with the public key in this `FILE`")
	f.BoolVar(&asJSON, "json", false, "print the report as JSON")
	return cmd
}

// verifyOptions are the flags of `rollover verify`.
type verifyOptions struct {
	deep    bool
	keyFile string
}

func (o verifyOptions) verify(ctx context.Context, file string) (bundle.Report, error) {
	options := bundle.Options{Deep: o.deep, Tool: build(), Judge: assess.Folder}
	var err error
	if o.keyFile != "" {
		if options.Key, err = publicKey(o.keyFile); err != nil {
			return bundle.Report{}, fmt.Errorf("--key: %w", err)
		}
	}
	if options.Faults, err = plantedFaults(); err != nil {
		return bundle.Report{}, err
	}
	f, err := os.Open(file)
	if err != nil {
		return bundle.Report{}, err
	}
	defer f.Close()
	dir, err := os.MkdirTemp("", "rollover-verify-")
	if err != nil {
		return bundle.Report{}, err
	}
	defer os.RemoveAll(dir)
	files, broken, err := bundle.Unpack(f, dir)
	if err != nil {
		return bundle.Report{}, fmt.Errorf("%s: %w", file, err)
	}
	return bundle.Verify(ctx, dir, files, broken, options), nil
}

func writeVerified(w io.Writer, r bundle.Report) error {
	var b strings.Builder
	for _, broken := range r.Broken {
		where := ""
		if broken.File != "" {
			where = broken.File + ": "
		}
		fmt.Fprintf(&b, "%-14s %s%s\n", broken.Rule, where, broken.Seen)
	}
	for _, note := range r.Notes {
		fmt.Fprintf(&b, "%-14s %s\n", "note", note)
	}
	if r.Valid {
		fmt.Fprintf(&b, "valid: %s %s %s, profile %s release %d: %s\n", r.Product.Vendor, r.Product.Product, r.Product.Version, r.Profile, r.Release, r.Result)
	} else {
		fmt.Fprintf(&b, "refused: %d broken\n", len(r.Broken))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// refused is the answer where a bundle is needed that is valid.
func refused(r bundle.Report) error {
	var errs []error
	for _, b := range r.Broken {
		errs = append(errs, fmt.Errorf("%s: %s %s", b.Rule, b.File, b.Seen))
	}
	return errors.Join(errs...)
}

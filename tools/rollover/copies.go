package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/campaign"
)

// copies are the reports that a user wants elsewhere too; - is standard
// output.
type copies struct {
	junit, json, html     string
	markdown, annotations string
	attachments           string
}

// The two ways in which JUnit names the evidence.
const (
	relativePaths = "relative"
	absolutePaths = "absolute"
)

func (c *copies) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&c.junit, "junit", "", "write JUnit to this `FILE` too; - is standard output")
	f.StringVar(&c.json, "json", "", "write the run record to this `FILE` too; - is standard output")
	f.StringVar(&c.html, "html", "", "write the HTML page to this `FILE` too; - is standard output")
	f.StringVar(&c.markdown, "markdown", "", "write a summary for GitHub to this `FILE`; - is standard output")
	f.StringVar(&c.annotations, "annotations", "", "write the first causes as GitHub's annotations, ten at most, to this `FILE`; - is standard output")
	f.StringVar(&c.attachments, "junit-attachments", relativePaths, "name evidence in JUnit by `PATHS` that are relative to this folder, as GitLab wants, or absolute, as Jenkins does")
}

// copyTo is one of the copies.
type copyTo struct {
	flag, path string
	write      func(io.Writer, reports.Run) error
}

func (c copies) wanted(dir string) []copyTo {
	var out []copyTo
	for _, each := range []copyTo{
		{"json", c.json, reports.WriteJSON},
		{"junit", c.junit, c.junitOf(dir).Write},
		{"html", c.html, reports.WriteHTML},
		{"markdown", c.markdown, reports.WriteMarkdown},
		{"annotations", c.annotations, reports.WriteAnnotations},
	} {
		if each.path != "" {
			out = append(out, each)
		}
	}
	return out
}

// toStdout reports whether a copy takes standard output for itself.
func (c copies) toStdout() bool {
	return slices.ContainsFunc(c.wanted(""), func(each copyTo) bool { return each.path == "-" })
}

// check finds, before anything is played, copies that could not be written.
func (c copies) check() error {
	if c.attachments != relativePaths && c.attachments != absolutePaths {
		return fmt.Errorf("--junit-attachments: found %q; allowed: %s %s", c.attachments, relativePaths, absolutePaths)
	}
	taken := map[string]string{}
	for _, each := range c.wanted("") {
		if other, ok := taken[filepath.Clean(each.path)]; ok {
			return fmt.Errorf("--%s and --%s both write to %s", other, each.flag, each.path)
		}
		taken[filepath.Clean(each.path)] = each.flag
		if each.path == "-" {
			continue
		}
		if info, err := os.Stat(each.path); err == nil && info.IsDir() {
			return fmt.Errorf("--%s: %s is a folder; wanted: a file", each.flag, each.path)
		}
		dir := filepath.Dir(each.path)
		if _, err := os.Stat(dir); err != nil {
			return fmt.Errorf("--%s: no folder %s for %s", each.flag, dir, filepath.Base(each.path))
		}
		if err := writable(dir); err != nil {
			return fmt.Errorf("--%s: %w", each.flag, err)
		}
	}
	return nil
}

// write writes the copies of a run that lies in the folder.
func (c copies) write(dir string, run reports.Run, out io.Writer) error {
	for _, each := range c.wanted(dir) {
		err := error(nil)
		if each.path == "-" {
			err = each.write(out, run)
		} else {
			err = campaign.ReplaceFile(each.path, func(f *os.File) error { return each.write(f, run) })
		}
		if err != nil {
			return fmt.Errorf("--%s: %w", each.flag, err)
		}
	}
	return nil
}

// junitOf says where the evidence of a run in this folder is, for JUnit: from
// where we are if the run lies below, else from the run's own folder, since
// nobody follows a path that leads upwards.
func (c copies) junitOf(dir string) reports.JUnit {
	absolute, err := filepath.Abs(dir)
	if err != nil || c.attachments == absolutePaths {
		return reports.JUnit{Root: absolute}
	}
	here, err := filepath.Abs(".")
	if err != nil {
		return reports.JUnit{}
	}
	if below, err := filepath.Rel(here, absolute); err == nil && filepath.IsLocal(below) {
		return reports.JUnit{Root: filepath.ToSlash(below)}
	}
	return reports.JUnit{}
}

// writeReports writes the renderings of a run into its folder.
func writeReports(dir string, run reports.Run, junit reports.JUnit) error {
	for name, write := range map[string]func(io.Writer, reports.Run) error{
		campaign.RecordFile: reports.WriteJSON,
		campaign.JUnitFile:  junit.Write,
		campaign.HTMLFile:   reports.WriteHTML,
	} {
		if err := campaign.ReplaceFile(filepath.Join(dir, name), func(f *os.File) error { return write(f, run) }); err != nil {
			return err
		}
	}
	return nil
}

func htmlOf(dir string) string { return filepath.Join(dir, campaign.HTMLFile) }

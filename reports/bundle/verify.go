package bundle

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// Rule is what a bundle must keep.
type Rule string

// The rules, in the order in which they are checked.
const (
	RuleArchive   Rule = "archive"        // regular files, each once, in order, and nothing behind them
	RuleManifest  Rule = "manifest"       // readable, and of a form that we know
	RuleFiles     Rule = "files"          // exactly those of the manifest, byte for byte
	RuleRecord    Rule = "record"         // the run record can be read, is whole, and is the manifest's
	RuleChain     Rule = "chain"          // the progress log follows line from line, and ends in the record
	RuleProfile   Rule = "profile"        // each scenario that the profile demands, as it was frozen, once, and run
	RuleKnown     Rule = "known-failures" // none is excused
	RuleReports   Rule = "reports"        // they say what the record says
	RuleEvidence  Rule = "evidence"       // each trial has its own, with the capture that its setup names
	RuleSelftest  Rule = "self-test"      // whole, and every fault killed
	RuleStatement Rule = "statement"      // says what manifest and record say
	RuleSignature Rule = "signature"      // of the statement, by the key
	RuleVerdicts  Rule = "verdicts"       // derived from the captures, they are those of the record
)

// Broken is one rule that a bundle breaks.
type Broken struct {
	Rule Rule   `json:"rule"`
	File string `json:"file,omitempty"`
	Seen string `json:"seen"`
}

// Options say how closely to look.
type Options struct {
	Deep   bool          // derive every verdict again
	Key    dsse.Verifier // nil: a signature is named, and not checked
	Tool   reports.Build // that verifies: it renders as the bundle's did only if it is the same
	Faults []string      // that the self-test must have planted
	Judge  func(folder string) (rollover.Result, error)

	Profile func(name string) (Profile, error) // nil: [Named]
}

// Report is what became of a bundle's check.
type Report struct {
	Valid   bool               `json:"valid"`
	Broken  []Broken           `json:"broken"`
	Notes   []string           `json:"notes"` // what was not checked, and why
	Tool    reports.Build      `json:"tool"`
	Product reports.TargetInfo `json:"product"`
	Profile string             `json:"profile"`
	Release int                `json:"release"`
	Result  string             `json:"result"` // PASSED, WARNED, FAILED; empty where no manifest was readable
	Stopped time.Time          `json:"stopped"`
	Signed  string             `json:"signed"` // the identity of the key; empty: not signed
	Deep    bool               `json:"deep"`
}

// check is a bundle under verification.
type check struct {
	Options
	dir    string
	files  []File
	report Report

	manifest Manifest
	run      reports.Run
}

// Verify checks an unpacked bundle. It goes on after a rule is broken, so that
// the report names every one.
func Verify(ctx context.Context, dir string, files []File, broken []Broken, o Options) Report {
	if o.Profile == nil {
		o.Profile = Named
	}
	c := &check{Options: o, dir: dir, files: files}
	c.report = Report{Broken: append([]Broken{}, broken...), Notes: []string{}, Deep: o.Deep}
	if c.readManifest() {
		c.holdFiles()
		if c.readRecord() {
			c.holdChain()
			c.holdProfile()
			c.holdKnown()
			c.holdReports()
			c.holdEvidence()
			c.holdStatement(ctx)
			if o.Deep {
				c.holdVerdicts()
			}
		}
		c.holdSelftest()
	}
	c.report.Valid = len(c.report.Broken) == 0
	return c.report
}

func (c *check) broke(rule Rule, file, format string, args ...any) {
	c.report.Broken = append(c.report.Broken, Broken{rule, file, fmt.Sprintf(format, args...)})
}

func (c *check) note(format string, args ...any) {
	c.report.Notes = append(c.report.Notes, fmt.Sprintf(format, args...))
}

func (c *check) read(name string) ([]byte, error) {
	if !slices.ContainsFunc(c.files, func(f File) bool { return f.Path == name }) {
		return nil, fmt.Errorf("the bundle has none")
	}
	return os.ReadFile(filepath.Join(c.dir, filepath.FromSlash(name)))
}

func (c *check) readManifest() bool {
	data, err := c.read(ManifestFile)
	if err == nil {
		err = decode(data, &c.manifest)
	}
	if err == nil && c.manifest.Format != Format {
		err = fmt.Errorf("form %d; this version reads form %d", c.manifest.Format, Format)
	}
	if err != nil {
		c.broke(RuleManifest, ManifestFile, "%v; nothing else could be checked", err)
		return false
	}
	m := c.manifest
	c.report.Tool, c.report.Product, c.report.Profile, c.report.Release, c.report.Result = m.Tool, m.Product, m.Profile.Name, m.Profile.Release, m.Result
	c.report.Stopped = m.Stopped
	return true
}

// holdFiles compares what the archive holds with what the manifest lists, and
// the order of both with the one that Write gives them.
func (c *check) holdFiles() {
	front := []string{ManifestFile, StatementFile}
	listed := map[string]File{}
	for _, f := range c.manifest.Files {
		if _, twice := listed[f.Path]; twice {
			c.broke(RuleManifest, f.Path, "listed twice")
		}
		listed[f.Path] = f
	}
	if !slices.IsSortedFunc(c.manifest.Files, byPath) {
		c.broke(RuleManifest, ManifestFile, "its files are not in order")
	}
	var order []string
	there := map[string]bool{}
	for _, f := range c.files {
		there[f.Path] = true
		order = append(order, f.Path)
		if slices.Contains(front, f.Path) || f.Path == EnvelopeFile {
			continue
		}
		want, ok := listed[f.Path]
		switch {
		case !ok:
			c.broke(RuleFiles, f.Path, "not in the manifest")
		case want != f:
			c.broke(RuleFiles, f.Path, "%d bytes with SHA-256 %.12s…; the manifest has %d with %.12s…", f.Size, f.SHA256, want.Size, want.SHA256)
		}
	}
	if there[EnvelopeFile] {
		front = append(front, EnvelopeFile)
	}
	for _, f := range c.manifest.Files {
		if !there[f.Path] {
			c.broke(RuleFiles, f.Path, "in the manifest, and not there")
		}
		front = append(front, f.Path)
	}
	slices.Sort(front[len(front)-len(c.manifest.Files):])
	if len(order) == len(front) && !slices.Equal(order, front) {
		c.broke(RuleArchive, "", "its files are not in the order of a bundle")
	}
}

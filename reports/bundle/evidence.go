package bundle

import (
	"context"
	"encoding/json"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// holdEvidence demands a folder for each trial that was played, and nothing
// beside them. The setup names the capture by its hash.
func (c *check) holdEvidence() {
	sums := map[string]string{}
	for _, f := range c.files {
		sums[f.Path] = f.SHA256
	}
	for _, r := range c.run.Results {
		if r.Verdict == rollover.NotApplicable || r.Verdict == rollover.NotRun {
			continue
		}
		if r.Evidence == "" || r.Evidence != r.ID && !strings.HasPrefix(r.Evidence, r.ID+"/") {
			c.broke(RuleEvidence, "", "the evidence of %s is said to be in %q", r.ID, r.Evidence)
			continue
		}
		folder := path.Join(RunFolder, r.Evidence)
		for _, name := range []string{"scenario.yaml", "setup.json", "capture.pcapng", "result.json"} {
			if sums[path.Join(folder, name)] == "" {
				c.broke(RuleEvidence, path.Join(folder, name), "not there")
			}
		}
		c.holdTrial(r, folder, sums)
	}
	for _, f := range c.files {
		if name, ok := strings.CutPrefix(f.Path, RunFolder+"/"); ok && !c.belongs(name) {
			c.broke(RuleEvidence, f.Path, "belongs to no trial of the record")
		}
	}
}

// holdTrial compares what a trial's own files say with the record.
func (c *check) holdTrial(r rollover.Result, folder string, sums map[string]string) {
	setup := path.Join(folder, "setup.json")
	var s rollover.Setup
	if data, err := c.read(setup); err == nil {
		if err := json.Unmarshal(data, &s); err != nil {
			c.broke(RuleEvidence, setup, "%v", err)
		} else if got := sums[path.Join(folder, "capture.pcapng")]; got != s.Capture {
			c.broke(RuleEvidence, setup, "names a capture with SHA-256 %.12s…; the bundle's has %.12s…", s.Capture, got)
		}
	}
	result := path.Join(folder, "result.json")
	var said rollover.Result
	if data, err := c.read(result); err == nil {
		if err := json.Unmarshal(data, &said); err != nil {
			c.broke(RuleEvidence, result, "%v", err)
		} else if said.ID != r.ID || said.Verdict != r.Verdict {
			c.broke(RuleEvidence, result, "says %s of %s; the record says %s of %s", said.Verdict, said.ID, r.Verdict, r.ID)
		}
	}
}

func (c *check) belongs(name string) bool {
	_, report := rendered[name]
	return report || name == logFile || slices.ContainsFunc(c.run.Results, func(r rollover.Result) bool {
		return r.Evidence != "" && strings.HasPrefix(name, r.ID+"/")
	})
}

// holdVerdicts derives each verdict again from its evidence.
func (c *check) holdVerdicts() {
	for _, r := range c.run.Results {
		if r.Evidence == "" || !filepath.IsLocal(filepath.FromSlash(r.Evidence)) {
			continue
		}
		folder := path.Join(RunFolder, r.Evidence)
		again, err := c.Judge(filepath.Join(c.dir, filepath.FromSlash(folder)))
		switch {
		case err != nil:
			c.broke(RuleVerdicts, folder, "%v", err)
		case again.ID != r.ID || !sameJSON(again.Scenario, r.Scenario):
			c.broke(RuleVerdicts, folder, "is the evidence of another scenario than %s", r.ID)
		case again.Verdict != r.Verdict || again.Observed != r.Observed || again.Predicted != r.Predicted || again.Final != r.Final:
			c.broke(RuleVerdicts, folder, "shows %s, %s; the record says %s, %s", again.Verdict, again.Observed, r.Verdict, r.Observed)
		case !sameJSON(again.Findings, r.Findings):
			c.broke(RuleVerdicts, folder, "shows other findings than the record has")
		}
	}
}

// holdSelftest demands that the program that judged has caught every fault.
func (c *check) holdSelftest() {
	var table struct {
		Faults []struct {
			ID     string
			Killed bool
		}
	}
	data, err := c.read(SelftestFile)
	if err == nil {
		err = json.Unmarshal(data, &table)
	}
	if err != nil {
		c.broke(RuleSelftest, SelftestFile, "%v", err)
		return
	}
	var planted []string
	for _, f := range table.Faults {
		planted = append(planted, f.ID)
		if !f.Killed {
			c.broke(RuleSelftest, SelftestFile, "%s survived", f.ID)
		}
	}
	for _, id := range c.Faults {
		if !slices.Contains(planted, id) {
			c.broke(RuleSelftest, SelftestFile, "%s was not planted", id)
		}
	}
}

func (c *check) holdStatement(ctx context.Context) {
	manifest, err := c.read(ManifestFile)
	if err != nil {
		return // readManifest has said so
	}
	said, err := c.read(StatementFile)
	if err != nil {
		c.broke(RuleStatement, StatementFile, "%v", err)
		return
	}
	want, err := statement(manifest, c.manifest, c.run)
	if err == nil {
		err = sameStatement(want, said)
	}
	if err != nil {
		c.broke(RuleStatement, StatementFile, "%v", err)
	}
	c.holdSignature(ctx, said)
}

func (c *check) holdSignature(ctx context.Context, said []byte) {
	there := slices.ContainsFunc(c.files, func(f File) bool { return f.Path == EnvelopeFile })
	switch {
	case !there && c.Key != nil:
		c.broke(RuleSignature, EnvelopeFile, "the bundle is not signed")
		return
	case !there:
		c.note("not signed: the hashes show that nothing was changed since it was packed, not who packed it")
		return
	case c.Key == nil:
		c.note("signed; by whom was not checked, for want of a key")
	}
	data, err := c.read(EnvelopeFile)
	if err == nil {
		c.report.Signed, err = signed(ctx, data, said, c.Key)
	}
	if err != nil {
		c.broke(RuleSignature, EnvelopeFile, "%v", err)
	}
}

package bundle

import (
	"bytes"
	"encoding/json"
	"path"
	"reflect"
	"slices"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

func (c *check) readRecord() bool {
	name := path.Join(RunFolder, "run.json")
	data, err := c.read(name)
	if err == nil {
		c.run, err = reports.ReadJSON(bytes.NewReader(data))
	}
	if err != nil {
		c.broke(RuleRecord, name, "%v", err)
		return false
	}
	m, r := c.manifest, c.run
	if r.Aborted != "" {
		c.broke(RuleRecord, name, "the run ended early: %s", r.Aborted)
	}
	if r.Shard != nil {
		c.broke(RuleRecord, name, "the run is one shard of %d", r.Shard.Total)
	}
	if r.Tool != m.Tool || r.Target != m.Product || !reflect.DeepEqual(r.Claims, m.Claims) || !r.Stopped.Equal(m.Stopped) {
		c.broke(RuleRecord, name, "tool, product, claims or time are not the manifest's")
	}
	if got := resultOf(r); got != m.Result {
		c.broke(RuleRecord, name, "amounts to %s; the manifest says %s", got, m.Result)
	}
	return true
}

// holdChain reads the progress log from its first line and compares where it
// ends with the record.
func (c *check) holdChain() {
	name := path.Join(RunFolder, logFile)
	log, err := c.read(name)
	if err != nil {
		c.broke(RuleChain, name, "%v", err)
		return
	}
	if len(log) > 0 && log[len(log)-1] != '\n' {
		c.broke(RuleChain, name, "its last line is torn")
	}
	planned := c.run
	planned.Results = make([]rollover.Result, len(c.run.Results))
	for i, r := range c.run.Results {
		planned.Results[i] = rollover.Result{ID: r.ID, Verdict: rollover.NotRun}
	}
	logged, err := reports.Rebuild(bytes.NewReader(log), planned)
	if err != nil {
		c.broke(RuleChain, name, "%v", err)
		return
	}
	for i, r := range c.run.Results {
		if !sameJSON(logged.Results[i], r) {
			c.broke(RuleChain, name, "its last word on %s is not the record's", r.ID)
		}
	}
}

// holdProfile demands each of the profile's scenarios once, as it was frozen,
// with a result.
func (c *check) holdProfile() {
	want, err := c.Profile(c.manifest.Profile.Name)
	if err != nil {
		c.broke(RuleProfile, ManifestFile, "%v", err)
		return
	}
	if got := c.manifest.Profile; got.Release != want.Release || got.SHA256 != want.SHA256 || !slices.Equal(got.Scenarios, want.Scenarios) {
		c.broke(RuleProfile, ManifestFile, "profile %s is not release %d as it was frozen", want.Name, want.Release)
	}
	count := map[string]int{}
	var scenarios []rollover.Scenario
	for _, r := range c.run.Results {
		count[r.ID]++
		scenarios = append(scenarios, r.Scenario)
		if !slices.Contains(want.Scenarios, r.ID) {
			c.broke(RuleProfile, "", "%s is no scenario of the profile", r.ID)
		}
		if r.Verdict == rollover.NotRun {
			c.broke(RuleProfile, "", "%s has not run", r.ID)
		}
		if r.Scenario.ID != r.ID {
			c.broke(RuleProfile, "", "the result of %s is of scenario %s", r.ID, r.Scenario.ID)
		}
	}
	for _, id := range want.Scenarios {
		if count[id] != 1 {
			c.broke(RuleProfile, "", "%s is there %d times; demanded: once", id, count[id])
		}
	}
	if got, err := fingerprint(scenarios); err != nil || got != want.SHA256 {
		c.broke(RuleProfile, "", "the record's scenarios are not those that were frozen")
	}
}

func (c *check) holdKnown() {
	for _, r := range c.run.Results {
		if r.Known != nil {
			c.broke(RuleKnown, "", "%s is excused by a list of known failures", r.ID)
		}
	}
}

// holdReports renders the reports again. Another version may render otherwise.
func (c *check) holdReports() {
	if c.Tool != c.manifest.Tool {
		c.note("the reports were rendered by %s %s, and this is %s: not rendered again", c.manifest.Tool.Name, c.manifest.Tool.Version, c.Tool.Version)
		return
	}
	for name, write := range rendered {
		name = path.Join(RunFolder, name)
		got, err := c.read(name)
		var want bytes.Buffer
		if err == nil {
			err = write(&want, c.run)
		}
		switch {
		case err != nil:
			c.broke(RuleReports, name, "%v", err)
		case !bytes.Equal(got, want.Bytes()):
			c.broke(RuleReports, name, "does not say what the record says")
		}
	}
}

func sameJSON(a, b any) bool {
	x, err := json.Marshal(a)
	if err != nil {
		return false
	}
	y, err := json.Marshal(b)
	return err == nil && bytes.Equal(x, y)
}

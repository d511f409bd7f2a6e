package reports

import (
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// SchemaVersion is the version of the run record that this package writes.
// Records of an older version can be read; those of a newer one are refused.
const SchemaVersion = 1

// Run is the record of one run: run.json, and the source of every report.
type Run struct {
	Schema    int               `json:"schema"` // SchemaVersion when it was written
	Tool      Build             `json:"tool"`
	Target    TargetInfo        `json:"target"`
	Claims    Claims            `json:"claims"`
	Host      Host              `json:"host"`
	Started   time.Time         `json:"started"`
	Stopped   time.Time         `json:"stopped"`
	Timing    string            `json:"timing"`            // brisk, standard: the command line's, or the default
	Jobs      int               `json:"jobs"`              // trials played at once
	Selectors []string          `json:"selectors"`         // as the user wrote them; empty: all that applies
	Results   []rollover.Result `json:"results"`           // one for each selected scenario, in the order of selection
	Shard     *Shard            `json:"shard,omitempty"`   // of a run that is part of another; nil: it is whole
	Shards    []ShardInfo       `json:"shards,omitempty"`  // of a run that was merged: its parts
	Aborted   string            `json:"aborted,omitempty"` // why the run ended early: a lawful ending below, or the rig's trouble in words
}

// The lawful early endings of a run. Any other text in [Run.Aborted] is
// trouble of the rig.
const (
	Interrupted = "interrupted"        // SIGINT
	Terminated  = "terminated"         // SIGTERM
	TimeLimit   = "time limit reached" // --time-limit
	FailFast    = "stopped at the first failure"
	Killed      = "killed" // the record was rebuilt from a progress log that ends early
)

// Build is the program that judged.
type Build struct {
	Name    string `json:"name"`    // rollover
	Version string `json:"version"` // of the release
	Commit  string `json:"commit,omitempty"`
	Go      string `json:"go,omitempty"` // version of the toolchain
}

// TargetInfo is who was judged, in the target file's words.
type TargetInfo struct {
	Vendor  string `json:"vendor"`
	Product string `json:"product"`
	Version string `json:"version"`
	Role    string `json:"role"` // server, client
	Name    string `json:"name"` // of the row or file the target was read from
}

// Claims is what the vendor declares supported (contract.md, "A target
// file"). Scenarios outside of it are notApplicable.
type Claims struct {
	Dialects  []string `json:"dialects"`
	WMS       []string `json:"wms"`
	Rungs     []string `json:"rungs"`
	FastCache bool     `json:"fast_cache"`
	IPv6      bool     `json:"ipv6"`
	Multicast bool     `json:"multicast"`
	Admin     []string `json:"admin"`
	Seek      bool     `json:"seek"`
	Clients   int      `json:"clients,omitempty"` // that a server serves at once; 0: as many as come
}

// Host is the machine the run was played on.
type Host struct {
	OS     string `json:"os"`
	Kernel string `json:"kernel"`
	CPUs   int    `json:"cpus"`
	Root   bool   `json:"root"` // false: in a user namespace
}

// Planned returns the record with one notRun result for each scenario. A run
// begins as such a record: written before the first trial, it makes the
// record complete whatever happens later.
func (r Run) Planned(scenarios []rollover.Scenario) Run {
	r.Schema = SchemaVersion
	r.Results = make([]rollover.Result, len(scenarios))
	for i, s := range scenarios {
		r.Results[i] = rollover.Result{ID: s.ID, Verdict: rollover.NotRun, Final: "none",
			Reason: "the run ended before this trial did", Scenario: s}
	}
	return r
}

// Took is the wall time of the run; zero where it was never stopped.
func (r Run) Took() time.Duration {
	if r.Stopped.Before(r.Started) {
		return 0
	}
	return r.Stopped.Sub(r.Started)
}

// took is a result's time on the wall.
func took(r rollover.Result) time.Duration {
	return time.Duration(r.TookMS) * time.Millisecond
}

package rollover

import (
	"time"
)

// Grade is a verdict's word (ISO/IEC 9646 and TTCN-3, and two for what did
// not run).
type Grade string

// The six verdicts.
const (
	Pass          Grade = "pass"
	Fail          Grade = "fail"
	Inconclusive  Grade = "inconclusive"
	Error         Grade = "error"
	NotApplicable Grade = "notApplicable"
	NotRun        Grade = "notRun"
)

// Grades returns the six in the order of a summary.
func Grades() []Grade {
	return []Grade{Pass, Fail, Inconclusive, Error, NotApplicable, NotRun}
}

// Verdict is the judge's word on a trial, with its reasons.
type Verdict struct {
	Grade    Grade     `json:"grade"`
	Findings []Finding `json:"findings"`
	Clients  []Grade   `json:"clients,omitempty"` // of several clients: by the findings about each alone
}

// Finding is one reason for a verdict.
type Finding struct {
	Party       Party      `json:"party"`
	Requirement string     `json:"requirement"`
	Expected    string     `json:"expected"`
	Seen        string     `json:"seen"`
	Frames      []FrameRef `json:"frames"`
	Note        bool       `json:"note,omitempty"`   // told, but did not decide the verdict
	Client      int        `json:"client,omitempty"` // which of several clients it is about, counted from 1; 0: the only one, or none of them
}

// ClientResult is what a result says of one of several clients.
type ClientResult struct {
	Client    int    `json:"client"`    // counted from 1
	Predicted string `json:"predicted"` // notation
	Observed  string `json:"observed"`  // notation
	Final     string `json:"final"`     // a rung, or none
	Verdict   Grade  `json:"verdict"`   // by the findings about this client alone
}

// Counter is one firewall rule's count after the trial.
type Counter struct {
	Name    string `json:"name"`
	Packets uint64 `json:"packets"`
	Bytes   uint64 `json:"bytes"`
}

// Result is all that a run record keeps of one scenario. It is also what
// result.json holds, except that the judge never reads it.
type Result struct {
	ID         string         `json:"id"`
	Verdict    Grade          `json:"verdict"`
	Predicted  string         `json:"predicted"` // notation; of several clients, the sequences of all
	Observed   string         `json:"observed"`  // notation; of several clients, each walk that was seen once
	Final      string         `json:"final"`     // a rung, or none; of several clients, none if one has none, else the last client's
	Findings   []Finding      `json:"findings"`
	Clients    []ClientResult `json:"clients,omitempty"` // of several clients: each
	Capture    CaptureStats   `json:"capture"`
	Rules      []RuleCount    `json:"rules"`
	TookMS     int64          `json:"took_ms"`
	Unstable   bool           `json:"unstable"`
	Known      *Known         `json:"known,omitempty"`  // what a list of known failures says of it; nil: nothing
	Reason     string         `json:"reason,omitempty"` // of notApplicable and notRun
	Started    time.Time      `json:"started"`
	Evidence   string         `json:"evidence,omitempty"` // the trial's folder, relative to the run's
	Rerun      string         `json:"rerun,omitempty"`    // the command that plays it again
	Scenario   Scenario       `json:"scenario"`
	Prediction Prediction     `json:"prediction"`
	Trace      Trace          `json:"trace"`
	Ruleset    string         `json:"ruleset,omitempty"` // nft text
	Setup      Setup          `json:"setup"`
	Earlier    []Earlier      `json:"earlier,omitempty"` // what the same trial said before it was verified again
}

// Known is what a list of known failures says of a result that it names. The
// verdict stays what it is; whether a fail was to be expected is no question of
// the evidence.
type Known struct {
	Requirement string `json:"requirement"` // that is known to be broken
	Reason      string `json:"reason"`
	Owner       string `json:"owner"`
	Expires     string `json:"expires"`         // the last day it holds, as in 2026-12-31
	Stale       string `json:"stale,omitempty"` // why it no longer holds; empty: it does
}

// ExpectedFail reports whether the result is a fail that is known and still
// the same: it calls for nobody.
func (r Result) ExpectedFail() bool {
	return r.Verdict == Fail && r.Known != nil && r.Known.Stale == ""
}

// Stale reports whether a known failure no longer holds: somebody has to look
// at the list.
func (r Result) Stale() bool { return r.Known != nil && r.Known.Stale != "" }

// Earlier is a verdict that a repetition replaced.
type Earlier struct {
	Verdict  Grade     `json:"verdict"`
	Observed string    `json:"observed"`
	Findings []Finding `json:"findings"`
	Evidence string    `json:"evidence,omitempty"`
}

// CaptureStats is the capture in three numbers.
type CaptureStats struct {
	Frames int  `json:"frames"`
	Lost   int  `json:"lost"`
	Canary bool `json:"canary"`
}

// RuleCount is one firewall rule and how many packets it met.
type RuleCount struct {
	Name    string `json:"name"`
	Packets uint64 `json:"packets"`
}

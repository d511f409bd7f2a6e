package reports

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// row is one scenario of the matrix.
type row struct {
	ID, Purpose, Cause  string
	Verdict             rollover.Grade
	Unstable            bool
	Known, Stale        string // what the list of known failures says
	Rank                int    // of the verdict, the one to look at first first
	Predicted, Observed []sequence
	Differs             bool
	Final, Reason, Took string
	TookMS              int64
	Level, Family       string
	Requirements        string // joined by "|", for the filter
	Trial               *trialView
}

// sequence is one of the alternatives of a notation.
type sequence []rungStep

type rungStep struct {
	Rung, Outcome string
	Optional      bool
}

// Marks are the words that stand beside a verdict, for the page's filters.
func (r row) Marks() string {
	var marks []string
	for mark, on := range map[string]bool{"unstable": r.Unstable, "known": r.Known != "", "stale": r.Stale != ""} {
		if on {
			marks = append(marks, mark)
		}
	}
	slices.Sort(marks)
	return strings.Join(marks, " ")
}

func rowOf(r rollover.Result) row {
	out := row{ID: r.ID, Purpose: r.Scenario.Purpose, Verdict: r.Verdict, Unstable: r.Unstable, Rank: gravity(r.Verdict),
		Predicted: notation(r.Predicted), Observed: notation(r.Observed), Final: r.Final, Reason: printable(r.Reason),
		Took: tookText(r), TookMS: r.TookMS, Level: string(levelOf(r)), Family: string(r.Scenario.Family),
		Requirements: strings.Join(requirementsOf(r), "|"), Trial: trialOf(r)}
	switch {
	case r.Stale():
		out.Stale, out.Rank = printable(knownText(r)), gravity(rollover.Fail)
	case r.ExpectedFail():
		out.Known, out.Rank = printable(knownText(r)), gravity(rollover.NotRun)
	}
	out.Differs = r.Observed != "" && r.Observed != r.Predicted && r.Verdict != rollover.Pass
	if alarming(r) {
		out.Cause = printable(firstFinding(r).Seen)
	}
	return out
}

// notation splits a sequence's text into what the page sets in type.
func notation(text string) []sequence {
	if text == "" {
		return nil
	}
	var out []sequence
	for alternative := range strings.SplitSeq(text, " | ") {
		var s sequence
		for step := range strings.FieldsSeq(alternative) {
			step, optional := strings.CutSuffix(step, "?")
			rung, outcome, _ := strings.Cut(step, ":")
			s = append(s, rungStep{rung, outcome, optional})
		}
		out = append(out, s)
	}
	return out
}

// trialView is what a row opens to.
type trialView struct {
	Facts    []fact
	Findings []findingView
	Earlier  []rollover.Earlier
	Walks    []walkView
	Topology *topologyPicture
	Rules    []ruleView
	Default  string
	Ruleset  string
	Rerun    string
	Evidence []link
}

// walkView is what one client did, or several that did the same.
type walkView struct {
	Who    string // empty: the only client
	Ladder *ladderPicture
	Steps  []rollover.Step
	Told   []toldRow
}

type findingView struct {
	Blame, Expected, Seen, Frames string
	Note                          bool
}

// toldRow is one line of the table behind the ladder picture.
type toldRow struct {
	At, Frame, From, Text string
	Head                  bool
}

type ruleView struct {
	Name, Action, Match string
	Packets             string
	Idle                bool
}

type link struct{ Name, Href string }

func trialOf(r rollover.Result) *trialView {
	v := &trialView{Facts: trialFacts(r), Earlier: r.Earlier, Topology: drawTopology(r),
		Rules: rulesOf(r), Ruleset: r.Ruleset, Rerun: r.Rerun, Evidence: evidenceOf(r.Evidence)}
	for _, w := range walksOf(r) {
		one := walkView{Who: w.who(), Ladder: drawLadder(w.Result), Told: toldOf(w.Result.Trace)}
		for _, p := range nearest(w.Result.Prediction, w.Result.Trace.Attempts) {
			one.Steps = append(one.Steps, p.Step)
		}
		v.Walks = append(v.Walks, one)
	}
	for _, f := range r.Findings {
		v.Findings = append(v.Findings, findingView{blame(rollover.Finding{Party: f.Party, Client: f.Client, Requirement: f.Requirement}),
			printable(f.Expected), printable(f.Seen), framesWord(f.Frames, 24), f.Note})
	}
	if v.Default = string(r.Scenario.Profile.Default); v.Default == "" {
		v.Default = "accept"
	}
	return v
}

func trialFacts(r rollover.Result) []fact {
	s := r.Scenario
	moniker := s.Moniker
	if moniker != "" {
		moniker += "://"
	}
	clients := ""
	if n := s.Client.Count; n > 1 {
		clients = fmt.Sprint(n)
	}
	all := []fact{{"Level", string(levelOf(r))}, {"Clients", clients}, {"Family", string(s.Family)}, {"Dialect", string(s.Dialect)}, {"Moniker", moniker},
		{"Profile", s.Profile.Name}, {"Server", "WMS " + s.Offer.WMS}, {"Faults", strings.Join(s.Faults, ", ")},
		{"Requirements", strings.Join(s.Refs, ", ")}}
	if r.Capture.Frames > 0 {
		text := count(r.Capture.Frames, "frame") + ", none lost"
		if r.Capture.Lost > 0 {
			text = count(r.Capture.Frames, "frame") + ", " + count(r.Capture.Lost, "frame") + " lost"
		}
		if !r.Capture.Canary {
			text += ", canary not seen"
		}
		all = append(all, fact{"Capture", text})
	}
	for _, c := range r.Setup.Changes {
		all = append(all, fact{"After " + seconds(c.At-startOf(r.Trace)) + " s", "profile " + c.Profile})
	}
	var out []fact
	for _, f := range all {
		if f.Text != "" && f.Text != "WMS " {
			out = append(out, f)
		}
	}
	return out
}

func toldOf(t rollover.Trace) []toldRow {
	zero := startOf(t)
	var out []toldRow
	for _, a := range t.Attempts {
		out = append(out, toldRow{At: seconds(a.Start - zero), Frame: frameList(a.Frames, 8),
			Text: rungNames(a.Candidates) + ":" + string(a.Outcome) + joined(", ", a.Why), Head: true})
		for _, m := range a.Messages {
			from := "server"
			if m.FromClient {
				from = "client"
			}
			out = append(out, toldRow{At: seconds(m.At - zero), Frame: frameList([]int{m.Frame}, 1), From: from, Text: printable(m.Text)})
		}
	}
	return out
}

func joined(separator, s string) string {
	if s == "" {
		return ""
	}
	return separator + printable(s)
}

// evidenceOf links the files of a trial's folder that people open.
func evidenceOf(folder string) []link {
	if folder == "" {
		return nil
	}
	var parts []string
	for part := range strings.SplitSeq(folder, "/") {
		parts = append(parts, url.PathEscape(part))
	}
	base := "./" + strings.Join(parts, "/") + "/"
	out := []link{{folder + "/", base}}
	for _, name := range []string{"capture.pcapng", "scenario.yaml", "setup.json", "ruleset.nft", "client.journal", "server.journal", "client.log", "server.log"} {
		out = append(out, link{name, base + name})
	}
	return out
}

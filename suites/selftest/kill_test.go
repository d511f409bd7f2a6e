package selftest

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// conviction is a fail with one finding, the way a fault is killed.
func conviction(change func(*rollover.Result)) rollover.Result {
	r := rollover.Result{Verdict: rollover.Fail, Findings: []rollover.Finding{
		{Party: rollover.PartyServer, Requirement: "RO-RTSP-107", Frames: []rollover.FrameRef{7}},
	}}
	if change != nil {
		change(&r)
	}
	return r
}

func TestCaught(t *testing.T) {
	t.Parallel()
	first := func(change func(*rollover.Finding)) func(*rollover.Result) {
		return func(r *rollover.Result) { change(&r.Findings[0]) }
	}
	cases := []struct {
		name string
		r    rollover.Result
		want bool
	}{
		{"right party, requirement and frames", conviction(nil), true},
		{"behind another finding", conviction(func(r *rollover.Result) {
			r.Findings = slices.Insert(r.Findings, 0, rollover.Finding{Party: rollover.PartyServer, Requirement: "RO-PORT-01", Frames: []rollover.FrameRef{1}})
		}), true},
		{"a pass", conviction(func(r *rollover.Result) { r.Verdict = rollover.Pass }), false},
		{"an error beside the finding", conviction(func(r *rollover.Result) { r.Verdict = rollover.Error }), false},
		{"no result at all", rollover.Result{}, false},
		{"the other party", conviction(first(func(f *rollover.Finding) { f.Party = rollover.PartyClient })), false},
		{"another requirement", conviction(first(func(f *rollover.Finding) { f.Requirement = "RO-RTSP-108" })), false},
		{"no frames", conviction(first(func(f *rollover.Finding) { f.Frames = nil })), false},
		{"the client that is faulty", conviction(func(r *rollover.Result) { r.Scenario.Client.Faulty, r.Findings[0].Client = 13, 13 }), true},
		{"another client", conviction(func(r *rollover.Result) { r.Scenario.Client.Faulty, r.Findings[0].Client = 13, 12 }), false},
		{"a note", conviction(first(func(f *rollover.Finding) { f.Note = true })), false},
	}
	for _, c := range cases {
		if _, ok := caught(c.r, rollover.PartyServer, []string{"RO-ROLL-07", "RO-RTSP-107"}); ok != c.want {
			t.Errorf("%s: caught %v", c.name, ok)
		}
	}
}

func plantingOf(scenarios ...Planted) Planting {
	return Planting{Fault: rollover.Fault{ID: "E-16", Party: rollover.PartyServer, Text: "goes on"}, Scenarios: scenarios}
}

func plantedIn(in, form string) Planted {
	s := rollover.Scenario{ID: in}
	return Planted{In: in, Scenario: faulty(s, "E-16", form, nil), Names: []string{"RO-RTSP-107"}}
}

// TestWeigh: one scenario is enough for a fault, and each form needs one.
func TestWeigh(t *testing.T) {
	t.Parallel()
	pass := rollover.Result{Verdict: rollover.Pass, Observed: "RTSPT:played"}
	cases := []struct {
		name    string
		p       Planting
		results map[string]rollover.Result
		killed  bool
		by      string
	}{
		{"no scenario", plantingOf(), nil, false, ""},
		{"one of two", plantingOf(plantedIn("a", ""), plantedIn("b", "")), map[string]rollover.Result{"e-16/a": conviction(nil), "e-16/b": pass}, true, "a"},
		{"both", plantingOf(plantedIn("a", ""), plantedIn("b", "")), map[string]rollover.Result{"e-16/a": conviction(nil), "e-16/b": conviction(nil)}, true, "a b"},
		{"a form nobody caught", plantingOf(plantedIn("a", ""), plantedIn("a", "404")), map[string]rollover.Result{"e-16/a": conviction(nil), "e-16-404/a": pass}, false, "a"},
		{"not played", plantingOf(plantedIn("a", "")), nil, false, ""},
	}
	for _, c := range cases {
		o := weigh(c.p, c.results)
		if o.Killed != c.killed || strings.Join(o.By, " ") != c.by {
			t.Errorf("%s: killed %v by %v", c.name, o.Killed, o.By)
		}
		if len(o.Missed) != len(o.Why) {
			t.Errorf("%s: %d missed, %d reasons", c.name, len(o.Missed), len(o.Why))
		}
		if o.Killed && o.Requirement != "RO-RTSP-107" {
			t.Errorf("%s: requirement %q", c.name, o.Requirement)
		}
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	table := Table{
		Faults: []Outcome{
			{ID: "E-01", Party: rollover.PartyServer, Killed: true, By: []string{"rtsp/open/rtsp"}, Requirement: "RO-RTSP-02"},
			{ID: "E-02", Party: rollover.PartyServer, By: []string{}, Missed: []string{"e-02/rtsp/open/rtsp"}, Why: []string{"pass"}},
		},
		NotPlanted: []Waiting{{ID: "E-60", Party: rollover.PartyServer, Waits: "multicast"}},
	}
	if s := table.Survivors(); len(s) != 1 || s[0].ID != "E-02" {
		t.Errorf("survivors %v", s)
	}
	var text, data bytes.Buffer
	if err := table.Write(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"E-01  killed", "E-02  SURVIVED", "e-02/rtsp/open/rtsp: pass", "E-60  not yet planted: multicast",
		"2 planted, 1 killed, 1 survived; 1 not yet planted"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, &text)
		}
	}
	if err := table.WriteJSON(&data); err != nil {
		t.Fatal(err)
	}
	var back struct {
		Faults []struct {
			ID, Party, Requirement string
			Killed                 bool
			By                     []string
		}
	}
	if err := json.Unmarshal(data.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if f := back.Faults; len(f) != 2 || f[0].ID != "E-01" || f[0].Party != "server" || !f[0].Killed || f[0].By[0] != "rtsp/open/rtsp" || f[1].By == nil {
		t.Errorf("%s", &data)
	}
}

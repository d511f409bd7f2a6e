package reports

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// sampleKnown is a list that excuses one failure of the sample run, for two
// scenarios, and is wrong about everything else.
const sampleKnown = `
- scenario: rtsp/no-udp/after-switch*
  requirement: RO-RTSP-107
  reason: The UDP sender is stopped by a timer only; fixed in 4.3.
  owner: streaming team
  expires: 2026-06-30
- {scenario: rtsp/switch/*, requirement: RO-RTSP-106, reason: No thread for it., owner: A. Example, expires: "2026-03-13"}
- {scenario: rtsp/headers/strange-server-name, requirement: RO-RTSP-102, reason: An old banner, owner: B. Example, expires: 2027-01-01}
- {scenario: rtsp/ports/8554, requirement: RO-PORT-01, reason: The port is fixed, owner: B. Example, expires: 2027-01-01}
- {scenario: rtsp/limits/*, requirement: RO-ROLL-01, reason: never judged, owner: B. Example, expires: 2027-01-01}
`

func loadKnown(t testing.TB, text string) KnownFailures {
	t.Helper()
	k, err := LoadKnownFailures("known.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func knownRun(t testing.TB) Run { return loadKnown(t, sampleKnown).MarkAll(sampleRun()) }

func TestMark(t *testing.T) {
	t.Parallel()
	fail := func(requirements ...string) rollover.Result {
		r := rollover.Result{ID: "a/b", Verdict: rollover.Fail, Started: epoch}
		for _, q := range requirements {
			r.Findings = append(r.Findings, rollover.Finding{Party: rollover.PartyServer, Requirement: q, Note: strings.HasSuffix(q, "09")})
		}
		return r
	}
	other := func(g rollover.Grade, unstable bool) rollover.Result {
		return rollover.Result{ID: "a/b", Verdict: g, Unstable: unstable, Started: epoch}
	}
	entry := func(scenario, requirement, expires string) string {
		return "- {scenario: '" + scenario + "', requirement: " + requirement + ", reason: r, owner: o, expires: " + expires + "}\n"
	}
	one := entry("a/b", "RO-ROLL-01", "2026-12-31")
	for _, c := range []struct {
		name, list  string
		r           rollover.Result
		named, held bool
		stale       string
	}{
		{"an empty list", "", fail("RO-ROLL-01"), false, false, ""},
		{"a fail", one, fail("RO-ROLL-01"), true, true, ""},
		{"the same requirement twice", one, fail("RO-ROLL-01", "RO-ROLL-01"), true, true, ""},
		{"a note does not count", one, fail("RO-ROLL-01", "RO-ROLL-09"), true, true, ""},
		{"another requirement", one, fail("RO-ROLL-02"), true, false, "it breaks RO-ROLL-02"},
		{"another requirement besides", one, fail("RO-ROLL-01", "RO-ROLL-02"), true, false, "it breaks RO-ROLL-02"},
		{"an entry for each", one + entry("a/*", "RO-ROLL-02", "2026-12-31"), fail("RO-ROLL-01", "RO-ROLL-02"), true, true, ""},
		{"one entry of two expired", one + entry("a/*", "RO-ROLL-02", "2026-01-31"), fail("RO-ROLL-01", "RO-ROLL-02"), true, false, "it expired on 2026-01-31"},
		{"no requirement", one, fail(), true, false, "it breaks no requirement by name"},
		{"its last day", entry("a/b", "RO-ROLL-01", "2026-03-14"), fail("RO-ROLL-01"), true, true, ""},
		{"a day late", entry("a/b", "RO-ROLL-01", "2026-03-13"), fail("RO-ROLL-01"), true, false, "it expired on 2026-03-13"},
		{"a pass", one, other(rollover.Pass, false), true, false, "it passes"},
		{"a pass that was a fail before", one, other(rollover.Pass, true), false, false, ""},
		{"inconclusive", one, other(rollover.Inconclusive, false), false, false, ""},
		{"error", one, other(rollover.Error, false), false, false, ""},
		{"not applicable", one, other(rollover.NotApplicable, false), false, false, ""},
		{"not run", one, other(rollover.NotRun, false), false, false, ""},
		{"a glob", entry("a/*", "RO-ROLL-01", "2026-12-31"), fail("RO-ROLL-01"), true, true, ""},
		{"a glob across parts", entry("**b", "RO-ROLL-01", "2026-12-31"), fail("RO-ROLL-01"), true, true, ""},
		{"a glob within one part", entry("*b", "RO-ROLL-01", "2026-12-31"), fail("RO-ROLL-01"), false, false, ""},
		{"another scenario", entry("a", "RO-ROLL-01", "2026-12-31"), fail("RO-ROLL-01"), false, false, ""},
	} {
		c.r.Known = &rollover.Known{Reason: "of an earlier list"}
		got := loadKnown(t, c.list).Mark(c.r)
		if (got.Known != nil) != c.named || got.ExpectedFail() != c.held || got.Stale() != (c.stale != "") {
			t.Errorf("%s: %+v", c.name, got.Known)
		} else if c.named && got.Known.Stale != c.stale {
			t.Errorf("%s: stale %q, want %q", c.name, got.Known.Stale, c.stale)
		}
		if got.Verdict != c.r.Verdict {
			t.Errorf("%s: the verdict became %s", c.name, got.Verdict)
		}
	}
}

func TestKnownFailuresAndExitCode(t *testing.T) {
	t.Parallel()
	held, stale := &rollover.Known{}, &rollover.Known{Stale: "it passes"}
	of := func(known *rollover.Known, g rollover.Grade) rollover.Result {
		return rollover.Result{ID: "x" + string(g), Verdict: g, Known: known, Scenario: rollover.Scenario{Level: rollover.Core}}
	}
	shaky := of(held, rollover.Fail)
	shaky.Unstable = true
	for _, c := range []struct {
		name     string
		results  []rollover.Result
		want     int
		standing Standing
	}{
		{"a known failure", []rollover.Result{of(held, rollover.Fail), of(nil, rollover.Pass)}, 0, Partial},
		{"nothing but known failures", []rollover.Result{of(held, rollover.Fail)}, 0, Partial},
		{"one that is not the same twice", []rollover.Result{shaky}, 3, Partial},
		{"a stale pass", []rollover.Result{of(stale, rollover.Pass)}, 1, Failure},
		{"a stale fail", []rollover.Result{of(stale, rollover.Fail)}, 1, Failure},
		{"a stale pass outweighs trouble", []rollover.Result{of(stale, rollover.Pass), of(nil, rollover.Error)}, 1, Failure},
		{"a fail beside it", []rollover.Result{of(held, rollover.Fail), {ID: "y", Verdict: rollover.Fail, Scenario: rollover.Scenario{Level: rollover.Core}}}, 1, Failure},
		{"trouble beside it", []rollover.Result{of(held, rollover.Fail), of(nil, rollover.Error)}, 4, Partial},
		{"doubt beside it", []rollover.Result{of(held, rollover.Fail), of(nil, rollover.Inconclusive)}, 3, Partial},
	} {
		r := Run{Results: c.results}
		if got := r.ExitCode(); got != c.want {
			t.Errorf("%s: exit code %d, want %d", c.name, got, c.want)
		}
		if got := r.Summary().Core.Standing; got != c.standing {
			t.Errorf("%s: standing %s, want %s", c.name, got, c.standing)
		}
	}
}

func TestKnownFailuresIdle(t *testing.T) {
	t.Parallel()
	idle := loadKnown(t, sampleKnown).Idle([]string{"rtsp/switch/same-connection", "rtsp/ports/8554", "rtsp/limits/off-udp"})
	if len(idle) != 2 || idle[0].Line != 2 || idle[1].Scenario != "rtsp/headers/strange-server-name" {
		t.Errorf("idle: %+v", idle)
	}
}

// TestKnownFailuresInEveryReport: two are known, three are stale.
func TestKnownFailuresInEveryReport(t *testing.T) {
	t.Parallel()
	r := knownRun(t)
	all := r.Summary().All
	if all.Known != 2 || all.Stale != 3 || all.Failed() != 2 {
		t.Fatalf("%d known, %d stale, %d failed", all.Known, all.Stale, all.Failed())
	}
	golden(t, "table/known-100.txt", tableOf(t, r, TableOptions{}))
	golden(t, "table/known-100-colour.txt", tableOf(t, r, TableOptions{Color: true}))
	for id, name := range map[string]string{
		"rtsp/no-udp/after-switch": "known", "rtsp/switch/same-connection": "expired",
		"rtsp/headers/strange-server-name": "stale-fail", "rtsp/ports/8554": "stale-pass",
	} {
		one := only(r, func(res rollover.Result) bool { return res.ID == id })
		golden(t, "junit/"+name+".xml", junit(t, JUnit{}, one))
		golden(t, "trial/"+name+".txt", trialText(t, one.Results[0], TableOptions{Width: 80}))
		golden(t, "html/"+name+".html", trialPanel(t, one.Results[0]))
	}
	page := pageOf(t, r)
	for _, want := range []string{"2 of 23 scenarios that applied failed, beside 2 known failures. The list of known failures is stale in 3 scenarios.",
		"fixed in 4.3 (streaming team, until 2026-06-30)\">known</em>", "it passes: listed as RO-PORT-01"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if _, err := ReadJSON(bytes.NewReader(written(t, r))); err != nil {
		t.Error(err)
	}
}

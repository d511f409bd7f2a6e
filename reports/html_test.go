package reports

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

func pageOf(t *testing.T, r Run) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteHTML(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func trialPanel(t *testing.T, r rollover.Result) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := pageTemplate.ExecuteTemplate(&b, "trial", rowOf(r)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestTrialPanelGolden holds what a trial opens to, pictures included.
func TestTrialPanelGolden(t *testing.T) {
	t.Parallel()
	for name, id := range map[string]string{
		"rolls-over": "rtsp/no-udp", "blocked": "rtsp/control-dropped", "reset": "rtsp/control-reset",
		"fails": "rtsp/switch/same-connection", "error": "rtsp/no-udp/one-in-twenty", "inconclusive": "rtsp/limits/off-udp",
		"not-applicable": "rtsp/fast-cache/tcp-first", "not-run": "rtsp/limits/off-udp-tcp", "unstable": "rtsp/nat/masquerade",
	} {
		for _, r := range sampleRun().Results {
			if r.ID == id {
				golden(t, "html/"+name+".html", trialPanel(t, r))
			}
		}
	}
}

func TestPageStandsAlone(t *testing.T) {
	t.Parallel()
	page := pageOf(t, sampleRun())
	for _, bad := range []string{"http:", "https:", "//cdn", " src=", "@import", "url("} {
		if strings.Contains(page, bad) {
			t.Errorf("the page contains %q", bad)
		}
	}
	for _, m := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !strings.HasPrefix(m[1], "#") && !strings.HasPrefix(m[1], "./") {
			t.Errorf("a link leads to %q", m[1])
		}
	}
}

// TestPageQuotesPeers: nothing a peer sent becomes markup.
func TestPageQuotesPeers(t *testing.T) {
	t.Parallel()
	run := sampleRun()
	page := pageOf(t, run)
	if !strings.Contains(page, "document.title=") {
		t.Fatal("the hostile text is not in the page at all")
	}
	if strings.Contains(page, "<script>document") || strings.Contains(page, "<b>bold") {
		t.Error("hostile text became markup")
	}
	if got, want := strings.Count(page, "<script"), len(run.Results)+1; got != want {
		t.Errorf("%d script elements, want %d", got, want)
	}
	if got, want := strings.Count(page, "</script"), len(run.Results)+1; got != want {
		t.Errorf("%d script elements end, want %d", got, want)
	}
	if i := strings.IndexFunc(page, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' }); i >= 0 {
		t.Errorf("a control character at byte %d", i)
	}
}

func TestPageSaysWhatItAmountsTo(t *testing.T) {
	t.Parallel()
	of := func(aborted string, grades ...rollover.Grade) Run {
		return Run{Started: epoch, Aborted: aborted, Results: graded(rollover.Core, grades...)}
	}
	for _, c := range []struct {
		run  Run
		want string
	}{
		{of("", rollover.Pass, rollover.Pass), "All 2 scenarios that applied passed."},
		{of("", rollover.Pass, rollover.Fail, rollover.NotApplicable), "1 of 2 scenarios that applied failed."},
		{of("", rollover.Error), "The test rig had trouble in 1 scenario."},
		{of("", rollover.Pass, rollover.Inconclusive), "None of 2 scenarios failed, but not all gave a clear answer."},
		{of(Interrupted, rollover.Pass, rollover.NotRun), "The run ended early (interrupted): 1 of 2 scenarios did not run."},
		{of("build lab: no such device", rollover.NotRun), "The run ended early: build lab: no such device."},
		{of(""), "No scenario applied to this target."},
	} {
		if !strings.Contains(pageOf(t, c.run), c.want) {
			t.Errorf("no %q in the page of %v, aborted %q", c.want, c.run.Summary().All.Counts, c.run.Aborted)
		}
	}
}

func TestPageOfAnyRecordIsWritten(t *testing.T) {
	t.Parallel()
	odd := rollover.Result{ID: "x", Verdict: rollover.Fail, Prediction: rollover.Prediction{Sequences: [][]rollover.Step{{}}},
		Trace: rollover.Trace{Attempts: []rollover.Attempt{{}, {Start: 5, End: 1, Messages: make([]rollover.Message, 200)}}}}
	for _, r := range []Run{{}, {Results: []rollover.Result{{}}}, {Results: []rollover.Result{odd}}} {
		pageOf(t, r)
	}
}

func TestNotation(t *testing.T) {
	t.Parallel()
	got := notation("RTSPU:blocked RTSPT:blocked? HTTP:played | HTTP:played")
	if len(got) != 2 || len(got[0]) != 3 || !got[0][1].Optional || got[0][1].Rung != "RTSPT" || got[1][0].Outcome != "played" {
		t.Errorf("got %+v", got)
	}
}

func TestRulesMeetTheirCounters(t *testing.T) {
	t.Parallel()
	r := closedByDrop("x")
	r.Scenario.Profile.Rules[1].Name = ""
	r.Rules = []rollover.RuleCount{{Name: "rtsp control", Packets: 3}, {Name: "default", Packets: 7}, {Name: "default", Packets: 2},
		{Name: r.Scenario.Profile.Names()[1]}}
	var got []string
	for _, v := range rulesOf(r) {
		got = append(got, strings.Join([]string{v.Name, v.Action, v.Match, v.Packets}, "|"))
	}
	want := []string{
		"rtsp control|drop|TCP, from client, port 554|3",
		"drop udp from server sport 5004-5005|drop|UDP, from server, source port 5004-5005|0",
		"default|||9",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

package reports

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// laterRun is the sample run a week and a release later: one leak is mended,
// the other scenario of it is known now, one that passed fails, one breaks
// something else, and UDP is given up later.
func laterRun(t *testing.T) Run {
	r := sampleRun()
	r.Target.Version, r.Started, r.Stopped = "4.3", epoch.AddDate(0, 0, 7), epoch.AddDate(0, 0, 7).Add(40*time.Second)
	for i, res := range r.Results {
		switch res.ID {
		case "rtsp/no-udp/after-switch":
			r.Results[i] = noUDP(res.ID, rollover.IPv4)
		case "rtsp/offer/no-udp":
			r.Results[i] = mute(res.ID)
			r.Results[i].Rerun = res.Rerun
		case "rtsp/headers/strange-server-name":
			r.Results[i].Findings = slices.Clone(res.Findings)
			r.Results[i].Findings[0].Requirement = "RO-RTSP-102"
		case "rtsp/limits/off-udp-tcp":
			r.Results[i] = open(res.ID, rollover.IPv4, rollover.Core)
		case "rtsp/control-reset":
			r.Results[i] = open(res.ID, rollover.IPv4, rollover.Core)
		case "rtsp/content/live":
			r.Results[i] = inapplicable(res.ID, "the target does not claim live content")
		}
		attempts := slices.Clone(r.Results[i].Trace.Attempts)
		for j := 1; j < len(attempts) && attempts[0].Outcome == rollover.Starved; j++ {
			attempts[j].Start += 2 * time.Second
			attempts[j].Media.First += 2 * time.Second
		}
		r.Results[i].Trace.Attempts = attempts
	}
	r.Results = slices.DeleteFunc(r.Results, func(res rollover.Result) bool { return res.ID == "rtsp/ports/8554" })
	r.Results = append(r.Results, open("rtsp/new/plays", rollover.IPv4, rollover.Core), mute("rtsp/new/fails"), notRun("rtsp/new/waits"))
	return loadKnown(t, "- {scenario: rtsp/no-udp/after-switch-ipv6, requirement: RO-RTSP-107, reason: later, owner: me, expires: 2027-01-01}").MarkAll(r)
}

func TestCompareGolden(t *testing.T) {
	t.Parallel()
	c := Compare(sampleRun(), laterRun(t))
	var text, colour, doc bytes.Buffer
	for into, o := range map[*bytes.Buffer]TableOptions{&text: {Width: 100}, &colour: {Width: 100, Color: true}} {
		if err := c.Write(into, o); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.WriteJSON(&doc); err != nil {
		t.Fatal(err)
	}
	golden(t, "compare/text.txt", text.Bytes())
	golden(t, "compare/colour.txt", colour.Bytes())
	golden(t, "compare/json.json", doc.Bytes())
	if !c.Worse || len(c.NewFailures) != 2 || len(c.Fixed) != 1 || len(c.Slower) != 1 {
		t.Errorf("%d new failures, %d fixed, %d slower", len(c.NewFailures), len(c.Fixed), len(c.Slower))
	}
}

func TestCompareWithItself(t *testing.T) {
	t.Parallel()
	r := knownRun(t)
	c := Compare(r, r)
	if c.Worse || c.Same != len(r.Results) || len(c.NewFailures)+len(c.Fixed)+len(c.Changed)+len(c.Sequences)+len(c.Slower)+len(c.Gone)+len(c.Added) > 0 {
		t.Errorf("a run differs from itself: %+v", c)
	}
}

// TestCompareWeighs: from each word to each other, what is worse and where it
// is told.
func TestCompareWeighs(t *testing.T) {
	t.Parallel()
	finding := []rollover.Finding{{Party: rollover.PartyServer, Requirement: "RO-ROLL-01"}}
	other := []rollover.Finding{{Party: rollover.PartyServer, Requirement: "RO-ROLL-02"}}
	words := map[string]rollover.Result{
		"pass": {Verdict: rollover.Pass}, "unstable": {Verdict: rollover.Pass, Unstable: true},
		"fail": {Verdict: rollover.Fail, Findings: finding}, "other": {Verdict: rollover.Fail, Findings: other},
		"known": {Verdict: rollover.Fail, Findings: finding, Known: &rollover.Known{}},
		"stale": {Verdict: rollover.Pass, Known: &rollover.Known{Requirement: "RO-ROLL-01", Stale: "it passes"}},
		"na":    {Verdict: rollover.NotApplicable}, "notRun": {Verdict: rollover.NotRun}, "error": {Verdict: rollover.Error}, "doubt": {Verdict: rollover.Inconclusive},
	}
	for _, c := range []struct {
		from, to string
		worse    bool
		in       string
	}{
		{"pass", "fail", true, "new"}, {"known", "fail", true, "new"}, {"error", "fail", true, "new"}, {"na", "fail", true, "new"},
		{"pass", "stale", true, "new"}, {"known", "stale", true, "new"}, {"", "fail", true, "new"},
		{"fail", "pass", false, "fixed"}, {"known", "pass", false, "fixed"}, {"stale", "pass", false, "fixed"},
		{"pass", "unstable", true, "changed"}, {"pass", "error", true, "changed"}, {"pass", "doubt", true, "changed"}, {"pass", "notRun", true, "changed"},
		{"pass", "na", true, "changed"}, {"pass", "known", true, "changed"},
		{"fail", "known", false, "changed"}, {"fail", "error", false, "changed"}, {"fail", "na", false, "changed"}, {"error", "doubt", false, "changed"},
		{"unstable", "pass", false, "changed"}, {"na", "pass", false, "changed"}, {"known", "na", false, "changed"},
		{"fail", "other", true, "changed"}, {"", "error", false, "changed"},
		{"fail", "fail", false, ""}, {"pass", "pass", false, ""}, {"", "pass", false, "added"}, {"", "na", false, "added"}, {"pass", "", false, "gone"}, {"fail", "", false, "gone"},
	} {
		run := func(word string) Run {
			if word == "" {
				return Run{}
			}
			r := words[word]
			r.ID = "x"
			return Run{Results: []rollover.Result{r}}
		}
		got := Compare(run(c.from), run(c.to))
		in := ""
		for name, n := range map[string]int{"new": len(got.NewFailures), "fixed": len(got.Fixed), "changed": len(got.Changed), "added": len(got.Added), "gone": len(got.Gone)} {
			if n > 0 {
				in += name
			}
		}
		if got.Worse != c.worse || in != c.in {
			t.Errorf("from %q to %q: worse %v, in %q; want %v, %q", c.from, c.to, got.Worse, in, c.worse, c.in)
		}
	}
}

func TestSlowerRungs(t *testing.T) {
	t.Parallel()
	run := func(waits ...time.Duration) Run {
		r := Run{Timing: "brisk"}
		for i, w := range waits {
			res := noUDP(fmt.Sprint("x/", i), rollover.IPv4)
			res.Trace.Attempts[1].Start = res.Trace.Attempts[0].Start + w
			res.Trace.Attempts[1].Media.First = res.Trace.Attempts[1].Start + 10*ms
			r.Results = append(r.Results, res)
		}
		return r
	}
	for _, c := range []struct {
		name          string
		before, after Run
		want          string
	}{
		{"the same", run(1000*ms, 1010*ms, 990*ms), run(1010*ms, 1000*ms, 1000*ms), ""},
		{"one mood of the machine", run(1000*ms, 1010*ms, 990*ms), run(1010*ms, 9000*ms, 1000*ms), ""},
		{"all of them", run(1000*ms, 1010*ms, 990*ms), run(1500*ms, 1600*ms, 1400*ms), "RTSPU:starved 1000 1500 of 3"},
		{"a little", run(1000 * ms), run(1190 * ms), ""},
		{"little of much", run(10000 * ms), run(11000 * ms), ""},
		{"faster", run(3000 * ms), run(1000 * ms), ""},
		{"other timing", run(1000 * ms), func() Run { r := run(5000 * ms); r.Timing = "standard"; return r }(), ""},
	} {
		var got []string
		for _, s := range Compare(c.before, c.after).Slower {
			got = append(got, fmt.Sprintf("%s:%s %d %d of %d", s.Rung, s.Outcome, s.BeforeMS, s.AfterMS, s.Attempts))
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

package rollover

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// trialOf is a healthy case of the server under test: predicted by the
// notation, observed by the notation.
func trialOf(predicted, observed string) Case {
	p, err := ParseSequences(predicted)
	if err != nil {
		panic(err)
	}
	seen, err := ParseObserved(observed)
	if err != nil {
		panic(err)
	}
	for i := range seen.Attempts {
		a := &seen.Attempts[i]
		a.Start = time.Duration(i+1) * 2 * time.Second
		a.Trigger, a.End = a.Start, a.Start+time.Second
		a.Frames = []FrameRef{10 * (i + 1), 10*(i+1) + 5}
		a.Asked = true
		if a.Outcome == Played {
			a.Media = Media{ServerSide: 40, ClientSide: 40, Total: 40}
		}
	}
	seen.Health = Health{Frames: 100, Canary: true, ClientFrames: 20, FirstClient: time.Second, Last: time.Minute}
	return Case{
		Scenario: Scenario{ID: "test", Dialect: WMP11, Moniker: "mms", Offer: Offer{WMS: "9.1", HTTP: "wmsp", Content: "vod",
			Rungs: []Rung{RTSPU, RTSPT, HTTP}}},
		Prediction: p, Trace: seen,
		Setup: Setup{SUT: PartyServer, Content: "clip", RTP: 5004, RTCP: 5005, Timing: Brisk, Exits: []Exit{
			{Party: PartyServer, Program: "server", Ready: true, Code: -1, Ended: time.Minute},
			{Party: PartyClient, Program: "client", Ready: true, ByItself: true, Ended: 50 * time.Second},
		}},
	}
}

func TestJudgePasses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ predicted, observed string }{
		{"RTSPU:played", "RTSPU:played"},
		{"RTSPU:starved RTSPT:played", "RTSPU:starved RTSPT:played"},
		{"RTSPU:blocked RTSPT:blocked? HTTP:played", "RTSPU/RTSPT:blocked HTTP:played"},
		{"RTSPU:blocked RTSPT:blocked? HTTP:played", "RTSPU/RTSPT:blocked RTSPU/RTSPT:blocked HTTP:played"},
		{"RTSPU:denied | RTSPU:denied RTSPT:denied? HTTP:played", "RTSPU/RTSPT:denied"},
		{"RTSPU:denied | RTSPU:denied RTSPT:denied? HTTP:played", "RTSPU/RTSPT:denied HTTP:played"},
		{"RTSPU:skipped RTSPT:played", "RTSPT:played"},
		{"RTSPT:blocked RTSPU:blocked?", "RTSPU/RTSPT:blocked"},
	} {
		if v := Judge(trialOf(test.predicted, test.observed)); v.Grade != Pass || len(v.Findings) > 0 {
			t.Errorf("%s against %s: %+v", test.observed, test.predicted, v)
		}
	}
	quiet := trialOf("none", "none")
	quiet.Trace.Health.ClientFrames = 0
	if v := Judge(quiet); v.Grade != Pass {
		t.Errorf("nothing predicted, nothing seen: %+v", v)
	}
}

func gradeFor(p, sut Party) Grade {
	switch p {
	case PartyRig:
		return Error
	case sut:
		return Fail
	}
	return Inconclusive
}

func by(p Party, i int) func(*Case) {
	return func(c *Case) { c.Trace.Attempts[i].EndedBy = p }
}

func fact(kind FactKind, i int) func(*Case) {
	return func(c *Case) {
		c.Trace.Facts = append(c.Trace.Facts, Fact{Kind: kind, Attempt: i, Seen: "as the capture shows", Frames: []FrameRef{10, 11}})
	}
}

// rule says that a rule of the profile decided the ith step of each sequence.
func rule(i int, leg string) func(*Case) {
	return func(c *Case) {
		c.Scenario.Profile = firewall.Profile{Name: "closed", Rules: []firewall.Rule{{Name: "closed leg", Action: firewall.Drop}}}
		c.Counters = []Counter{{Name: "closed leg", Packets: 3}}
		for _, seq := range c.Prediction.Sequences {
			seq[i].Rule, seq[i].Leg = "closed leg", leg
		}
	}
}

// A fixture that stays silent where its frame was due is the rig's trouble,
// not a deviation.
func TestJudgeSilentFixture(t *testing.T) {
	t.Parallel()
	c := trialOf("RTSPU:played", "RTSPU/RTSPT:broken HTTP:played")
	c.Setup.SUT, c.Trace.Attempts[0].EndedBy = PartyClient, PartyServer
	if v := Judge(c); v.Grade != Error {
		t.Errorf("mute reference server: %+v", v)
	}
	c = trialOf("RTSPU:played", "none")
	c.Trace.Health.ClientFrames = 0
	if v := Judge(c); v.Grade != Error {
		t.Errorf("silent reference client: %+v", v)
	}
	c.Setup.SUT, c.Setup.Exits[1].ByItself = PartyClient, false
	if v := Judge(c); v.Grade != Error {
		t.Errorf("a client under test that never begins: %+v", v)
	}
	c.Trace.Health.ClientFrames = 1
	if v := Judge(c); v.Grade != Fail {
		t.Errorf("a client under test that begins and does nothing: %+v", v)
	}
}

// Whatever is wrong with the rig ends as error, also when the server looks
// guilty: that is what tells a broken lab from a bad server.
func TestJudgeRigTrouble(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(c *Case)
	}{
		{"evidence missing", func(c *Case) { c.Missing = []string{"server.journal: gone"} }},
		{"frames lost", func(c *Case) { c.Trace.Health.Lost = 1 }},
		{"no canary", func(c *Case) { c.Trace.Health.Canary = false }},
		{"damaged capture", func(c *Case) { c.Trace.Health.Problems = []string{"cut"} }},
		{"receive buffers overflow", func(c *Case) { c.Setup.RcvErrors = 2 }},
		{"rule not loaded", func(c *Case) {
			c.Scenario.Profile = firewall.Profile{Name: "p", Rules: []firewall.Rule{{Name: "no rtp", Action: firewall.Drop}}}
		}},
		{"rule leaks", fact(FactRuleLeak, -1)},
		{"media lost on an open leg", fact(FactMediaLost, 0)},
		{"server never ready", func(c *Case) { c.Setup.Exits[0].Ready = false }},
		{"client never ready", func(c *Case) { c.Setup.Exits[1].Ready = false }},
		{"client without a frame", func(c *Case) { c.Trace.Health.ClientFrames, c.Trace.Attempts = 0, nil }},
		{"client that hangs without a frame", func(c *Case) {
			c.Trace.Health.ClientFrames, c.Trace.Attempts = 0, nil
			c.Setup.Exits[1].ByItself = false
		}},
		{"server dead before the first frame", func(c *Case) { c.Setup.Exits[0].ByItself, c.Setup.Exits[0].Ended = true, time.Millisecond }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, sut := range []Party{PartyServer, PartyClient} {
				c := trialOf("RTSPU:played", "RTSPU:starved RTSPT:played")
				c.Setup.SUT = sut
				fact(FactUDPAfterSwitch, 0)(&c)
				test.change(&c)
				v := Judge(c)
				if v.Grade != Error {
					t.Fatalf("%s: %+v", v.Grade, v.Findings)
				}
				for _, f := range v.Findings {
					if f.Note != (f.Party != PartyRig) {
						t.Errorf("what decides, and what does not: %+v", f)
					}
				}
			}
		})
	}
}

func TestJudgeIdleRule(t *testing.T) {
	t.Parallel()
	c := trialOf("RTSPU:starved RTSPT:played", "RTSPU:starved RTSPT:played")
	rule(0, LegData)(&c)
	c.Trace.Attempts[0].Media.ServerSide = 40
	if v := Judge(c); v.Grade != Pass {
		t.Fatalf("a rule that acted: %+v", v)
	}
	c.Counters[0].Packets = 0
	if v := Judge(c); v.Grade != Error {
		t.Errorf("a rule that met nothing: %+v", v)
	}
	fact(FactPairsMisplaced, 0)(&c)
	if v := Judge(c); v.Grade != Fail {
		t.Errorf("packets that went round the rule: %+v", v)
	}
	c.Trace.Facts, c.Trace.Attempts[0].Media.ServerSide = nil, 0
	if v := Judge(c); v.Grade != Pass {
		t.Errorf("nothing left the server, so no rule had to act: %+v", v)
	}
}

func TestJudgePrograms(t *testing.T) {
	t.Parallel()
	died := func(party Party, sut Party) Case {
		c := trialOf("RTSPU:played", "RTSPU:played")
		c.Setup.SUT = sut
		for i := range c.Setup.Exits {
			if e := &c.Setup.Exits[i]; e.Party == party {
				e.ByItself, e.Code, e.Ended = true, -1, 10*time.Second
			}
		}
		return c
	}
	for _, test := range []struct {
		party, sut Party
		want       Grade
	}{
		{PartyServer, PartyServer, Fail}, {PartyClient, PartyClient, Fail},
		{PartyServer, PartyClient, Error}, {PartyClient, PartyServer, Error},
	} {
		if v := Judge(died(test.party, test.sut)); v.Grade != test.want {
			t.Errorf("%s dies, %s under test: %+v", test.party, test.sut, v)
		}
	}
	hung := trialOf("RTSPU:refused HTTP:refused", "RTSPU/RTSPT:refused HTTP:refused")
	hung.Setup.SUT, hung.Setup.Exits[1].ByItself = PartyClient, false
	if v := Judge(hung); v.Grade != Fail || v.Findings[0].Requirement != "RO-ROLL-05" {
		t.Errorf("a client that never ends: %+v", v)
	}
	exit := trialOf("RTSPU:played", "RTSPU:played")
	exit.Setup.SUT, exit.Setup.Exits[1].Code = PartyClient, 1
	if v := Judge(exit); v.Grade != Pass {
		t.Errorf("an exit code is never believed: %+v", v)
	}
}

func TestJudgeTestimony(t *testing.T) {
	t.Parallel()
	boast := []JournalEntry{{Event: "final", Fields: map[string]any{"outcome": "played"}}}
	c := trialOf("RTSPU:refused HTTP:refused", "RTSPU/RTSPT:refused HTTP:refused")
	c.Setup.SUT, c.Journals = PartyClient, map[Party][]JournalEntry{PartyClient: boast}
	if v := Judge(c); v.Grade != Fail {
		t.Errorf("a client that says it played: %+v", v)
	}
	c.Setup.SUT = PartyServer
	if v := Judge(c); v.Grade != Pass {
		t.Errorf("a word convicts no other party: %+v", v)
	}
}

func TestJudgeWindows(t *testing.T) {
	t.Parallel()
	window := Window{Trigger: TriggerPair, Min: 950 * time.Millisecond, Max: 34 * time.Second}
	tests := []struct {
		name  string
		after time.Duration
		edit  func(w *Window)
		want  Grade
		notes int
	}{
		{"in time", time.Second, nil, Pass, 0},
		{"too early", 500 * time.Millisecond, nil, Fail, 0},
		{"too late", 40 * time.Second, nil, Fail, 0},
		{"too late, advice", 40 * time.Second, func(w *Window) { w.Advice = true }, Pass, 1},
		{"from the SYN", 40 * time.Second, func(w *Window) { w.Trigger, w.Max = TriggerSYN, time.Minute }, Pass, 0},
	}
	for _, then := range []string{WhenStarved, "after 1s"} {
		c := trialOf("RTSPU:starved RTSPT:played", "RTSPU:starved RTSPT:played")
		c.Setup.SUT, c.Scenario.Then = PartyClient, []Event{{When: then, Profile: &firewall.Profile{}}}
		c.Prediction.Sequences[0][0].Window = window
		c.Trace.Attempts[0].Trigger, c.Trace.Attempts[1].Start = 3*time.Second, 3*time.Second+500*time.Millisecond
		if v := Judge(c); (v.Grade == Fail) != (then == WhenStarved) {
			t.Errorf("too early, and the path changes %s: %+v", then, v)
		}
	}
	for _, test := range tests {
		c := trialOf("RTSPU:starved RTSPT:played", "RTSPU:starved RTSPT:played")
		c.Setup.SUT = PartyClient
		w := window
		if test.edit != nil {
			test.edit(&w)
		}
		c.Prediction.Sequences[0][0].Window = w
		c.Trace.Attempts[0].Trigger = 3 * time.Second
		c.Trace.Attempts[1].Start = 3*time.Second + test.after
		v := Judge(c)
		if v.Grade != test.want || test.want == Pass && len(v.Findings) != test.notes {
			t.Errorf("%s: %+v", test.name, v)
		}
		if test.want == Fail && v.Findings[0].Requirement != "RO-RTSP-104" {
			t.Errorf("%s: %+v", test.name, v.Findings[0])
		}
	}
}

// Every requirement a finding may cite stands in the catalogue, and judging
// twice says the same.
func TestJudgeIsRepeatable(t *testing.T) {
	t.Parallel()
	c := trialOf("RTSPU:played", "RTSPU:starved RTSPT:played")
	for _, kind := range FactKinds() {
		fact(kind, 0)(&c)
	}
	first := Judge(c)
	if diff := cmp.Diff(first, Judge(c)); diff != "" {
		t.Error(diff)
	}
	for _, f := range first.Findings {
		if _, known := LookUp(f.Requirement); !known {
			t.Errorf("unknown requirement %s", f.Requirement)
		}
	}
	for _, r := range Rungs() {
		for _, id := range []string{r.breaks(breachMedia), windowRule(Step{Rung: r, Outcome: Starved}), windowRule(Step{Rung: r})} {
			if _, known := LookUp(id); !known {
				t.Errorf("%s: unknown requirement %s", r, id)
			}
		}
	}
}

func TestAStalledRigConvictsNobody(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		observed string
		stalled  time.Duration
		want     Grade
	}{
		{"RTSPU:starved RTSPT:played", 0, Fail},
		{"RTSPU:starved RTSPT:played", Brisk.FirstData / 4, Fail},
		{"RTSPU:starved RTSPT:played", Brisk.FirstData/4 + 1, Error},
		{"RTSPU:played", time.Minute, Pass},
	} {
		c := trialOf("RTSPU:played", test.observed)
		c.Setup.Stalled = test.stalled
		if v := Judge(c); v.Grade != test.want {
			t.Errorf("%s, stalled for %v: %s, want %s (%+v)", test.observed, test.stalled, v.Grade, test.want, v.Findings)
		}
	}
}

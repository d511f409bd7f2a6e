package rollover

import (
	"slices"
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

// Who is to blame where the attempts leave the prediction.
func TestJudgeDivergence(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name                string
		predicted, observed string
		change              func(c *Case)
		party               Party
		requirement         string
		frame               FrameRef // one of those cited
	}{
		{"media never left the server", "RTSPU:played", "RTSPU:starved RTSPT:played", nil, PartyServer, "RO-RTSP-02", 10},
		{"media left the server and is lost", "RTSPU:played", "RTSPU:starved RTSPT:played", func(c *Case) {
			c.Trace.Attempts[0].Media.ServerSide = 40
		}, PartyRig, "RO-FW-01", 10},
		{"the pair left the server and is lost", "RTSPU:played", "RTSPU:starved RTSPT:played", func(c *Case) {
			c.Trace.Attempts[0].Asked, c.Trace.Attempts[0].Pairs = false, Pairs{Asked: true, ServerSide: 3}
		}, PartyRig, "RO-FW-01", 10},
		{"the pair arrived and the client went on", "RTSPU:played", "RTSPU:starved RTSPT:played", func(c *Case) {
			c.Trace.Attempts[0].Asked, c.Trace.Attempts[0].Pairs = false, Pairs{Asked: true, ServerSide: 3, ClientSide: 3}
		}, PartyClient, "RO-RTSP-104", 10},
		{"the client's timer is too short", "RTSPU:played", "RTSPU:starved RTSPT:played", func(c *Case) {
			c.Trace.Attempts[0].Pairs.Asked = true
			c.Trace.Attempts[1].Start = c.Trace.Attempts[0].Trigger + 200*time.Millisecond
		}, PartyClient, "RO-RTSP-104", 10},
		{"the pair goes to a wrong port", "RTSPU:played", "RTSPU:starved RTSPT:played", fact(FactPairsMisplaced, 0), PartyServer, "RO-RTSP-105", 10},
		{"media goes to a wrong port", "RTSPU:played", "RTSPU:starved RTSPT:played", fact(FactMediaClientPort, 0), PartyServer, "RO-RTSP-102", 10},
		{"nobody listens at the client", "RTSPU:played", "RTSPU:starved RTSPT:played", fact(FactClientPortClosed, 0), PartyClient, "RO-RTSP-108", 10},
		{"tcp media never left the server", "RTSPU:starved RTSPT:played", "RTSPU:starved RTSPT:starved HTTP:played", nil, PartyServer, "RO-RTSP-107", 20},
		{"udp passes a rule", "RTSPU:starved RTSPT:played", "RTSPU:played", rule(0, LegData), PartyRig, "RO-FW-01", 10},
		{"udp from another port goes round a rule", "RTSPU:starved RTSPT:played", "RTSPU:played", func(c *Case) {
			rule(0, LegData)(c)
			fact(FactMediaSourcePort, 0)(c)
		}, PartyServer, "RO-PORT-02", 10},
		{"the closed port opens", "RTSPU:blocked HTTP:played", "RTSPU:played", rule(0, LegControl), PartyRig, "RO-FW-01", 10},
		{"refused where a rule drops", "RTSPU:blocked HTTP:played", "RTSPU/RTSPT:refused HTTP:played", func(c *Case) {
			rule(0, LegControl)(c)
			c.Trace.Attempts[0].EndedBy = PartyServer
		}, PartyRig, "RO-FW-01", 10},
		{"the server's port is closed", "RTSPU:played", "RTSPU/RTSPT:refused HTTP:played", by(PartyServer, 0), PartyServer, "RO-PORT-01", 10},
		{"the gateway refuses", "RTSPU:played", "RTSPU/RTSPT:refused HTTP:played", by(PartyRig, 0), PartyRig, "RO-FW-01", 10},
		{"the gateway swallows the SYN", "RTSPU:played", "RTSPU/RTSPT:blocked HTTP:played", by(PartyRig, 0), PartyRig, "RO-FW-01", 10},
		{"the server swallows the SYN", "HTTP:played", "HTTP:blocked", by(PartyServer, 0), PartyServer, "RO-PORT-07", 10},
		{"400 for 461", "RTSPU:rejected RTSPT:played", "RTSPU:broken RTSPT:played", func(c *Case) {
			by(PartyServer, 0)(c)
			c.Trace.Attempts[0].Status = 400
		}, PartyServer, "RO-RTSP-111", 10},
		{"461 where it is served", "RTSPU:played", "RTSPU:rejected RTSPT:played", func(c *Case) {
			by(PartyServer, 0)(c)
			c.Trace.Attempts[0].Status = 461
		}, PartyServer, "RO-RTSP-111", 10},
		{"served where 461 was due", "RTSPU:rejected RTSPT:played", "RTSPU:played", nil, PartyServer, "RO-RTSP-102", 10},
		{"http served although off", "RTSPU:refused HTTP:refused", "RTSPU/RTSPT:refused HTTP:played", func(c *Case) { c.Scenario.Offer.HTTP = "off" }, PartyServer, "RO-HTTP-02", 20},
		{"the second attempt is refused", "RTSPU:starved RTSPT:played", "RTSPU:starved RTSPU/RTSPT:denied", func(c *Case) {
			by(PartyServer, 1)(c)
			c.Trace.Attempts[1].Status = 453
		}, PartyServer, "RO-ROLL-07", 20},
		{"mute", "RTSPU:played", "RTSPU/RTSPT:broken HTTP:played", by(PartyServer, 0), PartyServer, "RO-RTSP-02", 10},
		{"no token", "HTTP:played", "HTTP:broken", func(c *Case) {
			by(PartyServer, 0)(c)
			c.Trace.Attempts[0].Status = 200
		}, PartyServer, "RO-HTTP-101", 10},
		{"no agent", "HTTP:played", "HTTP:rejected", func(c *Case) {
			by(PartyServer, 0)(c)
			fact(FactAgent, 0)(c)
		}, PartyClient, "RO-HTTP-102", 10},
		{"the client hangs up", "RTSPU:played", "RTSPU:broken RTSPT:played", by(PartyClient, 0), PartyClient, "RO-ROLL-06", 10},
		{"the reply is lost on the way", "RTSPU:played", "RTSPU/RTSPT:broken", by(PartyRig, 0), PartyRig, "RO-FW-01", 10},
		{"gives up after 461", "RTSPU:rejected RTSPT:played", "RTSPU:rejected", nil, PartyClient, "RO-ROLL-05", 10},
		{"never rolls over", "RTSPU:starved RTSPT:played", "RTSPU:starved", nil, PartyClient, "RO-ROLL-05", 15},
		{"skips a rung", "RTSPU:starved RTSPT:played", "RTSPU:starved HTTP:played", nil, PartyClient, "RO-ROLL-06", 20},
		{"wrong order", "RTSPU:played", "RTSPT:played", nil, PartyClient, "RO-ROLL-06", 10},
		{"loops", "RTSPU:starved RTSPT:rejected HTTP:refused", "RTSPU:starved RTSPT:rejected HTTP:refused RTSPU:starved", nil, PartyClient, "RO-ROLL-06", 40},
		{"rolls over from a pinned moniker", "RTSPU:starved", "RTSPU:starved RTSPT:played", func(c *Case) { c.Scenario.Moniker = "rtspu" }, PartyClient, "RO-URL-01", 20},
		{"goes on after 401", "RTSPU:denied", "RTSPU/RTSPT:denied HTTP:played", nil, PartyClient, "RO-ROLL-104", 20},
		{"tries what is switched off", "RTSPT:played", "RTSPU:played", func(c *Case) { c.Scenario.Limits = []Switch{SwitchUDP} }, PartyClient, "RO-CLI-01", 10},
		{"goes to http that is switched off", "RTSPU:blocked", "RTSPU/RTSPT:blocked HTTP:played", func(c *Case) { c.Scenario.Limits = []Switch{SwitchHTTP} }, PartyClient, "RO-CLI-02", 20},
		{"an old player speaks RTSP", "MMSU:played", "RTSPU:played", func(c *Case) { c.Scenario.Dialect = WMP6 }, PartyClient, "RO-ROLL-04", 10},
		{"obeys limits with a pinned moniker", "RTSPU:played", "RTSPT:played", func(c *Case) {
			c.Scenario.Moniker, c.Scenario.Limits = "rtspu", []Switch{SwitchUDP}
		}, PartyClient, "RO-CLI-101", 10},
		{"leaves udp for want of feedback", "RTSPU:played", "RTSPU:played RTSPT:played", func(c *Case) {
			c.Scenario.Profile = firewall.Profile{Rules: []firewall.Rule{{Name: "no reports", Action: firewall.Drop, From: firewall.Client, Proto: firewall.UDP}}}
			c.Counters = []Counter{{Name: "no reports"}}
		}, PartyClient, "RO-FW-03", 20},
		{"stops where the server closed", "RTSPU:rejected RTSPT:played", "RTSPU:rejected", fact(FactClosedAfter461, 0), PartyServer, "RO-ROLL-07", 10},
		{"goes elsewhere after redirects", "RTSPU:rejected RTSPT:played", "RTSPU/RTSPT:rejected HTTP:played", fact(FactRedirectLoop, 0), PartyServer, "RO-RTSP-110", 20},
		{"goes on because the server stopped", "RTSPU:played", "RTSPU:played RTSPT:played", fact(FactMediaIncomplete, 0), PartyServer, "RO-RTSP-02", 20},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, sut := range []Party{PartyServer, PartyClient} {
				c := trialOf(test.predicted, test.observed)
				c.Setup.SUT = sut
				if test.change != nil {
					test.change(&c)
				}
				v := Judge(c)
				want := gradeFor(test.party, sut)
				if v.Grade != want && !(v.Grade == Error && want == Inconclusive) {
					t.Fatalf("%s under test: %s, want %s: %+v", sut, v.Grade, want, v.Findings)
				}
				if v.Grade != want {
					continue // a silent fixture: the next test's
				}
				f := v.Findings[0]
				if f.Party != test.party || f.Requirement != test.requirement || f.Expected == "" || f.Seen == "" || !slices.Contains(f.Frames, test.frame) {
					t.Errorf("%s under test: %+v", sut, f)
				}
			}
		})
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
	if v := Judge(c); v.Grade != Fail {
		t.Errorf("a client under test that does nothing: %+v", v)
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

// Every kind of fact has a rule, is somebody's, and weighs what the table
// says, whichever side is under test.
func TestJudgeFacts(t *testing.T) {
	t.Parallel()
	for _, kind := range FactKinds() {
		r, ok := factRules[kind]
		if !ok {
			t.Errorf("no rule for %s", kind)
			continue
		}
		if _, known := LookUp(r.requirement); !known {
			t.Errorf("%s: unknown requirement %s", kind, r.requirement)
		}
		for _, sut := range []Party{PartyServer, PartyClient} {
			c := trialOf("RTSPU:played", "RTSPU:played")
			c.Setup.SUT = sut
			fact(kind, 0)(&c)
			want := gradeFor(r.party, sut)
			if r.note {
				want = Pass
			}
			v := Judge(c)
			if v.Grade != want || len(v.Findings) != 1 || v.Findings[0].Note != r.note || v.Findings[0].Party != r.party {
				t.Errorf("%s, %s under test: %+v", kind, sut, v)
			}
		}
	}
	if len(factRules) != len(FactKinds()) {
		t.Errorf("%d rules for %d kinds", len(factRules), len(FactKinds()))
	}
}

// Facts that a condition of the scenario explains do not count.
func TestJudgeFactConditions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		kind   FactKind
		change func(c *Case)
	}{
		{"cut by the scenario", FactMediaIncomplete, func(c *Case) { c.Prediction.Sequences[0][0].Cut = true }},
		{"thinned by a rule", FactMediaLost, func(c *Case) { c.Prediction.Sequences[0][0].Lossy = true }},
		{"narrow link", FactMediaLost, func(c *Case) { c.Scenario.Link.Rate = 1 << 20 }},
		{"the server's own firewall", FactPairsMissing, hostFirewall(firewall.AtServer, firewall.Rule{Action: firewall.Drop, From: firewall.Server, Proto: firewall.UDP})},
		{"which lets each other datagram pass", FactLossUnanswered, hostFirewall(firewall.AtServer, firewall.Rule{Action: firewall.Drop, Proto: firewall.UDP, Every: 2})},
		{"the client's own firewall answers for it", FactClientPortClosed, hostFirewall(firewall.AtClient, firewall.Rule{Action: firewall.Reset, From: firewall.Server})},
		{"the client's own firewall hides its ports", FactUDPStillOpen, hostFirewall(firewall.AtClient, firewall.Rule{Action: firewall.Drop, From: firewall.Server, Proto: firewall.UDP})},
		{"a client without packet pairs", FactSetupOrder, func(c *Case) { c.Setup.Row.NoPairs = true }},
		{"a dialect without packet pairs", FactPlayBeforeProbe, func(c *Case) { c.Scenario.Dialect = Modern }},
	}
	for _, test := range tests {
		c := trialOf("RTSPU:played", "RTSPU:played")
		fact(test.kind, 0)(&c)
		test.change(&c)
		if v := Judge(c); v.Grade != Pass {
			t.Errorf("%s: %+v", test.name, v)
		}
	}
}

// hostFirewall loads a rule on a host, for either to be under test.
func hostFirewall(at firewall.Place, r firewall.Rule) func(c *Case) {
	return func(c *Case) {
		c.Scenario.Profile = firewall.Profile{Name: "test", At: at, Rules: []firewall.Rule{r}}
		c.Missing, c.Counters = nil, []Counter{{Name: c.Scenario.Profile.Names()[0], Packets: 1}}
		if at == firewall.AtClient {
			c.Setup.SUT = PartyClient
		}
	}
}

// A fault planted in the fixture is a condition: what it shows is noted, and
// the side under test is judged by what it does.
func TestJudgePlantedFixture(t *testing.T) {
	t.Parallel()
	c := trialOf("RTSPU:starved RTSPT:played", "RTSPU:starved RTSPT:played")
	c.Setup.SUT, c.Scenario.Faults = PartyClient, []string{"E-17"}
	fact(FactUDPAfterSwitch, 0)(&c)
	if v := Judge(c); v.Grade != Pass || len(v.Findings) != 1 || !v.Findings[0].Note {
		t.Errorf("a client that copes: %+v", v)
	}
	fact(FactUDPStillOpen, 1)(&c)
	if v := Judge(c); v.Grade != Fail || v.Findings[0].Party != PartyClient {
		t.Errorf("a client that does not: %+v", v)
	}
	c.Setup.SUT = PartyServer
	if v := Judge(c); v.Grade != Fail || v.Findings[0].Party != PartyServer {
		t.Errorf("the same fault in the server under test: %+v", v)
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
		for _, id := range []string{portRule(r), mediaRule(r), windowRule(Step{Rung: r, Outcome: Starved}), windowRule(Step{Rung: r})} {
			if _, known := LookUp(id); !known {
				t.Errorf("%s: unknown requirement %s", r, id)
			}
		}
	}
}

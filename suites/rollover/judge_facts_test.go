package rollover

import (
	"testing"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

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
		{"the server's own firewall resets for it", FactResetAfterAccept, hostFirewall(firewall.AtServer, firewall.Rule{Action: firewall.Reset, Proto: firewall.TCP, Every: 2})},
		{"the gateway renames the client on the way", FactResetAfterAccept, func(c *Case) {
			c.Scenario.Then = []Event{{When: WhenPlaying, Profile: &firewall.Profile{NAT: firewall.Masquerade}}}
		}},
		{"the client's own firewall keeps its last words", FactSessionLeft, hostFirewall(firewall.AtClient, firewall.Rule{Action: firewall.Drop, From: firewall.Client})},
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

// A host's firewall counts where the client takes media: at the ports of its
// own, if it declares some.
func TestJudgeHostFirewallAtDeclaredPorts(t *testing.T) {
	t.Parallel()
	at := func(port uint16) firewall.Ports { return firewall.Ports{{Lo: port, Hi: port}} }
	for _, c := range []struct {
		listens firewall.Ports
		want    Grade
	}{{at(7000), Pass}, {nil, Fail}, {at(7001), Fail}} {
		trial := trialOf("RTSPU:played", "RTSPU:played")
		fact(FactLossUnanswered, 0)(&trial)
		hostFirewall(firewall.AtServer, firewall.Rule{Action: firewall.Drop, Proto: firewall.UDP, DPort: at(7000)})(&trial)
		trial.Setup.Row.Ports = c.listens
		if v := Judge(trial); v.Grade != c.want {
			t.Errorf("at %v: %+v", c.listens, v)
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

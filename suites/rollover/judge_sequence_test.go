package rollover

import (
	"slices"
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

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
		{"wrong order", "RTSPU:played", "RTSPT:played", nil, PartyClient, "RO-ROLL-01", 10},
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

package rollover

import (
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// mmsTrialOf is a healthy case of the ladder of old players.
func mmsTrialOf(predicted, observed string) Case {
	c := trialOf(predicted, observed)
	c.Scenario.Dialect = WMP6
	c.Scenario.Offer.Rungs = []Rung{MMSU, MMST, HTTP}
	c.Setup.Ports = map[Service]uint16{ServiceRTSP: 554, ServiceMMS: 1755, ServiceHTTP: 80}
	return c
}

// Who is to blame where an MMS attempt leaves the prediction, and by what.
func TestJudgeMMS(t *testing.T) {
	t.Parallel()
	probe := func(i int, p Pairs) func(*Case) {
		return func(c *Case) { c.Trace.Attempts[i].Asked, c.Trace.Attempts[i].Pairs = false, p }
	}
	refusedBy := func(i, status int) func(*Case) {
		return func(c *Case) { by(PartyServer, i)(c); c.Trace.Attempts[i].Status = status }
	}
	tests := []struct {
		name                string
		predicted, observed string
		change              func(c *Case)
		party               Party
		requirement         string
	}{
		{"the header never left the server", "MMSU:played", "MMSU:starved MMST:played", probe(0, Pairs{Asked: true}), PartyServer, "RO-MMS-105"},
		{"the header left the server and is lost", "MMSU:played", "MMSU:starved MMST:played", probe(0, Pairs{Asked: true, ServerSide: 5}), PartyRig, rigCheck},
		{"the header arrived and the client went on", "MMSU:played", "MMSU:starved MMST:played", probe(0, Pairs{Asked: true, ServerSide: 1, ClientSide: 1}), PartyClient, "RO-MMS-105"},
		{"the client does not ask for the header", "MMSU:played", "MMSU:starved MMST:played", probe(0, Pairs{}), PartyClient, "RO-MMS-105"},
		{"media never left the server", "MMSU:played", "MMSU:starved MMST:played", nil, PartyServer, "RO-MMS-103"},
		{"tcp media never left the server", "MMSU:starved MMST:played", "MMSU:starved MMST:starved HTTP:played", nil, PartyServer, "RO-MMS-103"},
		{"a funnel that is offered is refused", "MMSU:played", "MMSU:rejected MMST:played", refusedBy(0, 0xC00D00D1), PartyServer, "RO-MMS-103"},
		{"an old player is turned away", "MMSU:played", "MMSU/MMST:rejected HTTP:played", refusedBy(0, 0xC00D0012), PartyServer, "RO-MMS-01"},
		{"an old player is told that it is full", "MMSU:played", "MMSU/MMST:denied", refusedBy(0, 0xC00D000F), PartyServer, "RO-MMS-01"},
		{"an error in the middle", "MMSU:played", "MMSU:broken MMST:played", refusedBy(0, 0x80070057), PartyServer, "RO-MMS-109"},
		{"mute", "MMSU:played", "MMSU/MMST:broken HTTP:played", by(PartyServer, 0), PartyServer, "RO-MMS-109"},
		{"the port is closed", "MMSU:played", "MMSU/MMST:refused HTTP:played", by(PartyServer, 0), PartyServer, "RO-PORT-04"},
		{"the next attempt is refused", "MMSU:starved MMST:played", "MMSU:starved MMSU/MMST:denied", refusedBy(1, 0xC00D000F), PartyServer, "RO-ROLL-07"},
		{"granted where a refusal was due", "MMSU:rejected MMST:played", "MMSU:played", nil, PartyServer, "RO-MMS-103"},
		{"granted where only old players are", "MMSU:rejected", "MMSU:played", func(c *Case) { c.Scenario.Dialect, c.Scenario.Moniker = WMF, "mmsu" }, PartyServer, "RO-PRT-102"},
		{"granted by a server of version 4", "MMSU:rejected", "MMSU:played", func(c *Case) {
			c.Scenario.Dialect, c.Scenario.Moniker, c.Scenario.Offer.WMS = WMF, "mmsu", "4.1"
		}, PartyServer, "RO-MMS-103"},
		{"udp passes a rule", "MMSU:starved MMST:played", "MMSU:played", rule(0, LegData), PartyRig, rigCheck},

		{"text for an answer", "MMSU:played", "MMSU/MMST:broken HTTP:played", fact(FactConnectUnanswered, 0), PartyServer, "RO-MMS-109"},
		{"the funnel closed", "MMSU:rejected MMST:played", "MMSU:broken MMST:played", fact(FactFunnelClosed, 0), PartyServer, "RO-MMS-103"},
		{"the client stops where it was closed", "MMSU:rejected MMST:played", "MMSU:rejected", fact(FactFunnelClosed, 0), PartyServer, "RO-MMS-103"},
		{"the second funnel ignored", "MMSU:rejected MMST:played", "MMSU:rejected MMST:broken HTTP:played", fact(FactFunnelIgnored, 1), PartyServer, "RO-MMS-103"},
		{"to another address", "MMSU:played", "MMSU:starved MMST:played", fact(FactFunnelAddress, 0), PartyServer, "RO-MMS-102"},
		{"to another port", "MMSU:played", "MMSU:starved MMST:played", fact(FactFunnelPort, 0), PartyServer, "RO-PORT-06"},
		{"over tcp", "MMSU:played", "MMSU:starved MMST:played", fact(FactDataOverTCP, 0), PartyServer, "RO-MMS-103"},
		{"over udp", "MMSU:starved MMST:played", "MMSU:starved MMST:starved HTTP:played", fact(FactDataOverUDP, 1), PartyServer, "RO-MMS-103"},
		{"the header over tcp", "MMSU:played", "MMSU:starved MMST:played", fact(FactHeaderOverTCP, 0), PartyServer, "RO-MMS-105"},
		{"the header once", "MMSU:starved MMST:played", "MMSU:broken MMST:played", fact(FactHeaderOnce, 0), PartyServer, "RO-MMS-105"},
		{"nobody listens at the client", "MMSU:played", "MMSU:starved MMST:played", fact(FactClientPortClosed, 0), PartyClient, "RO-MMS-102"},
		{"junk in the stream", "MMST:played", "MMST:broken HTTP:played", fact(FactGarbage, 0), PartyServer, "RO-MMS-109"},
		{"a session left behind", "MMSU:starved MMST:played", "MMSU:starved MMST:played", fact(FactSessionLeft, 0), PartyClient, "RO-MMS-106"},

		{"goes on after it has played", "MMSU:played", "MMSU:played MMST:played", nil, PartyClient, "RO-ROLL-06"},
		{"leaves udp for want of feedback", "MMSU:played", "MMSU:played MMST:played", func(c *Case) {
			c.Scenario.Profile = firewall.Profile{Rules: []firewall.Rule{{Name: "no requests", Action: firewall.Drop, From: firewall.Client, Proto: firewall.UDP}}}
			c.Counters = []Counter{{Name: "no requests"}}
		}, PartyClient, "RO-FW-03"},
		{"too short a wait for the header", "MMSU:starved MMST:played", "MMSU:starved MMST:played", func(c *Case) {
			c.Prediction.Sequences[0][0].Window = Window{Trigger: TriggerHeader, Min: 4 * time.Second}
		}, PartyClient, "RO-MMS-105"},
		{"MMS where the ladder has none", "RTSPU:played", "MMSU:played", func(c *Case) { c.Scenario.Dialect = WMP11 }, PartyClient, "RO-ROLL-03"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, sut := range []Party{PartyServer, PartyClient} {
				c := mmsTrialOf(test.predicted, test.observed)
				c.Setup.SUT = sut
				if test.change != nil {
					test.change(&c)
				}
				v := Judge(c)
				want := gradeFor(test.party, sut)
				if v.Grade != want {
					if v.Grade != Error || want != Inconclusive { // a silent fixture
						t.Fatalf("%s under test: %s, want %s: %+v", sut, v.Grade, want, v.Findings)
					}
					continue
				}
				if f := v.Findings[0]; f.Party != test.party || f.Requirement != test.requirement || f.Expected == "" || f.Seen == "" || len(f.Frames) == 0 {
					t.Errorf("%s under test: %+v", sut, f)
				}
			}
		})
	}
}

// Facts of MMS that a condition of the scenario explains do not count.
func TestJudgeMMSConditions(t *testing.T) {
	t.Parallel()
	filtered := func(from firewall.Side) func(*Case) {
		return func(c *Case) {
			c.Scenario.Profile = firewall.Profile{Name: "own", At: firewall.AtServer,
				Rules: []firewall.Rule{{Name: "own rule", Action: firewall.Drop, From: from, Proto: firewall.UDP}}}
			c.Counters = []Counter{{Name: "own rule", Packets: 1}}
		}
	}
	tests := []struct {
		name   string
		kind   FactKind
		change func(c *Case)
	}{
		{"the control ports are mute", FactConnectUnanswered, func(c *Case) { c.Scenario.Offer.Reply = map[string]string{"connect": ReplyMute} }},
		{"version 4 serves every player", FactReaderServed, func(c *Case) { c.Scenario.Offer.WMS = "4.1" }},
		{"a client with timers of its own", FactHeaderRetries, func(c *Case) { c.Setup.Row.Data = 50 * time.Second }},
		{"a client with a ladder of its own", FactFunnelRange, func(c *Case) { c.Setup.Row.Ladders = map[string]Ladder{"mms": {MMSU}} }},
		{"requests stopped by the server's host", FactResendUnanswered, filtered(firewall.Client)},
		{"resends stopped by the server's host", FactResendUnanswered, filtered(firewall.Server)},
	}
	for _, test := range tests {
		for _, hold := range []bool{false, true} {
			c := mmsTrialOf("MMSU:played", "MMSU:played")
			if rule, ok := factRules[test.kind]; ok && rule.party == PartyClient {
				c.Setup.SUT = PartyClient
			}
			fact(test.kind, 0)(&c)
			want := Fail
			if hold {
				test.change(&c)
				want = Pass
			}
			if v := Judge(c); v.Grade != want {
				t.Errorf("%s (%v): %s %+v", test.name, hold, v.Grade, v.Findings)
			}
		}
	}
}

func TestMMSResultOutcome(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		result uint32
		want   Outcome
	}{{0x80070005, Denied}, {0xC00D000F, Denied}, {0xC00D001A, Denied}, {0xC00D0012, Rejected}, {0x8000FFFF, Rejected}} {
		if got := MMSResultOutcome(test.result); got != test.want {
			t.Errorf("%08X: %s", test.result, got)
		}
	}
}

package rollover

import (
	"testing"
	"time"
)

func says(event string, fields map[string]any) []JournalEntry {
	return []JournalEntry{{Event: event, Fields: fields}}
}

// TestTestimony: a party's word may convict that party, never another, and
// acquits nobody.
func TestTestimony(t *testing.T) {
	t.Parallel()
	stopped := []Exit{{Party: PartyClient, Program: "player", Ready: true, Ended: time.Minute}}
	udp := map[string]any{"protocol": "rtsp", "transport": "UDP"}
	for _, c := range []struct {
		name, observed string
		sut, speaker   Party
		journal        []JournalEntry
		exits          []Exit
		want           string // the requirement; empty: no finding
	}{
		{"played, it says, and nothing came", "RTSPU:starved", PartyClient, PartyClient, says("final", map[string]any{"outcome": "played"}), nil, "RO-ROLL-05"},
		{"played, it says, and got web content", "HTTP:broken", PartyClient, PartyClient, says("final", map[string]any{"outcome": "played"}), nil, "RO-HTTP-101"},
		{"played, and so it was", "RTSPU:played", PartyClient, PartyClient, says("final", map[string]any{"outcome": "played"}), nil, ""},
		{"the fixture says so", "RTSPU:starved", PartyServer, PartyClient, says("final", map[string]any{"outcome": "played"}), nil, ""},
		{"stopped, and knows of no media", "RTSPU:played", PartyClient, PartyClient, says("attempt", nil), stopped, "RO-ROLL-05"},
		{"stopped while it played", "RTSPU:played", PartyClient, PartyClient, says("playing", nil), stopped, ""},
		{"stopped, and keeps no journal", "RTSPU:played", PartyClient, PartyClient, nil, stopped, ""},
		{"the log names another protocol", "RTSPU:played", PartyServer, PartyServer, says("log", map[string]any{"protocol": "mms", "transport": "UDP"}), nil, "RO-LOG-101"},
		{"the log names another transport", "RTSPU:played", PartyServer, PartyServer, says("log", map[string]any{"protocol": "rtsp", "transport": "TCP"}), nil, "RO-LOG-101"},
		{"the log is right", "RTSPU:played", PartyServer, PartyServer, says("log", udp), nil, ""},
		{"the log speaks of the attempt before", "RTSPU:starved RTSPT:played", PartyServer, PartyServer, says("log", udp), nil, ""},
		{"the log says nothing of it", "RTSPU:played", PartyServer, PartyServer, says("log", map[string]any{"bytes": 1}), nil, ""},
		{"nothing played", "RTSPU:starved", PartyServer, PartyServer, says("log", map[string]any{"protocol": "mms", "transport": "UDP"}), nil, ""},
		{"the fixture's log", "RTSPU:played", PartyClient, PartyServer, says("log", map[string]any{"protocol": "mms", "transport": "UDP"}), nil, ""},
	} {
		x := trialOf(c.observed, c.observed)
		x.Setup.SUT, x.Setup.Exits = c.sut, c.exits
		x.Journals = map[Party][]JournalEntry{c.speaker: c.journal}
		v := Judge(x)
		found := ""
		for _, f := range v.Findings {
			if f.Note || f.Party != c.sut || len(f.Frames) == 0 {
				t.Errorf("%s: %+v", c.name, f)
			}
			found = f.Requirement
		}
		if found != c.want || len(v.Findings) > 1 {
			t.Errorf("%s: %+v, want %q", c.name, v.Findings, c.want)
		}
	}
}

// TestRequirementOfTheCase: the same fact breaks another rule in another case.
func TestRequirementOfTheCase(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, observed string
		kind           FactKind
		attempt        int
		change         func(*Case)
		want           string
	}{
		{"shut to the next client", "RTSPU:played RTSPU:refused", FactDoorShut, 1, nil, "RO-RTSP-01"},
		{"shut after what was given up", "RTSPU:starved RTSPT:refused", FactDoorShut, 1, nil, "RO-ROLL-07"},
		{"another protocol's port shut", "RTSPU:played HTTP:refused", FactDoorShut, 1, nil, "RO-ROLL-07"},
		{"a reset for no reason", "RTSPU:broken", FactResetAfterAccept, 0, nil, "RO-ROLL-07"},
		{"a reset in place of a refusal", "RTSPU:broken", FactResetAfterAccept, 0, func(c *Case) { c.Scenario.Offer.Reply = map[string]string{"rtsp": "453"} }, "RO-ROLL-104"},
		{"media ends", "RTSPT:played", FactMediaIncomplete, 0, nil, "RO-RTSP-112"},
		{"media ends after an attempt over UDP", "RTSPU:starved RTSPT:played", FactMediaIncomplete, 1, nil, "RO-ROLL-07"},
	} {
		x := trialOf(c.observed, c.observed)
		x.Setup.SUT = PartyServer
		fact(c.kind, c.attempt)(&x)
		if c.change != nil {
			c.change(&x)
		}
		v := Judge(x)
		if len(v.Findings) != 1 || v.Findings[0].Requirement != c.want {
			t.Errorf("%s: %+v, want %s", c.name, v.Findings, c.want)
		}
	}
}

func TestJudgeMemory(t *testing.T) {
	t.Parallel()
	x := trialOf("RTSPU:starved RTSPT:played RTSPU:played", "RTSPU:starved RTSPT:played RTSPT:played")
	x.Setup.SUT = PartyClient
	x.Scenario.Client.Starts = 2
	if v := Judge(x); len(v.Findings) == 0 || v.Findings[0].Requirement != "RO-ROLL-106" || v.Findings[0].Party != PartyClient {
		t.Errorf("%+v", v)
	}
	x.Scenario.Client.Starts = 1
	if v := Judge(x); len(v.Findings) == 0 || v.Findings[0].Requirement != "RO-ROLL-06" {
		t.Errorf("%+v", v)
	}
}

package rollover

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// turn is a circumstance that may move the blame.
type turn struct {
	name   string
	change func(*Case)
}

// ofLast changes the last attempt.
func ofLast(change func(*Attempt)) func(*Case) {
	return func(c *Case) {
		if n := len(c.Trace.Attempts); n > 0 {
			change(&c.Trace.Attempts[n-1])
		}
	}
}

func ofScenario(change func(*Scenario)) func(*Case) {
	return func(c *Case) { change(&c.Scenario) }
}

// factOn adds a fact to the last attempt.
func factOn(kind FactKind) func(*Case) {
	return func(c *Case) {
		c.Trace.Facts = append(c.Trace.Facts, Fact{Kind: kind, Attempt: len(c.Trace.Attempts) - 1, Seen: "it was seen", Frames: []FrameRef{7}})
	}
}

// turns are what the blame may hang on; the first changes nothing.
var turns = []turn{
	{"as it is", func(*Case) {}},
	{"the client under test", func(c *Case) { c.Setup.SUT = PartyClient }},
	{"by the server", ofLast(func(a *Attempt) { a.EndedBy = PartyServer })},
	{"by the client", ofLast(func(a *Attempt) { a.EndedBy = PartyClient })},
	{"by the rig", ofLast(func(a *Attempt) { a.EndedBy = PartyRig })},
	{"401", ofLast(func(a *Attempt) { a.Status, a.EndedBy = 401, PartyServer })},
	{"407", ofLast(func(a *Attempt) { a.Status, a.EndedBy = 407, PartyServer })},
	{"500", ofLast(func(a *Attempt) { a.Status, a.EndedBy = 500, PartyServer })},
	{"551", ofLast(func(a *Attempt) { a.Status, a.EndedBy = 551, PartyServer })},
	{"551, fast cache offered", func(c *Case) {
		ofLast(func(a *Attempt) { a.Status, a.EndedBy = 551, PartyServer })(c)
		c.Scenario.Offer.FastCache = true
	}},
	{"never asked", ofLast(func(a *Attempt) { a.Asked = false })},
	{"never asked, pair asked", ofLast(func(a *Attempt) { a.Asked, a.Pairs.Asked = false, true })},
	{"pair lost", ofLast(func(a *Attempt) { a.Pairs = Pairs{Asked: true, ServerSide: 3} })},
	{"pair arrived", ofLast(func(a *Attempt) { a.Pairs = Pairs{Asked: true, ServerSide: 3, ClientSide: 3} })},
	{"pair arrived, never asked", ofLast(func(a *Attempt) { a.Asked = false; a.Pairs = Pairs{Asked: true, ServerSide: 3, ClientSide: 3} })},
	{"media lost", ofLast(func(a *Attempt) { a.Media = Media{ServerSide: 40, Total: 40} })},
	{"media arrived", ofLast(func(a *Attempt) { a.Media = Media{ServerSide: 40, ClientSide: 1, Total: 40} })},
	{"left at once", func(c *Case) {
		for i := range c.Trace.Attempts {
			a := &c.Trace.Attempts[i]
			a.Pairs.Asked = true
			if i > 0 {
				a.Start = c.Trace.Attempts[i-1].Trigger + legalDataMin - clockTolerance - 1
			}
		}
	}},
	{"left just in time", func(c *Case) {
		for i := range c.Trace.Attempts {
			a := &c.Trace.Attempts[i]
			a.Pairs.Asked = true
			if i > 0 {
				a.Start = c.Trace.Attempts[i-1].Trigger + legalDataMin - clockTolerance
			}
		}
	}},
	{"ipv6", ofScenario(func(s *Scenario) { s.Family = IPv6 })},
	{"the server's own rules", ofScenario(func(s *Scenario) { s.Profile.At = firewall.AtServer })},
	{"a moniker that names udp", ofScenario(func(s *Scenario) { s.Moniker = "rtspu" })},
	{"udp switched off", ofScenario(func(s *Scenario) { s.Limits = []Switch{SwitchUDP} })},
	{"udp named, and switched off", ofScenario(func(s *Scenario) { s.Moniker, s.Limits = "rtspu", []Switch{SwitchUDP} })},
	{"played twice", ofScenario(func(s *Scenario) { s.Client.Starts = 2 })},
	{"no frame of the client", func(c *Case) { c.Trace.Health.ClientFrames = 0 }},
	{"the offer of an old server", ofScenario(func(s *Scenario) { s.Offer.Rungs = []Rung{RTSPT} })},
	{"the offer refuses", ofScenario(func(s *Scenario) { s.Offer.Reply = map[string]string{"rtsp": "404", "http": "404"} })},
	{"the server's program died", func(c *Case) { c.Setup.Exits[0].ByItself = true }},
	{"the client's program died", func(c *Case) { c.Setup.Exits[1].Code = -1 }},
	{"the client's program hangs", func(c *Case) { c.Setup.Exits[1].ByItself = false }},
	{"the client's program hangs, under test", func(c *Case) { c.Setup.Exits[1].ByItself = false; c.Setup.SUT = PartyClient }},
	{"the client's program hangs, and knows of no media", func(c *Case) {
		c.Setup.Exits[1].ByItself = false
		c.Setup.SUT = PartyClient
		c.Journals = map[Party][]JournalEntry{PartyClient: {{Event: "start"}}}
	}},
	{"the client says that it played", func(c *Case) {
		c.Setup.SUT = PartyClient
		c.Journals = map[Party][]JournalEntry{PartyClient: {{Event: "final", Fields: map[string]any{"outcome": "played"}}}}
	}},
	{"the log says TCP", func(c *Case) {
		c.Journals = map[Party][]JournalEntry{PartyServer: {{Event: "log", Fields: map[string]any{"protocol": "rtsp", "transport": "tcp"}}}}
	}},
	{"the log says nothing of the transport", func(c *Case) {
		c.Journals = map[Party][]JournalEntry{PartyServer: {{Event: "log", Fields: map[string]any{"protocol": "rtsp"}}}}
	}},
	{"nobody was ready", func(c *Case) { c.Setup.Exits[0].Ready = false; c.Setup.Exits[0].ByItself = true }},
	{"the server ended before the client began", func(c *Case) {
		c.Setup.Exits[0].ByItself = true
		c.Setup.Exits[0].Ended = c.Trace.Health.FirstClient - 1
	}},
	{"the server ended as the client began", func(c *Case) {
		c.Setup.Exits[0].ByItself = true
		c.Setup.Exits[0].Ended = c.Trace.Health.FirstClient
	}},
}

// Whose doing each divergence is, under every circumstance that the blame hangs
// on: where a circumstance changes nothing, nothing is said.
func TestBlameMatrix(t *testing.T) {
	t.Parallel()
	predicted := []string{"none", "RTSPU:played", "RTSPT:played", "RTSPU:starved RTSPT:played", "RTSPU:blocked HTTP:played", "RTSPU:denied", "RTSPU:skipped RTSPT:played"}
	observed := []string{"none", "RTSPU:played", "RTSPU:starved", "RTSPU:blocked", "RTSPU:refused", "RTSPU:denied", "RTSPU:rejected", "RTSPU:broken",
		"RTSPU/RTSPT:blocked", "RTSPU/RTSPT:broken", "RTSPU:starved RTSPT:played", "RTSPU:starved RTSPT:broken", "RTSPU:starved RTSPT:starved",
		"RTSPU:played RTSPT:played", "RTSPU:blocked HTTP:played", "RTSPU:starved HTTP:played", "RTSPT:played", "HTTP:played", "MMSU:played", "RTSPU:denied RTSPT:played"}
	var b strings.Builder
	for _, p := range predicted {
		for _, o := range observed {
			var before string
			for i, turn := range turns {
				c := trialOf(p, o)
				turn.change(&c)
				said := inShort(Judge(c))
				if i == 0 {
					before = said
					fmt.Fprintf(&b, "== %s against %s: %s\n", o, p, said)
				} else if said != before {
					fmt.Fprintf(&b, "%s: %s\n", turn.name, said)
				}
			}
		}
	}
	golden(t, "judge/blame.txt", b.String())
}

// What each fact is held against, alone and as what explains an attempt that
// came to nothing.
func TestFactMatrix(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	kinds := slices.Sorted(slices.Values(FactKinds()))
	for _, kind := range kinds {
		for _, o := range []string{"RTSPU:played", "RTSPU:starved", "RTSPU:broken", "RTSPU:starved RTSPT:played", "RTSPU:starved RTSPT:broken", "HTTP:broken", "MMSU:starved", "RTSPU/RTSPT:refused"} {
			c := trialOf("RTSPU:starved? RTSPT:played | RTSPU:played", o)
			factOn(kind)(&c)
			fmt.Fprintf(&b, "%s, %s: %s\n", kind, o, inShort(Judge(c)))
		}
	}
	golden(t, "judge/facts.txt", b.String())
}

// inShort is a verdict in a line.
func inShort(v Verdict) string {
	out := string(v.Grade)
	for _, f := range v.Findings {
		out += fmt.Sprintf("; %s %s", f.Party, f.Requirement)
		if f.Note {
			out += " (note)"
		}
		out += ": " + f.Seen
	}
	return out
}

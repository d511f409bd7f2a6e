package rollover

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// crowd is a healthy case of several clients of the server under test.
func crowd(n int, predicted, observed string) Case {
	c := trialOf(predicted, observed)
	c.Scenario.Client.Count = n
	one := c.Prediction
	health := c.Trace.Health
	for i := range n {
		alone := trialOf(predicted, observed)
		c.Prediction.Clients = append(c.Prediction.Clients, one)
		c.Trace.Clients = append(c.Trace.Clients, alone.Trace)
		c.Setup.Clients = append(c.Setup.Clients, HostSetup{})
		c.Setup.Exits = append(c.Setup.Exits, Exit{Party: PartyClient, Client: i + 1, Program: "client", Ready: true, ByItself: true, Ended: 50 * time.Second})
	}
	c.Setup.Exits = slices.DeleteFunc(c.Setup.Exits, func(e Exit) bool { return e.Party == PartyClient && e.Client == 0 })
	c.Trace.Attempts, c.Trace.Health = nil, health
	return c
}

func TestJudgeSeveralPasses(t *testing.T) {
	t.Parallel()
	c := crowd(20, "RTSPU:starved RTSPT:played", "RTSPU:starved RTSPT:played")
	v := Judge(c)
	if v.Grade != Pass || len(v.Findings) != 0 || len(v.Clients) != 20 || v.Clients[19] != Pass {
		t.Errorf("%+v", v)
	}
	if got := Observed(c.Trace); got != "RTSPU:starved RTSPT:played" {
		t.Errorf("observed %s", got)
	}
	if got := Final(c.Trace); got != "RTSPT" {
		t.Errorf("final %s", got)
	}
}

// One client among twenty is enough, whoever it is, and the finding says which.
func TestJudgeFindsTheOneOfTwenty(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 7, 20} {
		for name, change := range map[string]func(c *Case, one *Trace){
			"it walks another way": func(_ *Case, one *Trace) {
				*one = trialOf("none", "HTTP:played").Trace
			},
			"it hangs": func(c *Case, one *Trace) {
				one.Attempts, one.Health.ClientFrames = nil, 0
				c.Setup.Exits[n].ByItself = false // the server's comes first
			},
			"it goes on": func(_ *Case, one *Trace) {
				one.Attempts = append(one.Attempts, Attempt{Candidates: []Rung{HTTP}, Outcome: Played, Frames: []FrameRef{90}})
			},
			"its session stays": func(_ *Case, one *Trace) {
				one.Facts = append(one.Facts, Fact{Kind: FactSessionLeft, Attempt: 1, Seen: "as the capture shows", Frames: []FrameRef{90}})
			},
			"it dies": func(c *Case, _ *Trace) {
				i := slices.IndexFunc(c.Setup.Exits, func(e Exit) bool { return e.Client == n })
				c.Setup.Exits[i].Code, c.Setup.Exits[i].Ended = -1, 30*time.Second
			},
			"it lies": func(c *Case, one *Trace) {
				nothing := trialOf("RTSPU:starved RTSPT:starved", "RTSPU:starved RTSPT:starved")
				*one, c.Prediction.Clients[n-1] = nothing.Trace, nothing.Prediction
				c.Journals = map[Party][]JournalEntry{PartyClient: {
					{Event: "final", Fields: map[string]any{"client": float64(n), "outcome": "played"}}}}
			},
		} {
			c := crowd(20, "RTSPU:starved RTSPT:played", "RTSPU:starved RTSPT:played")
			c.Setup.SUT = PartyClient
			change(&c, &c.Trace.Clients[n-1])
			v := Judge(c)
			if v.Grade != Fail || v.Clients[n-1] != Fail {
				t.Errorf("client %d, %s: %+v", n, name, v)
				continue
			}
			for _, f := range v.Findings {
				if !f.Note && f.Client != n {
					t.Errorf("client %d, %s: a finding about client %d: %+v", n, name, f.Client, f)
				}
			}
			for i, grade := range v.Clients {
				if i != n-1 && grade != Pass {
					t.Errorf("client %d, %s: client %d is a %s", n, name, i+1, grade)
				}
			}
		}
	}
}

// The other clients' words, and the server's end, are nobody's but theirs.
func TestJudgeKeepsClientsApart(t *testing.T) {
	t.Parallel()
	c := crowd(3, "RTSPU:played", "RTSPU:played")
	c.Prediction.Clients[1] = Prediction{Sequences: [][]Step{{}}}
	c.Trace.Clients[1].Attempts, c.Trace.Clients[1].Health.ClientFrames = nil, 0
	c.Setup.SUT = PartyClient
	c.Journals = map[Party][]JournalEntry{PartyClient: {{Event: "final", Fields: map[string]any{"client": float64(1), "outcome": "played"}}}}
	if v := Judge(c); v.Grade != Pass {
		t.Errorf("client 1 played and says so, client 2 has nothing to play: %+v", v)
	}

	c = crowd(3, "RTSPU:played", "RTSPU:played")
	c.Trace.Clients[2].Health.FirstClient = 20 * time.Second
	c.Setup.Exits[0].ByItself, c.Setup.Exits[0].Ended = true, 10*time.Second // before client 3 came, and after the others had
	v := Judge(c)
	if v.Grade != Fail || len(v.Findings) != 1 || v.Findings[0].Party != PartyServer || v.Findings[0].Client != 0 {
		t.Errorf("a server that dies between its clients: %+v", v)
	}
}

// A line of the server's log may speak of any client.
func TestJudgeServerLogOfSeveral(t *testing.T) {
	t.Parallel()
	c := crowd(2, "RTSPU:played", "RTSPU:played")
	c.Trace.Clients[1] = trialOf("RTSPT:played", "RTSPT:played").Trace
	c.Prediction.Clients[1] = trialOf("RTSPT:played", "RTSPT:played").Prediction
	log := func(transport string) JournalEntry {
		return JournalEntry{Event: "log", Fields: map[string]any{"protocol": "rtsp", "transport": transport}}
	}
	c.Journals = map[Party][]JournalEntry{PartyServer: {log("UDP"), log("TCP")}}
	if v := Judge(c); v.Grade != Pass {
		t.Errorf("%+v", v)
	}
	c.Journals[PartyServer] = append(c.Journals[PartyServer], JournalEntry{Event: "log", Fields: map[string]any{"protocol": "mms", "transport": "UDP"}})
	if v := Judge(c); v.Grade != Fail || v.Findings[0].Requirement != "RO-LOG-101" {
		t.Errorf("%+v", v)
	}
}

// The evidence is all clients', and its trouble is told once.
func TestJudgeTroubleOfSeveral(t *testing.T) {
	t.Parallel()
	c := crowd(20, "RTSPU:played", "RTSPU:starved")
	c.Trace.Health.Lost = 4
	v := Judge(c)
	if v.Grade != Error {
		t.Errorf("%+v", v)
	}
	if n := len(v.Findings); n != 2 { // the loss, and what all clients met in one finding
		t.Errorf("%d findings: %+v", n, v.Findings)
	}
	if last := v.Findings[len(v.Findings)-1]; last.Client != 1 || !strings.Contains(last.Seen, "and so of clients 2-20)") {
		t.Errorf("%+v", last)
	}
}

// The client for which no port was left answers for what it then does.
func TestJudgeWantOfPorts(t *testing.T) {
	t.Parallel()
	c := crowd(2, "MMSU:played", "MMSU:played")
	c.Setup.SUT = PartyClient
	p := trialOf("MMSU:skipped MMST:played", "MMST:played")
	p.Prediction.Sequences[0][0].Leg = LegData
	c.Prediction.Clients[1] = p.Prediction
	c.Trace.Clients[1] = p.Trace
	if v := Judge(c); v.Grade != Pass {
		t.Errorf("%+v", v)
	}
	hung := trialOf("none", "MMSU/MMST:broken").Trace
	hung.Attempts[0].EndedBy = PartyClient
	c.Trace.Clients[1] = hung
	if v := Judge(c); v.Grade != Fail || v.Findings[0].Requirement != "RO-PORT-09" || v.Findings[0].Client != 2 {
		t.Errorf("%+v", v)
	}
}

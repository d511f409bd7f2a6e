package rollover

import (
	"fmt"
	"slices"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// A rule for each Nth packet is counted and not random, and still nobody can
// say which packet of a connection it meets: that depends on the hosts. Loss
// only thins UDP, and TCP repairs it, unless it is so dense that repetition
// and rule fall into step. That, what answers in the place of a peer, and what
// lets pass some of what the rest of the profile stops, leave a rung's outcome
// open.

// dense is up to which N the loss of each Nth packet may end a connection: a
// packet that is repeated, with what answers it, comes to so many a round.
const dense = 4

// thinned lists what the rules for each Nth packet may do with a flow, where
// that is another thing than what becomes of the rest.
func thinned(p firewall.Profile, f firewall.Flow) []thinning {
	names, rest := p.Names(), p.Fate(f)
	var out []thinning
	for i, r := range p.Rules {
		if r.Every < 2 {
			continue
		}
		only := p
		only.Rules = slices.Clone(p.Rules)
		for j := range only.Rules {
			only.Rules[j].Name = names[j]
		}
		only.Rules[i].Every = 0
		if fate := only.Fate(f); fate.Rule == names[i] && fate.Action != rest.Action {
			out = append(out, thinning{fate, r.Every})
		}
	}
	return out
}

// thinning is what a rule does with each Nth packet.
type thinning struct {
	firewall.Fate
	every int
}

// letsSomePass reports that each Nth packet of a stopped flow passes.
func letsSomePass(p firewall.Profile, f firewall.Flow) bool {
	return slices.ContainsFunc(thinned(p, f), func(t thinning) bool { return t.Action == firewall.Accept })
}

// strike is what such rules may do to a connection.
type strike struct {
	refuses []firewall.Fate // answers that the client may get for its SYN
	kills   string          // the rule that may end a connection that stands
	leaks   string          // the rule that lets some packets of a closed leg pass
}

func (s strike) any() bool { return len(s.refuses) > 0 || s.kills != "" || s.leaks != "" }

// strikes asks the rules about a rung's control connection.
func (o *oracle) strikes(port uint16, p firewall.Profile) strike {
	var s strike
	syn, back := tcpFlows(port)
	for _, f := range []firewall.Flow{syn, back} {
		for _, fate := range thinned(p, f) {
			switch {
			case fate.Action == firewall.Accept:
				s.leaks = fate.Rule
			case fate.Action == firewall.Reset || fate.every <= dense:
				s.kills = fate.Rule
			}
			if f.From == firewall.Client && (fate.Action == firewall.Reset || fate.Action == firewall.Prohibit) {
				s.refuses = append(s.refuses, fate.Fate)
			}
		}
	}
	return s
}

// struck adds to the answers of a rung what such rules may make of them. A
// rule that is met on the client's own host shows no frame.
func (o *oracle) struck(r Rung, s strike, p firewall.Profile, answers []answer) []answer {
	open := s.kills != "" || s.leaks != ""
	atClient := p.At == firewall.AtClient
	for i := range answers {
		answers[i].struck = open
		if answers[i].Outcome == Played {
			answers[i].Lossy = true
			answers[i].Cut = answers[i].Cut || open
		}
	}
	add := func(a answer) {
		if !slices.ContainsFunc(answers, func(b answer) bool { return b.Outcome == a.Outcome }) {
			a.struck = open
			answers = append(answers, a)
		}
	}
	for _, fate := range s.refuses {
		add(answer{Step: Step{Rung: r, Outcome: Refused, Leg: LegControl, Rule: fate.Rule, Window: o.afterRefusal(fate.Action == firewall.Prohibit),
			Why: "the SYN may be the one that is answered with " + answerOf(fate.Action, firewall.TCP) + " " + decidedBy(fate, p)},
			twin: true, unseen: atClient})
	}
	if !open {
		if len(s.refuses) > 0 { // the error may come when the connection has just opened
			add(answer{Step: Step{Rung: r, Outcome: Broken, Why: "the connection may meet rule " + s.refuses[0].Rule, Window: o.afterNonsense()}, twin: true})
		}
		return answers
	}
	why := fmt.Sprintf("the connection may meet rule %q of profile %s", orElse(s.kills, s.leaks), p.Name)
	add(answer{Step: Step{Rung: r, Outcome: Blocked, Leg: LegControl, Why: why, Window: o.blocked()}, twin: true, unseen: atClient})
	add(answer{Step: Step{Rung: r, Outcome: Broken, Why: why, Window: o.mute()}, twin: true})
	add(answer{Step: Step{Rung: r, Outcome: Starved, Leg: LegData, Why: why, Window: Window{Trigger: TriggerPlay, Max: unpublishedMax, Advice: true}}})
	return answers
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// tcpFlows are the two directions of a control connection.
func tcpFlows(port uint16) (syn, back firewall.Flow) {
	return firewall.Flow{From: firewall.Client, Began: firewall.Client, Proto: firewall.TCP, SPort: clientPort, DPort: port},
		firewall.Flow{From: firewall.Server, Began: firewall.Client, Proto: firewall.TCP, SPort: port, DPort: clientPort}
}

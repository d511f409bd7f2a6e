package netns

import (
	"fmt"
	"sync"
	"testing"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// The model's word against the kernel's: over every action, protocol, sender,
// state, placement and family, with and without NAT, real packets are sent
// and what becomes of them is compared with Profile.Fate.
func TestKernelDoesWhatTheModelSays(t *testing.T) {
	needLab(t)
	profiles := everyProfile()
	limit := make(chan struct{}, 8) // labs at a time; each mostly waits
	var all sync.WaitGroup
	for _, p := range profiles {
		for _, v6 := range []bool{false, true} {
			limit <- struct{}{}
			all.Go(func() {
				defer func() { <-limit }()
				compare(t, p, v6)
			})
		}
	}
	all.Wait()
}

// everyProfile has each rule once for each placement, default, state and NAT.
func everyProfile() []firewall.Profile {
	var profiles []firewall.Profile
	for _, at := range []firewall.Place{firewall.AtGateway, firewall.AtServer, firewall.AtClient} {
		for _, fallback := range []firewall.Action{firewall.Accept, firewall.Drop} {
			for _, stateful := range []bool{false, true} {
				for _, nat := range []firewall.NAT{firewall.NoNAT, firewall.Masquerade, firewall.Renumber} {
					profiles = append(profiles, firewall.Profile{
						Name: fmt.Sprintf("%s default %s stateful %v nat %s", at, fallback, stateful, nat),
						At:   at, Default: fallback, Stateful: stateful, NAT: nat,
						Rules: everyRule(at == firewall.AtServer && nat == firewall.Renumber),
					})
				}
			}
		}
	}
	return profiles
}

// portsPerRule gives each flow to a rule a port of its own.
const portsPerRule = 8

// everyRule is each action for each protocol and sender, by the receiver's
// port. Where the client's ports are not what they seem, only its own packets
// are named by port.
func everyRule(renumbered bool) []firewall.Rule {
	var rules []firewall.Rule
	for _, action := range []firewall.Action{firewall.Accept, firewall.Drop, firewall.Reset, firewall.Prohibit} {
		for _, proto := range []string{firewall.TCP, firewall.UDP} {
			for _, from := range []firewall.Side{firewall.Client, firewall.Server} {
				if renumbered && from == firewall.Server {
					continue
				}
				first := uint16(1024 + portsPerRule*len(rules))
				rules = append(rules, firewall.Rule{
					Action: action, From: from, Proto: proto, DPort: firewall.Ports{{Lo: first, Hi: first + portsPerRule - 1}},
				})
			}
		}
	}
	return rules
}

// compare sends every flow to every rule's port through one lab.
func compare(t *testing.T, p firewall.Profile, v6 bool) {
	lab, err := Build(t.Context(), Routed(Options{}))
	if err != nil {
		t.Error(err)
		return
	}
	defer lab.Close()
	if err := lab.Load(p); err != nil {
		t.Error(err)
		return
	}
	if err := lab.Loaded(p); err != nil {
		t.Error(err)
	}
	path := path{t: t, lab: lab, profile: p, v6: v6}
	var flows sync.WaitGroup
	for _, f := range everyFlow(p.Rules) {
		flows.Go(func() {
			want := path.expect(f)
			if got := path.observe(f, want); got != want {
				t.Errorf("%s, ipv6 %v: %s from %s, begun by %s, port %d: the kernel says %s, the model %s",
					p.Name, v6, f.Proto, f.From, f.Began, f.DPort, got, want)
			}
		})
	}
	flows.Wait()
}

// everyFlow meets each rule from the side it names and from the other, as the
// conversation's first packet and, over UDP, as an answer.
func everyFlow(rules []firewall.Rule) []firewall.Flow {
	var flows []firewall.Flow
	for _, r := range rules {
		port := r.DPort[0].Lo
		add := func(from, began firewall.Side) {
			flows = append(flows, firewall.Flow{From: from, Began: began, Proto: r.Proto, SPort: 20000 + port, DPort: port})
			port++
		}
		for _, from := range []firewall.Side{firewall.Client, firewall.Server} {
			add(from, from)
			if r.Proto == firewall.UDP {
				add(from, from.Other())
			}
		}
	}
	return flows
}

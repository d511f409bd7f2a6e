package firewall

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestFate(t *testing.T) {
	t.Parallel()
	port := func(n uint16) Ports { return Ports{{n, n}} }
	udp := func(from, began Side, sport, dport uint16) Flow {
		return Flow{From: from, Began: began, Proto: UDP, SPort: sport, DPort: dport}
	}
	fromClient := Rule{Name: "out", Action: Accept, From: Client}
	stateful := Profile{Default: Drop, Stateful: true, Rules: []Rule{fromClient}}
	masked := Profile{NAT: Masquerade}
	media := udp(Server, Server, 5004, 2000)
	answer := udp(Server, Client, 5004, 2000)
	large := media
	large.Fragment = true
	for _, c := range []struct {
		name    string
		profile Profile
		flow    Flow
		want    Fate
	}{
		{"open", Profile{}, media, Fate{Action: Accept}},
		{"closed", Profile{Default: Drop}, media, Fate{Action: Drop}},
		{"named", Profile{Rules: []Rule{{Name: "no rtp", Action: Drop, SPort: port(5004), Proto: UDP}}}, media, Fate{Action: Drop, Rule: "no rtp"}},
		{"unnamed", Profile{Rules: []Rule{{Action: Reset, SPort: port(5004), Proto: UDP}}}, media, Fate{Action: Reset, Rule: "reset udp sport 5004"}},
		{"other port", Profile{Rules: []Rule{{Action: Drop, DPort: port(5004), Proto: UDP}}}, media, Fate{Action: Accept}},
		{"other protocol", Profile{Rules: []Rule{{Action: Drop, Proto: TCP}}}, media, Fate{Action: Accept}},
		{"other side", Profile{Rules: []Rule{{Action: Drop, From: Client}}}, media, Fate{Action: Accept}},
		{"first wins", Profile{Rules: []Rule{{Name: "a", Action: Prohibit}, {Action: Accept}}}, media, Fate{Action: Prohibit, Rule: "a"}},
		{"every nth", Profile{Rules: []Rule{{Action: Drop, Every: 3}, fromClient}}, media, Fate{Action: Accept, Lossy: true}},
		{"every one", Profile{Rules: []Rule{{Name: "all", Action: Drop, Every: 1}}}, media, Fate{Action: Drop, Rule: "all"}},
		{"fragments", Profile{Rules: []Rule{{Action: Accept}, {Name: "f", Action: Drop, Fragments: true}}}, large, Fate{Action: Drop, Rule: "f"}},
		{"whole", Profile{Rules: []Rule{{Name: "f", Action: Drop, Fragments: true}}}, media, Fate{Action: Accept}},
		{"unasked", stateful, media, Fate{Action: Drop}},
		{"asked", stateful, answer, Fate{Action: Accept}},
		{"asked, stateless", Profile{Default: Drop, Rules: []Rule{fromClient}}, answer, Fate{Action: Drop}},
		{"asking", stateful, udp(Client, Client, 2000, 5004), Fate{Action: Accept, Rule: "out"}},
		{"answer to what was dropped", Profile{Stateful: true, Rules: []Rule{{Name: "x", Action: Drop}}}, answer, Fate{Action: Drop, Rule: "x"}},
		{"through a NAT unasked", masked, media, Fate{Action: Drop, Rule: NameNoMapping}},
		{"through a NAT", masked, answer, Fate{Action: Accept}},
		{"through a NAT outwards", masked, udp(Client, Client, 2000, 5004), Fate{Action: Accept}},
		{"who began is who sends", masked, Flow{From: Server, Proto: UDP, SPort: 1, DPort: 2}, Fate{Action: Drop, Rule: NameNoMapping}},
	} {
		if got := c.profile.Fate(c.flow); got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}

// The model and the rules that are loaded are two readings of one profile;
// here they are held against each other without a kernel.
func TestFateIsWhatTheCompiledRulesDo(t *testing.T) {
	t.Parallel()
	eachRandom(t, func(random *rand.Rand, p Profile, f Flow) {
		if got, want := p.Fate(f), walk(p, f); got.Action != want.Action || got.Lossy != want.Lossy {
			t.Errorf("%+v\nof %+v\nis %+v, the rules make it %+v\n%s", f, p, got, want, p.NFT(labGateway))
		}
	})
}

func TestClosingMoreNeverOpens(t *testing.T) {
	t.Parallel()
	eachRandom(t, func(random *rand.Rand, p Profile, f Flow) {
		closed := p
		closed.Rules = slices.Insert(slices.Clone(p.Rules), random.IntN(len(p.Rules)+1), closing(random))
		if random.IntN(4) == 0 {
			closed.Default = Drop
		}
		if closed.Fate(f).Action == Accept && p.Fate(f).Action != Accept {
			t.Errorf("%+v\nof %+v\npasses, though without the closing rule it does not: %+v", f, closed, p)
		}
	})
}

func TestTheFirstRuleThatMatchesDecides(t *testing.T) {
	t.Parallel()
	eachRandom(t, func(random *rand.Rand, p Profile, f Flow) {
		p.Stateful, p.NAT, f.Fragment = false, NoNAT, false
		exact := Rule{Name: "exact", Action: []Action{Accept, Drop, Reset, Prohibit}[random.IntN(4)],
			From: f.From, Proto: f.Proto, SPort: Ports{{f.SPort, f.SPort}}, DPort: Ports{{f.DPort, f.DPort}}}
		p.Rules = append([]Rule{exact}, p.Rules...)
		if got, want := p.Fate(f), (Fate{Action: exact.Action, Rule: "exact"}); got != want {
			t.Errorf("%+v: got %+v, want %+v", f, got, want)
		}
		p.Rules[0].Every = 2
		if got := p.Fate(f); got.Rule == "exact" || !got.Lossy {
			t.Errorf("%+v: got %+v, though the rule acts on every second only", f, got)
		}
	})
}

func TestNamesDifferAndStay(t *testing.T) {
	t.Parallel()
	eachRandom(t, func(random *rand.Rand, p Profile, f Flow) {
		names := p.Names()
		if !slices.Equal(names, p.Names()) {
			t.Errorf("%v, then %v", names, p.Names())
		}
		slices.Sort(names)
		if len(slices.Compact(names)) != len(p.Rules) {
			t.Errorf("names are not unique: %v", names)
		}
	})
}

// eachRandom runs a property over random valid profiles and flows.
func eachRandom(t *testing.T, property func(*rand.Rand, Profile, Flow)) {
	t.Helper()
	tried := 0
	for seed := range uint64(20000) {
		random := rand.New(rand.NewPCG(seed, 7))
		p := randomProfile(random)
		if p.Validate() != nil {
			continue
		}
		tried++
		property(random, p, randomFlow(random))
		if t.Failed() {
			t.Fatalf("with seed %d", seed)
		}
	}
	if tried < 5000 {
		t.Fatalf("only %d profiles of 20000 were valid", tried)
	}
}

func pick[T any](random *rand.Rand, from ...T) T { return from[random.IntN(len(from))] }

func randomPorts(random *rand.Rand) Ports {
	return pick(random, nil, Ports{{1, 1}}, Ports{{2, 3}}, Ports{{1, 1}, {3, 4}}, Ports{{4, 4}, {2, 2}})
}

func randomRule(random *rand.Rand) Rule {
	r := Rule{
		Action: pick(random, Accept, Drop, Reset, Prohibit), From: pick(random, "", Client, Server),
		Proto: pick(random, "", TCP, UDP), Every: pick(random, 0, 0, 0, 2),
	}
	if random.IntN(6) == 0 {
		r.Fragments, r.Action = true, Drop
	} else if r.Proto != "" {
		r.SPort, r.DPort = randomPorts(random), randomPorts(random)
	}
	return r
}

func closing(random *rand.Rand) Rule {
	r := randomRule(random)
	if r.Action == Accept {
		r.Action = Drop
	}
	return r
}

func randomProfile(random *rand.Rand) Profile {
	p := Profile{
		Default: pick(random, "", Accept, Drop), Stateful: random.IntN(2) == 0,
		At: pick(random, "", AtGateway, AtServer, AtClient), NAT: pick(random, "", NoNAT, Masquerade, Renumber),
	}
	for range random.IntN(5) {
		p.Rules = append(p.Rules, randomRule(random))
	}
	return p
}

func randomFlow(random *rand.Rand) Flow {
	return Flow{
		From: pick(random, Client, Server), Began: pick(random, "", Client, Server), Proto: pick(random, TCP, UDP),
		SPort: uint16(1 + random.IntN(5)), DPort: uint16(1 + random.IntN(5)), Fragment: random.IntN(4) == 0,
	}
}

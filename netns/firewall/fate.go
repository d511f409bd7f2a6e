package firewall

// WithDefaults returns the profile with every field that was left empty
// filled in.
func (p Profile) WithDefaults() Profile {
	if p.Default == "" {
		p.Default = Accept
	}
	if p.At == "" {
		p.At = AtGateway
	}
	if p.NAT == "" {
		p.NAT = NoNAT
	}
	return p
}

// side returns the end of the path that the place is; the gateway is none.
func (at Place) side() (side Side, isHost bool) {
	switch at {
	case AtClient:
		return Client, true
	case AtServer:
		return Server, true
	}
	return "", false
}

// Fate tells what becomes of the packets of a flow. In this order:
//
//  1. Fragments rules, for a flow that travels as fragments: they act before
//     reassembly.
//  2. State. Replies pass in a stateful profile if the conversation's first
//     packets pass.
//  3. NAT, where the profile has one: what the server sends outside of a
//     conversation that the client began is dropped. A profile at the server
//     acts before that, one at the client after.
//  4. The rules, the first that matches.
//  5. The default.
//
// A rule for every Nth packet never decides: it marks the fate as lossy, and
// the search goes on. Of a conversation that both sides have spoken in, a
// stateful kernel passes the opener's packets too without asking the rules
// again; the model asks them for the opener always, which says the same as
// long as the profile does not change.
func (p Profile) Fate(f Flow) Fate {
	p = p.WithDefaults()
	if f.Began == "" {
		f.Began = f.From
	}
	reply := f.From != f.Began && p.opens(f.opening())
	unmapped := p.NAT != NoNAT && f.From == Server && !reply
	if unmapped && p.At == AtClient {
		return Fate{Action: Drop, Rule: NameNoMapping}
	}
	fate := p.filter(f, reply, unmapped && p.At == AtGateway)
	if unmapped && fate.Action == Accept {
		fate.Action, fate.Rule = Drop, NameNoMapping
	}
	return fate
}

// filter is the fate at the host that loads the rules.
func (p Profile) filter(f Flow, reply, unmapped bool) Fate {
	lossy := false
	if f.Fragment {
		fate, decided := p.firstMatch(f, true)
		if decided {
			return fate
		}
		lossy = fate.Lossy
	}
	if p.Stateful && reply {
		return Fate{Action: Accept, Lossy: lossy}
	}
	if unmapped {
		return Fate{Action: Drop, Rule: NameNoMapping, Lossy: lossy}
	}
	fate := p.byRules(f)
	fate.Lossy = fate.Lossy || lossy
	return fate
}

// opens tells whether the first packets of a conversation pass.
func (p Profile) opens(opening Flow) bool {
	behindNAT := p.NAT != NoNAT && opening.From == Server
	return !behindNAT && p.byRules(opening).Action == Accept
}

// opening is the other direction of the conversation: the one that began it.
func (f Flow) opening() Flow {
	return Flow{From: f.Began, Began: f.Began, Proto: f.Proto, SPort: f.DPort, DPort: f.SPort}
}

func (p Profile) byRules(f Flow) Fate {
	fate, decided := p.firstMatch(f, false)
	if !decided {
		fate.Action = p.Default
	}
	return fate
}

// firstMatch walks the fragments rules or the others, and tells whether one
// decided. Undecided, the fate still carries whether the flow was thinned.
func (p Profile) firstMatch(f Flow, fragments bool) (fate Fate, decided bool) {
	for i, r := range p.Rules {
		if r.Fragments != fragments || !r.matches(f) {
			continue
		}
		if r.Every > 1 {
			fate.Lossy = true
			continue
		}
		fate.Action, fate.Rule = r.Action, p.Names()[i]
		return fate, true
	}
	return fate, false
}

func (r Rule) matches(f Flow) bool {
	return (r.From == "" || r.From == f.From) &&
		(r.Proto == "" || r.Proto == f.Proto) &&
		r.SPort.Contains(f.SPort) && r.DPort.Contains(f.DPort)
}

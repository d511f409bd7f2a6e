package firewall

import "slices"

// walk sends a flow's packets through the compiled rules, host by host and
// chain by chain as a kernel does, and tells what becomes of them.
func walk(p Profile, f Flow) Fate {
	if f.Began == "" {
		f.Began = f.From
	}
	state := StateNew
	if f.From != f.Began {
		opening := Flow{From: f.Began, Proto: f.Proto, SPort: f.DPort, DPort: f.SPort}
		if pass(p, opening, StateNew).Action == Accept {
			state = StateEstablished
		}
	}
	return pass(p, f, state)
}

// pass sends one packet from end to end.
func pass(p Profile, f Flow, state State) Fate {
	lossy := false
	for _, hop := range hops(f.From) {
		verdict, thinned := meet(p.CompileAt(hop.at, labGateway), hop, f, state)
		lossy = lossy || thinned
		if verdict != VerdictAccept {
			return Fate{Action: actions[verdict], Lossy: lossy}
		}
	}
	return Fate{Action: Accept, Lossy: lossy}
}

// hop is a chain on the way, and how a packet comes to it.
type hop struct {
	at      Place
	chain   string
	in, out string
}

func hops(from Side) []hop {
	ends := map[Side]Place{Client: AtClient, Server: AtServer}
	in, out := string(from), string(from.Other())
	return []hop{
		{ends[from], "output", "", "gateway"},
		{AtGateway, "fragments", in, ""},
		{AtGateway, "forward", in, out},
		{ends[from.Other()], "fragments", "gateway", ""},
		{ends[from.Other()], "input", "gateway", ""},
	}
}

var actions = map[Verdict]Action{
	VerdictDrop: Drop, VerdictReset: Reset, VerdictUnreachable: Reset, VerdictProhibited: Prohibit,
}

func meet(rules []Compiled, h hop, f Flow, state State) (v Verdict, thinned bool) {
	for _, r := range rules {
		switch {
		case r.Chain.Name != h.chain, r.In != "" && r.In != h.in, r.Out != "" && r.Out != h.out:
		case r.Fragments && !f.Fragment, len(r.ICMP) > 0:
		case len(r.States) > 0 && !slices.Contains(r.States, state):
		case r.Proto == NotTCP && f.Proto == TCP, r.Proto != "" && r.Proto != NotTCP && r.Proto != f.Proto:
		case !r.SPort.Contains(f.SPort), !r.DPort.Contains(f.DPort), r.Verdict == VerdictCount:
		case r.Every > 0:
			thinned = true
		default:
			return r.Verdict, thinned
		}
	}
	return VerdictAccept, thinned
}

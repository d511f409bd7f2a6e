package rollover

import "github.com/rollover-conformance/rollover/netns/firewall"

// damage is what a change of profile in mid-play does to a rung that plays.
type damage struct {
	why   string // why it may end early; empty: it does not
	lossy bool
}

// damage asks the new profile about the legs of a rung that already plays.
func (o *oracle) damage(r Rung, now, later firewall.Profile) damage {
	d := damage{why: o.severed(r, now, later)}
	if svc := r.Control(); svc != ServiceNone {
		s := o.strikes(o.ports[svc], later)
		d.lossy = s.any()
		if d.why == "" && s.kills != "" {
			d.why = "rule " + s.kills + " ends the connection"
		}
	}
	if r.Data() == OverTCP {
		return d
	}
	media := o.awaited(r)[len(o.awaited(r))-1]
	_, closed, lossy := o.arrival(r, media, later)
	d.lossy = d.lossy || lossy
	if closed.why != "" {
		d.why = closed.why
	}
	return d
}

// severed says why a connection that stands does not outlive a change of
// profile; empty if it does.
func (o *oracle) severed(r Rung, now, later firewall.Profile) string {
	svc := r.Control()
	if svc == ServiceNone {
		return ""
	}
	if a, closed := o.control(r, o.ports[svc], later); closed {
		return a.Why
	}
	if now.NAT != later.NAT {
		return "the gateway translates the client's address in another way than before"
	}
	// A stateful filter takes what it sees first of a connection for its
	// beginning, and that may be a packet of the server's.
	_, back := tcpFlows(o.ports[svc])
	back.Began = firewall.Server
	if fate := later.Fate(back); later.Stateful && fate.Action != firewall.Accept {
		return "the new profile has not seen the connection begin, and what the server sends is stopped " + decidedBy(fate, later)
	}
	return ""
}

// cutShort lists what may become of a rung whose connection was made under
// another profile than the one that is in force now: of the rung during whose
// negotiation the profile changed, and of the next one where the client goes
// on on the connection that it has.
func (o *oracle) cutShort(r Rung, before, now firewall.Profile) []answer {
	svc := r.Control()
	if svc == ServiceNone {
		return nil // no connection
	}
	syn, _ := tcpFlows(o.ports[svc])
	known := before.NAT != firewall.NoNAT || before.Fate(syn).Action == firewall.Accept // to the gateway, or to the server
	if !known || !o.anybodyAt(o.ports[svc]) {
		return nil
	}
	why := o.severed(r, before, now)
	if why == "" {
		return nil
	}
	var out []answer
	if now.Stateful && before.Fate(syn).Action == firewall.Accept { // what has begun may pass
		out = o.behind(r, o.ports[svc], now)
	}
	out = append(out, answer{Step: Step{Rung: r, Outcome: Broken, Why: "the connection was made before the profile changed: " + why, Window: o.mute()}, twin: true})
	if r.Data() == OverTCP && o.change == nil { // a client that starved asks only when the change has come
		return out
	}
	return append(out, answer{Step: Step{Rung: r, Outcome: Starved, Leg: LegData, Why: "the profile changed while the client waited for media: " + why,
		Window: Window{Trigger: TriggerPlay, Max: unpublishedMax, Advice: true}}})
}

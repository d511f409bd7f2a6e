package rollover

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// ask puts the questions of B.3.5 to one rung, in their order; the first no
// gives the outcome. There are several answers where the sources leave the
// outcome open.
func (o *oracle) ask(r Rung, p firewall.Profile) []answer {
	svc := r.Control()
	if svc == ServiceNone {
		return o.data(r, p)
	}
	port := o.ports[svc]
	s := o.strikes(port, p)
	a, closed := o.control(r, port, p)
	var out []answer
	if closed {
		if s.any() {
			a.Rule = "" // another may meet the packets before it
		}
		out = append(out, a)
	}
	if !closed || s.leaks != "" && o.anybodyAt(port) {
		out = append(out, o.behind(r, port, p)...)
	}
	if s.any() {
		out = o.struck(r, s, p, out)
	}
	return out
}

// behind asks what remains to be asked once the control leg is open. A refusal
// that is sealed looks as if the server did not do as it should.
func (o *oracle) behind(r Rung, port uint16, p firewall.Profile) []answer {
	out := o.inside(r, port, p)
	for i, a := range out {
		if r.row().sealed && (a.Outcome == Denied || a.Outcome == Rejected) {
			out[i].Outcome, out[i].Window = Broken, o.afterNonsense()
			out[i].Why = a.Why + ", and nobody else can read it"
		}
	}
	return out
}

func (o *oracle) inside(r Rung, port uint16, p firewall.Profile) []answer {
	svc := r.Control()
	if a, foreign := o.protocol(r, port); foreign {
		if o.tunnelsAt(r, port) {
			return append(o.tunnelling(r, port).inside(r, port, p), a)
		}
		return []answer{a}
	}
	if a, turnedAway := o.turnedAway(r); turnedAway {
		return append([]answer{a}, o.replies(r)...) // one result of Connect can say either
	}
	if refusals := o.replies(r); len(refusals) > 0 {
		if isRedirect(o.s.Offer.Reply[string(svc)]) {
			return append(o.elsewhere().behind(r, port, p), refusals...)
		}
		if !o.s.Offer.Serves(r) {
			// DESCRIBE comes before SETUP on the wire, while B.3.5 asks for
			// the transport first: a server may say either.
			refusals = append(refusals, o.notOffered(r))
		}
		return refusals
	}
	if to, picks := o.picky(svc); picks && (r == to && o.stranger(to) || r != to && !o.s.Offer.Serves(r)) {
		return o.strangersReply(r)
	}
	if !o.s.Offer.Serves(r) {
		return []answer{o.notOffered(r)}
	}
	if r.Data() == OverTCP {
		played := answer{Step: Step{Rung: r, Outcome: Played, Why: "served, and media shares the control connection"}}
		return append([]answer{played}, o.mistaken(r)...)
	}
	return o.data(r, p)
}

// elsewhere is the place that a redirect leads to: it serves the same, and sends
// nobody on.
func (o *oracle) elsewhere() *oracle {
	there := *o
	there.s.Offer.Reply = maps.Clone(o.s.Offer.Reply)
	maps.DeleteFunc(there.s.Offer.Reply, func(_, code string) bool { return isRedirect(code) })
	return &there
}

// clientPort stands for the ephemeral port a client's connection comes from.
const clientPort = 40000

// control is B.3.5.1 as far as packets go: does the SYN arrive, does anybody
// listen, does the answer come back?
func (o *oracle) control(r Rung, port uint16, p firewall.Profile) (answer, bool) {
	there, fromThere := tcpFlows(port)
	syn, back := p.Fate(there), p.Fate(fromThere)
	to := fmt.Sprintf("tcp to server port %d", port)
	a := answer{Step: Step{Rung: r, Leg: LegControl}, twin: true}
	a.unseen = syn.Action != firewall.Accept && p.At == firewall.AtClient // the SYN never leaves the client's host
	switch {
	case syn.Action == firewall.Drop:
		a.Outcome, a.Why, a.Rule, a.Window = Blocked, to+" is dropped "+decidedBy(syn, p), syn.Rule, o.blocked()
	case syn.Action != firewall.Accept:
		a.Outcome, a.Rule, a.Window = Refused, syn.Rule, o.afterRefusal(syn.Action == firewall.Prohibit)
		a.Why = to + " is answered with " + answerOf(syn.Action, firewall.TCP) + " " + decidedBy(syn, p)
	case back.Action != firewall.Accept:
		// A reset or an ICMP error would go to the server; the client hears
		// nothing either way.
		a.Outcome, a.Rule, a.Window = Blocked, back.Rule, o.blocked()
		a.Why = fmt.Sprintf("what the server answers from tcp port %d is dropped %s", port, decidedBy(back, p))
	case !o.anybodyAt(port):
		a.Outcome, a.Window = Refused, o.afterRefusal(false)
		a.Why = fmt.Sprintf("nothing listens on tcp port %d of the server", port)
	default:
		return answer{}, false
	}
	return a, true
}

// anybodyAt reports whether any endpoint of the server listens on the port.
func (o *oracle) anybodyAt(port uint16) bool {
	return slices.ContainsFunc(ControlServices(), func(s Service) bool {
		return o.s.Offer.Listens(s) && o.s.Offer.PortOf(s) == port
	})
}

// protocol is B.3.5.1 and .2 behind an open connection: mute, somebody else,
// or nonsense to this protocol.
func (o *oracle) protocol(r Rung, port uint16) (answer, bool) {
	svc, offer := r.Control(), o.s.Offer
	a := answer{Step: Step{Rung: r, Outcome: Broken, Window: o.afterNonsense()}}
	own := offer.Listens(svc) && offer.PortOf(svc) == port
	switch {
	case !own:
		a.Why = fmt.Sprintf("tcp port %d of the server speaks another protocol", port)
		a.twin = true
	case offer.mute(svc):
		a.Why, a.Window, a.twin = fmt.Sprintf("tcp port %d of the server accepts and stays mute", port), o.mute(), true
	case offer.plain(r):
		a.Why = fmt.Sprintf("tcp port %d of the server belongs to a plain web server", port)
	default:
		return answer{}, false
	}
	return a, true
}

// turnedAway: WMS 9 has some protocols for old players only (RO-PRT-102).
func (o *oracle) turnedAway(r Rung) (answer, bool) {
	if !o.s.Offer.turnsAway(r, o.s.Dialect) {
		return answer{}, false
	}
	return answer{Step: Step{Rung: r, Outcome: Rejected, Window: o.afterRefusal(false),
		Why: "the server turns clients that speak RTSP away from " + r.Control().Name()}, twin: true}, true
}

// notOffered is B.3.5.3: the endpoint is there, this rung is not.
func (o *oracle) notOffered(r Rung) answer {
	why := strings.Replace(r.door().absent, "%s", string(r.Data()), 1)
	return answer{Step: Step{Rung: r, Outcome: Rejected, Why: why, Window: o.afterRefusal(false)}}
}

// picky finds the rung that is served at the endpoint to players only.
func (o *oracle) picky(svc Service) (Rung, bool) {
	for _, r := range o.s.Offer.Rungs {
		if r.Control() == svc && r.row().players != nil {
			return r, true
		}
	}
	return "", false
}

// stranger reports whether the client does not name itself one of the rung's
// players: the scenario gives it another name, or F-19 is planted in it.
func (o *oracle) stranger(to Rung) bool {
	agent := o.s.Client.Agent
	named := agent == "" || slices.ContainsFunc(to.row().players, func(p string) bool { return strings.HasPrefix(agent, p) })
	return !named || slices.Contains(o.planted, "F-19")
}

// strangersReply: who does not name itself a player, or asks for a plain file
// that is not offered, may be refused or get a document, and never a packet
// (MS-WMSP 3.2.5.1).
func (o *oracle) strangersReply(r Rung) []answer {
	var out []answer
	for _, outcome := range []Outcome{Rejected, Denied, Broken} {
		a := answer{Step: Step{Rung: r, Outcome: outcome, Window: o.afterRefusal(false),
			Why: "the server streams to players only, and gives others an error or a document"}}
		if outcome == Denied {
			a.next = stop
		}
		out = append(out, a)
	}
	return out
}

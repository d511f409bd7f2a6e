package rollover

import (
	"fmt"
	"slices"
)

// Several clients walk their ladders side by side, and each as if it were
// alone: the path and the server are the same to all. What they share are the
// UDP ports that the scenario gives them, of which each is one client's for the
// whole trial (RO-PORT-09). Where the ports may not be enough for all, the
// clients come one after the other, so that who gets none is no matter of luck.
// One client alone may find them too few, too: a player opens three for RTSPU.

// several predicts what each client of the scenario must do; ask makes the
// oracle of one.
func several(s Scenario, ask func(one Scenario) *oracle) Prediction {
	if !s.Several() {
		o := ask(s)
		o.room = roomIn(s)
		return o.predict()
	}
	var all Prediction
	left := roomIn(s)
	for n := range s.Client.Count {
		o := ask(s.Of(n + 1))
		o.room = left
		one := o.predict()
		one.InTurn = false
		all.Clients = append(all.Clients, one)
		all.Sequences = append(all.Sequences, one.Sequences...)
		all.InTurn = all.InTurn || o.short()
		left = left.after(o, one)
	}
	all.Sequences = distinct(all.Sequences)
	return all
}

// fit says whether a client finds the UDP ports that a rung needs.
type fit int

const (
	plenty  fit = iota // it does
	perhaps            // that depends on which ports others took
	nothing            // it does not
)

// need is how many UDP ports a client opens for a rung: pairs of neighbours,
// the first even, and single ones.
type need struct{ pairs, singles int }

func (n need) ports() int { return 2*n.pairs + n.singles }

// needs are the ports of a rung: the most that a client of the dialect may
// open, and the least. A Windows Media player opens a pair for what is resent
// and one port for media (MS-RTSP 2.2.6.11); others a pair for each stream.
func (o *oracle) needs(r Rung) (most, least need) {
	switch {
	case r.Data() != OverUDP:
		return need{}, need{}
	case r.row().opens != need{}:
		return r.row().opens, r.row().opens
	case o.s.Dialect.has(traitPairs) && !o.row.NoPairs:
		return need{pairs: 1, singles: 1}, need{pairs: 1, singles: 1}
	}
	return need{pairs: 2}, need{pairs: 1}
}

// room is what is left of the ports that several clients share: if those before
// took them as badly as can be, and as well. The zero room is no limit.
type room struct {
	shared      bool
	worst, best space
}

// space counts free ports, and the pairs among them whose first is even.
type space struct{ pairs, ports int }

func roomIn(s Scenario) room {
	if len(s.Client.Ports) == 0 {
		return room{}
	}
	var all space
	for _, r := range s.Client.Ports.Normal() {
		all.ports += int(r.Hi) - int(r.Lo) + 1
		first := (int(r.Lo) + 1) / 2 * 2
		all.pairs += max(0, (int(r.Hi)+1-first)/2)
	}
	return room{shared: true, worst: all, best: all}
}

func (s space) holds(n need) bool { return s.pairs >= n.pairs && s.ports >= n.ports() }

// badly is what is left when each single port broke a pair.
func (s space) badly(n need) space {
	return space{pairs: max(0, s.pairs-n.pairs-n.singles), ports: max(0, s.ports-n.ports())}
}

// well is what is left when no single port broke a pair without need.
func (s space) well(n need) space {
	ports := max(0, s.ports-n.ports())
	return space{pairs: min(max(0, s.pairs-n.pairs), ports/2), ports: ports}
}

// fit asks whether the client finds the ports of a rung.
func (o *oracle) fit(r Rung) fit {
	most, least := o.needs(r)
	switch {
	case !o.room.shared || o.room.worst.holds(most):
		return plenty
	case o.room.best.holds(least):
		return perhaps
	}
	return nothing
}

// short reports that the client may lack the ports of a rung of its ladder.
func (o *oracle) short() bool {
	return slices.ContainsFunc(o.ladder, func(st step) bool { return o.fit(st.rung) != plenty })
}

// after is the room when a client has played as predicted, as often as it is
// started.
func (r room) after(o *oracle, p Prediction) room {
	if !r.shared {
		return r
	}
	var most, least need
	for i, seq := range p.Sequences {
		m, l := o.taken(seq)
		if m.ports() > most.ports() {
			most = m
		}
		if i == 0 || l.ports() < least.ports() {
			least = l
		}
	}
	for range o.s.Client.Plays() {
		r.worst = r.worst.badly(most)
	}
	r.best = r.best.well(least)
	return r
}

// taken are the ports that a walk takes: a client that goes on to another rung
// keeps what it had and may take others.
func (o *oracle) taken(seq []Step) (most, least need) {
	for _, st := range seq {
		if st.Outcome != Played && st.Outcome != Starved && st.Outcome != Rejected {
			continue // it ended before a transport was asked for
		}
		m, l := o.needs(st.Rung)
		most.pairs, most.singles = most.pairs+m.pairs, most.singles+m.singles
		if !st.Optional && l.ports() > least.ports() {
			least = l
		}
	}
	return most, least
}

// ported gives the answers of the ladder's ith rung what the want of ports
// makes of them: a client that finds none gets as far as asking for a
// transport, and does not ask. On the connection that stands it asks for the
// next rung; where that has another endpoint, it may leave a connection on which
// nothing was asked.
func (o *oracle) ported(i int, answers []answer) []answer {
	r, how := o.ladder[i].rung, o.fit(o.ladder[i].rung)
	if how == plenty {
		return answers
	}
	without := answer{portless: true, Step: Step{Rung: r, Outcome: Skipped, Leg: LegData,
		Why: fmt.Sprintf("too few UDP ports of %s are left for it", o.s.Client.Ports)}}
	if !o.goesOnAt(r.Control(), i+1) {
		without.Outcome, without.Optional = Broken, true
	}
	var out []answer
	asked := false
	for _, a := range answers {
		asks := a.Outcome == Played || a.Outcome == Starved || a.Outcome == Rejected && !a.twin
		asked = asked || asks
		if !asks || how == perhaps {
			out = append(out, a)
		}
	}
	if asked {
		out = append(out, without)
	}
	return out
}

// goesOnAt reports that the ith rung of the ladder, or the next that is not
// switched off, is behind that endpoint.
func (o *oracle) goesOnAt(svc Service, i int) bool {
	for ; i < len(o.ladder); i++ {
		if _, off := o.switchedOff(o.ladder[i].rung, i); !off {
			return o.ladder[i].rung.Control() == svc
		}
	}
	return false
}

package rollover

import (
	"slices"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// state is what a walk down the ladder has learnt so far.
type state struct {
	profile firewall.Profile  // what the path lets through now
	twins   []Service         // endpoints that failed before a transport was named
	only    int               // the walk ends behind this step; 0: with the ladder
	goesOn  bool              // the client took the freedom to go on where it might have stopped
	stood   Service           // the endpoint whose connection may still stand
	before  *firewall.Profile // what the path let through when it was made; nil: the same as now
}

// next says what an answer does to the search.
type next int

const (
	goOn   next = iota // the next rung is tried
	stop               // the search ends
	either             // both are allowed
)

// answer is what becomes of one rung.
type answer struct {
	Step
	next   next
	twin   bool // the failure says as much of the other rung behind the endpoint
	unseen bool // no frame of it reaches an observation point
	struck bool // a rule for each Nth packet may end it at any moment

	portless bool // the client had no UDP port to ask with
}

// walk is B.3.5: it asks of each rung from the ith on, and returns every
// sequence that the sources allow. Where there are several, the fullest
// comes first.
func (o *oracle) walk(i int, st state) [][]Step {
	if i == len(o.ladder) || st.only > 0 && i > st.only {
		return [][]Step{nil}
	}
	rung := o.ladder[i].rung
	if o.change != nil && i == o.changeAt {
		before := st.profile
		st.profile, st.before, st.stood = *o.change, &before, rung.Control()
	}
	if off, ok := o.switchedOff(rung, i); ok {
		return prepend(Step{Rung: rung, Outcome: Skipped, Why: "switched off in the client by " + string(off)}, o.walk(i+1, st))
	}
	optional := o.ladder[i].optional || slices.Contains(st.twins, rung.Control())
	var out [][]Step
	answers := o.ported(i, o.ask(rung, st.profile))
	if st.before != nil && rung.Control() == st.stood {
		answers = append(answers, o.cutShort(rung, *st.before, st.profile)...)
	}
	st.before = nil
	for _, a := range answers {
		out = append(out, o.follow(i, st, a, optional || a.unseen)...)
	}
	if optional && !slices.ContainsFunc(out, func(seq []Step) bool { return seq[0].Optional }) {
		out = append(out, o.walk(i+1, st)...) // where it stops, leaving it out is a sequence of its own
	}
	return out
}

// switchedOff is B.3.3. Switches bind rollover only: the rung an explicit
// moniker names is tried all the same (RO-CLI-101).
func (o *oracle) switchedOff(r Rung, i int) (Switch, bool) {
	if o.explicit && i == 0 {
		return "", false
	}
	for _, s := range o.s.Limits {
		if r.OffBy(s) {
			return s, true
		}
	}
	return "", false
}

// follow is what may come after an answer.
func (o *oracle) follow(i int, st state, a answer, optional bool) [][]Step {
	after := st
	if a.twin {
		after.twins = append(slices.Clone(st.twins), a.Rung.Control())
	}
	if later, changed := o.replaced(WhenStarved, st.profile); changed && a.Outcome == Starved {
		after.profile, after.before, after.stood = later, &st.profile, a.Rung.Control()
	}
	switch {
	case a.Outcome == Played:
		return o.ending(i, st, a)
	case a.portless: // which is nobody's refusal
		return prepend(a.Step, o.walk(i+1, st))
	case a.struck && o.s.Dialect.has(traitConnect): // a reset may come where the client still connects
		return append([][]Step{{a.Step}}, prepend(a.Step, o.walk(i+1, after))...)
	case a.next == goOn && o.s.Dialect.has(traitConnect) && a.Outcome != Blocked && a.Outcome != Refused:
		return o.proxyEnding(i, after, a)
	case a.next == goOn, a.next == either && st.goesOn:
		a.Optional = optional
		return prepend(a.Step, o.walk(i+1, after))
	case a.next == either:
		after.goesOn = true
		return append([][]Step{{a.Step}}, prepend(a.Step, o.walk(i+1, after))...)
	}
	return [][]Step{{a.Step}}
}

// proxyEnding is the cache proxy's rule: only a connection failure rolls over
// (RO-ROLL-105). Within RTSP it may still ask for the other transport.
func (o *oracle) proxyEnding(i int, st state, a answer) [][]Step {
	out := [][]Step{{a.Step}}
	if i+1 < len(o.ladder) && o.ladder[i+1].rung.Control() == a.Rung.Control() {
		st.only = i + 1
		out = append(out, prepend(a.Step, o.walk(i+1, st))...)
	}
	return out
}

// ending is B.6 note 6: what is cut in mid-play ends, or is asked for once
// more; either way it has played.
func (o *oracle) ending(i int, st state, a answer) [][]Step {
	later, changed := o.replaced(WhenPlaying, st.profile)
	if o.change != nil && i < o.changeAt {
		later, changed = *o.change, true
	}
	if changed {
		damage := o.damage(a.Rung, st.profile, later)
		a.Lossy = a.Lossy || damage.lossy
		if damage.why != "" {
			a.Cut = true
			a.Why += ", until " + damage.why
		}
	}
	switch {
	case o.stops():
		a.Cut = true
		a.Why += ", until the client stops"
		return [][]Step{{a.Step}}
	case a.struck: // perhaps before the client knew that it played
		return append([][]Step{{a.Step}}, prepend(a.Step, o.walk(i+1, st))...)
	case !a.Cut:
		return [][]Step{{a.Step}}
	}
	out := [][]Step{{a.Step}}
	for _, again := range o.ask(a.Rung, later) {
		again.Why = "asked for once more after the cut: " + again.Why
		out = append(out, []Step{a.Step, again.Step})
	}
	return out
}

// stops reports that the client leaves in mid-play.
func (o *oracle) stops() bool {
	return o.aborted || slices.ContainsFunc(o.s.Then, func(e Event) bool { return e.Do == DoStop })
}

// replaced is the profile after the events of that moment, and whether there
// was one that changed it.
func (o *oracle) replaced(when string, p firewall.Profile) (_ firewall.Profile, changed bool) {
	for _, e := range o.s.Then {
		if e.When == when && e.Profile != nil {
			p, changed = *e.Profile, true
		}
	}
	return p, changed
}

func prepend(s Step, tails [][]Step) [][]Step {
	out := make([][]Step, len(tails))
	for i, tail := range tails {
		out[i] = append([]Step{s}, tail...)
	}
	return out
}

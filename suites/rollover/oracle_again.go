package rollover

import "slices"

// mostWays bounds the sequences of a client that is started several times:
// each start may go in every way that one may.
const mostWays = 256

// again predicts a client that is started several times, one start after the
// other: first those that are given up at their first media, then those that
// play to the end. What the path becomes once something has played holds for
// the starts after the first.
func (o *oracle) again() Prediction {
	ways := [][]Step{nil}
	for n := range o.s.Client.Plays() {
		one := o.start(n)
		var next [][]Step
		for _, before := range ways {
			for _, seq := range one.after(before) {
				next = append(next, append(slices.Clone(before), seq...))
			}
		}
		ways = distinct(next)
		ways = ways[:min(len(ways), mostWays)]
	}
	return Prediction{Sequences: ways}
}

// start is the oracle of the nth start.
func (o *oracle) start(n int) *oracle {
	one := *o
	one.s.Client.Starts, one.s.Client.Abort = 1, 0
	one.aborted = n < o.s.Client.Abort
	one.s.Then = nil
	for _, e := range o.s.Then {
		switch {
		case e.When != WhenPlayed && n == 0:
			one.s.Then = append(one.s.Then, e)
		case e.When == WhenPlayed && n > 0 && e.Profile != nil:
			one.s.Profile = *e.Profile
		}
	}
	return &one
}

// after lists the ways of a start that follows others. A client that remembers
// which rung worked may try it first (RO-ROLL-106).
func (o *oracle) after(before []Step) [][]Step {
	all := o.once().Sequences
	if n := len(before); n > 0 && before[n-1].Outcome == Played && o.s.Client.Memory != MemoryReset {
		all = append(all, o.beginningWith(before[n-1].Rung).once().Sequences...)
	}
	return unhurried(all)
}

// beginningWith is the ladder with one of its rungs moved to the front
// (rollover.md B.3.4).
func (o *oracle) beginningWith(r Rung) *oracle {
	i := slices.IndexFunc(o.ladder, func(s step) bool { return s.rung == r })
	if i < 0 {
		return o
	}
	sticky := *o
	sticky.ladder = append([]step{{rung: r}}, slices.Delete(slices.Clone(o.ladder), i, i+1)...)
	return &sticky
}

// unhurried takes the window off each last step: when the user starts the
// client again is nobody's fault.
func unhurried(all [][]Step) [][]Step {
	out := make([][]Step, len(all))
	for i, seq := range all {
		out[i] = slices.Clone(seq)
		if n := len(seq); n > 0 {
			out[i][n-1].Window = Window{}
		}
	}
	return out
}

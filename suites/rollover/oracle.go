package rollover

import (
	"slices"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// Predict is the oracle: what a conforming pair must do in a scenario, step
// by step, with reasons and windows (rollover.md B.3). row replaces the
// dialect's ladders and timers where a client target declares its own; t is
// the timing the trial runs by.
//
// It never reads s.Faults: a fault of the side under test must not be
// predicted, or nothing could be caught. [PredictAgainst] reads those of the
// other side.
func Predict(s Scenario, row ClientRow, t Timing) Prediction {
	return several(s, func(one Scenario) *oracle { return newOracle(one, row, t) })
}

// oracle is one question asked of the rules.
type oracle struct {
	s        Scenario
	row      ClientRow
	t        Timing
	explicit bool   // the moniker names its rung and bars rollover
	ladder   []step // what may be tried, in order
	planted  []string
	aborted  bool // this play is given up at its first media
	room     room // what is left of the UDP ports that several clients share

	// One way of playing among those the sources leave open.
	ports    map[Service]uint16 // where the client knocks
	changeAt int                // the ladder's step before which a timed event has happened
	change   *firewall.Profile  // what it loads; nil: none
}

// step is a rung of the ladder before it is tried.
type step struct {
	rung     Rung
	optional bool
}

func newOracle(s Scenario, row ClientRow, t Timing) *oracle {
	row.NoPairs = row.NoPairs || s.Client.Has(HabitPlain)
	row.Punches = row.Punches || s.Client.Has(HabitPunch)
	s.Client.Ports = row.portsIn(s)
	o := &oracle{s: s, row: row, t: t}
	o.ladder, o.explicit = o.ladderOf()
	return o
}

// ladderOf is B.3.1 and B.3.2: the table's ladder, or the client row's; then
// Fast Cache.
func (o *oracle) ladderOf() ([]step, bool) {
	l, explicit, optional, err := o.row.ladderIn(o.s)
	if err != nil {
		return nil, false
	}
	var steps []step
	if !explicit {
		steps = o.announced()
	}
	for _, r := range l {
		steps = append(steps, step{rung: r, optional: slices.Contains(optional, r)})
	}
	if _, own := o.row.Ladders[o.s.Moniker]; o.fastCache() && !explicit && !own {
		swapForFastCache(steps)
	}
	return steps, explicit
}

// fastCache is the effective value (B.4): the server has it on, the content
// is on-demand, and the dialect's clients use it by default.
func (o *oracle) fastCache() bool {
	return o.s.Offer.FastCache && o.s.Offer.Content == "vod" && o.s.Dialect.has(traitFastCache)
}

// swapForFastCache lets TCP come before UDP where the protocol has Fast Cache;
// what is then second is optional, as sources differ on whether it is tried at
// all.
func swapForFastCache(steps []step) {
	over := func(t Transport) int {
		return slices.IndexFunc(steps, func(s step) bool { return s.rung.speaks().cached && s.rung.Data() == t })
	}
	u, t := over(OverUDP), over(OverTCP)
	if u < 0 || t < 0 || t < u {
		return
	}
	steps[u], steps[t] = steps[t], steps[u]
	steps[t].optional = true
}

// predict is one play, or as many as the client is started.
func (o *oracle) predict() Prediction {
	if o.s.Client.Plays() > 1 {
		return o.again()
	}
	return o.once()
}

// once gathers the sequences of every way of playing that the sources leave
// open.
func (o *oracle) once() Prediction {
	if o.forbidden() {
		return Prediction{Sequences: [][]Step{{}}}
	}
	var all [][]Step
	for _, ports := range o.knocks() {
		for _, at := range o.changes() {
			way := *o
			way.ports, way.changeAt, way.change = ports, at.step, at.profile
			all = append(all, way.walk(0, state{profile: o.s.Profile})...)
		}
	}
	return Prediction{Sequences: distinct(all)}
}

// forbidden is the players' policy: with UDP, TCP and HTTP off no URL opens,
// whatever its moniker (RO-CLI-103).
func (o *oracle) forbidden() bool {
	off := func(s Switch) bool { return slices.Contains(o.s.Limits, s) }
	return o.s.Dialect.has(traitPolicy) && off(SwitchUDP) && off(SwitchTCP) && off(SwitchHTTP)
}

// knocks lists where the client may knock for each endpoint. An explicit
// moniker takes the URL's port; for a general one the sources differ, so each
// protocol may use that port or its default (B.8).
func (o *oracle) knocks() []map[Service]uint16 {
	ways := []map[Service]uint16{{}}
	for _, st := range o.ladder {
		svc := st.rung.Control()
		if _, done := ways[0][svc]; done {
			continue
		}
		choices := []uint16{svc.DefaultPort()}
		if o.s.Port != 0 {
			choices = []uint16{o.s.Port}
			if !o.explicit && o.s.Port != svc.DefaultPort() {
				choices = append(choices, svc.DefaultPort())
			}
		}
		var next []map[Service]uint16
		for _, c := range choices {
			for _, w := range ways {
				more := map[Service]uint16{svc: c}
				for k, v := range w {
					more[k] = v
				}
				next = append(next, more)
			}
		}
		ways = next
	}
	return ways
}

// change is a moment at which a timed event may take effect.
type change struct {
	step    int
	profile *firewall.Profile
}

// changes lists the moments at which a profile that comes after a time may
// come: before any step of the walk, or only in mid-play. How long steps take
// is the client's affair, so each is allowed.
func (o *oracle) changes() []change {
	out := []change{{}}
	for _, e := range o.s.Then {
		if _, timed := e.After(); !timed || e.Profile == nil {
			continue
		}
		out = append(out[:0:0], change{step: len(o.ladder), profile: e.Profile})
		for i := range o.ladder {
			out = append(out, change{step: i, profile: e.Profile})
		}
	}
	return out
}

// distinct removes sequences that the notation cannot tell apart.
func distinct(all [][]Step) [][]Step {
	var out [][]Step
	seen := map[string]bool{}
	for _, seq := range all {
		if text := sequenceString(seq); !seen[text] {
			seen[text] = true
			out = append(out, seq)
		}
	}
	return out
}

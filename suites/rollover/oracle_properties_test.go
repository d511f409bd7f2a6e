package rollover

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// The ways to close something on the path; a set of them is a [closedPath].
const (
	drop554 closedPath = 1 << iota
	reset554
	drop1755
	prohibit80
	drop80
	udpOut
	everyPath // one more than the set of all
)

// closedPath is a set of closings.
type closedPath int

var closings = []firewall.Rule{
	{Name: "drop 554", Action: firewall.Drop, From: firewall.Client, Proto: firewall.TCP, DPort: firewall.Ports{{Lo: 554, Hi: 554}}},
	{Name: "reset 554", Action: firewall.Reset, From: firewall.Client, Proto: firewall.TCP, DPort: firewall.Ports{{Lo: 554, Hi: 554}}},
	{Name: "drop 1755", Action: firewall.Drop, From: firewall.Client, Proto: firewall.TCP, DPort: firewall.Ports{{Lo: 1755, Hi: 1755}}},
	{Name: "prohibit 80", Action: firewall.Prohibit, From: firewall.Client, Proto: firewall.TCP, DPort: firewall.Ports{{Lo: 80, Hi: 80}}},
	{Name: "drop 80", Action: firewall.Drop, From: firewall.Client, Proto: firewall.TCP, DPort: firewall.Ports{{Lo: 80, Hi: 80}}},
	{Name: "udp out", Action: firewall.Drop, From: firewall.Server, Proto: firewall.UDP},
}

// profile is the path as a profile, its closings in the table's order.
func (p closedPath) profile() firewall.Profile { return pathProfiles()[p] }

var pathProfiles = sync.OnceValue(func() []firewall.Profile {
	out := make([]firewall.Profile, everyPath)
	for p := range everyPath {
		out[p] = firewall.Profile{Name: "test", Rules: []firewall.Rule{}}.WithDefaults()
		for i, rule := range closings {
			if p&(1<<i) != 0 {
				out[p].Rules = append(out[p].Rules, rule)
			}
		}
	}
	return out
})

func (p closedPath) String() string {
	var names []string
	for _, r := range p.profile().Rules {
		names = append(names, r.Name)
	}
	return "[" + strings.Join(names, ", ") + "]"
}

var offers = []string{
	`{}`, `{fastCache: true}`, `{fastCache: true, content: live}`, `{http: off}`, `{http: impostor}`, `{http: mute}`,
	`{wms: "4.1"}`, `{wms: "9.5", fastCache: true}`, `{rungs: []}`, `{rungs: [HTTP]}`, `{rungs: [RTSPU, MMSU, HTTP]}`,
	`{rungs: [RTSPT, MMST, HTTP], fastCache: true}`, `{rungs: [MMSU, MMST]}`, `{reply: {connect: mute}}`,
}

var stoppingOffers = []string{
	`{reply: {rtsp: 404, http: 404, mms: 0x80070002}}`, `{reply: {rtsp: 453}}`, `{reply: {rtsp: 500, http: 500}}`, `{reply: {rtsp: 302}}`,
	`{auth: {scheme: basic, user: u, password: p, client: wrong}}`, `{auth: {scheme: digest, user: u, password: p}}`,
}

var someLimits = []string{"", "UDP", "TCP", "HTTP", "UDP, TCP", "UDP, HTTP", "TCP, HTTP", "UDP, TCP, HTTP", "RTSP", "DOWNLOAD", "MULTICAST, RTSP"}

// combination is one point of the space, before a path is chosen.
type combination struct {
	Scenario
	general, stopping bool
}

func combinations(t *testing.T) []combination {
	t.Helper()
	var out []combination
	for _, d := range Dialects() {
		for _, m := range d.Monikers() {
			_, explicit, _, err := LadderFor(d, m)
			if err != nil {
				t.Fatal(err)
			}
			for n, limits := range someLimits {
				for i, offer := range slices.Concat(offers, stoppingOffers) {
					if i >= len(offers) && n > 2 {
						continue
					}
					s := scenario(t, fmt.Sprintf("dialect: %s\nmoniker: %s\nlimits: [%s]\noffer: %s", d, m, limits, offer))
					out = append(out, combination{s, !explicit, i >= len(offers)})
				}
			}
		}
	}
	return out
}

// TestEveryCombination holds the consequences of rollover.md B.3 over every
// moniker, set of limits, offer, Fast Cache and path.
func TestEveryCombination(t *testing.T) {
	t.Parallel()
	n := 0
	for _, c := range combinations(t) {
		var ranks [everyPath]int
		for closed := range everyPath {
			s := c.Scenario
			s.Profile = closed.profile()
			p := Predict(s, ClientRow{}, Brisk)
			n++
			if err := wellFormed(c, p); err != nil {
				t.Fatalf("%s %s:// limits %v offer %+v closed %s\n%s\n%v", s.Dialect, s.Moniker, s.Limits, s.Offer, closed, p, err)
			}
			ranks[closed] = rank(s, p)
		}
		if !c.general || c.stopping || c.Dialect == WMSProxy { // to which any answer but a closed port is a stop
			continue
		}
		for closed := range everyPath {
			for more := closedPath(1); more < everyPath; more <<= 1 {
				if ranks[closed|more] < ranks[closed] {
					t.Fatalf("%s %s:// limits %v offer %+v: closing %s as well as %s raises the final rung from %d to %d",
						c.Dialect, c.Moniker, c.Limits, c.Offer, more, closed, ranks[closed], ranks[closed|more])
				}
			}
		}
	}
	t.Logf("%d predictions", n)
}

// rank is the place of the best final rung in the ladder; the ladder's length
// for none.
func rank(s Scenario, p Prediction) int {
	l := newOracle(s, ClientRow{}, Brisk).ladder
	best := len(l)
	for _, f := range p.Finals() {
		if i := slices.IndexFunc(l, func(st step) bool { return string(st.rung) == f }); i >= 0 {
			best = min(best, i)
		}
	}
	return best
}

// wellFormed checks what holds of every prediction.
func wellFormed(c combination, p Prediction) error {
	back, err := ParseSequences(p.String())
	if err != nil || back.String() != p.String() {
		return fmt.Errorf("does not read back: %v, %w", back, err)
	}
	o := newOracle(c.Scenario, ClientRow{}, Brisk)
	l := o.ladder
	for _, seq := range p.Sequences {
		at := -1
		for i, s := range seq {
			here := slices.IndexFunc(l, func(st step) bool { return st.rung == s.Rung })
			off, isOff := o.switchedOff(s.Rung, here)
			switch {
			case here <= at:
				return fmt.Errorf("%s climbs the ladder", sequenceString(seq))
			case s.Why == "":
				return fmt.Errorf("%s has no reason", s)
			case s.Window.Max < s.Window.Min, s.Window.Max > 0 && s.Window.Trigger == "":
				return fmt.Errorf("%s has the window %+v", s, s.Window)
			case s.Outcome == Played && i+1 < len(seq):
				return fmt.Errorf("%s goes on after it played", sequenceString(seq))
			case isOff != (s.Outcome == Skipped):
				return fmt.Errorf("%s although it is switched off: %q", s, off)
			case s.Optional && (s.Outcome == Played || s.Outcome == Skipped):
				return fmt.Errorf("%s cannot be optional", s)
			case (s.Outcome == Blocked || s.Outcome == Refused) && s.Leg != LegControl, s.Outcome == Starved && s.Leg != LegData:
				return fmt.Errorf("%s is decided by leg %q", s, s.Leg)
			}
			at = here
		}
		if c.general || c.Dialect == MF {
			continue
		}
		if len(seq) > 1 {
			return fmt.Errorf("%s rolls over from an explicit moniker", sequenceString(seq))
		}
	}
	return nil
}

// TestDeadPort: after blocked or refused the rung behind the same endpoint is
// optional, and cannot play.
func TestDeadPort(t *testing.T) {
	t.Parallel()
	for _, c := range combinations(t) {
		for closed := range everyPath {
			c.Profile = closed.profile()
			for _, seq := range Predict(c.Scenario, ClientRow{}, Brisk).Sequences {
				for i := 1; i < len(seq); i++ {
					before, s := seq[i-1], seq[i]
					dead := before.Outcome == Blocked || before.Outcome == Refused
					if dead && before.Rung.Control() == s.Rung.Control() && !s.Optional && s.Outcome != Skipped {
						t.Fatalf("%s %s:// %s: %s", c.Dialect, c.Moniker, closed, sequenceString(seq))
					}
				}
			}
		}
	}
}

// TestWhatAClosingCosts: closing UDP costs one rung at most, and closing the control port lands on HTTP.
func TestWhatAClosingCosts(t *testing.T) {
	t.Parallel()
	for _, c := range combinations(t) {
		if !c.general || c.stopping || c.Dialect == Modern || c.Dialect == WMSProxy {
			continue
		}
		c.Profile = udpOut.profile()
		for _, seq := range Predict(c.Scenario, ClientRow{}, Brisk).Sequences {
			if starved := count(seq, Starved); starved > 1 {
				t.Errorf("%s %s:// %v: closing UDP costs %d rungs: %s", c.Dialect, c.Moniker, c.Offer, starved, sequenceString(seq))
			}
		}
		if !slices.Contains([]Dialect{WMP6, WMP11, Card}, c.Dialect) || !c.Offer.Serves(HTTP) || slices.Contains(c.Limits, SwitchHTTP) || len(newOracle(c.Scenario, ClientRow{}, Brisk).ladder) == 0 {
			continue
		}
		c.Profile = (drop554 | drop1755).profile()
		if got := Predict(c.Scenario, ClientRow{}, Brisk); strings.Join(got.Finals(), " ") != "HTTP" {
			t.Errorf("%s %s:// %v with the control port closed: %s", c.Dialect, c.Moniker, c.Offer, got)
		}
	}
}

func count(seq []Step, o Outcome) (n int) {
	for _, s := range seq {
		if s.Outcome == o {
			n++
		}
	}
	return n
}

// TestTCPRungsCannotBeClosedAlone by a port filter: whatever closes one closes
// its twin by UDP as well.
func TestTCPRungsCannotBeClosedAlone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ dialect, tcp, udp string }{{"wmp11", "rtspt", "rtspu"}, {"wmp6", "mmst", "mmsu"}} {
		alone := scenario(t, "dialect: "+c.dialect+"\nmoniker: "+c.tcp)
		twin := scenario(t, "dialect: "+c.dialect+"\nmoniker: "+c.udp)
		for closed := range everyPath {
			alone.Profile, twin.Profile = closed.profile(), closed.profile()
			one, other := Predict(alone, ClientRow{}, Brisk).Sequences[0][0], Predict(twin, ClientRow{}, Brisk).Sequences[0][0]
			if one.Outcome != Played && other.Outcome == Played {
				t.Errorf("%s closes %s and not %s", closed, one, other)
			}
		}
	}
}

// TestFeedbackChangesNothing: loss and sender reports only degrade (RO-FW-03).
func TestFeedbackChangesNothing(t *testing.T) {
	t.Parallel()
	for _, c := range combinations(t) {
		c.Profile = closedPath(0).profile()
		open := Predict(c.Scenario, ClientRow{}, Brisk).String()
		for _, name := range []string{"no-rtcp-in", "no-rtcp-in-reset", "no-rtcp-out", "no-rtcp-out-reset"} {
			p, err := ProfileNamed(name)
			if err != nil {
				t.Fatal(err)
			}
			c.Profile = p
			if got := Predict(c.Scenario, ClientRow{}, Brisk).String(); got != open {
				t.Errorf("%s %s://: %s changes %s to %s", c.Dialect, c.Moniker, name, open, got)
			}
		}
	}
}

// TestFaults: the oracle is blind to those of the side under test, and reads those of the
// other side where their effect is documented.
func TestFaults(t *testing.T) {
	t.Parallel()
	base := "dialect: wmp11\nmoniker: rtsp\n"
	clean := predicted(t, base)
	for _, c := range []struct {
		faults string
		sut    Party
		want   string
	}{
		{"[E-01, E-16]", PartyServer, clean},
		{"[E-03]", PartyServer, clean},
		{"[E-03]", PartyClient, "RTSPU:played | RTSPU:starved RTSPT:played"},
		{"[E-17]", PartyClient, clean},
		{"[F-19]", PartyServer, clean},
		{"[F-05]", PartyClient, clean},
	} {
		s := scenario(t, base+"faults: "+c.faults)
		got, err := PredictAgainst(s, c.sut, ClientRow{}, Brisk)
		if err != nil || got.String() != c.want {
			t.Errorf("%s against the %s: %s, %v; want %s", c.faults, c.sut, got, err, c.want)
		}
	}
	stranger := scenario(t, "dialect: wmp11\nmoniker: http\nfaults: [F-19]")
	if p, err := PredictAgainst(stranger, PartyServer, ClientRow{}, Brisk); err != nil || slices.Contains(p.Finals(), "HTTP") {
		t.Errorf("F-19 plays: %s, %v", p, err)
	}
	for sut, faults := range map[Party]string{PartyServer: "[F-05]", PartyClient: "[E-01]"} {
		if _, err := PredictAgainst(scenario(t, base+"faults: "+faults), sut, ClientRow{}, Brisk); err == nil {
			t.Errorf("%s against the %s: no error, though its effect is not documented", faults, sut)
		}
	}
}

package rollover

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover/strict"
)

// maxDuration bounds every duration of a scenario.
const maxDuration = time.Hour

// Switches returns all switches of a client's limits.
func Switches() []Switch {
	return []Switch{SwitchUDP, SwitchTCP, SwitchHTTP, SwitchMulticast, SwitchRTSP, SwitchDownload}
}

// The moments at which an [Event] can happen, beside "after 2s".
const (
	WhenPlaying = "playing"
	WhenStarved = "starved"
	WhenPlayed  = "played"
)

// What a client can be told to do in mid-play.
const (
	DoPause   = "pause"
	DoStop    = "stop" // it ends the play and goes
	DoSeek    = "seek"
	DoForward = "forward"
)

// After is the delay of an event that happens at a time ("after 2s"); false
// if it waits for something else.
func (e Event) After() (time.Duration, bool) {
	text, ok := strings.CutPrefix(e.When, "after ")
	if !ok {
		return 0, false
	}
	d, err := time.ParseDuration(text)
	return d, err == nil && d > 0 && d <= maxDuration
}

func loadEvents(n strict.Node) []Event {
	var out []Event
	n.List(func(_ int, item strict.Node) {
		var e Event
		item.Object(
			strict.Need("when", func(n strict.Node) {
				e.When = n.Text()
				_, timed := e.After()
				if !timed && !slices.Contains([]string{WhenPlaying, WhenStarved, WhenPlayed}, e.When) {
					n.Fail(fmt.Sprintf("when: found %q", e.When), "playing, starved, played, or a time such as: after 2s")
				}
			}),
			strict.Key("profile", func(n strict.Node) { p := loadProfile(n); e.Profile = &p }),
			strict.Key("do", func(n strict.Node) { e.Do = n.Word(DoPause, DoStop, DoSeek, DoForward) }),
		)
		if (e.Profile == nil) == (e.Do == "") {
			item.Fail("an event that does not say what happens once", "exactly one of profile, do")
		}
		out = append(out, e)
	})
	return out
}

func (e *entry) loadClient(n strict.Node) {
	c := &e.Client
	var several []strict.Node // keys that say something of some of several
	n.Object(
		strict.Key("ports", func(n strict.Node) { c.Ports = loadPorts(n) }),
		strict.Key("count", func(n strict.Node) { c.Count = n.Int(1, MostClients) }),
		strict.Key("mix", func(n strict.Node) { several, c.Mix = append(several, n), e.loadMix(n) }),
		strict.Key("faulty", func(n strict.Node) { several, c.Faulty = append(several, n), n.Int(1, max(c.Count, 1)) }),
		strict.Key("starts", func(n strict.Node) { c.Starts = n.Int(1, 100) }),
		strict.Key("abort", func(n strict.Node) { c.Abort = n.Int(0, 10_000) }),
		strict.Key("memory", func(n strict.Node) { c.Memory = n.Word(MemoryKept, MemoryReset) }),
		strict.Key("names", func(n strict.Node) { c.Names = n.Int(1, 4) }),
		strict.Key("habits", func(n strict.Node) {
			for _, w := range n.Words(words(Habits())...) {
				c.Habits = append(c.Habits, Habit(w))
			}
		}),
		strict.Key("agent", func(n strict.Node) {
			c.Agent = n.Text()
			if strings.ContainsAny(c.Agent, "\r\n") {
				n.Fail("client.agent: a text with a line break", "one line")
			}
		}),
	)
	for _, n := range several {
		if c.Count < 2 {
			n.Fail("it speaks of some of several clients, and there is one", "a count of 2 or more")
		}
	}
}

// loadMix reads what some of several clients do otherwise, over what dialect
// and moniker say of all.
func (e *entry) loadMix(n strict.Node) []Variant {
	var out []Variant
	n.List(func(_ int, item strict.Node) {
		var v Variant
		item.Object(
			strict.Key("dialect", func(n strict.Node) { v.Dialect = Dialect(n.Word(words(Dialects())...)) }),
			strict.Key("moniker", func(n strict.Node) { v.Moniker = n.Text() }),
			strict.Key("limits", func(n strict.Node) {
				v.Limits = []Switch{}
				for _, w := range n.Words(words(Switches())...) {
					v.Limits = append(v.Limits, Switch(w))
				}
			}),
		)
		if one := e.varied(v); one.Dialect != "" && one.Moniker != "" {
			if _, _, _, err := LadderFor(one.Dialect, one.Moniker); err != nil {
				item.Fail(err.Error(), "")
			}
		}
		out = append(out, v)
	})
	return out
}

// faultPattern is a fault, and the form of it where it has several.
var faultPattern = regexp.MustCompile(`^[EF]-[0-9]{2}(=[a-z0-9]+)?$`)

func loadFaults(n strict.Node) []string {
	var out []string
	n.List(func(_ int, item strict.Node) {
		id := item.Text()
		if _, ok := LookUpFault(id); !ok || !faultPattern.MatchString(id) {
			item.Fail(fmt.Sprintf("unknown fault %q", id), "E-01 to E-95 for a server, F-01 to F-28 for a client")
			return
		}
		if slices.Contains(out, id) {
			item.Fail(fmt.Sprintf("fault %q a second time", id), "each once")
			return
		}
		out = append(out, id)
	})
	return out
}

var deviationPattern = regexp.MustCompile(`^D-(0[1-9]|[1-9][0-9])$`)

// loadDeviations reads the lawful oddities of a reference side. The fixtures
// know which there are: a number that none has spoils the trial, and nobody is
// convicted.
func loadDeviations(n strict.Node) []string {
	var out []string
	n.List(func(_ int, item strict.Node) {
		id := item.Text()
		switch {
		case !deviationPattern.MatchString(id):
			item.Fail(fmt.Sprintf("unknown deviation %q", id), "D-01 to D-99")
		case slices.Contains(out, id):
			item.Fail(fmt.Sprintf("deviation %q a second time", id), "each once")
		default:
			out = append(out, id)
		}
	})
	return out
}

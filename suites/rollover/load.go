package rollover

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rollover-conformance/rollover/suites/rollover/strict"
)

var (
	idPattern    = regexp.MustCompile(`^[a-z0-9-]+(/[a-z0-9-]+)*$`)
	labelPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)
)

const noScenario = "the file holds no scenario"

// LoadScenarios reads a scenario file (contract.md, "A scenario file"): a YAML
// list, every default filled in. file is only a name for messages. The error
// tells every mistake with its place, what was found and what is allowed:
// unknown keys, wrong types, IDs that come twice or are a path prefix of each
// other, offers that contradict themselves, and an expect line that the
// oracle contradicts.
func LoadScenarios(file string, data []byte) ([]Scenario, error) {
	var out []Scenario
	var places []strict.Node
	err := strict.Read(file, data, func(root strict.Node) {
		if root.IsNull() {
			root.Fail(noScenario, "a list of scenarios")
			return
		}
		items := 0
		root.List(func(_ int, item strict.Node) {
			items++
			item = item.As("") // the line says which
			s, ok := loadScenario(file, item)
			if !ok {
				return
			}
			for i, earlier := range out {
				if clash := clashOf(earlier.ID, s.ID); clash != "" {
					item.Fail(fmt.Sprintf("id %q %s (line %d)", s.ID, clash, places[i].Line()), "")
				}
			}
			out = append(out, s)
			places = append(places, item)
		})
		if items == 0 && root.IsList() {
			root.Fail(noScenario, "a list of scenarios")
		}
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// clashOf says why two IDs cannot stand in one catalogue; empty if they can.
// Results lie in folders named by ID, so none may lie inside another.
func clashOf(earlier, id string) string {
	switch {
	case earlier == id:
		return "a second time"
	case strings.HasPrefix(id, earlier+"/"):
		return fmt.Sprintf("lies inside %q", earlier)
	case strings.HasPrefix(earlier, id+"/"):
		return fmt.Sprintf("is a path prefix of %q", earlier)
	}
	return ""
}

// entry is one scenario on its way out of a file: what was read, and the
// places that later checks point at.
type entry struct {
	Scenario
	offer                 offerAsWritten
	moniker, link, expect strict.Node
}

// loadScenario reads one entry. It reports false if the entry had no usable
// ID; other mistakes are noted in the file's error.
func loadScenario(file string, item strict.Node) (Scenario, bool) {
	e := entry{
		Scenario: Scenario{
			Level:    Extended,
			Family:   IPv4,
			Topology: "routed",
			Client:   ClientSetup{Count: 1, Starts: 1},
			Profile:  openProfile(),
			Source:   Source{File: file, Line: item.Line()},
		},
		offer: offerAsWritten{WMS: "9.1", Content: "vod"},
	}
	if !item.Object(slices.Concat(e.whoAndWhy(), e.asked(), e.conditions(), e.play())...) || e.ID == "" {
		return e.Scenario, false
	}
	e.check()
	return e.Scenario, true
}

// whoAndWhy are the keys that name a scenario.
func (e *entry) whoAndWhy() []strict.Field {
	return []strict.Field{
		strict.Need("id", func(n strict.Node) {
			e.ID = n.Text()
			if e.ID != "" && !idPattern.MatchString(e.ID) {
				n.Fail(fmt.Sprintf("id %q", e.ID), "parts of a-z, 0-9 and - with / between them")
				e.ID = ""
			}
		}),
		strict.Key("purpose", func(n strict.Node) { e.Purpose = strings.TrimSpace(n.Text()) }),
		strict.Key("refs", func(n strict.Node) { e.Refs = n.Texts() }),
		strict.Key("level", func(n strict.Node) { e.Level = Level(n.Word(string(Core), string(Extended))) }),
		strict.Key("labels", func(n strict.Node) { e.Labels = loadLabels(n) }),
	}
}

// asked are the keys that say what the client wants.
func (e *entry) asked() []strict.Field {
	return []strict.Field{
		strict.Need("dialect", func(n strict.Node) { e.Dialect = Dialect(n.Word(words(Dialects())...)) }),
		strict.Need("moniker", func(n strict.Node) { e.moniker, e.Moniker = n, n.Text() }),
		strict.Key("port", func(n strict.Node) { e.Port = uint16(n.Int(1, 65535)) }),
		strict.Key("limits", func(n strict.Node) {
			for _, w := range n.Words(words(Switches())...) {
				e.Limits = append(e.Limits, Switch(w))
			}
		}),
	}
}

// conditions are the keys that say what the server offers and what the path
// lets through.
func (e *entry) conditions() []strict.Field {
	return []strict.Field{
		strict.Key("offer", e.offer.load),
		strict.Key("faults", func(n strict.Node) { e.Faults = loadFaults(n) }),
		strict.Key("deviations", func(n strict.Node) { e.Deviations = loadDeviations(n) }),
		strict.Key("family", func(n strict.Node) { e.Family = Family(n.Word(string(IPv4), string(IPv6))) }),
		strict.Key("timing", func(n strict.Node) { e.Timing = n.Word(Brisk.Name, Standard.Name) }),
		strict.Key("profile", func(n strict.Node) { e.Profile = loadProfile(n) }),
		strict.Key("link", func(n strict.Node) { e.link, e.Link = n, loadLink(n) }),
	}
}

// play are the keys that say how the trial goes, and how it must end.
func (e *entry) play() []strict.Field {
	return []strict.Field{
		strict.Key("client", func(n strict.Node) { e.loadClient(n) }),
		strict.Key("topology", func(n strict.Node) { e.Topology = n.Word("routed", "multicast", "encoder", "distribution") }),
		strict.Key("place", func(n strict.Node) {
			e.Place = n.Word("inside", "outside")
			if e.Topology != "distribution" {
				n.Fail("place without topology: distribution", "")
			}
		}),
		strict.Key("then", func(n strict.Node) { e.Then = loadEvents(n) }),
		strict.Key("linger", func(n strict.Node) { e.Linger = n.Duration(maxDuration) }),
		strict.Key("expect", func(n strict.Node) { e.expect, e.Expect = n, n.Text() }),
	}
}

// check is what one key cannot tell alone. It fills in the offer's defaults,
// which depend on dialect and moniker.
func (e *entry) check() {
	if e.Dialect == "" || e.Moniker == "" {
		return // noted already
	}
	if _, _, _, err := LadderFor(e.Dialect, e.Moniker); err != nil {
		e.moniker.Fail(err.Error(), "")
		return
	}
	if e.Family == IPv6 && e.Link.MTU > 0 && e.Link.MTU < minMTU6 {
		e.link.Fail(fmt.Sprintf("family ipv6 over an MTU of %d", e.Link.MTU), fmt.Sprintf("%d or more", minMTU6))
	}
	e.Offer = e.offer.resolve(e.Dialect, e.homes())
	if e.Expect != "" {
		checkExpect(e.expect, &e.Scenario)
	}
}

// homes are the ladders that the scenario is about: that of its client, or all
// of its several clients'.
func (e *entry) homes() Ladder {
	if len(e.Client.Mix) == 0 {
		return e.Dialect.Home(e.Moniker)
	}
	var all Ladder
	for _, v := range e.Client.Mix {
		one := e.varied(v)
		for _, r := range one.Dialect.Home(one.Moniker) {
			if !slices.Contains(all, r) {
				all = append(all, r)
			}
		}
	}
	return all
}

// timing is the set the scenario names, or the default one.
func (s Scenario) timing() Timing {
	if t, err := ParseTiming(s.Timing); err == nil {
		return t
	}
	return Brisk
}

func loadLabels(n strict.Node) []string {
	var out []string
	n.List(func(_ int, item strict.Node) {
		l := item.Text()
		if l != "" && !labelPattern.MatchString(l) {
			item.Fail(fmt.Sprintf("label %q", l), "a-z, 0-9 and -")
			return
		}
		out = append(out, l)
	})
	return out
}

func words[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = string(w)
	}
	return out
}

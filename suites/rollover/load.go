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
			root.Fail("the file holds no scenario", "a list of scenarios")
			return
		}
		root.List(func(_ int, item strict.Node) {
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

// loadScenario reads one entry. It reports false if the entry had no usable
// ID; other mistakes are noted in the file's error.
func loadScenario(file string, item strict.Node) (Scenario, bool) {
	s := Scenario{
		Level:    Extended,
		Family:   IPv4,
		Topology: "routed",
		Client:   ClientSetup{Count: 1, Starts: 1},
		Profile:  openProfile(),
		Source:   Source{File: file, Line: item.Line()},
	}
	written := offerAsWritten{WMS: "9.1", Content: "vod"}
	var moniker, expect, link strict.Node
	sound := true
	ok := item.Object(
		strict.Need("id", func(n strict.Node) {
			s.ID = n.Text()
			if s.ID != "" && !idPattern.MatchString(s.ID) {
				n.Fail(fmt.Sprintf("id %q", s.ID), "parts of a-z, 0-9 and - with / between them")
				s.ID = ""
			}
		}),
		strict.Key("purpose", func(n strict.Node) { s.Purpose = strings.TrimSpace(n.Text()) }),
		strict.Key("refs", func(n strict.Node) { s.Refs = n.Texts() }),
		strict.Key("level", func(n strict.Node) { s.Level = Level(n.Word(string(Core), string(Extended))) }),
		strict.Key("labels", func(n strict.Node) { s.Labels = loadLabels(n) }),
		strict.Need("dialect", func(n strict.Node) {
			s.Dialect = Dialect(n.Word(words(Dialects())...))
			sound = sound && s.Dialect != ""
		}),
		strict.Need("moniker", func(n strict.Node) { moniker, s.Moniker = n, n.Text() }),
		strict.Key("port", func(n strict.Node) { s.Port = uint16(n.Int(1, 65535)) }),
		strict.Key("limits", func(n strict.Node) {
			for _, w := range n.Words(words(Switches())...) {
				s.Limits = append(s.Limits, Switch(w))
			}
		}),
		strict.Key("offer", written.load),
		strict.Key("faults", func(n strict.Node) { s.Faults = loadFaults(n) }),
		strict.Key("family", func(n strict.Node) { s.Family = Family(n.Word(string(IPv4), string(IPv6))) }),
		strict.Key("timing", func(n strict.Node) { s.Timing = n.Word(Brisk.Name, Standard.Name) }),
		strict.Key("profile", func(n strict.Node) { s.Profile = loadProfile(n) }),
		strict.Key("link", func(n strict.Node) { link, s.Link = n, loadLink(n) }),
		strict.Key("client", func(n strict.Node) { loadClient(n, &s.Client) }),
		strict.Key("topology", func(n strict.Node) { s.Topology = n.Word("routed", "multicast", "encoder", "distribution") }),
		strict.Key("place", func(n strict.Node) {
			s.Place = n.Word("inside", "outside")
			if s.Topology != "distribution" {
				n.Fail("place without topology: distribution", "")
			}
		}),
		strict.Key("then", func(n strict.Node) { s.Then = loadEvents(n) }),
		strict.Key("linger", func(n strict.Node) { s.Linger = n.Duration(maxDuration) }),
		strict.Key("expect", func(n strict.Node) { expect, s.Expect = n, n.Text() }),
	)
	if !ok || s.ID == "" {
		return s, false
	}
	if !sound || s.Moniker == "" {
		return s, true
	}
	if _, _, _, err := LadderFor(s.Dialect, s.Moniker); err != nil {
		moniker.Fail(err.Error(), "")
		return s, true
	}
	if s.Family == IPv6 && s.Link.MTU > 0 && s.Link.MTU < minMTU6 {
		link.Fail(fmt.Sprintf("family ipv6 over an MTU of %d", s.Link.MTU), fmt.Sprintf("%d or more", minMTU6))
	}
	s.Offer = written.resolve(s.Dialect, s.Moniker)
	if s.Expect != "" {
		checkExpect(expect, &s)
	}
	return s, true
}

// checkExpect holds a person's word against the oracle's, and writes it in
// the notation's own manner.
func checkExpect(n strict.Node, s *Scenario) {
	want, err := ParseSequences(s.Expect)
	if err != nil {
		n.Fail("expect: "+err.Error(), "")
		return
	}
	s.Expect = want.String()
	said := Predict(*s, ClientRow{}, s.timing())
	if !sameSequences(want, said) {
		n.Fail(fmt.Sprintf("expect contradicts the oracle: written is %s, predicted is %s", want, said), "")
	}
}

// sameSequences reports whether two predictions allow the same walks, however
// they are written: an optional mark says the same as two sequences.
func sameSequences(a, b Prediction) bool {
	return slices.Equal(a.walks(), b.walks())
}

// maxOptional is up to how many optional steps of one sequence are spelt out.
const maxOptional = 12

// walks spells out every sequence with and without its optional steps, sorted.
func (p Prediction) walks() []string {
	var out []string
	for _, seq := range p.Sequences {
		lines := []string{""}
		optional := 0
		for _, s := range seq {
			if s.Optional {
				optional++
			}
			step := " " + string(s.Rung) + ":" + string(s.Outcome)
			if s.Optional && optional > maxOptional {
				step, s.Optional = step+"?", false
			}
			for i, line := range slices.Clone(lines) {
				lines[i] = line + step
				if s.Optional {
					lines = append(lines, line)
				}
			}
		}
		out = append(out, lines...)
	}
	slices.Sort(out)
	return slices.Compact(out)
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

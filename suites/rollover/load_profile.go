package rollover

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"github.com/rollover-conformance/rollover/netns/firewall"
	"github.com/rollover-conformance/rollover/suites/rollover/strict"
)

// inlineName is the name of a profile that a scenario writes inline and does
// not name.
const inlineName = "inline"

// loadProfile reads a profile: the name of a known one, or an object.
func loadProfile(n strict.Node) firewall.Profile {
	if n.IsText() {
		p, err := ProfileNamed(n.Text())
		if err != nil {
			n.Fail(err.Error(), "")
		}
		return p
	}
	if !n.IsObject() {
		n.Fail("profile: neither a name nor an object", "a profile's name, or an object with default, stateful, at, nat, rules")
		return firewall.Profile{}
	}
	return loadInlineProfile(n, inlineName)
}

// loadInlineProfile reads a profile that is written out. The places of its
// keys are kept until the whole is checked, so that each mistake is shown
// where it stands.
func loadInlineProfile(n strict.Node, name string) firewall.Profile {
	p := firewall.Profile{Name: name, Rules: []firewall.Rule{}}
	places := map[string]strict.Node{}
	at := func(path string, n strict.Node) strict.Node { places[path] = n; return n }
	n.Object(
		strict.Key("name", func(n strict.Node) {
			if p.Name = at("name", n).Text(); p.Name == "" {
				n.Fail("name: found an empty text", "a name, or no key")
			}
		}),
		strict.Key("purpose", func(n strict.Node) { p.Purpose = n.Text() }),
		strict.Key("default", func(n strict.Node) { p.Default = firewall.Action(at("default", n).Text()) }),
		strict.Key("stateful", func(n strict.Node) { p.Stateful = n.Bool() }),
		strict.Key("at", func(n strict.Node) { p.At = firewall.Place(at("at", n).Text()) }),
		strict.Key("nat", func(n strict.Node) { p.NAT = firewall.NAT(at("nat", n).Text()) }),
		strict.Key("rules", func(n strict.Node) {
			n.List(func(i int, item strict.Node) {
				prefix := fmt.Sprintf("rules[%d]", i)
				p.Rules = append(p.Rules, loadRule(at(prefix, item), func(key string, n strict.Node) strict.Node {
					return at(prefix+"."+key, n)
				}))
			})
		}),
	)
	for _, wrong := range invalids(p.Validate()) {
		place, ok := places[wrong.Path]
		if !ok {
			if place, ok = places[rulePath(wrong.Path)]; !ok {
				place = n
			}
		}
		place.Fail(wrong.Error(), "")
	}
	return p.WithDefaults()
}

var ruleOfPath = regexp.MustCompile(`^rules\[\d+\]`)

// rulePath is the path of the rule that a key's path lies in.
func rulePath(path string) string { return ruleOfPath.FindString(path) }

// invalids takes a joined error apart.
func invalids(err error) []*firewall.Invalid {
	var out []*firewall.Invalid
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, each := range joined.Unwrap() {
			out = append(out, invalids(each)...)
		}
		return out
	}
	var one *firewall.Invalid
	if errors.As(err, &one) {
		out = append(out, one)
	}
	return out
}

func loadRule(n strict.Node, at func(key string, n strict.Node) strict.Node) firewall.Rule {
	var r firewall.Rule
	n.Object(
		strict.Key("name", func(n strict.Node) { r.Name = at("name", n).Text() }),
		strict.Need("action", func(n strict.Node) { r.Action = firewall.Action(at("action", n).Text()) }),
		strict.Key("from", func(n strict.Node) { r.From = firewall.Side(at("from", n).Text()) }),
		strict.Key("proto", func(n strict.Node) { r.Proto = at("proto", n).Text() }),
		strict.Key("sport", func(n strict.Node) { r.SPort = loadPorts(at("sport", n)) }),
		strict.Key("dport", func(n strict.Node) { r.DPort = loadPorts(at("dport", n)) }),
		strict.Key("every", func(n strict.Node) { r.Every = at("every", n).Int(1, 1_000_000) }),
		strict.Key("fragments", func(n strict.Node) { r.Fragments = at("fragments", n).Bool() }),
	)
	return r
}

// loadPorts reads a set of ports: 80, 1024-5000, or a list of these.
func loadPorts(n strict.Node) firewall.Ports {
	const allowed = "a port from 1 to 65535, a range such as 1024-5000, or a list of these"
	if n.IsList() {
		var out firewall.Ports
		n.List(func(_ int, item strict.Node) {
			if item.IsList() {
				item.Fail("a list inside a list of ports", allowed)
				return
			}
			out = append(out, loadPorts(item)...)
		})
		if len(out) == 0 {
			n.Fail("an empty list of ports", allowed)
		}
		return out
	}
	ports, err := firewall.ParsePorts(n.Scalar())
	if err != nil {
		n.Fail(err.Error(), allowed)
	}
	return ports
}

var ratePattern = regexp.MustCompile(`^([0-9]{1,12})(bit|kbit|mbit|gbit)?$`)

var rateUnits = []struct {
	name string
	bits uint64
}{{"gbit", 1e9}, {"mbit", 1e6}, {"kbit", 1e3}, {"bit", 1}}

// The link's limits: the smallest packet every IPv4 host takes whole, what
// IPv6 demands, and a rate that a veth pair can be held to.
const (
	minMTU4 = 576
	minMTU6 = 1280
	maxMTU  = 9000
	minRate = 8_000
	maxRate = 100e9
)

func loadLink(n strict.Node) Link {
	var l Link
	n.Object(
		strict.Key("mtu", func(n strict.Node) { l.MTU = n.Int(minMTU4, maxMTU) }),
		strict.Key("rate", func(n strict.Node) {
			const allowed = "a rate such as 500kbit, 2mbit or 1gbit, from 8kbit to 100gbit"
			m := ratePattern.FindStringSubmatch(n.Scalar())
			if m == nil {
				n.Fail(fmt.Sprintf("link.rate: found %q", n.Scalar()), allowed)
				return
			}
			v, _ := strconv.ParseUint(m[1], 10, 64) // twelve digits fit
			for _, u := range rateUnits {
				if m[2] == u.name || m[2] == "" && u.name == "bit" {
					l.Rate = v * u.bits
				}
			}
			if l.Rate < minRate || l.Rate > maxRate {
				n.Fail(fmt.Sprintf("link.rate: found %q", n.Scalar()), allowed)
			}
		}),
	)
	return l
}

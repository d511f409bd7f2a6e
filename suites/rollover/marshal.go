package rollover

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// MarshalScenario writes a scenario as a scenario file of one entry, with
// every default filled in: loading it again gives the same value, on any
// version that knows the same keys.
func MarshalScenario(s Scenario) []byte {
	w := &yamlWriter{}
	w.line("- ", "id", s.ID)
	w.text("purpose", s.Purpose)
	w.list("refs", s.Refs)
	w.text("level", string(s.Level))
	w.list("labels", s.Labels)
	w.text("dialect", string(s.Dialect))
	w.text("moniker", s.Moniker)
	w.number("port", int(s.Port))
	w.list("limits", words(s.Limits))
	w.block("offer", offerLines(s.Offer))
	w.list("faults", s.Faults)
	w.list("deviations", s.Deviations)
	w.text("family", string(s.Family))
	w.text("timing", s.Timing)
	w.block("profile", profileLines(s.Profile))
	w.flow("link", linkPairs(s.Link))
	w.flow("client", clientPairs(s.Client))
	w.text("topology", s.Topology)
	w.text("place", s.Place)
	if len(s.Then) > 0 {
		w.out.WriteString("  then:\n")
		for _, e := range s.Then {
			w.out.WriteString("    - when: " + quoted(e.When) + "\n")
			if e.Do != "" {
				w.out.WriteString("      do: " + quoted(e.Do) + "\n")
			}
			if e.Profile != nil {
				w.out.WriteString("      profile:\n")
				for _, l := range profileLines(*e.Profile) {
					w.out.WriteString("        " + l + "\n")
				}
			}
		}
	}
	if s.Linger > 0 {
		w.text("linger", s.Linger.String())
	}
	w.text("expect", s.Expect)
	return []byte(w.out.String())
}

// yamlWriter writes the keys of one list entry; it leaves out what is empty.
type yamlWriter struct{ out strings.Builder }

func (w *yamlWriter) line(lead, key, value string) {
	fmt.Fprintf(&w.out, "%s%s: %s\n", lead, key, quoted(value))
}

func (w *yamlWriter) text(key, value string) {
	if value != "" {
		w.line("  ", key, value)
	}
}

func (w *yamlWriter) number(key string, value int) {
	if value != 0 {
		fmt.Fprintf(&w.out, "  %s: %d\n", key, value)
	}
}

func (w *yamlWriter) list(key string, values []string) {
	if len(values) > 0 {
		fmt.Fprintf(&w.out, "  %s: %s\n", key, flowList(values))
	}
}

func (w *yamlWriter) flow(key string, pairs []string) {
	if len(pairs) > 0 {
		fmt.Fprintf(&w.out, "  %s: {%s}\n", key, strings.Join(pairs, ", "))
	}
}

func (w *yamlWriter) block(key string, lines []string) {
	fmt.Fprintf(&w.out, "  %s:\n", key)
	for _, l := range lines {
		w.out.WriteString("    " + l + "\n")
	}
}

func offerLines(o Offer) []string {
	lines := []string{
		"wms: " + strconv.Quote(o.WMS),
		"rungs: " + flowList(words(o.Rungs)),
		"http: " + quoted(o.HTTP),
		fmt.Sprintf("fastCache: %t", o.FastCache),
		"content: " + quoted(o.Content),
	}
	if o.Length > 0 {
		lines = append(lines, "length: "+o.Length.String())
	}
	if o.Session > 0 {
		lines = append(lines, "session: "+o.Session.String())
	}
	if o.Reports {
		lines = append(lines, "reports: true")
	}
	if len(o.Ports) > 0 {
		lines = append(lines, "ports: {"+strings.Join(sortedPairs(o.Ports, func(p uint16) string { return strconv.Itoa(int(p)) }), ", ")+"}")
	}
	if len(o.Reply) > 0 {
		lines = append(lines, "reply: {"+strings.Join(sortedPairs(o.Reply, func(v string) string { return v }), ", ")+"}")
	}
	if a := o.Auth; a != nil {
		lines = append(lines, fmt.Sprintf("auth: {scheme: %s, user: %s, password: %s, client: %s}",
			a.Scheme, strconv.QuoteToASCII(a.User), strconv.QuoteToASCII(a.Password), a.Client))
	}
	return lines
}

func profileLines(p firewall.Profile) []string {
	p = p.WithDefaults()
	lines := []string{"name: " + quoted(p.Name)}
	if p.Purpose != "" {
		lines = append(lines, "purpose: "+quoted(p.Purpose))
	}
	lines = append(lines,
		"default: "+string(p.Default),
		fmt.Sprintf("stateful: %t", p.Stateful),
		"at: "+string(p.At),
		"nat: "+string(p.NAT))
	if len(p.Rules) == 0 {
		return append(lines, "rules: []")
	}
	lines = append(lines, "rules:")
	for _, r := range p.Rules {
		lines = append(lines, "  - {"+strings.Join(rulePairs(r), ", ")+"}")
	}
	return lines
}

func rulePairs(r firewall.Rule) []string {
	var pairs []string
	add := func(key, value string) {
		if value != "" {
			pairs = append(pairs, key+": "+value)
		}
	}
	if r.Name != "" {
		add("name", quoted(r.Name))
	}
	add("action", string(r.Action))
	add("from", string(r.From))
	add("proto", r.Proto)
	add("sport", portsText(r.SPort))
	add("dport", portsText(r.DPort))
	if r.Every > 0 {
		add("every", strconv.Itoa(r.Every))
	}
	if r.Fragments {
		add("fragments", "true")
	}
	return pairs
}

// portsText is a set of ports as a scenario file writes it: a port, a range,
// or a list of these.
func portsText(p firewall.Ports) string {
	parts := make([]string, len(p))
	for i, r := range p {
		parts[i] = r.String()
	}
	if len(parts) > 1 {
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return strings.Join(parts, "")
}

func linkPairs(l Link) []string {
	var pairs []string
	if l.MTU > 0 {
		pairs = append(pairs, fmt.Sprintf("mtu: %d", l.MTU))
	}
	for _, u := range rateUnits {
		if l.Rate > 0 && l.Rate%u.bits == 0 {
			return append(pairs, fmt.Sprintf("rate: %d%s", l.Rate/u.bits, u.name))
		}
	}
	return pairs
}

func clientPairs(c ClientSetup) []string {
	var pairs []string
	if len(c.Ports) > 0 {
		pairs = append(pairs, "ports: "+portsText(c.Ports))
	}
	pairs = append(pairs, fmt.Sprintf("count: %d", c.Count), fmt.Sprintf("starts: %d", c.Starts))
	if len(c.Mix) > 0 {
		variants := make([]string, len(c.Mix))
		for i, v := range c.Mix {
			variants[i] = "{" + strings.Join(variantPairs(v), ", ") + "}"
		}
		pairs = append(pairs, "mix: ["+strings.Join(variants, ", ")+"]")
	}
	if c.Faulty > 0 {
		pairs = append(pairs, fmt.Sprintf("faulty: %d", c.Faulty))
	}
	if c.Abort > 0 {
		pairs = append(pairs, fmt.Sprintf("abort: %d", c.Abort))
	}
	if c.Memory != "" {
		pairs = append(pairs, "memory: "+c.Memory)
	}
	if c.Names > 0 {
		pairs = append(pairs, fmt.Sprintf("names: %d", c.Names))
	}
	if len(c.Habits) > 0 {
		pairs = append(pairs, "habits: "+flowList(words(c.Habits)))
	}
	if c.Agent != "" {
		pairs = append(pairs, "agent: "+quoted(c.Agent))
	}
	return pairs
}

func variantPairs(v Variant) []string {
	var pairs []string
	if v.Dialect != "" {
		pairs = append(pairs, "dialect: "+quoted(string(v.Dialect)))
	}
	if v.Moniker != "" {
		pairs = append(pairs, "moniker: "+quoted(v.Moniker))
	}
	if v.Limits != nil {
		pairs = append(pairs, "limits: "+flowList(words(v.Limits)))
	}
	return pairs
}

func sortedPairs[K cmp.Ordered, V any](m map[K]V, show func(V) string) []string {
	var pairs []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		pairs = append(pairs, fmt.Sprintf("%v: %s", k, show(m[k])))
	}
	return pairs
}

func flowList(values []string) string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = quoted(v)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// plainText is what YAML reads as a text without quotation marks, in flow
// and in block style, whatever stands around it.
var plainText = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9/._-]*( [A-Za-z0-9/._-]+)*$`)

var notPlain = []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}

// quoted is a text as YAML: plain where that is safe, else in quotation marks
// with escapes that YAML and Go share.
func quoted(s string) string {
	if plainText.MatchString(s) && !slices.Contains(notPlain, strings.ToLower(s)) {
		return s
	}
	return strconv.QuoteToASCII(s)
}

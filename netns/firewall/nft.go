package firewall

import (
	"fmt"
	"strings"
)

// String returns the rule as a line of nft text, without its chain.
func (c Compiled) String() string {
	var words []string
	say := func(format string, args ...any) { words = append(words, fmt.Sprintf(format, args...)) }
	if c.In != "" {
		say("iifname %q", c.In)
	}
	if c.Out != "" {
		say("oifname %q", c.Out)
	}
	if c.Fragments {
		say("%s", fragmentText[c.Family])
	}
	if len(c.ICMP) > 0 {
		say("%s", icmpText(c.Family, c.ICMP))
	}
	if len(c.States) > 0 {
		say("ct state %s", join(c.States))
	}
	switch {
	case len(c.SPort) > 0 || len(c.DPort) > 0:
		if len(c.SPort) > 0 {
			say("%s sport %s", c.Proto, c.SPort.nft())
		}
		if len(c.DPort) > 0 {
			say("%s dport %s", c.Proto, c.DPort.nft())
		}
	case c.Proto != "":
		say("meta l4proto %s", c.Proto)
	}
	if c.Every > 0 {
		say("numgen inc mod %d %d", c.Every, c.Every-1)
	}
	say("counter")
	if c.Verdict != VerdictCount {
		say("%s", c.Verdict)
	}
	if c.ToPorts != (Range{}) {
		say("to :%s", c.ToPorts)
	}
	say("comment %q", c.Name)
	return strings.Join(words, " ")
}

var fragmentText = map[Family]string{
	IPv4: "ip frag-off & 0x3fff != 0", // more fragments, or an offset
	IPv6: "exthdr frag exists",
}

func icmpText(family Family, types []ICMPType) string {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = t.Name
	}
	protocol := map[Family]string{IPv4: "icmp", IPv6: "icmpv6"}[family]
	return fmt.Sprintf("%s type { %s }", protocol, strings.Join(names, ", "))
}

func (p Ports) nft() string {
	if len(p) == 1 {
		return p.String()
	}
	return "{ " + strings.ReplaceAll(p.String(), ",", ", ") + " }"
}

func join(states []State) string {
	words := make([]string, len(states))
	for i, s := range states {
		words[i] = string(s)
	}
	return strings.Join(words, ",")
}

// NFT returns the whole ruleset as people read it: one table for each host
// that loads a part, under a comment that names the host. It is what goes
// into the evidence as ruleset.nft.
func (p Profile) NFT(g Gateway) string {
	var text strings.Builder
	fmt.Fprintf(&text, "# profile %s\n", p.Name)
	if p.Purpose != "" {
		fmt.Fprintf(&text, "# %s\n", strings.Join(strings.Fields(p.Purpose), " "))
	}
	for _, at := range []Place{AtClient, AtGateway, AtServer} {
		if rules := p.CompileAt(at, g); len(rules) > 0 {
			fmt.Fprintf(&text, "\n# host %s\n%s", at, TableText(rules))
		}
	}
	return text.String()
}

// TableText returns one host's rules as a table that nft can load.
func TableText(rules []Compiled) string {
	var text strings.Builder
	fmt.Fprintf(&text, "table inet %s {\n", Table)
	for _, chain := range Chains(rules) {
		fmt.Fprintf(&text, "\tchain %s {\n", chain.Name)
		fmt.Fprintf(&text, "\t\ttype %s hook %s priority %d; policy accept;\n", chain.Type, chain.Hook, chain.Priority)
		for _, r := range rules {
			if r.Chain == chain {
				fmt.Fprintf(&text, "\t\t%s\n", r)
			}
		}
		text.WriteString("\t}\n")
	}
	text.WriteString("}\n")
	return text.String()
}

// Chains returns the chains that rules stand in, in the order of their first
// rule.
func Chains(rules []Compiled) []Chain {
	var chains []Chain
	seen := map[Chain]bool{}
	for _, r := range rules {
		if !seen[r.Chain] {
			seen[r.Chain] = true
			chains = append(chains, r.Chain)
		}
	}
	return chains
}

package reports

import (
	"fmt"
	"strings"

	"github.com/rollover-conformance/rollover/netns/firewall"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// rulesOf joins the profile's rules with their counters by name; counters of
// rules that the profile does not list (the lab's own) follow.
func rulesOf(r rollover.Result) []ruleView {
	counted := make(map[string]uint64, len(r.Rules))
	for _, c := range r.Rules {
		counted[c.Name] = c.Packets
	}
	var out []ruleView
	for i, rule := range r.Scenario.Profile.Rules {
		v := ruleView{Name: rule.Name, Action: string(rule.Action), Match: matchText(rule)}
		if v.Name == "" {
			v.Name = fmt.Sprintf("rule %d", i+1)
		}
		if n, ok := counted[v.Name]; ok {
			v.Packets, v.Idle = fmt.Sprint(n), n == 0
			delete(counted, v.Name)
		}
		out = append(out, v)
	}
	for _, c := range r.Rules {
		if n, ok := counted[c.Name]; ok {
			out = append(out, ruleView{Name: c.Name, Packets: fmt.Sprint(n), Idle: n == 0})
		}
	}
	return out
}

// matchText says what a rule matches, in a few words.
func matchText(r firewall.Rule) string {
	var parts []string
	if r.Proto != "" {
		parts = append(parts, strings.ToUpper(r.Proto))
	}
	if r.From != "" {
		parts = append(parts, "from "+string(r.From))
	}
	if len(r.SPort) > 0 {
		parts = append(parts, "source port "+portsText(r.SPort))
	}
	if len(r.DPort) > 0 {
		parts = append(parts, "port "+portsText(r.DPort))
	}
	if r.Fragments {
		parts = append(parts, "fragments")
	}
	if r.Every > 0 {
		parts = append(parts, fmt.Sprintf("1 in %d", r.Every))
	}
	if len(parts) == 0 {
		return "everything"
	}
	return strings.Join(parts, ", ")
}

func portsText(p firewall.Ports) string {
	parts := make([]string, len(p))
	for i, r := range p {
		parts[i] = fmt.Sprint(r.Lo)
		if r.Hi != r.Lo {
			parts[i] = fmt.Sprintf("%d–%d", r.Lo, r.Hi)
		}
	}
	return strings.Join(parts, " ")
}

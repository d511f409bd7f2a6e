package reports

import (
	"fmt"
	"strings"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// rulesOf joins the profile's rules with their counters by name; counters of
// rules that the profile does not list (the lab's own) follow.
func rulesOf(r rollover.Result) []ruleView {
	counted := make(map[string]uint64, len(r.Rules))
	for _, c := range r.Rules {
		counted[c.Name] += c.Packets
	}
	var out []ruleView
	add := func(v ruleView) {
		if n, ok := counted[v.Name]; ok {
			v.Packets, v.Idle = fmt.Sprint(n), n == 0
			delete(counted, v.Name)
		}
		out = append(out, v)
	}
	names := r.Scenario.Profile.Names()
	for i, rule := range r.Scenario.Profile.Rules {
		m := match{string(rule.From), rule.Proto, rule.SPort.String(), rule.DPort.String(), rule.Fragments, rule.Every}
		add(ruleView{Name: names[i], Action: string(rule.Action), Match: m.String()})
	}
	for _, c := range r.Rules {
		if _, left := counted[c.Name]; left {
			add(ruleView{Name: c.Name})
		}
	}
	return out
}

// match is what a rule asks of a packet.
type match struct {
	from, proto, sport, dport string
	fragments                 bool
	every                     int
}

// String says it in a few words.
func (m match) String() string {
	var parts []string
	for _, p := range []struct{ word, value string }{
		{"", strings.ToUpper(m.proto)}, {"from ", m.from}, {"source port ", m.sport}, {"port ", m.dport},
	} {
		if p.value != "" {
			parts = append(parts, p.word+p.value)
		}
	}
	if m.fragments {
		parts = append(parts, "fragments")
	}
	if m.every > 0 {
		parts = append(parts, fmt.Sprintf("1 in %d", m.every))
	}
	if len(parts) == 0 {
		return "everything"
	}
	return strings.Join(parts, ", ")
}

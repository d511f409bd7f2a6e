package firewall

import (
	"fmt"
	"strings"
)

// maxName is what nft accepts as a comment, in bytes.
const maxName = 127

// Names returns the name of each rule, in order: its own, or one that
// describes it. All differ. They are the comments in the kernel, the names of
// counters and the answer in [Fate.Rule].
func (p Profile) Names() []string {
	taken := map[string]bool{}
	for _, r := range p.Rules {
		taken[r.Name] = true
	}
	names := make([]string, len(p.Rules))
	for i, r := range p.Rules {
		if r.Name != "" {
			names[i] = r.Name
			continue
		}
		names[i] = unusedName(r.describe(), taken)
		taken[names[i]] = true
	}
	return names
}

// describe says what the rule does, shortly: "drop udp from server sport 5004".
func (r Rule) describe() string {
	words := []string{string(r.Action)}
	if r.Every > 1 {
		words = append(words, fmt.Sprintf("every %d", r.Every))
	}
	if r.Proto != "" {
		words = append(words, r.Proto)
	}
	if r.Fragments {
		words = append(words, "fragments")
	}
	if r.From != "" {
		words = append(words, "from", string(r.From))
	}
	if len(r.SPort) > 0 {
		words = append(words, "sport", r.SPort.String())
	}
	if len(r.DPort) > 0 {
		words = append(words, "dport", r.DPort.String())
	}
	return strings.Join(words, " ")
}

func unusedName(base string, taken map[string]bool) string {
	const room = 8 // for a number that tells twins apart
	if len(base) > maxName-room {
		base = base[:maxName-room]
	}
	name := base
	for n := 2; taken[name]; n++ {
		name = fmt.Sprintf("%s (%d)", base, n)
	}
	return name
}

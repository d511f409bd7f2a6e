package rollover

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/rollover-conformance/rollover/netns/firewall"
	"github.com/rollover-conformance/rollover/suites/rollover/strict"
)

//go:embed profiles.yaml
var profilesYAML []byte

// Profiles returns the profiles that scenarios may call by name, in the
// file's order.
func Profiles() []firewall.Profile {
	out := make([]firewall.Profile, len(profiles()))
	for i, p := range profiles() {
		out[i] = cloneProfile(p)
	}
	return out
}

// ProfileNamed returns the profile of that name; an unknown one is an error
// that lists the known ones.
func ProfileNamed(name string) (firewall.Profile, error) {
	var known []string
	for _, p := range profiles() {
		if p.Name == name {
			return cloneProfile(p), nil
		}
		known = append(known, p.Name)
	}
	return firewall.Profile{}, fmt.Errorf("unknown profile %q (known: %s)", name, strings.Join(known, " "))
}

// openProfile is what a scenario without a profile has.
func openProfile() firewall.Profile {
	p, err := ProfileNamed("open")
	return embedded(p, err)
}

// cloneProfile keeps callers from changing what others read.
func cloneProfile(p firewall.Profile) firewall.Profile {
	p.Rules = append([]firewall.Rule{}, p.Rules...)
	for i := range p.Rules {
		p.Rules[i].SPort = slices.Clone(p.Rules[i].SPort)
		p.Rules[i].DPort = slices.Clone(p.Rules[i].DPort)
	}
	return p
}

var profiles = sync.OnceValue(func() []firewall.Profile {
	var out []firewall.Profile
	err := strict.Read("profiles.yaml", profilesYAML, func(root strict.Node) {
		root.List(func(_ int, item strict.Node) {
			p := loadInlineProfile(item, "")
			if p.Name == "" || p.Purpose == "" {
				item.Fail("a profile without name or purpose", "both")
			}
			out = append(out, p)
		})
	})
	return embedded(out, err)
})

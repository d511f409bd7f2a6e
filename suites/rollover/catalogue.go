package rollover

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed scenarios/*.yaml
var scenarioFiles embed.FS

// derivedPrefix begins the IDs of scenarios that the catalogue derives from
// those over IPv4.
const derivedPrefix = "ipv6/"

// derivedGroups are the groups that are played over IPv6 too (rollover.md D).
var derivedGroups = []string{"group-a", "group-b", "group-c", "group-d", "group-e", "group-f"}

// Catalogue returns every scenario of the project, in a stable order: those
// written in scenarios/, then those of groups A to F again over IPv6. An
// error is a mistake in the files, with its place. What a scenario points to
// is shared between callers: change a copy.
func Catalogue() ([]Scenario, error) {
	all, err := catalogue()
	return slices.Clone(all), err
}

var catalogue = sync.OnceValues(func() ([]Scenario, error) {
	names, err := fs.Glob(scenarioFiles, "scenarios/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("listing embedded scenarios: %w", err)
	}
	slices.Sort(names)
	var all []Scenario
	for _, name := range names {
		data, err := scenarioFiles.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("reading embedded scenarios: %w", err)
		}
		some, err := LoadScenarios(path.Join("suites/rollover", name), data)
		if err != nil {
			return nil, err
		}
		for i := range some {
			some[i].Source.Embedded = true
		}
		all = append(all, some...)
	}
	for _, s := range slices.Clone(all) {
		if s.Family == IPv4 && slices.ContainsFunc(s.Labels, func(l string) bool { return slices.Contains(derivedGroups, l) }) {
			all = append(all, s.overIPv6())
		}
	}
	return all, Distinct(all)
})

// Embedded reports whether the scenario is one of the catalogue's, so that its
// ID is enough to play it.
func Embedded(s Scenario) bool { return s.Source.Embedded }

// overIPv6 is the same scenario over the other family. Core are those of the two
// classic ladders only (rollover.md D).
func (s Scenario) overIPv6() Scenario {
	s.ID = derivedPrefix + s.ID
	s.Family = IPv6
	if s.Dialect == Modern {
		s.Level = Extended
	}
	s.Labels = slices.DeleteFunc(slices.Clone(s.Labels), func(l string) bool { return l == "smoke" })
	if s.Purpose != "" {
		s.Purpose = "Over IPv6: " + s.Purpose
	}
	return s
}

// Distinct reports IDs that come twice, or of which one is a path prefix of
// another: their results could not lie in one folder.
func Distinct(all []Scenario) error {
	sorted := slices.Clone(all)
	slices.SortFunc(sorted, func(a, b Scenario) int { return strings.Compare(a.ID+"/", b.ID+"/") })
	for i := 1; i < len(sorted); i++ {
		if clash := clashOf(sorted[i-1].ID, sorted[i].ID); clash != "" {
			return fmt.Errorf("%s:%d: id %q %s (%s:%d)", sorted[i].Source.File, sorted[i].Source.Line,
				sorted[i].ID, clash, sorted[i-1].Source.File, sorted[i-1].Source.Line)
		}
	}
	return nil
}

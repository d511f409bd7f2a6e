package bundle

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// Profile is what a certificate of that name demands: a set of scenarios that
// is frozen for a release of the profile, to the last key of each.
type Profile struct {
	Name      string   `json:"name"`
	Release   int      `json:"release"`
	SHA256    string   `json:"sha256"` // of the scenarios, as JSON, in the order of the catalogue
	Scenarios []string `json:"scenarios"`
}

//go:embed profiles/*.json
var frozen embed.FS

// Profiles are all profiles of this version, by name.
func Profiles() ([]Profile, error) {
	files, err := frozen.ReadDir("profiles")
	if err != nil {
		return nil, err
	}
	all := make([]Profile, len(files))
	for i, f := range files {
		data, err := frozen.ReadFile(path.Join("profiles", f.Name()))
		if err == nil {
			err = json.Unmarshal(data, &all[i])
		}
		if err != nil {
			return nil, fmt.Errorf("profile %s: %w", f.Name(), err)
		}
	}
	return all, nil
}

// Named is the profile of that name.
func Named(name string) (Profile, error) {
	all, err := Profiles()
	if err != nil {
		return Profile{}, err
	}
	var names []string
	for _, p := range all {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return Profile{}, fmt.Errorf("no profile %q; allowed: %s", name, strings.Join(names, ", "))
}

// Select takes the profile's scenarios out of a catalogue. A catalogue in which
// one is missing or reads otherwise than when the profile was frozen is
// another release's.
func (p Profile) Select(catalogue []rollover.Scenario) ([]rollover.Scenario, error) {
	var chosen []rollover.Scenario
	for _, s := range catalogue {
		if slices.Contains(p.Scenarios, s.ID) {
			chosen = append(chosen, s)
		}
	}
	if len(chosen) != len(p.Scenarios) {
		return nil, fmt.Errorf("profile %s, release %d: the catalogue has %d of its %d scenarios", p.Name, p.Release, len(chosen), len(p.Scenarios))
	}
	sum, err := fingerprint(chosen)
	if err != nil {
		return nil, err
	}
	if sum != p.SHA256 {
		return nil, fmt.Errorf("profile %s, release %d: the catalogue's scenarios are not those that were frozen", p.Name, p.Release)
	}
	return chosen, nil
}

// fingerprint tells sets of scenarios apart, to the last key.
func fingerprint(scenarios []rollover.Scenario) (string, error) {
	data, err := json.Marshal(scenarios)
	if err != nil {
		return "", fmt.Errorf("hash the scenarios: %w", err)
	}
	return digest(data), nil
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

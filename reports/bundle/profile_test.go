package bundle

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

var update = flag.Bool("update", false, "freeze the profiles anew; a set that has changed becomes a new release")

// demands says what of the catalogue a profile is frozen from.
var demands = map[string]string{
	"wm-core":     "core && !modern",
	"wm-extended": "!modern",
	"rtsp-core":   "core && modern",
}

func TestProfilesAreFrozen(t *testing.T) {
	catalogue, err := rollover.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for name, expression := range demands {
		p, err := Named(name)
		if err != nil {
			t.Fatal(err)
		}
		if *update {
			freeze(t, p, expression, catalogue)
			continue
		}
		chosen, err := p.Select(catalogue)
		if err != nil {
			t.Errorf("%v: a profile's set never changes within a release; `make golden` freezes the next one", err)
			continue
		}
		if len(chosen) == 0 || p.Release < 1 {
			t.Errorf("%s, release %d, demands %d scenarios", p.Name, p.Release, len(chosen))
		}
	}
}

func freeze(t *testing.T, p Profile, expression string, catalogue []rollover.Scenario) {
	t.Helper()
	chosen, err := rollover.Select([]string{expression}, catalogue)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := fingerprint(chosen)
	if err != nil {
		t.Fatal(err)
	}
	if sum == p.SHA256 {
		return
	}
	p.Release++
	p.SHA256, p.Scenarios = sum, nil
	for _, s := range chosen {
		p.Scenarios = append(p.Scenarios, s.ID)
	}
	data, err := encode(p)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("profiles", p.Name+".json"), data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestASetThatChangedIsRefused(t *testing.T) {
	catalogue, err := rollover.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	p, err := Named("wm-core")
	if err != nil {
		t.Fatal(err)
	}
	chosen, err := p.Select(catalogue)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Select(chosen[1:]); err == nil {
		t.Error("a scenario is missing, and nobody minds")
	}
	chosen[0].Port = 8554
	if _, err := p.Select(chosen); err == nil {
		t.Error("a scenario has changed, and nobody minds")
	}
}

func TestNoSuchProfile(t *testing.T) {
	if _, err := Named("wm-cor"); err == nil || err.Error() != `no profile "wm-cor"; allowed: rtsp-core, wm-core, wm-extended` {
		t.Error(err)
	}
}

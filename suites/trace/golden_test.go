package trace

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

var update = flag.Bool("update", false, "write golden files anew")

// Captures of real labs, each with its trace as text beside it.
func TestGolden(t *testing.T) {
	t.Parallel()
	for name, id := range map[string]string{
		"starved-then-tcp":   "rtsp/no-udp",
		"ipv6-fragments":     "ipv6/rtsp/leg/udp-5005-in-drop",
		"mms-header-starved": "mms/leg/udp-client-range-drop",
		"mms-loss":           "mms/partial/loss-every-20",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			capture, err := os.ReadFile(filepath.Join("testdata", name+".pcapng"))
			if err != nil {
				t.Fatal(err)
			}
			seen, err := Read(bytes.NewReader(capture), scenarioOf(t, id), testSetup(), testClip)
			if err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", name+".txt")
			got := text(seen)
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func scenarioOf(t *testing.T, id string) rollover.Scenario {
	t.Helper()
	all, err := rollover.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(s rollover.Scenario) bool { return s.ID == id })
	if i < 0 {
		t.Fatalf("no scenario %s", id)
	}
	return all[i]
}

// text is a trace as people read it.
func text(seen rollover.Trace) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%+v\n", rollover.Observed(seen), seen.Health)
	for _, a := range seen.Attempts {
		fmt.Fprintf(&b, "\n%s: %s\n", a, a.Why)
		fmt.Fprintf(&b, "start %s, trigger %s, end %s, frames %v\n", a.Start, a.Trigger, a.End, a.Frames)
		fmt.Fprintf(&b, "pairs %+v, media %+v\n", a.Pairs, a.Media)
		for _, m := range a.Messages {
			arrow := "<"
			if m.FromClient {
				arrow = ">"
			}
			fmt.Fprintf(&b, "%6d %s %s\n", m.Frame, arrow, m.Text)
		}
	}
	for _, f := range seen.Facts {
		fmt.Fprintf(&b, "\nfact %s: %s %v\n", f.Kind, f.Seen, f.Frames)
	}
	return b.String()
}

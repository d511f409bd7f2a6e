package reports

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

func trialText(t *testing.T, r rollover.Result, o TableOptions) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteTrial(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestTrialGolden has one trial of each verdict, and an unstable one.
func TestTrialGolden(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range sampleRun().Results {
		name := strings.ReplaceAll(verdictWord(r), " ", "-")
		if seen[name] {
			continue
		}
		seen[name] = true
		golden(t, "trial/"+name+".txt", trialText(t, r, TableOptions{Width: 80}))
	}
	for _, g := range rollover.Grades() {
		if !seen[string(g)] {
			t.Errorf("no sample with verdict %s", g)
		}
	}
}

// TestTrialFits holds every width: no line but a message of the wire is longer,
// and colour changes nothing but colour.
func TestTrialFits(t *testing.T) {
	t.Parallel()
	sequences := regexp.MustCompile("\x1b\\[[0-9]+m")
	for width := 60; width <= 200; width += 7 {
		for _, r := range sampleRun().Results {
			bare := trialText(t, r, TableOptions{Width: width})
			for line := range strings.Lines(string(bare)) {
				if n := runes(strings.TrimSuffix(line, "\n")); n > width && !strings.Contains(line, "  frame ") && !strings.Contains(line, " · ") {
					t.Errorf("width %d: %d columns: %q", width, n, line)
				}
				if strings.HasSuffix(line, " \n") {
					t.Errorf("width %d: blanks at the end: %q", width, line)
				}
			}
			colour := trialText(t, r, TableOptions{Width: width, Color: true})
			if got := sequences.ReplaceAll(colour, nil); !bytes.Equal(got, bare) {
				t.Errorf("width %d: colour changes the text", width)
			}
		}
	}
}

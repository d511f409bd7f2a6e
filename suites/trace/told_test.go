package trace

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// told is a scripted capture whose whole trace is kept as text: what a person
// is told about each trial, its reasons, times and frames, and not the verdict
// alone.
type told struct {
	name     string
	play     func(f *film)
	scenario rollover.Scenario
	setup    rollover.Setup
}

func tellFacts(cases []factCase) []told {
	var out []told
	for _, c := range cases {
		s := testScenario()
		if c.scenario != nil {
			c.scenario(&s)
		}
		out = append(out, told{string(c.kind) + " " + c.name, c.play, s, testSetup()})
	}
	return out
}

func tellAttempts(cases []attemptCase) []told {
	var out []told
	for _, c := range cases {
		s, setup := testScenario(), testSetup()
		if c.dialect != "" {
			s.Dialect = c.dialect
		}
		if c.moniker != "" {
			s.Moniker = c.moniker
		}
		s.Port, s.Profile = c.port, c.profile
		if c.setup != nil {
			c.setup(&setup)
		}
		out = append(out, told{c.name, c.play, s, setup})
	}
	return out
}

func tellModern(cases []modernCase) []told {
	var out []told
	for _, c := range cases {
		setup := testSetup()
		if c.setup != nil {
			c.setup(&setup)
		}
		out = append(out, told{c.name, c.play, modernScenario(), setup})
	}
	return out
}

func tellGood() []told {
	var out []told
	for _, c := range goodPlays {
		out = append(out, told{c.name, c.play, testScenario(), testSetup()})
	}
	for _, c := range goodMMS {
		s := testScenario()
		mmsScenario(&s)
		out = append(out, told{"mms " + c.name, c.play, s, testSetup()})
	}
	return out
}

// What every scripted capture is told as, down to the frames that show it.
func TestToldGood(t *testing.T) {
	t.Parallel()
	tell(t, "good", tellGood())
}

func TestToldAttempts(t *testing.T) {
	t.Parallel()
	tell(t, "attempts", tellAttempts(slices.Concat(negotiationCases, rtspEdgeCases, pathCases)))
}

func TestToldWeb(t *testing.T) {
	t.Parallel()
	tell(t, "web", tellAttempts(slices.Concat(webCases, webEdgeCases)))
}

func TestToldModern(t *testing.T) {
	t.Parallel()
	tell(t, "modern", tellModern(slices.Concat(plainCases, tunnelCases, sealedCases)))
}

func TestToldFactsRTSP(t *testing.T) {
	t.Parallel()
	tell(t, "facts-rtsp", tellFacts(slices.Concat(serverFactCases, repeatFactCases)))
}

func TestToldFactsWords(t *testing.T) {
	t.Parallel()
	tell(t, "facts-words", tellFacts(wordFactCases))
}

func TestToldFactsOther(t *testing.T) {
	t.Parallel()
	tell(t, "facts-other", tellFacts(slices.Concat(webFactCases, otherFactCases)))
}

func TestToldFactsMMS(t *testing.T) {
	t.Parallel()
	tell(t, "facts-mms", tellFacts(mmsFactCases))
}

func TestToldFactsModern(t *testing.T) {
	t.Parallel()
	tell(t, "facts-modern", tellFacts(modernFactCases))
}

// tell compares the traces of the captures with the golden file of that name.
func tell(t *testing.T, name string, all []told) {
	t.Helper()
	var b strings.Builder
	for _, one := range all {
		f := newFilm(t)
		one.play(f)
		fmt.Fprintf(&b, "== %s\n%s\n", one.name, brief(f.read(one.scenario, one.setup)))
	}
	golden := filepath.Join("testdata", "told", name+".txt")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")); diff != "" {
		t.Error(diff)
	}
}

// brief is a trace as text, a line for each thing.
func brief(seen rollover.Trace) string {
	var b strings.Builder
	h := seen.Health
	fmt.Fprintf(&b, "%s; canary %v, %d frames, %d of the client from %s, last %s, lost %d %v\n",
		rollover.Observed(seen), h.Canary, h.Frames, h.ClientFrames, h.FirstClient, h.Last, h.Lost, h.Problems)
	for _, a := range seen.Attempts {
		fmt.Fprintf(&b, "%s, by %q, status %d: %s\n", a, a.EndedBy, a.Status, a.Why)
		fmt.Fprintf(&b, "  start %s, trigger %s, end %s, asked %v, frames %v\n", a.Start, a.Trigger, a.End, a.Asked, a.Frames)
		fmt.Fprintf(&b, "  pairs %+v, media %+v\n ", a.Pairs, a.Media)
		for _, m := range a.Messages {
			arrow := "<"
			if m.FromClient {
				arrow = ">"
			}
			fmt.Fprintf(&b, " %d%s%s;", m.Frame, arrow, m.Text)
		}
		b.WriteString("\n")
	}
	for _, f := range seen.Facts {
		fmt.Fprintf(&b, "fact %s of %d at %s: %s %v\n", f.Kind, f.Attempt, f.At, f.Seen, f.Frames)
	}
	return b.String()
}

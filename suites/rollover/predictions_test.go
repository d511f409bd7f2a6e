package rollover

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The catalogue as it is predicted: outcomes, what decides them, and the times.
// A scenario that the file does not have yet is new, and no difference.
func TestPredictionsOfTheCatalogue(t *testing.T) {
	t.Parallel()
	all, err := Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	const mark = "== "
	var whole strings.Builder
	now := map[string]string{}
	for _, s := range all {
		p := Predict(s, ClientRow{}, Brisk)
		var b strings.Builder
		fmt.Fprintf(&b, "%s, in turn %v\n", s.ID, p.InTurn)
		for _, steps := range p.Sequences {
			b.WriteString(stepsInFull(steps) + "\n")
		}
		now[s.ID] = b.String()
		whole.WriteString(mark + b.String())
	}
	if *update {
		golden(t, "predictions.txt", whole.String())
		return
	}
	kept, err := os.ReadFile(filepath.Join("testdata", "predictions.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, was := range strings.Split(string(kept), mark)[1:] {
		id, _, _ := strings.Cut(was, ",")
		if is, there := now[id]; there && is != was {
			t.Errorf("%s was predicted\n%sand is\n%s", id, was, is)
		}
	}
}

func stepsInFull(steps []Step) string {
	words := make([]string, len(steps))
	for i, e := range steps {
		words[i] = fmt.Sprintf("%s:%s", e.Rung, e.Outcome)
		if e.Optional {
			words[i] += "?"
		}
		words[i] += fmt.Sprintf(" %s, leg %q, rule %q, %s %s-%s advice %v, lossy %v, cut %v", e.Why, e.Leg, e.Rule,
			e.Window.Trigger, e.Window.Min, e.Window.Max, e.Window.Advice, e.Lossy, e.Cut)
	}
	return strings.Join(words, "; ")
}

package rollover

import (
	"fmt"
	"slices"
	"strings"
)

// None is how the notation writes a sequence without a step.
const None = "none"

// String is the prediction in the notation of contract.md: steps in order, a
// question mark after a step that may be missing, " | " between sequences of
// which any may be observed, [None] for one without a step.
func (p Prediction) String() string {
	words := make([]string, len(p.Sequences))
	for i, seq := range p.Sequences {
		words[i] = sequenceString(seq)
	}
	return strings.Join(words, " | ")
}

func sequenceString(seq []Step) string {
	if len(seq) == 0 {
		return None
	}
	words := make([]string, len(seq))
	for i, s := range seq {
		words[i] = s.String()
	}
	return strings.Join(words, " ")
}

// String is the step in the notation: "RTSPT:blocked?".
func (s Step) String() string {
	text := string(s.Rung) + ":" + string(s.Outcome)
	if s.Optional {
		text += "?"
	}
	return text
}

// ParseSequences reads the notation of a prediction. Of each step it fills
// rung, outcome and the optional mark; the rest is the oracle's to say.
func ParseSequences(text string) (Prediction, error) {
	var p Prediction
	for _, part := range strings.Split(text, "|") {
		seq, err := parseSequence(part)
		if err != nil {
			return Prediction{}, err
		}
		p.Sequences = append(p.Sequences, seq)
	}
	return p, nil
}

func parseSequence(text string) ([]Step, error) {
	words := strings.Fields(text)
	if len(words) == 1 && words[0] == None {
		return nil, nil
	}
	if len(words) == 0 {
		return nil, fmt.Errorf("an empty sequence (write RUNG:outcome, or %s for no step)", None)
	}
	var seq []Step
	for _, word := range words {
		bare, optional := strings.CutSuffix(word, "?")
		rungs, outcome, err := parseStep(bare)
		if err != nil {
			return nil, err
		}
		if len(rungs) != 1 {
			return nil, fmt.Errorf("step %q names several rungs (only what was observed may; a prediction names one)", word)
		}
		seq = append(seq, Step{Rung: rungs[0], Outcome: outcome, Optional: optional})
	}
	return seq, nil
}

// ParseObserved reads the notation of what was observed, where rungs that
// cannot be told apart stand together: "RTSPU/RTSPT:blocked". Of each attempt
// it fills candidates and outcome.
func ParseObserved(text string) (Trace, error) {
	var t Trace
	words := strings.Fields(text)
	if len(words) == 1 && words[0] == None {
		return t, nil
	}
	for _, word := range words {
		rungs, outcome, err := parseStep(word)
		if err != nil {
			return Trace{}, err
		}
		if outcome == Skipped {
			return Trace{}, fmt.Errorf("attempt %q: a skipped rung leaves nothing to observe", word)
		}
		t.Attempts = append(t.Attempts, Attempt{Candidates: rungs, Outcome: outcome})
	}
	return t, nil
}

func parseStep(word string) ([]Rung, Outcome, error) {
	names, end, ok := strings.Cut(word, ":")
	if !ok {
		return nil, "", fmt.Errorf("step %q has no colon (write RUNG:outcome)", word)
	}
	var rungs []Rung
	for _, name := range strings.Split(names, "/") {
		r, err := ParseRung(name)
		if err != nil {
			return nil, "", fmt.Errorf("step %q: %w", word, err)
		}
		rungs = append(rungs, r)
	}
	outcome, err := ParseOutcome(end)
	if err != nil {
		return nil, "", fmt.Errorf("step %q: %w", word, err)
	}
	return rungs, outcome, nil
}

// Finals are the rungs a prediction allows to play last, or [None], each
// once, in the order of its sequences.
func (p Prediction) Finals() []string {
	var out []string
	for _, seq := range p.Sequences {
		final := None
		for _, s := range seq {
			if s.Outcome == Played {
				final = string(s.Rung)
			}
		}
		if !slices.Contains(out, final) {
			out = append(out, final)
		}
	}
	return out
}

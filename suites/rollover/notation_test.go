package rollover

import (
	"strings"
	"testing"
)

func TestNotationReadsBack(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"RTSPU:played",
		"RTSPU:starved RTSPT:played",
		"RTSPU:blocked RTSPT:blocked? HTTP:played",
		"RTSPU:denied | RTSPU:denied RTSPT:denied? HTTP:played",
		"RTSPU:skipped RTSPT:skipped HTTP:skipped",
		"MMSU:played | none",
		"none",
	} {
		p, err := ParseSequences(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		} else if p.String() != text {
			t.Errorf("%q came back as %q", text, p)
		}
	}
}

func TestNotationErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                      "empty sequence",
		"RTSPU:played |":        "empty sequence",
		"RTSPU":                 "no colon",
		"RTSPX:played":          "unknown rung",
		"RTSPU:won":             "unknown outcome",
		"RTSPU/RTSPT:blocked":   "several rungs",
		"RTSPU:played??":        "unknown outcome",
		"none RTSPU:played":     "no colon",
		"RTSPU:played;":         "unknown outcome",
		"RTSPU:played || none":  "empty sequence",
		"rtspu:played":          "unknown rung",
		"RTSPU:starved:RTSPT:x": "unknown outcome",
	} {
		if _, err := ParseSequences(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want an error with %q", text, err, want)
		}
	}
}

func TestObservedReadsBack(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"RTSPU/RTSPT:blocked HTTP:played", "HTTP:broken"} {
		tr, err := ParseObserved(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		} else if got := Observed(tr); got != text {
			t.Errorf("%q came back as %q", text, got)
		}
	}
	for _, text := range []string{"RTSPU:skipped", "RTSPU:played?", "RTSPU/:blocked"} {
		if tr, err := ParseObserved(text); err == nil {
			t.Errorf("%q read as %v, want an error", text, tr)
		}
	}
}

func TestFinals(t *testing.T) {
	t.Parallel()
	p, err := ParseSequences("RTSPT:rejected RTSPU:played | RTSPT:rejected HTTP:played | none")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(p.Finals(), " "); got != "RTSPU HTTP none" {
		t.Errorf("finals %q", got)
	}
}

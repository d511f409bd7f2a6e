package selftest

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// WriteJSON writes the table as contract.md has it.
func (t Table) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(t)
}

// Write writes the table for people: a line for each fault, under a survivor
// what its scenarios said instead.
func (t Table) Write(w io.Writer) error {
	var b strings.Builder
	for _, o := range t.Faults {
		word, by := "killed  ", strings.Join(o.By, " ")
		if !o.Killed {
			word = "SURVIVED"
		}
		fmt.Fprintf(&b, "%-5s %s %-12s %s\n", o.ID, word, o.Requirement, clip(o.Does, 60))
		if by != "" {
			fmt.Fprintf(&b, "      by %s\n", by)
		}
		if !o.Killed {
			for i, s := range o.Missed {
				fmt.Fprintf(&b, "      %s: %s\n", s, o.Why[i])
			}
		}
	}
	for _, n := range t.NotPlanted {
		fmt.Fprintf(&b, "%-5s not yet planted: %s\n", n.ID, n.Waits)
	}
	fmt.Fprintf(&b, "\n%d planted, %d killed, %d survived; %d not yet planted\n",
		len(t.Faults), len(t.Faults)-len(t.Survivors()), len(t.Survivors()), len(t.NotPlanted))
	_, err := io.WriteString(w, b.String())
	return err
}

func clip(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return text
}

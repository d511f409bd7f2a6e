package selftest

import (
	"fmt"
	"io"
	"strings"
)

// WriteMarkdown writes the table as a document: what was planted, what caught
// it and by which requirement, and what still waits.
func (t Table) WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Kill table\n\nWritten by `make golden` from a run of `rollover selftest`: every fault that can be planted in the reference\n"+
		"server (E), the reference client (F) and the laboratory (R), and what caught it. `rollover explain E-16` tells about one.\n\n"+
		"%d planted, %d killed, %d survived; %d wait.\n\n| fault | what is wrong | caught by | finding |\n| --- | --- | --- | --- |\n",
		len(t.Faults), len(t.Faults)-len(t.Survivors()), len(t.Survivors()), len(t.NotPlanted))
	for _, o := range t.Faults {
		by := "**survived**"
		if o.Killed {
			by = strings.Join(o.By, ", ")
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", o.ID, cell(o.Does), by, o.Requirement)
	}
	if len(t.NotPlanted) > 0 {
		b.WriteString("\nNot yet planted:\n\n| fault | what is wrong | comes with |\n| --- | --- | --- |\n")
		for _, n := range t.NotPlanted {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", n.ID, cell(n.Does), n.Waits)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// cell is a text inside a table.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

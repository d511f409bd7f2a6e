package main

import (
	"io"
	"os"

	"golang.org/x/term"

	"github.com/rollover-conformance/rollover/reports"
)

// elsewhere is how wide text is where nobody says.
const elsewhere = 120

// terminalOf is the terminal that a stream goes to, and its width in columns.
func terminalOf(w any) (width int, ok bool) {
	f, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(f.Fd())) {
		return elsewhere, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width <= 0 {
		width = 80
	}
	return width, true
}

// tableOptions are how the table is drawn on this output.
func tableOptions(w io.Writer) reports.TableOptions {
	width, ok := terminalOf(w)
	return reports.TableOptions{Width: width, Color: ok && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

package strict

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml/token"
)

// Error is one thing wrong with a file.
type Error struct {
	File    string
	Line    int    // from 1; 0: the file as a whole
	Column  int    // from 1, in characters
	Found   string // what is wrong, in words
	Allowed string // what would be right; empty: nothing to add
	Source  string // the line itself
}

// Error gives "file:line:column: found; allowed: …", then the line and a mark
// under the place.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column)
	}
	b.WriteString(": " + e.Found)
	if e.Allowed != "" {
		b.WriteString("; allowed: " + e.Allowed)
	}
	if e.Line > 0 && strings.TrimSpace(e.Source) != "" {
		line, before := excerpt(e.Source, e.Column-1)
		gutter := fmt.Sprintf("%5d | ", e.Line)
		pad := strings.Repeat(" ", len(gutter)-2) + "| "
		fmt.Fprintf(&b, "\n%s%s\n%s%s^", gutter, line, pad, indentLike(line, before))
	}
	return b.String()
}

// maxShown is how much of a line is shown, in characters.
const maxShown = 120

// excerpt cuts a long line to the part around its nth character, and says
// where that is in it.
func excerpt(line string, n int) (string, int) {
	runes := []rune(line)
	if len(runes) <= maxShown {
		return line, n
	}
	from := max(0, min(n, len(runes))-maxShown/2)
	to := min(len(runes), from+maxShown)
	part := string(runes[from:to])
	if from > 0 {
		part, n = "…"+part, n-from+1
	}
	if to < len(runes) {
		part += "…"
	}
	return part, n
}

// indentLike returns n characters of white space that end under the nth
// character of line: its tabs stay tabs.
func indentLike(line string, n int) string {
	var b strings.Builder
	for i, r := range []rune(line) {
		if i >= n {
			break
		}
		if r == '\t' {
			b.WriteRune('\t')
		} else {
			b.WriteRune(' ')
		}
	}
	return b.String()
}

// printable replaces what would upset a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
}

func (d *document) errorAt(tk *token.Token, found, allowed string) *Error {
	e := &Error{File: d.file, Found: printable(found), Allowed: allowed}
	if tk != nil && tk.Position != nil {
		e.Line, e.Column = tk.Position.Line, tk.Position.Column
		if i := e.Line - 1; i >= 0 && i < len(d.lines) {
			e.Source = printable(strings.TrimSuffix(d.lines[i], "\r"))
		}
	}
	return e
}

func (d *document) fail(tk *token.Token, found, allowed string) {
	if len(d.errs) >= maxErrors {
		d.silent++
		return
	}
	d.errs = append(d.errs, d.errorAt(tk, found, allowed))
}

package reports

import (
	"strings"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// ink is an ANSI attribute.
type ink string

const (
	plain   ink = ""
	bold    ink = "1"
	faint   ink = "2"
	red     ink = "31"
	green   ink = "32"
	yellow  ink = "33"
	magenta ink = "35"
)

// paint colours a text if colours are wanted.
func (t *table) paint(i ink, text string) string {
	if !t.o.Color || i == plain || text == "" {
		return text
	}
	return "\x1b[" + string(i) + "m" + text + "\x1b[0m"
}

func inkOf(r rollover.Result) ink {
	switch {
	case r.Stale():
		return red
	case r.ExpectedFail(), r.Unstable && r.Verdict == rollover.Pass:
		return yellow
	}
	return inkOfGrade(r.Verdict)
}

func inkOfCause(c Cause) ink {
	if c.Stale {
		return red
	}
	return inkOfGrade(c.Verdict)
}

func inkOfGrade(g rollover.Grade) ink {
	switch g {
	case rollover.Pass:
		return green
	case rollover.Fail:
		return red
	case rollover.Error:
		return magenta
	case rollover.Inconclusive:
		return yellow
	}
	return faint
}

// pad fills a text with spaces up to so many columns.
func pad(s string, n int) string {
	return s + strings.Repeat(" ", max(0, n-runes(s)))
}

func padLeft(s string, n int) string {
	return strings.Repeat(" ", max(0, n-runes(s))) + s
}

// Wrap breaks a text into lines of at most n columns, between words where it
// can.
func Wrap(s string, n int) []string { return wrap(s, n, ' ') }

// wrap breaks a text into lines of at most n columns. Lines end after the
// separator where one is within reach, else in the middle of a word.
func wrap(s string, n int, separator rune) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(s, "\n") {
		rest := []rune(paragraph)
		for len(rest) > n {
			end := breakBefore(rest, n, separator)
			lines = append(lines, strings.TrimRight(string(rest[:end]), " "))
			rest = rest[end:]
		}
		lines = append(lines, string(rest))
	}
	return lines
}

// breakBefore is where a text longer than n columns may be broken.
func breakBefore(text []rune, n int, separator rune) int {
	if separator == ' ' && text[n] == ' ' {
		return n + 1
	}
	for i := n; i > 0; i-- {
		if text[i-1] == separator {
			return i
		}
	}
	return n
}

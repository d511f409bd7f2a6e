package reports

import (
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// TableOptions says how the table at the end of a run looks.
type TableOptions struct {
	Color   bool // ANSI colours
	Width   int  // columns of the terminal; 0: 100
	Verbose bool // also what did not apply, and each prediction
}

// The widths between which the table is laid out.
const (
	defaultWidth = 100
	leastWidth   = 60
)

// WriteTable writes what `rollover run` ends with: a line for each scenario,
// the first causes of what went wrong with the command that plays each again,
// and the totals last, where the eye is.
func WriteTable(w io.Writer, r Run, o TableOptions) error {
	if o.Width <= 0 {
		o.Width = defaultWidth
	}
	t := &table{o: o, width: max(o.Width, leastWidth)}
	t.rows(r.Results)
	t.known(r.ExpectedFails())
	t.causes(r.Causes())
	t.totals(r)
	if _, err := io.WriteString(w, t.String()); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

type table struct {
	strings.Builder
	o     TableOptions
	width int
}

// gap is the space between two columns.
const gap = "  "

func (t *table) rows(results []rollover.Result) {
	var shown []rollover.Result
	for _, r := range results {
		if r.Verdict != rollover.NotApplicable || t.o.Verbose {
			shown = append(shown, r)
		}
	}
	if len(shown) == 0 {
		return
	}
	c := t.columns(shown)
	t.line(faint, gap+pad("scenario", c.id)+gap+pad("verdict", c.verdict)+gap+pad("observed", c.observed)+gap+padLeft("took", c.took))
	for _, r := range shown {
		t.row(r, c)
	}
	t.WriteByte('\n')
}

// columns is the width of each column.
type columns struct{ id, verdict, observed, took int }

func (t *table) columns(results []rollover.Result) columns {
	c := columns{id: len("scenario"), verdict: len("verdict"), observed: len("observed"), took: len("took")}
	for _, r := range results {
		c.id = max(c.id, runes(r.ID))
		c.verdict = max(c.verdict, runes(verdictWord(r)))
		c.observed = max(c.observed, runes(observedText(r)))
		c.took = max(c.took, runes(tookText(r)))
	}
	if rest := t.width - c.verdict - c.took - 4*len(gap); c.id+c.observed > rest {
		c.id = fairest(results, rest)
		c.observed = rest - c.id
	}
	return c
}

// fairest splits the room between ID and observed so that the fewest lines
// have to be broken; of equal splits, the one that is kindest to the IDs.
func fairest(results []rollover.Result, room int) (id int) {
	const least = 12
	best := math.MaxInt
	for n := room - least; n >= least; n-- {
		lines := 0
		for _, r := range results {
			lines += max(len(wrap(r.ID, n, '/')), len(wrap(observedText(r), room-n, ' ')))
		}
		if lines < best {
			best, id = lines, n
		}
	}
	return id
}

func (t *table) row(r rollover.Result, c columns) {
	ids, seen := wrap(r.ID, c.id, '/'), wrap(printable(observedText(r)), c.observed, ' ')
	for i := range max(len(ids), len(seen)) {
		verdict, time := "", ""
		if i == 0 {
			verdict, time = verdictWord(r), tookText(r)
		}
		line := gap + pad(at(ids, i), c.id) + gap + t.paint(inkOf(r), verdict) + pad("", c.verdict-runes(verdict)) + gap +
			pad(at(seen, i), c.observed) + gap + padLeft(time, c.took)
		t.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	if t.o.Verbose && r.Predicted != "" {
		for _, part := range wrap("predicted "+r.Predicted, t.width-6, ' ') {
			t.line(faint, "      "+part)
		}
	}
}

func (t *table) line(i ink, text string) {
	t.WriteString(t.paint(i, strings.TrimRight(text, " ")) + "\n")
}

// observedText is what was seen, or why nothing was.
func observedText(r rollover.Result) string {
	if r.Observed != "" {
		return r.Observed
	}
	return r.Reason
}

func tookText(r rollover.Result) string {
	if r.TookMS == 0 {
		return ""
	}
	return wall(took(r))
}

func runes(s string) int { return utf8.RuneCountInString(s) }

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

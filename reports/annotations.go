package reports

import (
	"fmt"
	"io"
	"strings"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// mostAnnotations is how many GitHub shows of a step; it drops the rest in
// silence.
const mostAnnotations = 10

// WriteAnnotations writes the first causes as the lines of a log that GitHub
// shows as annotations: at most ten, the gravest first, and the last of them
// says how many there are beside.
func WriteAnnotations(w io.Writer, r Run) error {
	causes := r.Causes()
	shown := causes
	if len(causes) > mostAnnotations {
		shown = causes[:mostAnnotations-1]
	}
	var b strings.Builder
	for _, c := range shown {
		first := c.Trials[0]
		f := rollover.Finding{Party: c.Party, Requirement: c.Requirement, Expected: c.Expected, Seen: first.Seen, Frames: first.Frames}
		title := strings.TrimRight(fmt.Sprintf("%s: %s", causeWord(c), blame(f)), ": ")
		text := fmt.Sprintf("%s\nin %s\nagain: %s", shorten(sentence(f), mostMessage), causeIDs(c), strings.Join(rerunAll([]rollover.Result{first.Result}), "\n"))
		annotate(&b, levelOfCause(c), title, text)
	}
	if n := len(causes) - len(shown); n > 0 {
		annotate(&b, "warning", "rollover", fmt.Sprintf("%s not shown here; the step's summary has all", count(n, "more cause")))
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write annotations: %w", err)
	}
	return nil
}

func causeIDs(c Cause) string {
	var ids []string
	for _, t := range c.Trials {
		ids = append(ids, t.Result.ID)
	}
	return shortList(ids, false)
}

func levelOfCause(c Cause) string {
	if c.Stale || c.Verdict == rollover.Fail || c.Verdict == rollover.Error {
		return "error"
	}
	return "warning"
}

// What a workflow command has to say otherwise (GitHub, "Workflow commands for
// GitHub Actions").
var (
	commandData  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	commandValue = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func annotate(b *strings.Builder, level, title, text string) {
	fmt.Fprintf(b, "::%s title=%s::%s\n", level, commandValue.Replace(printable(title)), commandData.Replace(printable(text)))
}

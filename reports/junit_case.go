package reports

import (
	"path"
	"strconv"
	"strings"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// properties pairs names with values and leaves out those without a value.
func properties(pairs ...string) []junitProperty {
	var out []junitProperty
	for i := 0; i < len(pairs); i += 2 {
		if v := printable(pairs[i+1]); v != "" {
			out = append(out, junitProperty{Name: pairs[i], Value: v})
		}
	}
	return out
}

func (j JUnit) testCase(r rollover.Result) junitCase {
	c := junitCase{Name: r.ID, Class: className(r.ID), Time: seconds(took(r)), Properties: properties(
		"requirement", strings.Join(r.Scenario.Refs, ", "),
		"level", string(levelOf(r)),
		"verdict", string(r.Verdict),
		"unstable", unstableWord(r),
		"known", knownText(r),
		"predicted", r.Predicted,
		"observed", r.Observed,
		"evidence", r.Evidence,
		"rerun", r.Rerun,
	)}
	if r.Evidence != "" {
		c.File = printable(path.Join(j.Root, r.Evidence, "scenario.yaml"))
	}
	c.Failure, c.Error, c.Skipped = reasonOf(r)
	most := failOutput
	if c.Failure == nil && c.Error == nil {
		most = passOutput
	}
	c.Output = j.output(r, most)
	return c
}

// reasonOf is the element that says why a result is no plain pass, at most one
// of the three.
func reasonOf(r rollover.Result) (failure, err, skipped *junitReason) {
	why := because(string(r.Verdict), sentence(firstFinding(r)), r)
	switch {
	case r.Stale() && r.Verdict == rollover.Pass:
		why.Type = "stale known failure"
		return why, nil, nil
	case r.ExpectedFail() && !r.Unstable:
		return nil, nil, skip("known failure, " + knownText(r))
	case r.Verdict == rollover.Fail && !r.ExpectedFail():
		first := firstFinding(r)
		why.Type = strings.TrimSpace(string(first.Party) + " " + first.Requirement)
		return why, nil, nil
	case r.Verdict == rollover.Pass && !r.Unstable:
		return nil, nil, nil
	case r.Verdict == rollover.NotApplicable:
		return nil, nil, skip(r.Reason)
	case r.Verdict == rollover.NotRun:
		why = because(why.Type, r.Reason, r)
	case r.Unstable:
		why.Type = "unstable"
	}
	return nil, why, nil
}

// because is a reason with all there is to tell. The text begins with the
// message, since some readers show nothing else.
func because(kind, message string, r rollover.Result) *junitReason {
	return &junitReason{Type: kind, Message: shorten(message, mostMessage), Text: quotable(message+"\n\n"+account(r), failOutput)}
}

// skip gives the reason twice: some readers show the message, others the text.
func skip(reason string) *junitReason {
	return &junitReason{Message: shorten(reason, mostMessage), Text: quotable(reason, passOutput)}
}

func unstableWord(r rollover.Result) string {
	if r.Unstable {
		return strconv.FormatBool(true)
	}
	return ""
}

// className is the ID's folder, dotted, so that Jenkins and GitLab group the
// way the catalogue does. It depends on the ID alone: a scenario that changes
// its profile keeps its history.
func className(id string) string {
	parts := strings.Split(id, "/")
	return strings.Join(append([]string{"rollover"}, parts[:len(parts)-1]...), ".")
}

// output is the attachment, on a line of its own and before what may be cut,
// and the conversation.
func (j JUnit) output(r rollover.Result, most int) *junitText {
	var text string
	if r.Evidence != "" {
		text = "[[ATTACHMENT|" + printable(path.Join(j.Root, r.Evidence, "capture.pcapng")) + "]]\n"
	}
	text = quotable(text+conversation(r), most)
	if text == "" {
		return nil
	}
	return &junitText{Text: text}
}

// quotable is a text for the inside of an element: without what no XML holds,
// short enough, and in one piece. The mark that ends a quotation is broken up:
// written in two pieces, as XML would have it, some readers put a comma between
// them.
func quotable(text string, most int) string {
	return cut(strings.ReplaceAll(printable(text), "]]>", "]] >"), most)
}

package reports

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

func markdownOf(t *testing.T, r Run) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteMarkdown(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func annotationsOf(t *testing.T, r Run) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteAnnotations(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMarkdownGoldenPerVerdict(t *testing.T) {
	t.Parallel()
	for _, g := range rollover.Grades() {
		r := only(sampleRun(), func(res rollover.Result) bool { return res.Verdict == g && !res.Unstable })
		golden(t, "markdown/"+string(g)+".md", []byte(markdownOf(t, r)))
	}
	golden(t, "markdown/unstable.md", []byte(markdownOf(t, only(sampleRun(), func(res rollover.Result) bool { return res.Unstable }))))
	golden(t, "markdown/known.md", []byte(markdownOf(t, knownRun(t))))
	golden(t, "markdown/aborted.md", []byte(markdownOf(t, Run{Aborted: "build lab: no such device"})))
	golden(t, "markdown/annotations.txt", []byte(annotationsOf(t, knownRun(t))))
}

// crowd is a run in which everything is as long as it gets, and each fail has a
// cause of its own.
func crowd(n int) Run {
	r := sampleRun()
	r.Results = nil
	for i := range n {
		res := hostile(fmt.Sprintf("crowd/%d", i))
		res.Findings[0].Requirement = fmt.Sprintf("RO-RTSP-%d", i)
		res.Findings[0].Seen = strings.Repeat("|`<", 5000)
		r.Results = append(r.Results, res)
	}
	return r
}

// TestMarkdownHasRoom: however much there is to tell, GitHub takes it, and it
// says what was left out.
func TestMarkdownHasRoom(t *testing.T) {
	t.Parallel()
	many := sampleRun()
	for i := range 20000 {
		many.Results = append(many.Results, open(fmt.Sprintf("many/%d", i), rollover.IPv4, rollover.Core))
	}
	for name, c := range map[string]struct {
		run  Run
		want string
	}{
		"causes": {crowd(3000), `\n[0-9]+ causes left out here; index.html and run.json have them.\n`},
		"passes": {many, `\n[0-9]+ scenarios left out here; index.html and run.json have them.\n\n</details>\n$`},
	} {
		text := markdownOf(t, c.run)
		if len(text) > mostMarkdown || len(text) < mostMarkdown/2 {
			t.Errorf("%s: %d bytes", name, len(text))
		}
		if !regexp.MustCompile(c.want).MatchString(text) {
			t.Errorf("%s: no word about what was left out:\n…%s", name, text[len(text)-400:])
		}
	}
}

// TestMarkdownQuotesPeers: nothing a peer sent is markup, and every row of a
// table has the columns of its head.
func TestMarkdownQuotesPeers(t *testing.T) {
	t.Parallel()
	r := sampleRun()
	for i := range r.Results {
		r.Results[i].Observed += " <img src=x> | [a](https://example.org) @everyone ``` ~~x~~"
		for j := range r.Results[i].Findings {
			r.Results[i].Findings[j].Seen += "\n# <img src=x> | [a](https://example.org) @everyone ``` ~~x~~"
		}
	}
	text := markdownOf(t, r)
	for _, bad := range []string{"<img", "<script", "https://", "@everyone", "~~x"} {
		if strings.Contains(text, bad) {
			t.Errorf("the summary contains %q", bad)
		}
	}
	if m := regexp.MustCompile(`[^\\]\]\(.*`).FindString(text); m != "" {
		t.Errorf("the summary contains a link: %s", m)
	}
	columns := 0
	for line := range strings.Lines(text) {
		bars := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		switch {
		case !strings.HasPrefix(line, "|"):
			columns = 0
		case columns == 0:
			columns = bars
		case bars != columns:
			t.Errorf("%d bars, want %d: %s", bars, columns, line)
		}
	}
	if strings.Count(text, "\n```")%2 != 0 {
		t.Error("a block of code is not closed")
	}
}

func TestAnnotationsAreFew(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]int{0: 0, 1: 1, 10: 10, 11: 10, 300: 10} {
		text := annotationsOf(t, crowd(n))
		if got := strings.Count(text, "\n"); got != want {
			t.Errorf("%d causes give %d annotations, want %d", n, got, want)
		}
		for line := range strings.Lines(text) {
			if !regexp.MustCompile(`^::(error|warning) title=[^:,]*::[^\r\n]+\n$`).MatchString(line) {
				t.Errorf("not a workflow command: %.120q", line)
			}
		}
		if n > 10 && !strings.Contains(text, fmt.Sprintf("%d more causes not shown here", n-9)) {
			t.Errorf("no word about the rest: %s", text)
		}
	}
}

func TestCode(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "a": "`a`", "a`b": "``a`b``", "`a": "`` `a ``", "a|b": "`a\\|b`", "a\nb": "`a b`",
	} {
		if got := code(in); got != want {
			t.Errorf("code(%q) is %s, want %s", in, got, want)
		}
	}
}

func TestRerunAll(t *testing.T) {
	t.Parallel()
	of := func(commands ...string) string {
		var results []rollover.Result
		for _, c := range commands {
			results = append(results, rollover.Result{ID: "x/y", Rerun: c})
		}
		return strings.Join(rerunAll(results), "|")
	}
	for _, c := range []struct{ got, want string }{
		{of(), ""},
		{of(""), "rollover run x/y"},
		{of("rollover run a", "rollover run b"), "rollover run a b"},
		{of("rollover run f.yaml", "rollover run f.yaml"), "rollover run f.yaml"},
		{of("rollover run --timing standard a", "rollover run b", "rollover run c"), "rollover run --timing standard a|rollover run b c"},
		{of("rollover play a", "rollover play b"), "rollover play a|rollover play b"},
		{of("rollover run 'my a'", "rollover run b"), "rollover run 'my a'|rollover run b"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}

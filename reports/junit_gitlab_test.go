package reports

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// gitLabAttachment is what GitLab takes for an attachment, the first of a
// case; a path with a bracket or a bar is none.
var gitLabAttachment = regexp.MustCompile(`\[\[ATTACHMENT\|([^\[\]|]+?)\]\]`)

// typedWords are types that GitLab's XML library takes for an order to convert
// the text: a failure of that type would lose it.
var typedWords = []string{"symbol", "date", "datetime", "duration", "integer", "float", "decimal", "boolean", "string", "yaml",
	"base64Binary", "hexBinary", "file", "array"}

// readLikeGitLab: the document becomes a hash in which an attribute and a child
// of one name are the same key, and an element with text is that text alone.
// One testsuites at most, then suites at any depth. failure counts before
// error, error before skipped. Of cases with one name the first counts.
func readLikeGitLab(t *testing.T, root *element) []readCase {
	var out []readCase
	seen := map[string]bool{}
	suites := []*element{root}
	if root.name == "testsuites" {
		suites = root.all("testsuite")
	}
	for len(suites) > 0 {
		s := suites[0]
		suites = append(suites[1:], s.all("testsuite")...)
		for _, c := range s.all("testcase") {
			key := s.attr["name"] + "\n" + c.attr["classname"] + "\n" + c.attr["name"]
			if seen[key] {
				continue
			}
			seen[key] = true
			out = append(out, gitLabCase(t, c))
		}
	}
	return out
}

func gitLabCase(t *testing.T, c *element) readCase {
	for name := range c.attr {
		if c.first(strings.ReplaceAll(name, "_", "-")) != nil {
			t.Errorf("%s: attribute and child are both called %s", c.attr["name"], name)
		}
	}
	r := readCase{status: "passed", group: c.attr["classname"], name: c.attr["name"], output: c.textOf("system-out")}
	r.seconds, _ = strconv.ParseFloat(c.attr["time"], 64)
	for _, kind := range [][2]string{{"failure", "failed"}, {"error", "error"}, {"skipped", "skipped"}} {
		e := c.first(kind[0])
		if e == nil {
			continue
		}
		if slices.Contains(typedWords, e.attr["type"]) {
			t.Errorf("%s: type %q converts the text", r.name, e.attr["type"])
		}
		r.status, r.details = kind[1], e.text()
		if m := gitLabAttachment.FindStringSubmatch(r.output); m != nil && kind[0] != "skipped" {
			r.attachments = []string{m[1]}
		}
		break
	}
	return r
}

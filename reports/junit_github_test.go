package reports

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// javaStack is a line that dorny/test-reporter takes for the place where a Java
// exception was thrown; it would point at a file that is not ours.
var javaStack = regexp.MustCompile(`^\s*at (\S+/\S*/)?(.*)\((.*):(\d+)\)$`)

// readLikeDorny is dorny/test-reporter with java-junit: suites right below
// testsuites, cases grouped by classname; failure and error are the same, the
// first of them is shown, its type before its message.
func readLikeDorny(t *testing.T, root *element) []readCase {
	if root.name != "testsuites" {
		t.Fatalf("the root is %s", root.name)
	}
	if _, err := strconv.ParseFloat(root.attr["time"], 64); err != nil {
		t.Errorf("no time of the whole: %v", err)
	}
	var out []readCase
	for _, s := range root.all("testsuite") {
		for _, c := range s.all("testcase") {
			r := readCase{status: "passed", group: c.attr["classname"], name: strings.TrimSpace(c.attr["name"])}
			var err error
			if r.seconds, err = strconv.ParseFloat(c.attr["time"], 64); err != nil {
				t.Errorf("%s: %v", r.name, err)
			}
			switch bad := append(c.all("failure"), c.all("error")...); {
			case len(bad) > 0:
				r.status, r.details, r.message = "failed", bad[0].text(), bad[0].attr["message"]
				if kind := bad[0].attr["type"]; kind != "" {
					r.message = kind + ": " + r.message
				}
				for line := range strings.SplitSeq(r.details, "\n") {
					if javaStack.MatchString(line) {
						t.Errorf("%s: %q looks like a Java stack trace", r.name, line)
					}
				}
			case len(c.all("skipped")) > 0:
				r.status = "skipped"
			}
			out = append(out, r)
		}
	}
	return out
}

// readLikeMikepenz is mikepenz/action-junit-report: every failure and error of a
// case is an annotation of its own, unless the case is skipped, too. Text in
// several quotations is joined by commas. The place is the case's file, and the
// line is looked for in the text, behind the file's name.
func readLikeMikepenz(t *testing.T, root *element) []readCase {
	var out []readCase
	var suite func(*element)
	suite = func(s *element) {
		for _, c := range s.all("testcase") {
			out = append(out, mikepenzCase(t, c))
		}
		for _, inner := range s.all("testsuite") {
			suite(inner)
		}
	}
	suite(root)
	return out
}

func mikepenzCase(t *testing.T, c *element) readCase {
	r := readCase{status: "passed", group: c.attr["classname"], name: c.attr["name"]}
	r.seconds, _ = strconv.ParseFloat(c.attr["time"], 64)
	issues := append(c.all("failure"), c.all("error")...)
	switch {
	case c.first("skipped") != nil, c.attr["status"] == "disabled", c.attr["status"] == "ignored":
		r.status = "skipped"
	case len(issues) > 1:
		t.Errorf("%s: %d annotations for one case", r.name, len(issues))
	case len(issues) == 1:
		r.status, r.details = "failed", strings.TrimSpace(strings.Join(issues[0].pieces, ","))
		if r.message = strings.TrimSpace(issues[0].attr["message"]); r.message == "" {
			r.message, _, _ = strings.Cut(r.details, "\n")
		}
		place := regexp.MustCompile(` [^ ]*` + regexp.QuoteMeta(c.attr["file"]) + `.*?:\d+`)
		if m := place.FindString(r.details); c.attr["file"] != "" && m != "" {
			t.Errorf("%s: %q looks like a line of its file", r.name, m)
		}
	}
	return r
}

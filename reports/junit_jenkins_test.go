package reports

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// jenkinsAttachment is what the attachments plugin takes for one, as far as the
// line goes; text beside it would become part of the path.
var jenkinsAttachment = regexp.MustCompile(`\[\[ATTACHMENT\|.+\]\]`)

// What the junit plugin keeps of the output of a case, in UTF-16 units.
const (
	jenkinsKeepsOfPass    = 1000
	jenkinsKeepsOfFailure = 100_000
)

// readLikeJenkins: suites at any depth; one without a case of its own is left
// out. A case is skipped if it says so, whatever else it says; error counts
// before failure. The package is what stands before the last dot of classname.
func readLikeJenkins(t *testing.T, root *element) []readCase {
	var out []readCase
	var suite func(*element)
	suite = func(s *element) {
		for _, inner := range s.all("testsuite") {
			suite(inner)
		}
		cases := s.all("testcase")
		if len(cases) == 0 {
			return
		}
		if _, err := time.Parse(time.RFC3339, s.attr["timestamp"]); err != nil {
			t.Errorf("suite %s has no start: %v", s.attr["name"], err)
		}
		for _, c := range cases {
			out = append(out, jenkinsCase(t, s, c))
		}
	}
	suite(root)
	return out
}

func jenkinsCase(t *testing.T, s, c *element) readCase {
	class, ok := c.attr["classname"]
	if !ok {
		class = s.attr["name"]
	}
	r := readCase{status: "passed", group: class, name: c.attr["name"]}
	r.seconds, _ = strconv.ParseFloat(strings.ReplaceAll(c.attr["time"], ",", ""), 64)
	keeps := jenkinsKeepsOfPass
	for _, kind := range []string{"error", "failure"} {
		if e := c.first(kind); e != nil {
			r.status, r.message, r.details = map[string]string{"error": "error", "failure": "failed"}[kind], e.attr["message"], e.text()
			keeps = jenkinsKeepsOfFailure
			break
		}
	}
	if e := c.first("skipped"); e != nil {
		r.status, r.message = "skipped", e.text()
		if m, ok := e.attr["message"]; ok {
			r.message = m
		}
	}
	r.output = trimmedByJenkins(c.textOf("system-out"), keeps)
	for _, line := range jenkinsAttachment.FindAllString(r.output, -1) {
		path, _, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(line, "[[ATTACHMENT|"), "]]"), "|")
		r.attachments = append(r.attachments, path)
	}
	return r
}

func trimmedByJenkins(text string, keeps int) string {
	units := utf16.Encode([]rune(text))
	if len(units) <= keeps {
		return text
	}
	return string(utf16.Decode(units[:keeps/2])) + fmt.Sprintf("\n...[truncated %d chars]...\n", len(units)-keeps) +
		string(utf16.Decode(units[len(units)-keeps/2:]))
}

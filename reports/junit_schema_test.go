package reports

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"testing"
)

// rule is what the published schema says of an element: junit-10.xsd, which
// Jenkins' xunit plugin holds every report against.
type rule struct {
	attr     map[string]*regexp.Regexp // and what a value must look like; nil: anything
	needs    []string
	children []string
	text     bool
	more     extension
}

// extension is what the schema lacks and we write all the same, because a
// reader asks for it.
type extension struct{ attr, children []string }

var (
	surefireTime = regexp.MustCompile(`^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?$`)
	anything     *regexp.Regexp
)

// junit10 is the schema, as far as we use it, in our words.
var junit10 = map[string]rule{
	"testsuites": {attr: map[string]*regexp.Regexp{"name": anything, "time": surefireTime, "tests": anything, "failures": anything, "errors": anything},
		children: []string{"testsuite"},
		more:     extension{attr: []string{"skipped", "timestamp"}}}, // all counts, and when
	"testsuite": {attr: map[string]*regexp.Regexp{"name": anything, "tests": anything, "failures": anything, "errors": anything, "group": anything,
		"time": surefireTime, "skipped": anything, "timestamp": anything, "hostname": anything, "id": anything, "package": anything,
		"file": anything, "log": anything, "url": anything},
		needs: []string{"name", "tests", "failures", "errors"}, children: []string{"testsuite", "properties", "testcase", "system-out", "system-err"}},
	"testcase": {attr: map[string]*regexp.Regexp{"name": anything, "time": anything, "classname": anything, "group": anything},
		needs: []string{"name"}, children: []string{"skipped", "error", "failure", "system-out", "system-err"},
		more: extension{attr: []string{"file"}, children: []string{"properties"}}}, // GitLab and GitHub link the file; Jenkins' junit plugin keeps properties
	"properties": {children: []string{"property"}},
	"property":   {attr: map[string]*regexp.Regexp{"name": anything, "value": anything}, needs: []string{"name", "value"}},
	"skipped":    {attr: map[string]*regexp.Regexp{"type": anything, "message": anything}, text: true},
	"error":      {attr: map[string]*regexp.Regexp{"type": anything, "message": anything}, text: true},
	"failure":    {attr: map[string]*regexp.Regexp{"type": anything, "message": anything}, text: true},
	"system-out": {text: true},
	"system-err": {text: true},
}

// breaches is what an element and all beneath it do against the schema. With
// extended, what we write beyond it is allowed.
func breaches(e *element, extended bool) []string {
	r, known := junit10[e.name]
	if !known {
		return []string{"unknown element " + e.name}
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(e.attr)) {
		form, ok := r.attr[name]
		switch {
		case !ok && !(extended && slices.Contains(r.more.attr, name)):
			out = append(out, fmt.Sprintf("%s has an attribute %s", e.name, name))
		case form != nil && !form.MatchString(e.attr[name]):
			out = append(out, fmt.Sprintf("%s has %s=%q", e.name, name, e.attr[name]))
		}
	}
	for _, name := range r.needs {
		if _, ok := e.attr[name]; !ok {
			out = append(out, fmt.Sprintf("%s lacks %s", e.name, name))
		}
	}
	if !r.text && len(e.pieces) > 0 {
		out = append(out, fmt.Sprintf("%s has text", e.name))
	}
	for _, c := range e.children {
		if !slices.Contains(r.children, c.name) && !(extended && slices.Contains(r.more.children, c.name)) {
			out = append(out, fmt.Sprintf("%s has a child %s", e.name, c.name))
			continue
		}
		out = append(out, breaches(c, extended)...)
	}
	return out
}

// TestJUnitBySchema: the schema is kept, and the list of what goes beyond it is
// no longer than it has to be.
func TestJUnitBySchema(t *testing.T) {
	t.Parallel()
	root := treeOf(t, junit(t, JUnit{Root: "runs/1"}, knownRun(t)))
	if found := breaches(root, true); len(found) > 0 {
		t.Errorf("against the schema: %q", found)
	}
	beyond := slices.Compact(slices.Sorted(slices.Values(breaches(root, false))))
	want := []string{"testcase has a child properties", "testcase has an attribute file",
		"testsuites has an attribute skipped", "testsuites has an attribute timestamp"}
	if !slices.Equal(beyond, want) {
		t.Errorf("beyond the schema: %q, want %q", beyond, want)
	}
}

func TestSchemaRulesCanFail(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`<report/>`:                "unknown element report",
		`<testsuites time="1 s"/>`: `testsuites has time="1 s"`,
		`<testsuites><testcase name="a"/></testsuites>`: "testsuites has a child testcase",
		`<testsuite name="a" tests="0" errors="0"/>`:    "testsuite lacks failures",
		`<testcase/>`:                                           "testcase lacks name",
		`<testcase name="a">hi</testcase>`:                      "testcase has text",
		`<testcase name="a" status="ok"/>`:                      "testcase has an attribute status",
		`<testcase name="a"><skipped><b/></skipped></testcase>`: "skipped has a child b",
		`<properties><property name="a"/></properties>`:         "property lacks value",
	} {
		if got := breaches(treeOf(t, []byte(text)), true); !slices.Contains(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

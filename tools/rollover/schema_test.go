package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
)

// unknownKey stands in one object of an otherwise empty file: what its reader
// answers names the keys that it knows there.
const unknownKey = "zzz: 1"

// scenarioObjects is each kind of object of a scenario file, by its name in
// the schema.
var scenarioObjects = map[string]string{
	"scenario": "%s",
	"offer":    "offer: {%s}",
	"ports":    "offer: {ports: {%s}}",
	"reply":    "offer: {reply: {%s}}",
	"auth":     "offer: {auth: {%s}}",
	"profile":  "profile: {%s}",
	"rule":     "profile: {rules: [{%s}]}",
	"link":     "link: {%s}",
	"client":   "client: {%s}",
	"event":    "then: [{%s}]",
}

// targetObjects is the same for a target file; the file itself has no name.
var targetObjects = map[string]string{
	"":        "%s",
	"claims":  "claims: {%s}",
	"start":   "start: {%s}",
	"ready":   "start: {ready: {%s}}",
	"variant": "offers: [{%s}]",
	"attach":  "attach: {%s}",
	"ports":   "ports: {%s}",
	"auth":    "auth: {%s}",
	"timers":  "timers: {%s}",
}

// knownObjects is the same for a list of known failures.
var knownObjects = map[string]string{"entry": "%s"}

// TestSchemaKeys: every key that a reader knows is in its schema, and every
// key of the schema is one that the reader knows.
func TestSchemaKeys(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		schema  []byte
		objects map[string]string
		read    func(string) error
	}{
		{"scenario", rollover.ScenarioSchema(), scenarioObjects, func(text string) error {
			_, err := rollover.LoadScenarios("probe.yaml", []byte("- {"+text+"}"))
			return err
		}},
		{"known-failures", reports.KnownFailuresSchema(), knownObjects, func(text string) error {
			_, err := reports.LoadKnownFailures("probe.yaml", []byte("- {"+text+"}"))
			return err
		}},
		{"target", target.Schema(), targetObjects, func(text string) error {
			_, err := target.Load("probe.yaml", []byte("{"+text+"}"))
			return err
		}},
	} {
		in := objectsOf(t, c.schema)
		for name, template := range c.objects {
			known := allowedKeys(t, c.read(fmt.Sprintf(template, unknownKey)))
			if got := in[name]; !slices.Equal(got, known) {
				t.Errorf("%s, object %q: the schema has %v, the reader knows %v", c.name, name, got, known)
			}
			delete(in, name)
		}
		for name := range in {
			t.Errorf("%s, object %q: no probe for it in this test", c.name, name)
		}
	}
}

var allowedWords = regexp.MustCompile(`unknown (?:key|port) "zzz".*; allowed: (.*)`)

func allowedKeys(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		t.Fatal("an unknown key was accepted")
	}
	m := allowedWords.FindStringSubmatch(err.Error())
	if m == nil {
		t.Fatalf("no word about the unknown key: %v", err)
	}
	return slices.Sorted(slices.Values(strings.Fields(m[1])))
}

// objectsOf is the keys of each kind of object with fixed keys in a schema.
func objectsOf(t *testing.T, schema []byte) map[string][]string {
	t.Helper()
	var root map[string]any
	if err := json.Unmarshal(schema, &root); err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	note := func(name string, def any) {
		object, _ := def.(map[string]any)
		if properties, ok := object["properties"].(map[string]any); ok && object["type"] == "object" {
			out[name] = slices.Sorted(maps.Keys(properties))
		}
	}
	note("", root)
	for name, def := range root["$defs"].(map[string]any) {
		note(name, def)
	}
	return out
}

// byHand are the schemas that people read beside the file they write. The
// others are read off Go types, whose comments explain them.
var byHand = []string{"scenario", "target", "known-failures", "journal"}

// TestSchemaIsStrictAndExplained: no object takes keys that nobody knows, and
// every key of a schema for people has a sentence that an editor can show.
func TestSchemaIsStrictAndExplained(t *testing.T) {
	t.Parallel()
	for name, read := range schemas {
		text, err := read()
		if err != nil {
			t.Fatal(err)
		}
		var root any
		if err := json.Unmarshal(text, &root); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		closed := 0
		walkSchema(name, root, func(path string, s map[string]any) {
			if s["type"] != "object" {
				return
			}
			closed++
			_, named := s["propertyNames"]
			properties, fixed := s["properties"].(map[string]any)
			// An object without keys of its own is a map: its values have a type.
			_, typed := s["additionalProperties"].(map[string]any)
			if s["additionalProperties"] != false && !named && (fixed || !typed) {
				t.Errorf("%s: takes any key", path)
			}
			for key, p := range properties {
				property, isObject := p.(map[string]any)
				if text, _ := property["description"].(string); isObject && len(text) < 8 && slices.Contains(byHand, name) {
					t.Errorf("%s.%s: no description", path, key)
				}
			}
		})
		if closed == 0 {
			t.Errorf("%s: no object in it", name)
		}
	}
}

// printed is the schema of what each command prints, or writes, with --json.
var printed = map[string]string{"run": "run", "report": "run", "list": "list", "judge": "judge", "merge": "run", "compare": "compare", "verify": "verify", "selftest": "selftest"}

// TestEveryOutputHasASchema: whoever adds a command with --json says what it
// prints.
func TestEveryOutputHasASchema(t *testing.T) {
	t.Parallel()
	for _, cmd := range newRoot().Commands() {
		if cmd.Flags().Lookup("json") == nil {
			continue
		}
		if schemas[printed[cmd.Name()]] == nil {
			t.Errorf("%s --json: no schema; give it a row in schemas, and one here", cmd.Name())
		}
	}
}

func walkSchema(path string, at any, visit func(string, map[string]any)) {
	switch v := at.(type) {
	case map[string]any:
		visit(path, v)
		for key, next := range v {
			walkSchema(path+"."+key, next, visit)
		}
	case []any:
		for _, next := range v {
			walkSchema(path, next, visit)
		}
	}
}

package target

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// targetRules is the schema, ready to be asked.
func targetRules(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("target.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("target.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// validate holds a YAML text against a schema, as an editor does.
func validate(s *jsonschema.Schema, text string) error {
	var value any
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		return err
	}
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return err
	}
	return s.Validate(doc)
}

// soundTargets are the examples that vendors start from.
var soundTargets = []string{example, `
vendor: Example
product: Example Streamer
role: server
claims: {dialects: [wmp9], rungs: [HTTP]}
start: {exec: [./streamer], ready: {line: "listening", within: 10s}}
`, `
vendor: Example
product: Example Streamer
role: server
claims: {dialects: [wmp9], rungs: [HTTP]}
start: {exec: [./streamer], ready: {command: [./ask, "{{.Host}}"]}, fresh: campaign}
`, `
vendor: Example
product: Example Player
role: client
claims: {dialects: [wmp6], rungs: [MMST, MMSU, HTTP]}
start: {exec: [player, "{{.URL}}", "--off={{.Off}}"]}
ladders: {mms: [MMST, MMSU?, HTTP]}
timers: {firstData: 5s, connect: 5s}
punches: true
listens: 7000
packetPairs: false
`, `
vendor: Example
product: In a container
role: server
claims: {dialects: [wmp9], rungs: [HTTP]}
attach: {netns: /run/netns/x}
`, `
vendor: Example
product: In a container
role: server
claims: {dialects: [wmp9], rungs: [HTTP]}
attach: {pid: 1234}
`, `
vendor: Example
product: A machine of its own
role: server
claims: {dialects: [wmp9], rungs: [HTTP]}
attach: {interface: eth1, address: "2001:db8::10/64"}
`}

func TestSchemaAcceptsWhatVendorsWrite(t *testing.T) {
	t.Parallel()
	s := targetRules(t)
	texts := soundTargets
	files, err := filepath.Glob("../../fixtures/external/targets/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("embedded rows: %v, %v", files, err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(data))
	}
	for _, text := range texts {
		if err := validate(s, text); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
		if _, err := Load("t.yaml", []byte(text)); err != nil {
			t.Errorf("the loader: %v", err)
		}
	}
}

// beyondTargetSchema are the mistakes that only the loader can see, by what is
// written, with the reason.
var beyondTargetSchema = map[string]string{
	"{{.Clip.Path}}": "a template has to be tried",
	"{{.Clip.Dir":    "a template has to be tried",

	"rtsp://192.0.2.7{{.Port}}/x":       "a template has to be tried",
	"'{{.Moniker}}://{{.Host}}:port/x'": "a template has to be tried",
}

// TestSchemaRefusesWhatTheLoaderRefuses goes over every kind of bad input.
func TestSchemaRefusesWhatTheLoaderRefuses(t *testing.T) {
	t.Parallel()
	s := targetRules(t)
	refuses := func(name, text string) {
		err := validate(s, text)
		reason, beyond := beyondTargetSchema[name]
		switch {
		case err == nil && !beyond:
			t.Errorf("%q: the schema accepts it:\n%s", name, text)
		case err != nil && beyond:
			t.Errorf("%q: the schema refuses it, yet is said not to (%s): %v", name, reason, err)
		}
	}
	for _, c := range badEdits {
		refuses(c.new, strings.Replace(example, c.old, c.new, 1))
	}
	for text := range badFiles {
		refuses(text, text)
	}
}

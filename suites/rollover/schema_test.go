package rollover

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// scenarioRules is the schema, ready to be asked.
func scenarioRules(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(ScenarioSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("scenario.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("scenario.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// validate holds a YAML text against a schema, as an editor does.
func validate(s *jsonschema.Schema, text []byte) error {
	var value any
	if err := yaml.Unmarshal(text, &value); err != nil {
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

// TestSchemaAcceptsCatalogue: what the project itself plays, as it is written
// and as a trial's folder keeps it.
func TestSchemaAcceptsCatalogue(t *testing.T) {
	t.Parallel()
	s := scenarioRules(t)
	files, err := scenarioFiles.ReadDir("scenarios")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := scenarioFiles.ReadFile("scenarios/" + file.Name())
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(s, text); err != nil {
			t.Errorf("%s: %v", file.Name(), err)
		}
	}
	all, err := Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, scenario := range all {
		if text := MarshalScenario(scenario); validate(s, text) != nil {
			t.Errorf("%v\n%s", validate(s, text), text)
		}
	}
}

// contractScenarios are the examples that outside tests and vendors rely on.
var contractScenarios = []string{`
- id: rtsp/no-udp
  purpose: With UDP towards the client dropped, playback continues over TCP.
  refs: [RO-ROLL-01, RO-RTSP-106]
  level: core
  dialect: wmp11
  moniker: rtsp
  profile: no-udp-to-client
  expect: RTSPU:starved RTSPT:played
`, `
- id: a
  dialect: wmp11
  moniker: rtsp
  profile:
    default: accept               # accept | drop
    stateful: false               # true: replies to what passed, pass
    at: gateway                   # gateway | server (the server's host firewall) | client
    nat: none                     # none | masquerade | renumber
    rules:                        # first match wins
      - {name: no rtp, action: drop, from: server, proto: udp, sport: 5004}
      - {action: reset, from: client, proto: tcp, dport: 554}
      - {action: drop, from: server, proto: udp, dport: 1024-5000, every: 20}
      - {action: drop, from: server, proto: udp, fragments: true}
`, `
- {id: a, dialect: wmp9, moniker: mmsu, port: 8554, limits: [UDP, TCP, HTTP, MULTICAST, RTSP, DOWNLOAD]}
- {id: b, dialect: wmp11, moniker: rtsp, offer: {wms: "4.1", rungs: [], http: impostor, ports: {rtsp: 8554}}}
- {id: c, dialect: wmp11, moniker: rtsp, offer: {reply: {rtsp: 453, mms: 0x80070005, http: 404, connect: mute}}}
- {id: d, dialect: wmp11, moniker: rtsp, offer: {auth: {scheme: digest, user: u, password: p, client: none}, content: live, fastCache: true}}
- {id: e, dialect: wmp11, moniker: rtsp, faults: [E-16], family: ipv6, timing: standard, link: {mtu: 1280, rate: 2mbit}}
- {id: f, dialect: wmp11, moniker: rtsp, client: {ports: 1024-5000, count: 20, starts: 2, abort: 50, agent: text}}
- {id: g, dialect: wmp11, moniker: rtsp, client: {ports: [80, "554,1024-5000"]}, linger: 1m30.5s}
- {id: h, dialect: wmp11, moniker: rtsp, topology: distribution, place: inside}
- {id: i, dialect: wmp11, moniker: rtsp, then: [{when: playing, profile: closed}, {when: after 2s, do: seek}], labels: [mine]}
`}

func TestSchemaAcceptsContract(t *testing.T) {
	t.Parallel()
	s := scenarioRules(t)
	for _, text := range contractScenarios {
		if err := validate(s, []byte(text)); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
		if _, err := LoadScenarios("contract.yaml", []byte(text)); err != nil {
			t.Errorf("the loader: %v", err)
		}
	}
}

// beyondScenarioSchema are the mistakes that only the loader can see, with
// the reason.
var beyondScenarioSchema = map[string]string{
	"port range backwards":             "a pattern compares no numbers",
	"one UDP port twice":               "a schema compares no two values",
	"one port for TLS and for another": "a schema compares no two values",
	"ID twice":                         "a schema compares no two values",
	"ID inside another":                "a schema compares no two values",
	"ID around another":                "a schema compares no two values",
	"expect that is wrong":             "it takes the oracle",
	"two documents":                    "a schema sees one document",
}

// TestSchemaRefusesWhatTheLoaderRefuses goes over every kind of bad input.
func TestSchemaRefusesWhatTheLoaderRefuses(t *testing.T) {
	t.Parallel()
	s := scenarioRules(t)
	seen := map[string]bool{}
	for _, c := range badInput {
		seen[c.name] = true
		err := validate(s, []byte(c.yaml))
		reason, beyond := beyondScenarioSchema[c.name]
		switch {
		case err == nil && !beyond:
			t.Errorf("%s: the schema accepts it:\n%s", c.name, c.yaml)
		case err != nil && beyond:
			t.Errorf("%s: the schema refuses it, yet is said not to (%s): %v", c.name, reason, err)
		}
	}
	for name := range beyondScenarioSchema {
		if !seen[name] {
			t.Errorf("%s: no such bad input", name)
		}
	}
}

// enumAt is the list of words at a path of the schema.
func enumAt(t *testing.T, path ...string) []string {
	t.Helper()
	var at any
	if err := json.Unmarshal(ScenarioSchema(), &at); err != nil {
		t.Fatal(err)
	}
	for _, key := range append(path, "enum") {
		at = at.(map[string]any)[key]
	}
	var out []string
	for _, w := range at.([]any) {
		out = append(out, w.(string))
	}
	return out
}

// TestSchemaWords: the schema's lists of words are the program's.
func TestSchemaWords(t *testing.T) {
	t.Parallel()
	var profiles []string
	for _, p := range Profiles() {
		profiles = append(profiles, p.Name)
	}
	for _, c := range []struct {
		want []string
		path []string
	}{
		{profiles, []string{"$defs", "profileName"}},
		{words(Dialects()), []string{"$defs", "scenario", "properties", "dialect"}},
		{words(Switches()), []string{"$defs", "scenario", "properties", "limits", "items"}},
		{Versions(), []string{"$defs", "offer", "properties", "wms"}},
		{words(Rungs()), []string{"$defs", "rung"}},
	} {
		got := enumAt(t, c.path...)
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, the program has %v", c.path, got, c.want)
		}
	}
}

// TestSchemaForms: what the schema has as a pattern or as a condition.
func TestSchemaForms(t *testing.T) {
	t.Parallel()
	s := scenarioRules(t)
	head := func(dialect, moniker string) string {
		return "- id: a\n  dialect: " + dialect + "\n  moniker: " + moniker + "\n"
	}
	accepts := func(text string, want bool) {
		t.Helper()
		if err := validate(s, []byte(text)); (err == nil) != want {
			t.Errorf("accepted %v, want %v: %v\n%s", err == nil, want, err, text)
		}
	}
	var monikers []string
	for _, d := range Dialects() {
		monikers = append(monikers, d.Monikers()...)
	}
	for _, d := range Dialects() {
		for _, m := range append(monikers, "gopher") {
			accepts(head(string(d), m), slices.Contains(d.Monikers(), m))
		}
	}
	base := head("wmp11", "rtsp")
	for _, f := range Faults() {
		accepts(base+"  faults: ["+f.ID+"]\n", true)
	}
	for _, id := range []string{"E-00", "E-96", "F-00", "F-29", "G-01", "E-1"} {
		_, known := LookUpFault(id)
		accepts(base+"  faults: ["+id+"]\n", known)
	}
	for id, known := range map[string]bool{"D-01": true, "D-99": true, "D-00": false, "D-100": false, "E-01": false} {
		accepts(base+"  deviations: ["+id+"]\n", known)
	}
	for _, r := range Rungs() {
		for _, o := range Outcomes() {
			accepts(base+"  expect: "+strings.Join([]string{string(r) + ":" + string(o), "HTTP:played?"}, " ")+" | none\n", true)
		}
	}
}

package reports

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

func written(t *testing.T, r Run) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteJSON(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(SchemaID, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(SchemaID)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestJSONRoundTrip(t *testing.T) {
	t.Parallel()
	first := written(t, sampleRun())
	r, err := ReadJSON(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	if second := written(t, r); !bytes.Equal(first, second) {
		t.Errorf("read and written again it differs: %s", cmp.Diff(string(first), string(second)))
	}
	same := cmp.Options{cmpopts.EquateEmpty(), cmpopts.EquateComparable(netip.Addr{}), cmpopts.EquateApproxTime(0)}
	if d := cmp.Diff(sampleRun(), r, same); d != "" {
		t.Errorf("read back it differs (-want +got):\n%s", d)
	}
}

func TestWriteJSONLeavesTheRecordAlone(t *testing.T) {
	t.Parallel()
	r := sampleRun()
	written(t, r)
	if r.Results[0].Findings != nil {
		t.Error("writing filled in a list of the caller's record")
	}
}

func TestSchemaAcceptsOurRecords(t *testing.T) {
	t.Parallel()
	s := compiled(t)
	planned := Run{Started: epoch}.Planned([]rollover.Scenario{sampleRun().Results[0].Scenario})
	for name, r := range map[string]Run{"sample": sampleRun(), "zero": {}, "planned": planned} {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(written(t, r)))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSchemaForbids spoils a valid record in one place at a time.
func TestSchemaForbids(t *testing.T) {
	t.Parallel()
	s := compiled(t)
	for name, spoil := range map[string]func(run, result map[string]any){
		"an unknown key of the run":    func(run, _ map[string]any) { run["extra"] = 1 },
		"an unknown key of a result":   func(_, res map[string]any) { res["extra"] = 1 },
		"an unknown key of a scenario": func(_, res map[string]any) { res["scenario"].(map[string]any)["extra"] = 1 },
		"an unknown verdict":           func(_, res map[string]any) { res["verdict"] = "passed" },
		"a missing list":               func(run, _ map[string]any) { delete(run, "results") },
		"a null list":                  func(_, res map[string]any) { res["findings"] = nil },
		"a newer schema":               func(run, _ map[string]any) { run["schema"] = SchemaVersion + 1 },
		"a time that is none":          func(run, _ map[string]any) { run["started"] = "yesterday" },
	} {
		var run map[string]any
		if err := json.Unmarshal(written(t, sampleRun()), &run); err != nil {
			t.Fatal(err)
		}
		spoil(run, run["results"].([]any)[0].(map[string]any))
		if s.Validate(run) == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestReadJSONRefuses(t *testing.T) {
	t.Parallel()
	good := string(written(t, sampleRun()))
	for _, c := range []struct{ name, in, want string }{
		{"nothing", "", "unexpected end"},
		{"no record", `{"a": 1}`, "no schema number"},
		{"a newer schema", strings.Replace(good, `"schema": 1`, `"schema": 2, "new": true`, 1), "schema 2 is newer than 1"},
		{"schema zero", `{"schema": 0}`, "schema 0 does not exist"},
		{"an unknown field", strings.Replace(good, `"jobs"`, `"workers"`, 1), `unknown field "workers"`},
		{"a wrong type", strings.Replace(good, `"jobs": 16`, `"jobs": "many"`, 1), "line "},
		{"an unknown verdict", strings.Replace(good, `"verdict": "pass"`, `"verdict": "passed"`, 1), `unknown verdict "passed"`},
		{"the same ID twice", strings.Replace(good, `"id": "rtsp/no-udp"`, `"id": "rtsp/open"`, 1), "rtsp/open is there twice"},
		{"a torn file", good[:len(good)/2], "line "},
		{"something after it", good + "{}", "after top-level value"},
	} {
		if _, err := ReadJSON(strings.NewReader(c.in)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
}

func TestSchemaClosesEveryObject(t *testing.T) {
	t.Parallel()
	s, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(s, []byte(`"additionalProperties": false`)); n < 20 {
		t.Errorf("only %d objects are closed", n)
	}
}

package bundle

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/rollover-conformance/rollover/reports"
)

// accepted holds a JSON text against the schema of such a value.
func accepted(t *testing.T, text []byte, v any) error {
	t.Helper()
	schema, err := reports.SchemaOf("probe", "probe", v)
	must(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	must(t, err)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	must(t, c.AddResource("probe.json", doc))
	s, err := c.Compile("probe.json")
	must(t, err)
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	must(t, err)
	return s.Validate(value)
}

// TestWhatABundleSaysHasASchema: its manifest, and the report of its check
// whether it is valid or not.
func TestWhatABundleSaysHasASchema(t *testing.T) {
	in := sample(t)
	var packed bytes.Buffer
	must(t, Write(t.Context(), &packed, in))
	b := openBox(t, in, packed.Bytes())
	manifest := b.data[ManifestFile]
	if err := accepted(t, manifest, Manifest{}); err != nil {
		t.Error(err)
	}
	if accepted(t, bytes.Replace(manifest, []byte(`"claims"`), []byte(`"claim"`), 1), Manifest{}) == nil {
		t.Error("a manifest with an unknown key is accepted")
	}
	b.add("extra", "x")
	for _, data := range [][]byte{packed.Bytes(), b.pack(t)} {
		report := verify(t, data, options(in))
		if report.Valid != bytes.Equal(data, packed.Bytes()) {
			t.Errorf("valid: %v", report.Valid)
		}
		text, err := json.Marshal(report)
		must(t, err)
		if err := accepted(t, text, Report{}); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
	}
}

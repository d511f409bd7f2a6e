package reports

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"reflect"

	"github.com/invopop/jsonschema"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// schemaBase is what the identifiers of our schemas begin with.
const schemaBase = "https://github.com/rollover-conformance/rollover/"

// SchemaID is the identifier of the run record's JSON Schema.
const SchemaID = schemaBase + "run.schema.json"

// Schema is the JSON Schema (2020-12) of the run record.
func Schema() ([]byte, error) { return SchemaOf("run", "Run record of rollover", Run{}) }

// ResultSchema is the JSON Schema of result.json.
func ResultSchema() ([]byte, error) {
	return SchemaOf("result", "Result of one scenario", rollover.Result{})
}

// ProgressSchema is the JSON Schema of a line of progress.jsonl.
func ProgressSchema() ([]byte, error) {
	return SchemaOf("progress", "Line of a run's progress log", entry{})
}

// SchemaOf is the JSON Schema (2020-12) of a file that is written from such a
// value. It is derived from the Go type, so it cannot lag behind it; additional
// properties are forbidden everywhere. Files that tell their version, under the
// key schema, are held to those that this program reads.
func SchemaOf(name, title string, v any) ([]byte, error) {
	reflector := jsonschema.Reflector{Mapper: schemaOf}
	s := reflector.Reflect(v)
	s.ID = jsonschema.ID(schemaBase + name + ".schema.json")
	s.Title = title
	describe(s)
	if run, ok := s.Definitions["Run"]; ok {
		if version, ok := run.Properties.Get("schema"); ok {
			version.Minimum, version.Maximum = "1", json.Number(fmt.Sprint(SchemaVersion))
		}
	}
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write schema %s: %w", name, err)
	}
	return append(out, '\n'), nil
}

// schemaOf describes the types whose JSON their Go kind does not tell.
func schemaOf(t reflect.Type) *jsonschema.Schema {
	switch t {
	case reflect.TypeFor[rollover.Grade]():
		return enum(rollover.Grades())
	case reflect.TypeFor[rollover.Rung]():
		return enum(rollover.Rungs())
	case reflect.TypeFor[rollover.Level]():
		return enum([]rollover.Level{rollover.Core, rollover.Extended})
	case reflect.TypeFor[netip.Addr]():
		return &jsonschema.Schema{Type: "string", Description: "an IP address"}
	}
	return nil
}

func enum[T ~string](words []T) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string"}
	for _, w := range words {
		s.Enum = append(s.Enum, string(w))
	}
	return s
}

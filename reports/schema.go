package reports

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"reflect"

	"github.com/invopop/jsonschema"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// SchemaID is the identifier of the run record's JSON Schema.
const SchemaID = "https://github.com/rollover-conformance/rollover/run.schema.json"

// Schema is the JSON Schema (2020-12) of the run record. It is derived from
// the Go types, so it cannot lag behind them; additional properties are
// forbidden everywhere.
func Schema() ([]byte, error) {
	reflector := jsonschema.Reflector{Mapper: schemaOf}
	s := reflector.Reflect(Run{})
	s.ID = SchemaID
	s.Title = "Run record of rollover"
	if run, ok := s.Definitions["Run"]; ok {
		if version, ok := run.Properties.Get("schema"); ok {
			version.Minimum, version.Maximum = "1", json.Number(fmt.Sprint(SchemaVersion))
		}
	}
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write schema of the run record: %w", err)
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

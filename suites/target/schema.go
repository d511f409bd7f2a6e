package target

import (
	_ "embed"
	"slices"
)

//go:embed target.schema.json
var schema []byte

// Schema returns the JSON Schema (2020-12) of a target file, for editors and
// for whoever writes one by program. The loader is the authority: it refuses
// everything the schema refuses, and beyond it templates that name something
// unknown.
func Schema() []byte { return slices.Clone(schema) }

package rollover

import (
	_ "embed"
	"slices"
)

//go:embed scenario.schema.json
var scenarioSchema []byte

// ScenarioSchema returns the JSON Schema (2020-12) of a scenario file, for
// editors and for whoever writes one by program. The loader is the authority:
// it refuses everything the schema refuses, and beyond it what only the whole
// catalogue or the oracle can tell.
func ScenarioSchema() []byte { return slices.Clone(scenarioSchema) }

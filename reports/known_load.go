package reports

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/rollover/strict"
)

//go:embed known-failures.schema.json
var knownSchema []byte

// KnownFailuresSchema returns the JSON Schema (2020-12) of a list of known
// failures. The loader is the authority: beyond the schema it refuses
// requirements that do not exist, days that no calendar has, and an entry that
// comes twice.
func KnownFailuresSchema() []byte { return slices.Clone(knownSchema) }

// LoadKnownFailures reads a list of known failures: a YAML list of entries
// with the keys scenario, requirement, reason, owner and expires, all of them
// obligatory. An empty file is an empty list. file is a name for messages; the
// error tells every mistake with its place, what was found and what is allowed.
func LoadKnownFailures(file string, data []byte) (KnownFailures, error) {
	var out KnownFailures
	err := strict.Read(file, data, func(root strict.Node) {
		if root.IsNull() {
			return
		}
		root.List(func(_ int, item strict.Node) {
			item = item.As("")
			e := KnownFailure{File: file, Line: item.Line()}
			if !item.Object(e.fields()...) {
				return
			}
			for _, earlier := range out {
				if earlier.Scenario == e.Scenario && earlier.Requirement == e.Requirement && e.Scenario != "" {
					item.Fail(fmt.Sprintf("%s and %s a second time (line %d)", e.Scenario, e.Requirement, earlier.Line), "each pair once")
				}
			}
			out = append(out, e)
		})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (e *KnownFailure) fields() []strict.Field {
	said := func(into *string) func(strict.Node) {
		return func(n strict.Node) {
			if *into = strings.Join(strings.Fields(n.Text()), " "); *into == "" && n.IsText() {
				n.Fail("an empty text", "a word at least")
			}
		}
	}
	return []strict.Field{
		strict.Need("scenario", e.readScenario),
		strict.Need("requirement", e.readRequirement),
		strict.Need("reason", said(&e.Reason)),
		strict.Need("owner", said(&e.Owner)),
		strict.Need("expires", e.readExpires),
	}
}

func (e *KnownFailure) readScenario(n strict.Node) {
	e.Scenario = n.Text()
	var err error
	if e.matches, err = rollover.Glob(e.Scenario); err != nil && n.IsText() {
		n.Fail(fmt.Sprintf("scenario %q", e.Scenario), "an ID, or a glob: a-z 0-9 - / * **")
	}
}

func (e *KnownFailure) readRequirement(n strict.Node) {
	e.Requirement = n.Text()
	if _, ok := rollover.LookUp(e.Requirement); ok || !n.IsText() {
		return
	}
	var ids []string
	for _, r := range rollover.Requirements() {
		ids = append(ids, r.ID)
	}
	near := rollover.Near(e.Requirement, ids)
	if len(near) == 0 || len(near) > 6 {
		near = []string{ids[0], "to", ids[len(ids)-1]}
	}
	n.Fail(fmt.Sprintf("unknown requirement %q", e.Requirement), strings.Join(near, " "))
}

func (e *KnownFailure) readExpires(n strict.Node) {
	text := n.Scalar()
	var err error
	if e.Expires, err = time.Parse(day, text); err != nil && text != "" {
		n.Fail(fmt.Sprintf("expires: found %q", text), "a day such as 2026-12-31")
	}
}

package selftest

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/rollover/strict"
	"github.com/rollover-conformance/rollover/suites/target"
)

// Planting is one fault of a reference side and the scenarios that must catch
// it.
type Planting struct {
	Fault     rollover.Fault
	Scenarios []Planted
	Waits     string // what it waits for, where nothing can show it yet
}

// Planted is a scenario with a fault in it.
type Planted struct {
	In       string            // the ID of the scenario without the fault
	Scenario rollover.Scenario // with the fault, under an ID of its own
	Names    []string          // requirements, any of which the finding must name
}

// entry is one fault of the plan as it is written.
type entry struct {
	id    string
	in    []string
	forms []string
	with  []string
	names []string
	waits string
	at    strict.Node
}

//go:embed plan.yaml
var planYAML []byte

//go:embed scenarios.yaml
var scenariosYAML []byte

// Scenarios returns this package's own scenarios, in which no fault is planted.
func Scenarios() ([]rollover.Scenario, error) {
	return rollover.LoadScenarios("suites/selftest/scenarios.yaml", scenariosYAML)
}

// Plan returns every fault of the reference sides, the server's first, with the
// scenarios that must catch it. A fault waits where the plan says so, or where
// its scenarios ask for something that the rig does not have yet. The error is
// a mistake in the plan, with its place.
func Plan() ([]Planting, error) {
	catalogue, err := rollover.Catalogue()
	if err != nil {
		return nil, err
	}
	own, err := Scenarios()
	if err != nil {
		return nil, err
	}
	return load("suites/selftest/plan.yaml", planYAML, slices.Concat(catalogue, own))
}

// load reads a plan over the scenarios that it may name.
func load(file string, data []byte, all []rollover.Scenario) ([]Planting, error) {
	if err := rollover.Distinct(all); err != nil {
		return nil, err
	}
	var out []Planting
	err := strict.Read(file, data, func(root strict.Node) {
		var entries []entry
		root.List(func(_ int, item strict.Node) { entries = append(entries, read(item)) })
		for _, f := range rollover.Faults() {
			i := slices.IndexFunc(entries, func(e entry) bool { return e.id == f.ID })
			if i < 0 {
				root.Fail("no entry for fault "+f.ID, "one for each fault")
				continue
			}
			out = append(out, entries[i].plant(f, all))
		}
	})
	return out, err
}

func read(item strict.Node) entry {
	e := entry{at: item}
	item.Object(
		strict.Need("fault", func(n strict.Node) {
			e.id = n.Text()
			if _, ok := rollover.LookUpFault(e.id); !ok {
				n.Fail(fmt.Sprintf("unknown fault %q", e.id), "a fault of rollover.md E or F")
			}
		}),
		strict.Key("in", func(n strict.Node) { e.in = n.Texts() }),
		strict.Key("forms", func(n strict.Node) { e.forms = n.Texts() }),
		strict.Key("with", func(n strict.Node) { e.with = n.Texts() }),
		strict.Key("names", func(n strict.Node) {
			e.names = n.Texts()
			for _, id := range e.names {
				if _, ok := rollover.LookUp(id); !ok {
					n.Fail(fmt.Sprintf("unknown requirement %q", id), "one of the catalogue of requirements")
				}
			}
		}),
		strict.Key("waits", func(n strict.Node) { e.waits = n.Text() }),
	)
	if (len(e.in) == 0) == (e.waits == "") {
		item.Fail("fault "+e.id+" with neither or both", "exactly one of in, waits")
	}
	return e
}

// plant puts the fault, in each of its forms, into each of its scenarios.
func (e entry) plant(f rollover.Fault, all []rollover.Scenario) Planting {
	p := Planting{Fault: f, Waits: e.waits}
	names := append(slices.Clone(f.Breaks), e.names...)
	if len(names) == 0 {
		e.at.Fail("fault "+f.ID+" breaks no requirement of its own", "names")
	}
	sut, _, err := target.Embedded(rowOf(f.Party))
	if err != nil {
		e.at.Fail(err.Error(), "")
		return p
	}
	why := ""
	for _, in := range e.in {
		i := slices.IndexFunc(all, func(s rollover.Scenario) bool { return s.ID == in })
		if i < 0 {
			e.at.Fail(fmt.Sprintf("fault %s in %q, which is no scenario", f.ID, in), "an ID of the catalogue or of scenarios.yaml")
			continue
		}
		if ok, reason := target.Applicable(sut, all[i]); !ok {
			why = reason
			continue
		}
		for _, form := range append([]string{""}, e.forms...) {
			p.Scenarios = append(p.Scenarios, Planted{In: in, Scenario: faulty(all[i], f.ID, form, e.with), Names: names})
		}
	}
	if len(p.Scenarios) == 0 && p.Waits == "" {
		p.Waits = why
	}
	return p
}

// faulty is a scenario with a fault in it, and with others beside it where
// those are what it shows against.
func faulty(s rollover.Scenario, id, form string, with []string) rollover.Scenario {
	folder := strings.ToLower(id)
	if form != "" {
		id += "=" + form
		folder += "-" + form
	}
	s.ID = folder + "/" + s.ID
	s.Faults = append([]string{id}, with...)
	s.Source = rollover.Source{}
	return s
}

// rowOf is the built-in target in which a party's faults are planted.
func rowOf(p rollover.Party) string {
	if p == rollover.PartyClient {
		return target.ReferenceClient
	}
	return target.Reference
}

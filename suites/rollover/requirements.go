package rollover

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/rollover-conformance/rollover/suites/rollover/strict"
)

// Requirement is one thing the suites hold a system to.
type Requirement struct {
	ID     string `json:"id"`    // RO-RTSP-104; never renumbered
	Level  string `json:"level"` // core, extended; informative: never a verdict against the system under test
	Text   string `json:"text"`
	Source string `json:"source"`         // where it comes from
	Seen   string `json:"seen,omitempty"` // where the judge looks
	Pass   string `json:"pass,omitempty"` // the criterion
}

// Fault is one way in which a reference side can be made to break the rules.
type Fault struct {
	ID     string   `json:"id"` // E-16, F-05
	Party  Party    `json:"party"`
	Text   string   `json:"text"`
	Rung   string   `json:"rung,omitempty"`
	Breaks []string `json:"breaks,omitempty"` // requirements
	Shows  string   `json:"shows"`            // how, or where, it is seen
	Hidden string   `json:"hidden,omitempty"` // the clients that would not notice
}

//go:embed requirements.yaml
var requirementsYAML []byte

//go:embed faults.yaml
var faultsYAML []byte

// Requirements returns all requirements, in the catalogue's order.
func Requirements() []Requirement { return slices.Clone(requirements()) }

// Faults returns all faults, the server's first.
func Faults() []Fault { return slices.Clone(faults()) }

// LookUp returns the requirement of that ID.
func LookUp(id string) (Requirement, bool) {
	for _, r := range requirements() {
		if r.ID == id {
			return r, true
		}
	}
	return Requirement{}, false
}

// LookUpFault returns the fault of that ID. What stands behind an equals sign
// chooses among its forms, as in E-10=404.
func LookUpFault(id string) (Fault, bool) {
	id, _, _ = strings.Cut(id, "=")
	for _, f := range faults() {
		if f.ID == id {
			return f, true
		}
	}
	return Fault{}, false
}

var requirements = sync.OnceValue(func() []Requirement {
	var out []Requirement
	err := strict.Read("requirements.yaml", requirementsYAML, func(root strict.Node) {
		root.List(func(_ int, item strict.Node) {
			var r Requirement
			item.Object(
				strict.Need("id", text(&r.ID)),
				strict.Need("level", func(n strict.Node) { r.Level = n.Word("core", "extended", "informative") }),
				strict.Need("text", text(&r.Text)),
				strict.Need("source", text(&r.Source)),
				strict.Key("seen", text(&r.Seen)),
				strict.Key("pass", text(&r.Pass)),
			)
			out = append(out, r)
		})
	})
	return embedded(out, err)
})

var faults = sync.OnceValue(func() []Fault {
	var out []Fault
	err := strict.Read("faults.yaml", faultsYAML, func(root strict.Node) {
		root.List(func(_ int, item strict.Node) {
			f := Fault{Party: PartyClient}
			item.Object(
				strict.Need("id", text(&f.ID)),
				strict.Need("text", text(&f.Text)),
				strict.Key("rung", text(&f.Rung)),
				strict.Key("breaks", func(n strict.Node) { f.Breaks = n.Texts() }),
				strict.Need("shows", text(&f.Shows)),
				strict.Key("hiddenBy", text(&f.Hidden)),
			)
			if len(f.ID) > 0 && f.ID[0] == 'E' {
				f.Party = PartyServer
			}
			out = append(out, f)
		})
	})
	return embedded(out, err)
})

func text(into *string) func(strict.Node) {
	return func(n strict.Node) { *into = n.Text() }
}

// embedded hands on what was read from a file of this package. An error there
// is a mistake of ours that the package's tests find.
func embedded[T any](value T, err error) T {
	if err != nil {
		panic(fmt.Sprintf("embedded data: %v", err))
	}
	return value
}

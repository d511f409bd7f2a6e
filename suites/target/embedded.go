package target

import (
	"slices"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// The built-in rows: our own server and client, each judged while the other
// one plays against it.
const (
	Reference       = "reference"
	ReferenceClient = "reference-client"
)

// Names returns the names of the built-in rows.
func Names() []string { return []string{Reference, ReferenceClient} }

// Embedded returns the built-in row of that name, and whether there is one.
func Embedded(name string) (t Target, ok bool, err error) {
	t = Target{
		Name:    name,
		Vendor:  "rollover",
		URL:     defaultURL,
		Content: ContentClip,
		Claims: Claims{
			Dialects:  slices.DeleteFunc(rollover.Dialects(), rollover.Dialect.Later),
			WMS:       rollover.Versions(),
			Rungs:     slices.DeleteFunc(rollover.Rungs(), rollover.Rung.Later),
			FastCache: true, IPv6: true,
		},
	}
	switch name {
	case Reference:
		t.Product, t.Role = "reference server", rollover.PartyServer
	case ReferenceClient:
		t.Product, t.Role = "reference client", rollover.PartyClient
	default:
		return Target{}, false, nil
	}
	return t, true, nil
}

package target

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// Means says of a scenario that applies what makes it so: what it needs and
// the target claims, and how its offer is made.
func (t Target) Means(s rollover.Scenario) string {
	asked := t.asked(s)
	needs := "no rung is asked for"
	if len(asked) > 0 {
		needs = list(asked) + " of dialect " + string(s.Dialect) + " are claimed"
	}
	switch {
	case t.Role == rollover.PartyClient && t.BuiltIn():
		return needs + "; the built-in client plays"
	case t.Role == rollover.PartyClient:
		return needs + "; the client is started with " + s.Moniker + "://"
	case t.BuiltIn():
		return needs + "; the built-in server offers it"
	case t.Attach != nil:
		return needs + "; it runs already: " + t.Attach.String()
	}
	if v, ok := t.variantFor(s); ok {
		n := slices.IndexFunc(t.Offers, func(o Variant) bool { return slices.Equal(o.Exec, v.Exec) && slices.Equal(o.Rungs, v.Rungs) })
		return fmt.Sprintf("%s; started by entry %d under offers: %s", needs, n+1, strings.Join(v.Exec, " "))
	}
	return needs + "; started as usual"
}

package target

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/rollover-conformance/rollover/netns/firewall"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// Applicable reports whether a scenario can be played against the target, and
// in one sentence why not: the rig lacks what it needs, it lies outside the
// target's claims, or no way is declared to make the offer.
func Applicable(t Target, s rollover.Scenario) (ok bool, reason string) {
	reasons := []string{later(s, t.ClientRow()), t.crowded(s), t.unreached(s)}
	for _, one := range s.Views() { // as some of several clients have it
		reasons = append(reasons, t.unclaimed(one), t.unmade(one))
	}
	for _, why := range reasons {
		if why != "" {
			return false, why
		}
	}
	return true, ""
}

// crowded says that the scenario has more clients than the target claims to
// serve at once, or copies of it that nobody could tell apart.
func (t Target) crowded(s rollover.Scenario) string {
	if s.Several() && s.OneAddress() && t.Role == rollover.PartyClient && !t.BuiltIn() {
		return "behind one address, several copies of the client would have the same UDP ports"
	}
	if most := t.Claims.Clients; most > 0 && s.Client.Count > most {
		return fmt.Sprintf("%d clients at once are not claimed (%d)", s.Client.Count, most)
	}
	return ""
}

// unreached says what of the scenario cannot be arranged around a server that
// runs already: nothing in its host is the lab's to set.
func (t Target) unreached(s rollover.Scenario) string {
	a := t.Attach
	if a == nil {
		return ""
	}
	atServer := func(p firewall.Profile) bool { return p.At == firewall.AtServer }
	switch {
	case atServer(s.Profile), slices.ContainsFunc(s.Then, func(e rollover.Event) bool { return e.Profile != nil && atServer(*e.Profile) }):
		return "its rules belong on the server's own host, and that is not the lab's"
	case a.Interface == "":
		return ""
	case !a.Has(s.Family):
		return fmt.Sprintf("%s has no address of family %s", a, s.Family)
	case s.Client.Count > 1:
		return "only one client can be a neighbour of " + a.String()
	case s.Client.Names > 0:
		return fmt.Sprintf("other addresses of the network of %s are not the lab's", a)
	case s.Link.MTU > 0:
		return fmt.Sprintf("the cable to %s is not the lab's", a)
	}
	return ""
}

// unclaimed says what the scenario needs that the target does not claim.
func (t Target) unclaimed(s rollover.Scenario) string {
	c := t.Claims
	switch {
	case !slices.Contains(c.Dialects, s.Dialect):
		return fmt.Sprintf("dialect %s is not claimed (%s)", s.Dialect, list(c.Dialects))
	case !slices.Contains(c.WMS, s.Offer.WMS):
		return fmt.Sprintf("server version %s is not claimed (%s)", s.Offer.WMS, strings.Join(c.WMS, " "))
	case s.Family == rollover.IPv6 && !c.IPv6:
		return "IPv6 is not claimed"
	case s.Offer.FastCache && !c.FastCache:
		return "Fast Cache is not claimed"
	case s.Topology == "multicast" && !c.Multicast:
		return "multicast is not claimed"
	case !c.Seek && slices.ContainsFunc(s.Then, func(e rollover.Event) bool { return e.Do != "" && e.Do != rollover.DoStop }):
		return "control of playback (pause, seek, forward) is not claimed"
	}
	for _, r := range t.asked(s) {
		if !slices.Contains(c.Rungs, r) {
			return fmt.Sprintf("rung %s takes part in it and is not claimed (%s)", r, list(c.Rungs))
		}
	}
	return ""
}

// asked are the rungs that a scenario asks of the target: of a server what is
// offered, of a client what its ladder has and may not be left out.
func (t Target) asked(s rollover.Scenario) []rollover.Rung {
	if t.Role == rollover.PartyServer {
		return s.Offer.Rungs
	}
	ladder, _, optional, err := s.Ladder()
	if own, ok := t.Ladders[s.Moniker]; ok {
		ladder, optional, err = own, t.Optional[s.Moniker], nil
	}
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(ladder), func(r rollover.Rung) bool { return slices.Contains(optional, r) })
}

// unmade says what of the offer the target has no way to make.
func (t Target) unmade(s rollover.Scenario) string {
	if t.Role == rollover.PartyClient {
		return t.unplayable(s)
	}
	if t.BuiltIn() {
		return ""
	}
	if scheme := schemeOf(t.URL, s.Moniker); scheme != s.Moniker {
		return fmt.Sprintf("its url is always %s://, and the scenario plays %s://", scheme, s.Moniker)
	}
	for _, svc := range rollover.PortNames() {
		if own, wanted := t.serves(svc), s.Offer.PortOf(svc); own != wanted {
			return fmt.Sprintf("it serves %s on port %d, and the scenario wants %d", svc, own, wanted)
		}
	}
	switch {
	case len(s.Offer.Reply) > 0:
		return "no way is declared to make it refuse as the scenario wants"
	case s.Offer.Auth != nil && !t.knows(*s.Offer.Auth):
		return "the scenario's account is not the one the target file declares"
	case s.Offer.Session > 0:
		return "no way is declared to make it announce another session time-out than its own"
	case s.Offer.Content == "live":
		return "no way is declared to make it serve live content"
	}
	if _, ok := t.variantFor(s); !ok && !t.asClaimed(s) {
		return fmt.Sprintf("no entry under offers serves exactly [%s] with http %s", list(s.Offer.Rungs), s.Offer.HTTP)
	}
	return ""
}

// told reports whether the command tells the client what is switched off.
func (t Target) told(s rollover.Scenario) bool {
	exec, env := t.Command(s)
	texts := slices.AppendSeq(slices.Clone(exec), maps.Values(env))
	return slices.ContainsFunc(texts, func(text string) bool { return offName.MatchString(text) })
}

// offName is the switched-off protocols as a template names them.
var offName = regexp.MustCompile(`{{[^}]*\.Off\b`)

// knows: the account that the scenario's client uses rightly must exist.
func (t Target) knows(a rollover.Auth) bool {
	return t.Auth != nil && t.Auth.User == a.User && t.Auth.Password == a.Password
}

// asClaimed reports whether the target serves the offer as it is usually
// started: all its claims. Rungs that the scenario's ladder does not have make
// no difference.
func (t Target) asClaimed(s rollover.Scenario) bool {
	return sameOffer(s, t.Claims.Rungs, rollover.HTTPFor(t.Claims.Rungs), t.Claims.FastCache)
}

// variantFor returns the way to start the target that makes the offer; false
// if its usual start does, or none.
func (t Target) variantFor(s rollover.Scenario) (Variant, bool) {
	if t.asClaimed(s) {
		return Variant{}, false
	}
	for _, v := range t.Offers {
		fastCache, http := t.Claims.FastCache, v.HTTP
		if v.FastCache != nil {
			fastCache = *v.FastCache
		}
		if http == "" {
			http = rollover.HTTPFor(v.Rungs)
		}
		if sameOffer(s, v.Rungs, http, fastCache) {
			return v, true
		}
	}
	return Variant{}, false
}

// sameOffer compares what is served with what the scenario offers, as far as
// its ladder is concerned.
func sameOffer(s rollover.Scenario, rungs []rollover.Rung, http string, fastCache bool) bool {
	ladder := s.Dialect.Home(s.Moniker)
	for _, r := range slices.Concat(s.Offer.Rungs, rungs) {
		matters := slices.Contains(ladder, r) || slices.Contains(s.Offer.Rungs, r)
		if matters && slices.Contains(rungs, r) != s.Offer.Serves(r) {
			return false
		}
	}
	if rollover.HTTPFor(ladder) == rollover.HTTPOff && s.Offer.HTTP == rollover.HTTPOff {
		http = rollover.HTTPOff
	}
	return s.Offer.HTTP == http && s.Offer.FastCache == fastCache
}

// Command is the program with its arguments and environment for a scenario's
// offer, as templates.
func (t Target) Command(s rollover.Scenario) (exec []string, env map[string]string) {
	if t.Start == nil {
		return nil, nil
	}
	exec, env = t.Start.Exec, map[string]string{}
	for k, v := range t.Start.Env {
		env[k] = v
	}
	if v, ok := t.variantFor(s); ok {
		exec = v.Exec
		for k, value := range v.Env {
			env[k] = value
		}
	}
	return exec, env
}

// unplayable says why a client cannot play the scenario. Templates tell a
// program what to play and what is switched off, and nothing else.
func (t Target) unplayable(s rollover.Scenario) string {
	if t.BuiltIn() {
		return ""
	}
	if _, ok := t.Ladders[s.Moniker]; !ok && len(t.Ladders) > 0 {
		return fmt.Sprintf("the client declares no ladder for %s://", s.Moniker)
	}
	switch a := s.Offer.Auth; {
	case len(s.Limits) > 0 && !t.told(s):
		return fmt.Sprintf("no way is declared to switch %s off in the client: its command has no {{.Off}}", list(s.Limits))
	case s.Client.Plays() > 1:
		return "no way is declared to make the client forget, or give up, what it played before"
	case len(s.Client.Habits) > 0:
		return fmt.Sprintf("the client has habits of its own, and the scenario wants [%s]", list(s.Client.Habits))
	case s.Client.Names > 0:
		return "no way is declared to give the client's host a hosts file"
	case slices.ContainsFunc(s.Then, func(e rollover.Event) bool { return e.Do == rollover.DoStop }):
		return "no way is declared to make the client stop in mid-play"
	case len(s.Client.Ports) > 0:
		return "no way is declared to make the client keep to other UDP ports than its own"
	case s.Client.Agent != "":
		return "no way is declared to make the client call itself " + s.Client.Agent
	case a != nil && a.Client == "wrong", a != nil && a.Client == "right" && !t.knows(*a):
		return "the client does not use the scenario's account"
	}
	return ""
}

func list[T ~string](items []T) string { return strings.Join(words(items), " ") }

package target

import (
	"fmt"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// missing is one piece of machinery that the rig does not have yet: the
// scenarios that need it are read, predicted and explained, and not played.
type missing struct {
	needs func(s rollover.Scenario, row rollover.ClientRow) string // what needs it; empty: nothing
	why   string
}

// comesLater is everything a scenario may ask for that no trial can do yet.
// A row goes when its machinery comes.
var comesLater = []missing{
	{needsTopology, "the rig has the routed topology only"},
	{needsDialect, "the fixtures do not speak it yet"},
	{needsRungs, "the fixtures have no protocol for it yet"},
	{needsTwoKinds, "no server of ours serves Windows Media and today's RTSP at once"},
	{needsClients, "the rig has a host for each of several clients in the routed topology only"},
	{needsControl, "the fixtures do not control playback yet"},
}

// later names the first piece that is missing; empty if the rig has them all.
func later(s rollover.Scenario, row rollover.ClientRow) string {
	for _, m := range comesLater {
		if what := m.needs(s, row); what != "" {
			return what + ": " + m.why
		}
	}
	return ""
}

func needsTopology(s rollover.Scenario, _ rollover.ClientRow) string {
	if s.Topology != "routed" {
		return "topology " + s.Topology
	}
	return ""
}

func needsDialect(s rollover.Scenario, _ rollover.ClientRow) string {
	for _, one := range s.Views() {
		if one.Dialect.Later() {
			return "dialect " + string(one.Dialect)
		}
	}
	return ""
}

// needsRungs: an offer that no fixture can serve, or a walk that must try
// what no fixture can. Steps that may be missing need nothing.
func needsRungs(s rollover.Scenario, row rollover.ClientRow) string {
	for _, r := range s.Offer.Rungs {
		if r.Later() {
			return "serving rung " + string(r)
		}
	}
	prediction := rollover.Predict(s, row, rollover.Brisk)
	for _, seq := range prediction.Sequences {
		for _, step := range seq {
			if !step.Optional && step.Outcome != rollover.Skipped && step.Rung.Later() {
				return "trying rung " + string(step.Rung)
			}
		}
	}
	return ""
}

// needsTwoKinds: clients of both kinds, or a rung for clients of the other.
func needsTwoKinds(s rollover.Scenario, _ rollover.ClientRow) string {
	for _, one := range s.Views() {
		if one.Dialect != s.Dialect && (one.Dialect == rollover.Modern || s.Dialect == rollover.Modern) {
			return "clients of " + string(s.Dialect) + " beside clients of " + string(one.Dialect)
		}
	}
	for _, r := range s.Offer.Rungs {
		if !r.Fits(s.Dialect) {
			return "serving rung " + string(r) + " to clients of " + string(s.Dialect)
		}
	}
	return ""
}

func needsClients(s rollover.Scenario, _ rollover.ClientRow) string {
	if s.Several() && s.Topology != "routed" {
		return fmt.Sprintf("%d clients", s.Client.Count)
	}
	return ""
}

func needsControl(s rollover.Scenario, _ rollover.ClientRow) string {
	for _, e := range s.Then {
		if e.Do != "" && e.Do != rollover.DoStop {
			return "then: do: " + e.Do
		}
	}
	return ""
}

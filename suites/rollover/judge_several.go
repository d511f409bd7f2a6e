package rollover

import (
	"fmt"
	"slices"
)

// judgeSeveral judges each of several clients as if it were alone, and what is
// all clients' once: the evidence, the server's program, what its log says.
// One client that misbehaves, or that the server treats ill, is enough.
func judgeSeveral(c Case) Verdict {
	all := newBench(c.shared())
	all.evidence()
	all.loaded()
	all.readiness()
	all.died()
	all.testimony()
	grades := make([]Grade, c.Scenario.Client.Count)
	var found []Finding
	for i := range grades {
		one := newBench(c.of(i + 1))
		one.walked()
		for j := range one.findings {
			one.findings[j].Client = i + 1
		}
		found = append(found, slices.Clone(one.findings)...)
		grades[i] = one.verdict().Grade
	}
	all.findings = append(all.findings, gathered(found)...)
	all.stall()
	v := all.verdict()
	v.Clients = grades
	return v
}

// shared is the case without what is a single client's. Its attempts are those
// of all.
func (c Case) shared() Case {
	c.Trace = Trace{Attempts: slices.Concat(attemptsOf(c.Trace)...), Health: c.Trace.Health}
	c.Setup.Exits = slices.DeleteFunc(slices.Clone(c.Setup.Exits), func(e Exit) bool { return e.Party == PartyClient })
	c.Journals = map[Party][]JournalEntry{PartyServer: c.Journals[PartyServer]}
	return c
}

// of is the case of the nth client, without what is all clients'.
func (c Case) of(n int) Case {
	c.Scenario, c.Prediction, c.Trace, c.Setup = c.Scenario.Of(n), c.Prediction.Of(n), c.Trace.Of(n), c.Setup.Of(n)
	c.Setup.Exits = slices.DeleteFunc(c.Setup.Exits, func(e Exit) bool { return e.Party != PartyClient })
	c.Journals = map[Party][]JournalEntry{PartyClient: slices.DeleteFunc(slices.Clone(c.Journals[PartyClient]),
		func(e JournalEntry) bool { return !e.of(n) })}
	return c
}

// gathered tells only once what was found of several clients in the same words.
func gathered(found []Finding) []Finding {
	var out []Finding
	also := map[int][]int{} // by index into out: the other clients
	for _, f := range found {
		i := slices.IndexFunc(out, func(o Finding) bool {
			return o.Party == f.Party && o.Requirement == f.Requirement && o.Expected == f.Expected && o.Seen == f.Seen && o.Note == f.Note
		})
		if i < 0 {
			out = append(out, f)
			continue
		}
		also[i] = append(also[i], f.Client)
	}
	for i, clients := range also {
		out[i].Seen += fmt.Sprintf(" (and so of %s)", ClientsText(clients))
	}
	return out
}

// portless reports that the client may find no UDP port for a rung, because
// others have them all.
func (b *bench) portless() bool {
	return slices.ContainsFunc(b.Prediction.Sequences, func(seq []Step) bool {
		return slices.ContainsFunc(seq, func(s Step) bool {
			return s.Leg == LegData && (s.Outcome == Skipped || s.Outcome == Broken)
		})
	})
}

package trace

import (
	"slices"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// sort deals the connections out to the protocols: by the server's ports, and
// where a port may be several protocols', by the client's first words. What
// goes to no port of a ladder is noise: programs knock at more doors than
// their ladder has.
func (r *reading) sort() map[rollover.Service][]*connection {
	out := map[rollover.Service][]*connection{}
	for _, c := range r.conns {
		if c.near().fromServer || !r.who.isServer(c.near().server.Addr()) {
			continue
		}
		if row := r.rowOf(c); row != nil {
			out[row.service] = append(out[row.service], c)
		}
	}
	return out
}

func (r *reading) rowOf(c *connection) *dissector {
	var first []byte
	for _, s := range c.near().segments {
		if s.FromClient {
			first = append(first, s.Data...)
		}
		if len(first) > 256 {
			break
		}
	}
	possible := r.possible(c.port())
	for _, row := range possible {
		if row.speaks(first) {
			return row
		}
	}
	if len(possible) == 0 {
		return nil
	}
	return possible[0]
}

// possible are the protocols a port may belong to: the one that is served
// there, the one that clients look for there, and, at the port of the URL,
// any that the moniker names (rollover.md B.8).
func (r *reading) possible(port uint16) []*dissector {
	var out []*dissector
	for i, row := range r.rows {
		named := port == r.scenario.Port && r.asksFor(row.service)
		if port != 0 && (r.portOf(row.service) == port || row.service.DefaultPort() == port || named) {
			out = append(out, &r.rows[i])
		}
	}
	return out
}

// asksFor reports whether the moniker's ladder has a rung of the service.
func (r *reading) asksFor(s rollover.Service) bool {
	ladder, _, _, err := rollover.LadderFor(r.scenario.Dialect, r.scenario.Moniker)
	return err != nil || slices.ContainsFunc(ladder, func(rung rollover.Rung) bool { return rung.Control() == s })
}

func (r *reading) portOf(s rollover.Service) uint16 {
	if p, ok := r.setup.Ports[s]; ok && p != 0 {
		return p
	}
	return s.DefaultPort()
}

// rungsOf are the rungs that the client may try of a protocol: those that the
// dialect has, and those of a ladder of its own.
func (r *reading) rungsOf(row *dissector) []rollover.Rung {
	rungs := row.rungs(r.scenario.Dialect)
	for _, own := range r.setup.Row.Ladders[r.scenario.Moniker] {
		if own.Control() == row.service && !slices.Contains(rungs, own) {
			rungs = append(rungs, own)
		}
	}
	return rungs
}

// rungsAt are all rungs that may stand behind a port.
func (r *reading) rungsAt(port uint16) []rollover.Rung {
	var out []rollover.Rung
	for _, row := range r.possible(port) {
		for _, rung := range r.rungsOf(row) {
			if !slices.Contains(out, rung) {
				out = append(out, rung)
			}
		}
	}
	return out
}

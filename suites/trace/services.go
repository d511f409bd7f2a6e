package trace

import (
	"slices"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// sort deals the connections out to the protocols: by the server's ports, and
// where a port may be several protocols', by the client's first words. What
// goes to no port of a ladder is noise: programs knock at more doors than
// their ladder has.
func (r *reading) sort(rows []dissector) map[rollover.Service][]*connection {
	out := map[rollover.Service][]*connection{}
	for _, c := range r.conns {
		if c.near().fromServer || !r.who.isServer(c.near().server.Addr()) {
			continue
		}
		if row := r.rowOf(rows, c); row != nil {
			out[row.service] = append(out[row.service], c)
		}
	}
	return out
}

func (r *reading) rowOf(rows []dissector, c *connection) *dissector {
	var first []byte
	for _, s := range c.near().segments {
		if s.FromClient {
			first = append(first, s.Data...)
		}
		if len(first) > 256 {
			break
		}
	}
	possible := r.possible(rows, c.port())
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

// possible are the protocols a port may belong to. The port of the URL may be
// anybody's, where the server does not say whose it is (rollover.md B.8).
func (r *reading) possible(rows []dissector, port uint16) []*dissector {
	var out []*dissector
	for i, row := range rows {
		if r.portOf(row.service) == port {
			out = append(out, &rows[i])
		}
	}
	if len(out) > 0 || port == 0 || port != r.scenario.Port {
		return out
	}
	for i := range rows {
		out = append(out, &rows[i])
	}
	return out
}

var defaultPorts = map[rollover.Service]uint16{
	rollover.ServiceRTSP: 554, rollover.ServiceMMS: 1755, rollover.ServiceHTTP: 80,
}

func (r *reading) portOf(s rollover.Service) uint16 {
	if p, ok := r.setup.Ports[s]; ok && p != 0 {
		return p
	}
	return defaultPorts[s]
}

// rungsAt are all rungs that may stand behind a port.
func (r *reading) rungsAt(rows []dissector, port uint16) []rollover.Rung {
	var out []rollover.Rung
	for _, row := range r.possible(rows, port) {
		for _, rung := range row.rungs(r.scenario.Dialect) {
			if !slices.Contains(out, rung) {
				out = append(out, rung)
			}
		}
	}
	return out
}

package suites_test

import (
	"fmt"
	"strings"
)

// profile writes an inline profile with up to three rules.
func (m maker) profile(in string) {
	var at, nat string
	if m.chance(20) {
		m.line("%sdefault: drop", in)
	}
	if m.chance(25) {
		m.line("%sstateful: true", in)
	}
	if m.chance(25) {
		at = m.of("server", "client", "gateway")
		m.line("%sat: %s", in, at)
	}
	if m.chance(15) {
		nat = m.of("masquerade", "renumber")
		m.line("%snat: %s", in, nat)
	}
	rules := make([]string, m.IntN(4))
	for i := range rules {
		rules[i] = m.rule(at, nat)
	}
	m.line("%srules: %s", in, inBrackets(rules))
}

// Where the ports of each side may lie in a rule.
var (
	serverPorts = map[string][]string{
		"tcp": {"554", "80", "[80, 554]", "1-1023", "8554", "1755", "1-65535"},
		"udp": {"5004", "5005", "[5004, 5005]", "5000-6000", "1-65535", "1755"},
	}
	clientSidePorts = []string{"1024-5000", "32768-65535", "3000-3099", "[1024-2000, 3000]", "5001-65535"}
)

func (m maker) rule(at, nat string) string {
	if m.chance(8) {
		return m.fragments(at)
	}
	action, from, proto := m.of("accept", "drop", "drop", "reset", "prohibit"), m.of("client", "client", "server", "server", ""), m.of("tcp", "tcp", "udp", "udp", "")
	r := []string{"action: " + action}
	if from != "" {
		r = append(r, "from: "+from)
	}
	if proto != "" {
		r = append(r, "proto: "+proto)
		r = append(r, m.ports(from, proto, at == "server" && nat == "renumber")...)
	}
	if m.chance(12) {
		r = append(r, "every: "+m.of("1", "2", "3", "20"))
	}
	return "{" + strings.Join(r, ", ") + "}"
}

// fragments writes a rule for fragments; a host meets those of the other side
// only.
func (m maker) fragments(at string) string {
	from := map[string]string{"server": ", from: client", "client": ", from: server"}[at]
	return fmt.Sprintf("{action: drop, proto: udp, fragments: true%s}", from)
}

// ports writes what a rule says of ports. Behind a renumbering gateway the
// server's host does not meet the client's.
func (m maker) ports(from, proto string, renumbered bool) (out []string) {
	servers, clients := "dport", "sport"
	switch from {
	case "server":
		servers, clients = clients, servers
	case "":
		if clients = ""; renumbered {
			return nil
		}
	}
	if m.chance(60) {
		out = append(out, servers+": "+m.of(serverPorts[proto]...))
	}
	if m.chance(20) && clients != "" && !renumbered {
		out = append(out, clients+": "+m.of(clientSidePorts...))
	}
	return out
}

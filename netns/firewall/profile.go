// Package firewall holds what a path lets through, as data.
//
// A [Profile] is an ordered list of rules with a default. It answers, without
// a kernel, what becomes of a packet ([Profile.Fate]); it also compiles to the
// rules that the lab loads ([Profile.Compile]), each of which prints itself as
// a line of nft text. The same value therefore serves the oracle, the kernel
// and the reader of a report, and a privileged test holds the two answers
// against each other.
//
// The package is pure: it opens no socket and knows no namespace.
package firewall

// Action is what a rule does with a packet it matches.
type Action string

// The actions. Reset answers TCP with a RST and UDP with "port unreachable";
// Prohibit answers with "administratively prohibited" over ICMP.
const (
	Accept   Action = "accept"
	Drop     Action = "drop"
	Reset    Action = "reset"
	Prohibit Action = "prohibit"
)

// Side is the end of the path that sends a packet.
type Side string

// The two ends of a path.
const (
	Client Side = "client"
	Server Side = "server"
)

// Other returns the opposite end.
func (s Side) Other() Side {
	if s == Client {
		return Server
	}
	return Client
}

// Place is the host whose firewall loads a profile.
type Place string

// Where a profile is loaded. Gateway filters what it forwards; Server and
// Client filter as that host's own firewall.
const (
	AtGateway Place = "gateway"
	AtServer  Place = "server"
	AtClient  Place = "client"
)

// NAT is the address translation of the gateway towards the server.
type NAT string

// The translations. Masquerade hides the client behind the gateway's address
// and keeps the port where it is free; Renumber always changes the port too.
const (
	NoNAT      NAT = "none"
	Masquerade NAT = "masquerade"
	Renumber   NAT = "renumber"
)

// The transport protocols a rule or flow may name.
const (
	TCP = "tcp"
	UDP = "udp"
)

// Range is an inclusive range of ports; a single port has Lo == Hi.
type Range struct {
	Lo uint16 `json:"lo"`
	Hi uint16 `json:"hi"`
}

// Ports is a set of ports as ranges; empty means any port.
type Ports []Range

// Rule matches packets by sender, protocol and ports. The first rule that
// matches decides.
type Rule struct {
	Name      string `json:"name"`
	Action    Action `json:"action"`
	From      Side   `json:"from,omitempty"`      // empty: either side
	Proto     string `json:"proto,omitempty"`     // tcp, udp; empty: any
	SPort     Ports  `json:"sport,omitempty"`     // source port
	DPort     Ports  `json:"dport,omitempty"`     // destination port
	Every     int    `json:"every,omitempty"`     // acts on each Nth packet it meets only; 0: on all
	Fragments bool   `json:"fragments,omitempty"` // matches IP fragments, before reassembly
}

// Profile is a named set of rules, with the default for what none matches.
// The zero value of each field is the value in its comment.
type Profile struct {
	Name     string `json:"name"`
	Purpose  string `json:"purpose,omitempty"`
	Default  Action `json:"default"`  // accept, or drop; empty: accept
	Stateful bool   `json:"stateful"` // replies to what passed, pass
	At       Place  `json:"at"`       // empty: gateway
	NAT      NAT    `json:"nat"`      // empty: none
	Rules    []Rule `json:"rules"`
}

// Flow is one direction of a conversation: the packets From sends. Began
// tells which side sent the first packet of the conversation; the stateful
// rule "replies to what passed, pass" needs it.
type Flow struct {
	From     Side
	Began    Side
	Proto    string
	SPort    uint16
	DPort    uint16
	Fragment bool // the packets travel as IP fragments
}

// Fate is the answer to what becomes of a flow.
type Fate struct {
	Action Action
	Rule   string // the rule that decided; empty: the default or the state
	Lossy  bool   // each Nth packet meets another fate: an every-Nth rule matches before
}

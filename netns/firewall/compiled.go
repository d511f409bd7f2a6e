package firewall

// Family is the IP version that a compiled rule is limited to.
type Family string

// The two families. Rules are family-independent unless what they look at is
// not: fragments and ICMP.
const (
	IPv4 Family = "ipv4"
	IPv6 Family = "ipv6"
)

// Chain is a base chain: where in a host's packet path its rules stand.
type Chain struct {
	Name     string
	Type     string // filter, nat
	Hook     string // prerouting, input, forward, output, postrouting
	Priority int
}

// The chains of the table. Fragments stands before the kernel's reassembly,
// which has priority -400.
var (
	chainFragments   = Chain{Name: "fragments", Type: "filter", Hook: "prerouting", Priority: -450}
	chainInput       = Chain{Name: "input", Type: "filter", Hook: "input"}
	chainForward     = Chain{Name: "forward", Type: "filter", Hook: "forward"}
	chainOutput      = Chain{Name: "output", Type: "filter", Hook: "output"}
	chainPostrouting = Chain{Name: "postrouting", Type: "nat", Hook: "postrouting", Priority: 100}
)

// State is what connection tracking says of a packet.
type State string

// The states that rules look at.
const (
	StateNew         State = "new"
	StateEstablished State = "established"
	StateRelated     State = "related"
)

// Verdict is what a compiled rule does, in nft's words.
type Verdict string

// The verdicts. Count does nothing but count.
const (
	VerdictCount       Verdict = ""
	VerdictAccept      Verdict = "accept"
	VerdictDrop        Verdict = "drop"
	VerdictReset       Verdict = "reject with tcp reset"
	VerdictUnreachable Verdict = "reject with icmpx port-unreachable"
	VerdictProhibited  Verdict = "reject with icmpx admin-prohibited"
	VerdictMasquerade  Verdict = "masquerade"
)

// NotTCP is the value of [Compiled.Proto] for every protocol but TCP.
const NotTCP = "!= tcp"

// ICMPType is a message type of ICMP or ICMPv6.
type ICMPType struct {
	Number uint8
	Name   string // as nft calls it
}

// Compiled is one rule as the kernel has it. The zero value of each field
// matches everything. [Compiled.String] is its nft line.
type Compiled struct {
	At    Place // the host that loads it
	Chain Chain
	Name  string // comment, and the name it is counted under

	In, Out      string     // name of the interface the packet comes in by, goes out by
	Family       Family     // set where Fragments or ICMP is
	Fragments    bool       // any fragment of a datagram
	ICMP         []ICMPType // one of these messages
	States       []State    // one of these
	Proto        string     // tcp, udp, NotTCP
	SPort, DPort Ports      // in normal form
	Every        int        // of the packets that match all the above, each Nth; 0: all

	Verdict Verdict
	ToPorts Range // of a masquerade: the ports it may choose; zero: keeps the port
}

// Table is the name of the table, of family inet, that holds the rules.
const Table = "rollover"

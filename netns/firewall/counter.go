package firewall

// Counter is what one rule of a profile met: evidence of which rule acted.
// A rule that compiles to several kernel rules is counted as one.
type Counter struct {
	Name    string `json:"name"`
	Packets uint64 `json:"packets"`
	Bytes   uint64 `json:"bytes"`
}

// The names of the rules that no profile writes and every ruleset has, as
// they stand in counters and comments. A profile's own rules may not take
// them.
const (
	// NameDefault is the last rule: what no other matched.
	NameDefault = "default"
	// NameEstablished is the rule of a stateful profile for packets of a
	// conversation whose first packet passed.
	NameEstablished = "established"
	// NameICMPErrors passes ICMP errors of both families and neighbour
	// discovery, in every profile.
	NameICMPErrors = "icmp errors"
	// NameNoMapping drops what comes from the server through a NAT that has
	// no conversation to map it to.
	NameNoMapping = "no mapping"
	// NameLoopback passes a host's traffic with itself, which is no path.
	NameLoopback = "loopback"
	// NameResets passes the RSTs that a host's own reset rules send.
	NameResets = "resets"
	// NameConversations counts packets that begin a conversation. It decides
	// nothing: it makes the kernel reassemble fragments, without which a rule
	// with ports sees no ports in all fragments but the first.
	NameConversations = "conversations"
	// NameMasquerade and NameRenumber count conversations translated.
	NameMasquerade = "masquerade"
	NameRenumber   = "renumber"
)

var reserved = []string{
	NameDefault, NameEstablished, NameICMPErrors, NameNoMapping, NameLoopback,
	NameResets, NameConversations, NameMasquerade, NameRenumber,
}

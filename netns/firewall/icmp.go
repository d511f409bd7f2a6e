package firewall

// What always passes: the errors of ICMP (RFC 792) and ICMPv6 (RFC 4443
// section 2.1, types below 128), and neighbour discovery (RFC 4861 section
// 4), without which nothing is delivered over IPv6 at all.
var (
	icmpv4Errors = []ICMPType{
		{3, "destination-unreachable"}, {4, "source-quench"},
		{11, "time-exceeded"}, {12, "parameter-problem"},
	}
	icmpv6Errors = []ICMPType{
		{1, "destination-unreachable"}, {2, "packet-too-big"},
		{3, "time-exceeded"}, {4, "parameter-problem"},
		{133, "nd-router-solicit"}, {134, "nd-router-advert"},
		{135, "nd-neighbor-solicit"}, {136, "nd-neighbor-advert"}, {137, "nd-redirect"},
	}
)

func icmpErrors(base Compiled) []Compiled {
	base.Name, base.Verdict = NameICMPErrors, VerdictAccept
	v4, v6 := base, base
	v4.Family, v4.ICMP = IPv4, icmpv4Errors
	v6.Family, v6.ICMP = IPv6, icmpv6Errors
	return []Compiled{v4, v6}
}

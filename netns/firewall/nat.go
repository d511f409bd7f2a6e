package firewall

// The ports a renumbering NAT gives out: above the kernel's own ephemeral
// ports and the range old clients listen in (1024-5000). A client that uses a
// port of the first range itself is given one of the second, so that the
// number always changes.
var (
	renumberTo        = Range{Lo: 61000, Hi: 65535}
	renumberCollision = Range{Lo: 56000, Hi: 60999}
)

// nat compiles the gateway's translation, and what goes with it: a packet
// from the server that belongs to no conversation has nowhere to go. Without
// the rules for that, the gateway would answer it itself, or forward it to a
// client address that a NAT is there to hide.
func (c *compiler) nat() {
	toServer := c.gateway.ToServer
	if c.profile.At != AtGateway {
		c.add(noMapping(Compiled{At: AtGateway, Chain: chainForward}, toServer))
	}
	input := Compiled{At: AtGateway, Chain: chainInput}
	c.add(icmpErrors(input)...)
	c.add(noMapping(input, toServer))

	out := Compiled{At: AtGateway, Chain: chainPostrouting, Name: NameMasquerade, Out: toServer, Verdict: VerdictMasquerade}
	if c.profile.NAT == Renumber {
		out.Name = NameRenumber
		for _, proto := range []string{TCP, UDP} {
			c.add(renumber(out, proto)...)
		}
	}
	c.add(out)
}

func renumber(out Compiled, proto string) []Compiled {
	out.Proto = proto
	collision := out
	collision.SPort, collision.ToPorts = Ports{renumberTo}, renumberCollision
	out.ToPorts = renumberTo
	return []Compiled{collision, out}
}

func noMapping(base Compiled, toServer string) Compiled {
	base.Name, base.In, base.States, base.Verdict = NameNoMapping, toServer, []State{StateNew}, VerdictDrop
	return base
}

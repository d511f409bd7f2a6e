package firewall

// host compiles the firewall of the host at one end: what it sends is output,
// what the other end sends is input.
func (c *compiler) host(own Side) {
	at := c.profile.At
	in := Compiled{At: at, Chain: chainInput}
	out := Compiled{At: at, Chain: chainOutput}

	c.fragments(at)
	c.add(loopback(in))
	c.standing(in)
	c.reassembly(in)
	c.direction(in, own.Other())
	c.add(loopback(out))
	c.standing(out)
	if !c.profile.Stateful && c.profile.resetsTCP(own.Other()) {
		out := out
		out.Name, out.States, out.Verdict = NameResets, []State{StateRelated}, VerdictAccept
		c.add(out)
	}
	c.direction(out, own)
}

// direction compiles the rules for what one side sends, and the default.
func (c *compiler) direction(base Compiled, from Side) {
	for i, r := range c.profile.Rules {
		if r.From == "" || r.From == from {
			c.rule(base, r, c.names[i])
		}
	}
	c.fallback(base)
}

// resetsTCP tells whether a rule answers TCP from the side with a RST. On a
// host that answer passes the host's own output chain, where a stateless
// default would drop it; the kernel marks it as related.
func (p Profile) resetsTCP(from Side) bool {
	for _, r := range p.Rules {
		if r.Action == Reset && r.Proto != UDP && r.From != from.Other() {
			return true
		}
	}
	return false
}

func loopback(base Compiled) Compiled {
	if base.Chain == chainInput {
		base.In = "lo"
	} else {
		base.Out = "lo"
	}
	base.Name, base.Verdict = NameLoopback, VerdictAccept
	return base
}

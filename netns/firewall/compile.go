package firewall

// Gateway names the gateway's interfaces. Rules tell the sides apart by the
// interface a packet comes in by: addresses change under NAT, interfaces do
// not.
type Gateway struct {
	ToClient string // the interface towards the client
	ToServer string // the interface towards the server
}

// Compile returns the kernel rules that make the profile, for all hosts that
// take part, in the order they are loaded. Every one has a counter and a
// name; the last of each filter is the default. The profile must be valid.
func (p Profile) Compile(g Gateway) []Compiled {
	p = p.WithDefaults()
	names := p.Names()
	c := compiler{profile: p, gateway: g, names: names}
	if side, isHost := p.At.side(); isHost {
		c.host(side)
	} else {
		c.forward()
	}
	if p.NAT != NoNAT {
		c.nat()
	}
	return c.rules
}

// CompileAt returns the part of [Profile.Compile] that one host loads; none
// if the profile does not concern the host.
func (p Profile) CompileAt(at Place, g Gateway) []Compiled {
	var part []Compiled
	for _, r := range p.Compile(g) {
		if r.At == at {
			part = append(part, r)
		}
	}
	return part
}

type compiler struct {
	profile Profile
	gateway Gateway
	names   []string
	rules   []Compiled
}

func (c *compiler) add(rules ...Compiled) { c.rules = append(c.rules, rules...) }

// forward compiles the gateway's filter of what it forwards.
func (c *compiler) forward() {
	base := Compiled{At: AtGateway, Chain: chainForward}
	c.fragments(AtGateway)
	c.standing(base)
	if c.profile.NAT != NoNAT {
		c.add(noMapping(base, c.gateway.ToServer))
	}
	c.reassembly(base)
	for i, r := range c.profile.Rules {
		on := base
		on.In = c.from(r.From)
		c.rule(on, r, c.names[i])
	}
	c.fallback(base)
}

// from is the gateway's interface towards the side that sends.
func (c *compiler) from(s Side) string {
	switch s {
	case Client:
		return c.gateway.ToClient
	case Server:
		return c.gateway.ToServer
	}
	return ""
}

// standing adds the rules that stand before a profile's own in every filter.
func (c *compiler) standing(base Compiled) {
	c.add(icmpErrors(base)...)
	if c.profile.Stateful {
		base.Name, base.States, base.Verdict = NameEstablished, []State{StateEstablished, StateRelated}, VerdictAccept
		c.add(base)
	}
}

// reassembly makes the kernel put datagrams together before rules with ports
// meet them. It does so wherever connection tracking is in use, which a rule
// that looks at the state brings about; with another such rule there already,
// none is needed.
func (c *compiler) reassembly(base Compiled) {
	if c.profile.Stateful || c.profile.NAT != NoNAT || !c.profile.namesPorts() {
		return
	}
	base.Name, base.States, base.Verdict = NameConversations, []State{StateNew}, VerdictCount
	c.add(base)
}

func (p Profile) namesPorts() bool {
	for _, r := range p.Rules {
		if len(r.SPort) > 0 || len(r.DPort) > 0 {
			return true
		}
	}
	return false
}

func (c *compiler) fallback(base Compiled) {
	base.Name, base.Verdict = NameDefault, VerdictAccept
	if c.profile.Default == Drop {
		base.Verdict = VerdictDrop
	}
	c.add(base)
}

// rule compiles one rule of the profile onto a chain. A reset of any protocol
// becomes two, because TCP is answered otherwise than the rest.
func (c *compiler) rule(on Compiled, r Rule, name string) {
	if r.Fragments {
		return
	}
	on.Name, on.Proto = name, r.Proto
	on.SPort, on.DPort = r.SPort.Normal(), r.DPort.Normal()
	if r.Every > 1 {
		on.Every = r.Every
	}
	if r.Action == Reset && r.Proto == "" {
		rest := on
		on.Proto, on.Verdict = TCP, VerdictReset
		rest.Proto, rest.Verdict = NotTCP, VerdictUnreachable
		c.add(on, rest)
		return
	}
	on.Verdict = r.verdict()
	c.add(on)
}

func (r Rule) verdict() Verdict {
	switch r.Action {
	case Drop:
		return VerdictDrop
	case Prohibit:
		return VerdictProhibited
	case Reset:
		if r.Proto == TCP {
			return VerdictReset
		}
		return VerdictUnreachable
	}
	return VerdictAccept
}

// fragments compiles the rules that act before reassembly, for each family.
func (c *compiler) fragments(at Place) {
	for i, r := range c.profile.Rules {
		if !r.Fragments {
			continue
		}
		on := Compiled{At: at, Chain: chainFragments, Name: c.names[i], Fragments: true, Proto: r.Proto, Verdict: VerdictDrop}
		if at == AtGateway {
			on.In = c.from(r.From)
		}
		if r.Every > 1 {
			on.Every = r.Every
		}
		for _, family := range []Family{IPv4, IPv6} {
			on.Family = family
			c.add(on)
		}
	}
}

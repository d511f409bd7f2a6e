package rollover

import "github.com/rollover-conformance/rollover/netns/firewall"

// Datagram is a UDP packet as the gateway meets it.
type Datagram struct {
	From     Party // the side that sends it
	Began    Party // the side that sent the first packet between these ports
	SPort    uint16
	DPort    uint16
	Fragment bool // it travels as IP fragments
}

// StoppedBy says which rule of the scenario's profile stops a datagram on its
// way. It says no where the answer is not the gateway's alone to give: behind
// NAT, and where the client's own host filters.
func (s Scenario) StoppedBy(d Datagram) (rule string, stopped bool) {
	p := s.Profile.WithDefaults()
	if p.NAT != firewall.NoNAT || p.At == firewall.AtClient {
		return "", false
	}
	flow := firewall.Flow{
		From: firewall.Side(d.From), Began: firewall.Side(d.Began), Proto: firewall.UDP,
		SPort: d.SPort, DPort: d.DPort, Fragment: d.Fragment,
	}
	fate := p.Fate(flow)
	if fate.Action == firewall.Accept || letsSomePass(p, flow) {
		return "", false
	}
	if fate.Rule == "" {
		return firewall.NameDefault, true
	}
	return fate.Rule, true
}

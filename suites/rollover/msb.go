package rollover

// msbProtocol has no control leg: who listens to a group asks nobody.
var msbProtocol = protocol{
	service: ServiceNone,
	media:   PortRTP,
	breaks: breaches{
		breachMedia: "RO-MC-102",
	},
}

// announced is what an announcement names beside the whole ladder of its Unicast
// URL (RO-MC-102).
func (o *oracle) announced() []step {
	if o.s.Topology != "multicast" || !o.s.Offer.Serves(MSB) {
		return nil
	}
	return []step{{rung: MSB}}
}

// overMulticast is what the rungs break whose media goes to a group: the Open
// timer takes the place of the Firewall timer.
var overMulticast = breaches{breachTimer: "RO-MC-102"}

package rollover

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// What goes round a payload on the link, in bytes.
const (
	overhead4   = 28 // IPv4 and UDP headers
	overhead6   = 48 // IPv6 and UDP headers
	ethernetMTU = 1500
)

// datagram is one kind of datagram that must reach the client.
type datagram struct {
	what    string
	size    int    // of the payload, in bytes
	least   int    // that of its smallest, where sizes differ
	trigger string // what starts the client's wait for it
	paired  bool   // its port stands to others of the client's as packet pairs ask (MS-RTSP 2.2.6.11)
}

// awaited lists the datagrams a UDP rung waits for, in order.
func (o *oracle) awaited(r Rung) []datagram {
	all := r.row().awaits
	switch {
	case o.s.Dialect.has(traitStreams):
		return []datagram{modernMedia}
	case o.asksForPairs():
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(d datagram) bool { return d.trigger == TriggerPair })
}

// asksForPairs reports whether the client learns from packet pairs that UDP is
// open.
func (o *oracle) asksForPairs() bool { return o.s.Dialect.has(traitPairs) && !o.row.NoPairs }

// data is B.3.5.6 and .7: do the datagrams arrive? The feedback legs are not
// asked; closing them only degrades (B.6).
func (o *oracle) data(r Rung, p firewall.Profile) []answer {
	var out []answer
	played := answer{Step: Step{Rung: r, Outcome: Played, Leg: LegData}}
	if r.Data() == OverMulticast && !o.s.forwardsGroups() {
		return []answer{{Step: Step{Rung: r, Outcome: Starved, Leg: LegData, Window: o.starved(r, TriggerPlay),
			Why: "the gateway forwards no multicast"}}}
	}
	for _, d := range o.awaited(r) {
		from, closed, lossy := o.arrival(r, d, p)
		// A client with a port for each stream may get one and miss the other.
		partly := closed.why != "" && from != 0 && o.s.Dialect.has(traitStreams)
		played.Lossy = played.Lossy || lossy || partly
		if closed.why != "" {
			out = append(out, answer{Step: Step{Rung: r, Outcome: Starved, Leg: LegData, Why: closed.why,
				Rule: closed.rule, Window: o.starved(r, d.trigger)}})
		}
		if from == 0 {
			return out
		}
		played.Why = "served, and " + udpFrom(from) + " reaches the client"
	}
	if o.strangePort(r) {
		out = append(out, answer{Step: Step{Rung: r, Outcome: Starved, Leg: LegData, Window: o.starved(r, TriggerPlay),
			Why: "media comes from another port than announced, and the client may check"}})
	}
	if played.Lossy {
		played.Why += ", thinned by a rule that takes every Nth"
	}
	return append([]answer{played}, out...)
}

// strangePort reports that E-03 is planted in the server, and the rung is one
// that it shows on.
func (o *oracle) strangePort(r Rung) bool {
	f, _ := LookUpFault("E-03")
	return slices.Contains(o.planted, f.ID) && f.Rung == string(r)
}

// udpFrom names datagrams by where they leave the server.
func udpFrom(port uint16) string {
	if port == anyPort {
		return "udp from a port that the server chooses"
	}
	return fmt.Sprintf("udp from server port %d", port)
}

// reason is why a datagram does not arrive, and the rule that decided.
type reason struct{ why, rule string }

// arrival asks for every port from which the datagram may come and to which
// it may go. Where some pass and some do not, both are possible: which ports
// are used is the client's choice, and for MMS the server's (U-03). from is the
// first port from which it arrives; 0: none.
func (o *oracle) arrival(r Rung, d datagram, p firewall.Profile) (from uint16, closed reason, lossy bool) {
	for _, f := range o.flows(r, d, p) {
		fate := p.Fate(f)
		if fate.Action == firewall.Accept {
			from, lossy = cmp.Or(from, f.SPort), lossy || fate.Lossy
			continue
		}
		if letsSomePass(p, f) {
			from, lossy = cmp.Or(from, f.SPort), true
		}
		if closed.why == "" {
			closed = reason{o.whyLost(d, f, fate, p), fate.Rule}
		}
	}
	return from, closed, lossy || o.slow()
}

// flows are the ways that a datagram may travel: by port, and by size where
// one fits the link and another does not.
func (o *oracle) flows(r Rung, d datagram, p firewall.Profile) []firewall.Flow {
	sizes := []int{d.size}
	if d.least > 0 && o.inFragments(d.least) != o.inFragments(d.size) {
		sizes = append(sizes, d.least)
	}
	var out []firewall.Flow
	for _, sport := range o.sources(r) {
		for _, dport := range o.destinations(r, d, p) {
			for _, size := range sizes {
				f := firewall.Flow{From: firewall.Server, Began: firewall.Server, Proto: firewall.UDP,
					SPort: sport, DPort: dport, Fragment: o.inFragments(size)}
				if o.row.Punches && r.Data() == OverUDP && p.NAT != firewall.Renumber {
					f.Began = firewall.Client
				}
				out = append(out, f)
			}
		}
	}
	return out
}

// inFragments reports whether a payload of that size is too large for one
// packet on the link.
func (o *oracle) inFragments(size int) bool {
	mtu, overhead := o.s.Link.MTU, overhead4
	if mtu == 0 {
		mtu = ethernetMTU
	}
	if o.s.Family == IPv6 {
		overhead = overhead6
	}
	return size+overhead > mtu
}

// anyPort stands for the ephemeral ports of the server.
const anyPort = clientPort

// sources are the ports that a rung's datagrams may leave the server from.
func (o *oracle) sources(r Rung) []uint16 {
	p := r.speaks()
	out := []uint16{o.s.Offer.PortOf(p.media)}
	if o.s.Dialect.has(traitStreams) {
		out = append(out, out[0]+2) // the second stream's
	}
	if p.anyPort || r.Data() == OverMulticast {
		out = append(out, anyPort)
	}
	return out
}

func (o *oracle) whyLost(d datagram, f firewall.Flow, fate firewall.Fate, p firewall.Profile) string {
	how := "dropped"
	if fate.Action != firewall.Drop {
		how = "answered with " + answerOf(fate.Action, firewall.UDP)
	}
	what := udpFrom(f.SPort)
	if f.Fragment {
		what = fmt.Sprintf("%s, too large for one packet, travels in fragments, and %s", d.what, what)
	}
	return fmt.Sprintf("%s is %s %s", what, how, decidedBy(fate, p))
}

// clipRate is what the clip needs at least, in bit/s: 829 bytes and headers
// every 50 ms, rounded up.
const clipRate = 160_000

// slow reports whether the link cannot carry the clip in time.
func (o *oracle) slow() bool {
	rate := uint64(clipRate)
	if o.s.Dialect.has(traitStreams) {
		rate = modernRate
	}
	return o.s.Link.Rate > 0 && o.s.Link.Rate < rate
}

// forwardsGroups reports whether the path carries multicast.
func (s Scenario) forwardsGroups() bool { return s.Topology == "multicast" }

package target

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/rollover-conformance/rollover/netns/firewall"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// Target is one system under test, as its file declares it.
type Target struct {
	Name    string // the row's name, or the file's
	Dir     string // where its program runs: the folder of its file; empty: a private one
	Vendor  string
	Product string
	Version string
	Role    rollover.Party // server or client
	Claims  Claims

	// Start is nil for the built-in reference sides, and where Attach says
	// that the program runs already.
	Start  *Start
	Offers []Variant // other ways to start it, which serve less
	Attach *Attach

	Ports   map[rollover.Service]uint16 // where they differ from the defaults
	URL     string                      // template of what the client is to play
	Auth    *Auth
	Content string // clip: payload must equal our clip; media: valid, advancing media is enough

	// Of a client: what it does instead of what its dialect would do.
	Ladders   map[string]rollover.Ladder // by moniker
	Optional  map[string][]rollover.Rung // of them, those that it may leave out
	FirstData time.Duration              // how long it waits for media; 0: as the dialect
	Connect   time.Duration              // how long it waits for a connection; 0: as the dialect
	Punches   bool                       // it sends a datagram to the server's port before it expects media
	Listens   firewall.Ports             // the UDP ports at which it takes media; empty: 1024-5000
	NoPairs   bool                       // it asks for no packet pairs and waits for media after PLAY
}

// Claims is what a vendor declares supported. A scenario outside them does
// not apply.
type Claims struct {
	Dialects  []rollover.Dialect
	WMS       []string
	Rungs     []rollover.Rung
	FastCache bool
	IPv6      bool
	Multicast bool
	Admin     []string // administration ports it claims, as it names them
	Seek      bool     // pause, stop, seek and fast forward
	Clients   int      // of a server: how many it serves at once; 0: as many as come
}

// Start is how a program is run in the lab.
type Start struct {
	Exec  []string          // arguments, each a template
	Env   map[string]string // values are templates
	User  string            // empty: an ordinary user without capabilities
	Ready Ready
	Fresh string // scenario: started anew for each; campaign: kept
}

// Ready says how the lab learns that a program can take part; it never
// connects to find out.
type Ready struct {
	Listen  []string // "tcp/554", "udp/5004": seen in the kernel's tables
	Line    string   // a text in the program's output
	Command []string // exits 0 once it is ready
	Within  time.Duration
}

// Variant is another way to start the program, which serves these rungs and
// no others.
type Variant struct {
	Rungs     []rollover.Rung
	FastCache *bool  // nil: as claimed
	HTTP      string // empty: wmsp if HTTP is among the rungs, else off
	Exec      []string
	Env       map[string]string
}

// Attach is where a server runs already: exactly one of NetNS, PID and
// Interface is set.
type Attach struct {
	NetNS     string // path of a network namespace
	PID       int    // of a process in that namespace
	Interface string // a network card of this machine, with a machine behind it
	Address   string // of that machine, with its prefix length
	Address6  string // its other one, where it has both families
	Ready     Ready  // Listen and Within; empty: the control ports of all rungs that are claimed
}

// String is what messages call it.
func (a Attach) String() string {
	switch {
	case a.NetNS != "":
		return a.NetNS
	case a.PID != 0:
		return fmt.Sprintf("process %d", a.PID)
	}
	return "the machine behind " + a.Interface
}

// Prefixes are the addresses of a machine behind a network card.
func (a Attach) Prefixes() []netip.Prefix {
	var all []netip.Prefix
	for _, text := range []string{a.Address, a.Address6} {
		if p, err := netip.ParsePrefix(text); err == nil {
			all = append(all, p)
		}
	}
	return all
}

// Has reports whether the server can be reached over the family: a machine has
// the addresses that its file says, anything else the lab's.
func (a Attach) Has(f rollover.Family) bool {
	return a.Interface == "" || slices.ContainsFunc(a.Prefixes(), func(p netip.Prefix) bool {
		return p.Addr().Is6() == (f == rollover.IPv6)
	})
}

// Auth is the account that the target knows.
type Auth struct {
	User     string
	Password string
}

// The two ways to compare content.
const (
	ContentClip  = "clip"
	ContentMedia = "media"
)

// The two lives of a program.
const (
	FreshScenario = "scenario"
	FreshCampaign = "campaign"
)

// Stays reports whether the server outlives a trial: one trial at a time can be
// played against it.
func (t Target) Stays() bool {
	return t.Attach != nil || t.Start != nil && t.Start.Fresh == FreshCampaign
}

// ReadyWhen says how a server that runs already is seen to be ready: as its
// file says, or by the control ports of all rungs that it claims.
func (t Target) ReadyWhen() Ready {
	if t.Attach == nil {
		return t.Start.Ready
	}
	ready := t.Attach.Ready
	for _, r := range t.Claims.Rungs {
		if r.Control() == rollover.ServiceNone || len(t.Attach.Ready.Listen) > 0 {
			continue
		}
		if l := fmt.Sprintf("tcp/%d", t.serves(r.Control())); !slices.Contains(ready.Listen, l) {
			ready.Listen = append(ready.Listen, l)
		}
	}
	return ready
}

// BuiltIn reports whether the target is one of our own fixtures.
func (t Target) BuiltIn() bool { return t.Start == nil && t.Attach == nil }

// PortOf is where the server of a trial serves the endpoint: where the
// scenario says, or where somebody else's server does.
func (t Target) PortOf(s rollover.Scenario, svc rollover.Service) uint16 {
	if t.Role == rollover.PartyServer && !t.BuiltIn() {
		return t.serves(svc)
	}
	return s.Offer.PortOf(svc)
}

// serves is the target's own port for the endpoint.
func (t Target) serves(svc rollover.Service) uint16 {
	if p, ok := t.Ports[svc]; ok {
		return p
	}
	return rollover.Offer{}.PortOf(svc)
}

// ClientRow is what the oracle needs to know of a client; the zero row for a
// server, which is played with the reference client.
func (t Target) ClientRow() rollover.ClientRow {
	if t.Role != rollover.PartyClient {
		return rollover.ClientRow{}
	}
	return rollover.ClientRow{Ladders: t.Ladders, Optional: t.Optional, Connect: t.Connect, Data: t.FirstData, Punches: t.Punches, Ports: t.Listens, NoPairs: t.NoPairs}
}

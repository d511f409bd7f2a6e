package target

import (
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

// Attach is where a program runs already: exactly one of NetNS, PID and
// Interface is set.
type Attach struct {
	NetNS     string // path of a network namespace
	PID       int    // of a process in that namespace
	Interface string // a network card of this machine, with a machine behind it
	Address   string // of the interface, with its prefix length
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

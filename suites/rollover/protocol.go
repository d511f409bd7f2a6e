package rollover

import (
	"slices"

	"github.com/rollover-conformance/rollover/suites/rollover/strict"
)

// protocol is what the oracle and the judge must know of a protocol beside the
// rows of its rungs (rung.go) and endpoints (service.go). A new one fills in
// such a row in a file of its own, with the facts that only its captures show.
type protocol struct {
	// service is its own control endpoint, and the key of its refusals in
	// offer.reply; ServiceNone: it has no control leg.
	service Service
	// ladder is the general moniker whose ladder it leads; empty: none.
	ladder string

	// Refusals: how offer.reply writes them, and what they mean for the ladder.
	reply     func(strict.Node) (code string, ok bool) // nil: it refuses nobody
	replies   map[string]replyMeaning                  // by code
	otherwise replyMeaning                             // any other code
	redirects bool                                     // codes of the 300 class send clients elsewhere
	absent    string                                   // how it refuses a rung that is not offered; %s is the transport
	oldOnly   bool                                     // WMS 9 turns clients away from it that speak RTSP (RO-PRT-102)
	cached    bool                                     // with Fast Cache its rung over TCP comes before the one by UDP (RO-FC-101)

	// Media by UDP: the server's ports.
	media    Service // that it comes from
	anyPort  bool    // or from any other, as the server likes (U-03)
	feedback Service // that takes what clients say of their losses

	// What breaks what.
	breaks breaches
	facts  []factRule // that no other protocol's captures show
}

// protocolTable has one row for each protocol.
var protocolTable = []*protocol{&rtspProtocol, &mmsProtocol, &httpProtocol, &msbProtocol}

// speaks is the protocol whose rules attempts of the rung follow; an empty row
// for a rung that nobody knows.
func (r Rung) speaks() *protocol { return r.row().speaks }

// door is the protocol that a client of the rung speaks first: the one whose
// endpoint it borrows, else its own.
func (r Rung) door() *protocol {
	own := r.speaks()
	i := slices.IndexFunc(protocolTable, func(p *protocol) bool { return p.service == r.Control() && p.service != ServiceNone })
	if i < 0 {
		return own
	}
	return protocolTable[i]
}

// Redirects reports whether a protocol sends its clients elsewhere.
func (o Offer) Redirects() bool {
	return slices.ContainsFunc(protocolTable, func(p *protocol) bool {
		return p.redirects && isRedirect(o.Reply[string(p.service)])
	})
}

package rollover

import (
	"fmt"
	"slices"
	"strings"
)

// Rung is one way to stream: a protocol over a data transport
// (rollover.md B.2).
type Rung string

// The rungs. The first five are those of the two classic ladders.
const (
	RTSPU Rung = "RTSPU" // RTSP, media by UDP
	RTSPT Rung = "RTSPT" // RTSP, media interleaved on the control connection
	MMSU  Rung = "MMSU"  // MMS, media by UDP
	MMST  Rung = "MMST"  // MMS, media on the control connection
	HTTP  Rung = "HTTP"  // Windows Media HTTP streaming (MS-WMSP)
	HTTPD Rung = "HTTPD" // plain HTTP download, Media Foundation only
	MSB   Rung = "MSB"   // Windows Media multicast (MS-MSB)
	RTSPM Rung = "RTSPM" // RTSP, media by multicast
	RTSPH Rung = "RTSPH" // RTSP through the HTTP tunnel
	RTSPS Rung = "RTSPS" // RTSP over TLS
)

// Transport is how a rung's media travels.
type Transport string

// The transports of the data leg.
const (
	OverUDP       Transport = "UDP"
	OverTCP       Transport = "TCP"
	OverMulticast Transport = "MULTICAST"
)

// rungRow is one row of the table that a new rung adds.
type rungRow struct {
	rung     Rung
	speaks   *protocol // whose rules its attempts follow
	control  Service   // where its control leg goes: the protocol's own endpoint, or one that it borrows
	data     Transport
	switches []Switch   // each of them switches the rung off (rollover.md B.3.3)
	versions []string   // of the server, that have it; nil: it is no matter of the version
	served   custom     // whether an offer has it that does not say so
	awaits   []datagram // by UDP: what the client waits for, in order
	opens    need       // by UDP: the client's ports; zero: that depends on its dialect
	players  []string   // how the names of clients begin that alone are served; nil: anybody
	sealed   bool       // what is said on it nobody else can read
	breaks   breaches   // where it differs from its protocol's
	later    bool       // the fixtures can neither serve nor try it yet
}

// custom says who is served a rung that an offer does not name.
type custom int

const (
	forEverybody custom = iota // wherever it is of the ladder
	forModern                  // the clients of RFC 2326 and 7826
	onRequest                  // nobody
)

var (
	withRTSP = []string{"9.0", "9.1", "9.5"} // RO-PRT-101
	withMMS  = []string{"4.1", "9.0", "9.1"}
)

// rungTable has one row for each rung. A rung whose row says later is read,
// predicted and explained, and not played.
var rungTable = []rungRow{
	{rung: RTSPU, speaks: &rtspProtocol, control: ServiceRTSP, data: OverUDP, switches: []Switch{SwitchUDP, SwitchRTSP},
		versions: withRTSP, awaits: []datagram{packetPairs, rtpMedia}, breaks: rtspOverUDP},
	{rung: RTSPT, speaks: &rtspProtocol, control: ServiceRTSP, data: OverTCP, switches: []Switch{SwitchTCP, SwitchRTSP},
		versions: withRTSP, breaks: rtspOverTCP},
	{rung: MMSU, speaks: &mmsProtocol, control: ServiceMMS, data: OverUDP, switches: []Switch{SwitchUDP},
		versions: withMMS, awaits: []datagram{mmsHeader, mmsMedia}, opens: need{singles: 1}, breaks: mmsOverUDP},
	{rung: MMST, speaks: &mmsProtocol, control: ServiceMMS, data: OverTCP, switches: []Switch{SwitchTCP},
		versions: withMMS},
	{rung: HTTP, speaks: &httpProtocol, control: ServiceHTTP, data: OverTCP, switches: []Switch{SwitchHTTP},
		players: httpPlayers, breaks: httpStreaming},
	{rung: HTTPD, speaks: &httpProtocol, control: ServiceHTTP, data: OverTCP, switches: []Switch{SwitchHTTP, SwitchDownload},
		served: onRequest},
	{rung: MSB, speaks: &msbProtocol, control: ServiceNone, data: OverMulticast, switches: []Switch{SwitchMulticast},
		served: onRequest, awaits: []datagram{rtpMedia}, breaks: overMulticast, later: true},
	{rung: RTSPM, speaks: &rtspProtocol, control: ServiceRTSP, data: OverMulticast, switches: []Switch{SwitchMulticast, SwitchRTSP},
		served: forModern, awaits: []datagram{rtpMedia}, breaks: rtspOverGroup},
	{rung: RTSPH, speaks: &rtspProtocol, control: ServiceHTTP, data: OverTCP, switches: []Switch{SwitchHTTP, SwitchRTSP},
		served: forModern, breaks: rtspOverHTTP},
	{rung: RTSPS, speaks: &rtspProtocol, control: ServiceTLS, data: OverTCP, switches: []Switch{SwitchRTSP},
		served: forModern, sealed: true, breaks: rtspOverTLS},
}

// Rungs returns every rung, in the table's order.
func Rungs() []Rung {
	out := make([]Rung, len(rungTable))
	for i, row := range rungTable {
		out[i] = row.rung
	}
	return out
}

// ParseRung reads a rung's name; an unknown one is an error that lists the
// known ones.
func ParseRung(s string) (Rung, error) {
	if r := Rung(s); slices.Contains(Rungs(), r) {
		return r, nil
	}
	return "", fmt.Errorf("unknown rung %q (known: %s)", s, joinWords(Rungs()))
}

func (r Rung) row() rungRow {
	for _, row := range rungTable {
		if row.rung == r {
			return row
		}
	}
	return rungRow{rung: r, speaks: &protocol{}}
}

// Control is the endpoint of the rung's control leg.
func (r Rung) Control() Service { return r.row().control }

// Data is the transport of the rung's data leg.
func (r Rung) Data() Transport { return r.row().data }

// OffBy reports whether the switch takes the rung out of a general ladder.
func (r Rung) OffBy(s Switch) bool { return slices.Contains(r.row().switches, s) }

// Later reports that the fixtures can neither serve nor try the rung yet.
func (r Rung) Later() bool { return r.row().later }

// MediaPort is the port of the server that the rung's media comes from by UDP;
// false where the server may choose any, or none of it goes by UDP.
func (r Rung) MediaPort() (Service, bool) {
	p := r.speaks()
	return p.media, r.Data() == OverUDP && !p.anyPort
}

// had reports whether a version of Windows Media Services can be made to serve
// the rung (RO-PRT-101). What the modern dialect asks for is no matter of the
// version.
func (r Rung) had(wms string, d Dialect) bool {
	versions := r.row().versions
	return versions == nil || d == Modern || slices.Contains(versions, wms)
}

// served reports whether a version serves the rung to a dialect if nobody says
// otherwise: all it has, MMS included, from which WMS 9 turns away those that
// speak RTSP (RO-PRT-102).
func (r Rung) served(wms string, d Dialect) bool {
	switch r.row().served {
	case onRequest:
		return false
	case forModern:
		return d == Modern
	}
	return r.had(wms, d)
}

// Fits reports whether servers for clients of the dialect have the rung: those of
// Windows Media have what its generations had, those of today what the modern
// ladders name.
func (r Rung) Fits(d Dialect) bool {
	if d != Modern {
		return r.row().served != forModern
	}
	return slices.ContainsFunc(d.Monikers(), func(moniker string) bool {
		l, _, _, _ := LadderFor(d, moniker)
		return slices.Contains(l, r)
	})
}

// Ladder is rungs in the order in which they are tried.
type Ladder []Rung

func joinWords[T ~string](words []T) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = string(w)
	}
	return strings.Join(out, " ")
}

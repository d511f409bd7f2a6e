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

// Service names a control endpoint: a TCP port that one or more rungs share.
type Service string

// The control endpoints a server may have, by the keys of offer.ports.
const (
	ServiceRTSP Service = "rtsp"
	ServiceMMS  Service = "mms"
	ServiceHTTP Service = "http"
	ServiceTLS  Service = "rtsps"
	ServiceNone Service = "" // multicast: no control leg
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
	control  Service
	data     Transport
	switches []Switch // each of them switches the rung off (rollover.md B.3.3)
}

var rungTable = []rungRow{
	{RTSPU, ServiceRTSP, OverUDP, []Switch{SwitchUDP, SwitchRTSP}},
	{RTSPT, ServiceRTSP, OverTCP, []Switch{SwitchTCP, SwitchRTSP}},
	{MMSU, ServiceMMS, OverUDP, []Switch{SwitchUDP}},
	{MMST, ServiceMMS, OverTCP, []Switch{SwitchTCP}},
	{HTTP, ServiceHTTP, OverTCP, []Switch{SwitchHTTP}},
	{HTTPD, ServiceHTTP, OverTCP, []Switch{SwitchHTTP, SwitchDownload}},
	{MSB, ServiceNone, OverMulticast, []Switch{SwitchMulticast}},
	{RTSPM, ServiceRTSP, OverMulticast, []Switch{SwitchMulticast, SwitchRTSP}},
	{RTSPH, ServiceHTTP, OverTCP, []Switch{SwitchHTTP}},
	{RTSPS, ServiceTLS, OverTCP, []Switch{SwitchRTSP}},
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
	return rungRow{rung: r}
}

// Control is the endpoint of the rung's control leg.
func (r Rung) Control() Service { return r.row().control }

// Data is the transport of the rung's data leg.
func (r Rung) Data() Transport { return r.row().data }

// OffBy reports whether the switch takes the rung out of a general ladder.
func (r Rung) OffBy(s Switch) bool { return slices.Contains(r.row().switches, s) }

// Ladder is rungs in the order in which they are tried.
type Ladder []Rung

func joinWords[T ~string](words []T) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = string(w)
	}
	return strings.Join(out, " ")
}

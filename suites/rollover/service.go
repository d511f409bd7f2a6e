package rollover

// Service names an endpoint of the server: a TCP port for the control legs of
// one or more rungs, or a UDP port of theirs.
type Service string

// The endpoints a server may have, by the keys of offer.ports.
const (
	ServiceRTSP Service = "rtsp"
	ServiceMMS  Service = "mms"
	ServiceHTTP Service = "http"
	ServiceTLS  Service = "rtsps"
	ServiceNone Service = ""     // multicast: no control leg
	PortRTP     Service = "rtp"  // media of RTSP leaves the server from here
	PortRTCP    Service = "rtcp" // loss reports of RTSP go here
)

// serviceRow is one row of the table that a new endpoint adds.
type serviceRow struct {
	service Service
	name    string // as reports write it
	port    uint16 // unless an offer says otherwise
	udp     bool
	told    bool // the server can tell it from others on one port by a client's first words
}

// serviceTable has one row for each endpoint: those of control legs first.
var serviceTable = []serviceRow{
	{service: ServiceRTSP, name: "RTSP", port: 554, told: true},
	{service: ServiceMMS, name: "MMS", port: 1755, told: true},
	{service: ServiceHTTP, name: "HTTP", port: 80, told: true},
	{service: ServiceTLS, name: "RTSPS", port: 322},
	{service: PortRTP, name: "RTP", port: 5004, udp: true},
	{service: PortRTCP, name: "RTCP", port: 5005, udp: true},
}

func (s Service) row() serviceRow {
	for _, row := range serviceTable {
		if row.service == s {
			return row
		}
	}
	return serviceRow{service: s}
}

// Name is the endpoint's as reports write it.
func (s Service) Name() string { return s.row().name }

// DefaultPort is where the endpoint is found unless an offer or a URL says
// otherwise.
func (s Service) DefaultPort() uint16 { return s.row().port }

// PortNames returns the keys of offer.ports.
func PortNames() []Service { return servicesWhere(func(serviceRow) bool { return true }) }

// ControlServices returns the endpoints of control legs.
func ControlServices() []Service { return servicesWhere(func(row serviceRow) bool { return !row.udp }) }

func servicesWhere(fits func(serviceRow) bool) []Service {
	var out []Service
	for _, row := range serviceTable {
		if fits(row) {
			out = append(out, row.service)
		}
	}
	return out
}

// PortOf is where the offer serves the endpoint.
func (o Offer) PortOf(s Service) uint16 {
	if p, ok := o.Ports[s]; ok {
		return p
	}
	return s.DefaultPort()
}

// share reports whether two endpoints may have one port: TCP and UDP do not
// meet, and a server can tell some protocols apart by a client's first words
// (rollover.md D, group G).
func share(a, b Service) bool {
	x, y := a.row(), b.row()
	return x.udp != y.udp || x.told && y.told
}
